"""Whether a caller may have what a path names: asked before the route is entered, so that no route can forget it."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated

from anyio import to_thread
from fastapi import Depends

from api.context import Wired
from api.permissions import REACHES, Permission
from api.principal import Eyes
from api.problems import Problem, ProblemType
from api.refusing import Refuses, Refusing
from store.errors import NotFound
from store.refusals import Why
from store.visibility import EVERYTHING, Reach, Visibility

GUARDED: Mapping[str, Callable[[Visibility, str], Reach | None]] = {
    "customer_id": Visibility.customer,
    "lead_id": Visibility.lead,
    "decision_id": Visibility.decision,
    "approval_id": Visibility.approval,
    "case_id": Visibility.collision,
}
"""The parameters of paths that name records of which not everybody sees all."""

OPEN = frozenset(
    {"code", "item", "kind", "kpi", "merge_id", "move_id", "name", "policy_id", "reference", "rep_id", "team_id"}
)
"""The others of routes that reps and managers may call: parts of what is guarded, or the organisation's."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:-]{0,127}")


def wanted(method: str, permission: Permission) -> Reach:
    """How much of a record a route needs."""
    return REACHES.get(permission, Reach.FULL if method == "GET" else Reach.CHANGE)


class Guard:
    """Lets one caller pass, or refuses and keeps the attempt. Those who see everything pass without being looked up."""

    def __init__(self, context: Wired, viewer: Eyes, refusing: Refuses) -> None:
        self._everything = viewer == EVERYTHING
        self._visibility = Visibility(context.database, viewer)
        self._refusing: Refusing = refusing

    async def check(self, needs: Reach, parameters: Mapping[str, str]) -> None:
        """Let pass who may have that much of every record that a path, or the like, names.

        Raises:
            NotFound: for what they may not see, exactly as for what does not exist.
            Problem: ``forbidden`` for what they may see but not do this with, 429 when they try too much.
        """
        if self._everything:
            return
        for name, reach_of in GUARDED.items():
            record = parameters.get(name)
            if record is None:
                continue
            known = _ID.fullmatch(record) is not None
            reach = await to_thread.run_sync(reach_of, self._visibility, record) if known else Reach.NOTHING
            if reach is None:
                await self._refusing.count()
                if name != "lead_id":  # a lead may be on its way here
                    raise NotFound
            elif reach is Reach.NOTHING and needs is not Reach.NOTHING:
                await self._refusing.keep(Why.HIDDEN, record)
                raise NotFound
            elif reach < needs:
                await self._refusing.keep(Why.READ_ONLY, record)
                raise Problem(ProblemType.FORBIDDEN)

    async def in_the_name_of(self, rep_id: str) -> None:
        """Let pass who may act as this rep.

        Raises:
            Problem: ``in-anothers-name``.
        """
        if not self._everything and not await to_thread.run_sync(self._visibility.acts_for, rep_id):
            await self._refusing.keep(Why.IN_ANOTHERS_NAME)
            raise Problem(ProblemType.IN_ANOTHERS_NAME)


Guards = Annotated[Guard, Depends()]
