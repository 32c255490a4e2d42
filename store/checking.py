"""A look at whether somebody is known, for a rep who is still typing. Nothing is written."""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session, select

from domain.identity import Outcome
from domain.lead import Lead
from domain.ownership import Owner
from domain.policy import KeyKind, Policy, Told
from domain.profile import profile_of
from store.database import Database
from store.identification import Subject, identified
from store.reading import named
from store.tables import CustomerRow, RepRow, TeamRow

_MOST_ASKED = 3


class Existence(StrEnum):
    """How sure it is that a customer exists."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NO = "no"


class Contact(BaseModel):
    """Whom to ask about a customer: its owner, or whoever looks after the queue or pool where it waits."""

    model_config = ConfigDict(frozen=True)
    owner: Owner | None = None
    team: str | None = None
    """The owner's."""
    queue: str | None = None


class Check(BaseModel):
    """What may be told of a customer to somebody who may not see it: that it exists, and whom to ask."""

    model_config = ConfigDict(frozen=True)
    exists: Existence
    confidence: float | None = None
    matched_on: tuple[KeyKind, ...] = ()
    """Which kinds of what was typed in are the customer's, too; none where only the whole is alike."""
    ask: tuple[Contact, ...] = ()

    def to_a_person(self, tell: Collection[Told]) -> "Check":
        """The same without what would tell somebody who types one thing after the other which of them is right.

        Args:
            tell: what the policy lets them know of whom to ask.
        """
        return Check(exists=self.exists, ask=told_to_a_person(self.ask, tell))


def told_to_a_person(ask: Iterable[Contact], tell: Collection[Told]) -> tuple[Contact, ...]:
    """Whom to ask, as far as the policy lets a rep know it, each once."""
    told = (
        Contact(
            owner=it.owner if Told.OWNER in tell else None,
            team=it.team if Told.TEAM in tell else None,
            queue=it.queue,
        )
        for it in ask
    )
    return tuple(dict.fromkeys(it for it in told if it != Contact()))


_EXISTENCE = {
    Outcome.DUPLICATE: Existence.CERTAIN,
    Outcome.NEEDS_CONFIRMATION: Existence.POSSIBLE,
    Outcome.NEW_CUSTOMER: Existence.NO,
    Outcome.REJECTED: Existence.NO,
}


class Checking:
    """Looks without a trace. Safe to share between threads."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    def check(self, lead: Lead) -> Check:
        """What a lead would be told of the customer's existence now; invariant existence_not_content."""
        subject = Subject.of(profile_of(lead))
        with self._database.read() as session:
            seen = identified(session, subject, self._policy)
            found = seen.found
            likely = [one.id for one in found.candidates if one.id not in seen.waiting]
            likely = likely[: 1 if found.outcome is Outcome.DUPLICATE else _MOST_ASKED]
            contacts = contacts_for(session, likely)
        return Check(
            exists=_EXISTENCE[found.outcome],
            confidence=found.confidence,
            matched_on=found.matched_on,
            ask=tuple(dict.fromkeys(contacts[customer] for customer in likely if customer in contacts)),
        )


def contacts_for(session: Session, customer_ids: Sequence[str]) -> dict[str, Contact]:
    """Whom to ask about each of these customers."""
    rows = session.exec(
        select(CustomerRow.id, CustomerRow.queue, RepRow, TeamRow.name)
        .outerjoin(RepRow, RepRow.id == CustomerRow.owner_id)  # type: ignore[arg-type]
        .outerjoin(TeamRow, TeamRow.id == RepRow.team_id)  # type: ignore[arg-type]
        .where(CustomerRow.id.in_(customer_ids))  # type: ignore[attr-defined]
    ).all()
    return {it: Contact(owner=named(rep), team=team, queue=queue) for it, queue, rep, team in rows}
