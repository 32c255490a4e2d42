"""What a caller is told about a lead."""

from pydantic import BaseModel, ConfigDict

from domain.assignment import Reason
from domain.change import LeadArrived
from domain.confirmation import Waiting
from domain.identity import Candidate, Outcome
from domain.ownership import Owner, Ownership
from domain.policy import KeyKind


class Answer(BaseModel):
    """The answer to a lead: what it turned out to be, and who owns the customer at that moment."""

    model_config = ConfigDict(frozen=True)
    lead_id: str
    outcome: Outcome
    reason: str
    confidence: float
    customer_id: str | None = None
    owner: Owner | None = None
    queue: str | None = None
    """The queue or pool in which an ownerless customer waits."""
    queue_reason: Reason | None = None
    matched_on: tuple[KeyKind, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    decision_id: str
    waiting: Waiting | None = None
    """While a person must say who it is: who is asked, and what falls due."""

    def under(self, ownership: Ownership, owner: Owner | None) -> "Answer":
        """The same answer, with where the customer stands now."""
        return self.model_copy(update={"owner": owner, "queue": ownership.queue, "queue_reason": ownership.reason})


class Settlement(BaseModel):
    """What the atomic step leaves for the lead's workflow to do."""

    model_config = ConfigDict(frozen=True)
    answer: Answer
    watch: Ownership | None = None
    """The new customer's ownership when something is pending that its workflow must watch."""
    arrived: LeadArrived | None = None
    """What the customer's workflow must decide about this lead."""
    recheck: tuple[str, ...] = ()
    """Waiting leads that shared a key with this one and may be clear now."""

    @property
    def settled(self) -> bool:
        """Whether nobody needs to be asked any more."""
        return self.answer.outcome is not Outcome.NEEDS_CONFIRMATION
