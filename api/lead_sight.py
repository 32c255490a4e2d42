"""How much of a lead's answer its caller is told, and in whose name a person submits (existence_not_content)."""

from collections.abc import Collection, Mapping
from typing import Annotated

from anyio import to_thread
from fastapi import Depends

from api.context import Wired
from api.guard import Guard
from api.lead_views import LeadView, existence_view
from api.principal import Caller, Eyes
from api.refusing import Refuses
from domain.lead import Lead
from domain.policy import Told
from domain.role import Role
from store.checking import Check, Checking
from store.teams import Teams
from store.visibility import Visibility


class LeadSight:
    """What one caller may know of leads. Those who see everything cost nothing here."""

    def __init__(self, context: Wired, caller: Caller, viewer: Eyes, refusing: Refuses) -> None:
        self._context = context
        self._caller = caller
        self._guard = Guard(context, viewer, refusing)
        self._refusing = refusing
        self._visibility = Visibility(context.database, viewer)

    async def submitted(self, lead: Lead) -> Lead:
        """The lead in the name of the person who submits it. Each tells whether somebody is known, so it is counted.

        Raises:
            Problem: ``in-anothers-name``, or 429 when a person submits too many.
        """
        if not self._caller.personal:
            return lead
        await self.counted()
        if lead.submitted_by is not None:
            await self._guard.in_the_name_of(lead.submitted_by)
            return lead
        return lead.model_copy(update={"submitted_by": self._caller.person})

    async def counted(self) -> None:
        """Count one question whether somebody is known.

        Raises:
            Problem: 429 when it is one of too many; the administrator is told.
        """
        settings = self._context.settings
        if self._caller.personal:
            await self._refusing.within(settings.check_limit, "checks")
        elif self._caller.role is Role.SYSTEM:
            await self._refusing.within(settings.check_limit_system, "checks")

    async def synced(self) -> None:
        """Count one address book, which asks that many times at once.

        Raises:
            Problem: 429 when it is one of too many; the administrator is told.
        """
        if self._caller.personal:
            await self._refusing.within(self._context.settings.address_book_limit, "address_books")

    def check(self, lead: Lead) -> Check:
        """What the caller is told of whether somebody is known."""
        policy = self._context.policy
        check = Checking(self._context.database, policy).check(lead)
        return check.to_a_person(policy.existence.tell) if self._caller.personal else check

    async def told(self, view: LeadView) -> LeadView:
        """What the caller is told of a lead."""
        return (await self.told_of_all({view.lead_id: view}))[view.lead_id]

    async def told_of_all(self, views: Mapping[str, LeadView]) -> Mapping[str, LeadView]:
        """What the caller is told of leads, by id."""
        return await to_thread.run_sync(self._told, views) if self._caller.personal else views

    def _told(self, views: Mapping[str, LeadView]) -> Mapping[str, LeadView]:
        full = self._visibility.in_full(list(views))
        tell = self._context.policy.existence.tell
        return {id_: view if id_ in full else self._existence(view, tell) for id_, view in views.items()}

    def _existence(self, view: LeadView, tell: Collection[Told]) -> LeadView:
        team = Teams(self._context.database).of_rep(view.owner.id) if view.owner else None
        return existence_view(view, team, tell)


Sights = Annotated[LeadSight, Depends()]
