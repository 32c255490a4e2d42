"""Open commitments: contracts and opportunities that keep a customer with its owner."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.text import Reference, ShortText

MAX_COMMITMENTS = 50
"""They travel with the customer's ownership; nobody needs more at a time."""


class CommitmentKind(StrEnum):
    """What a customer and we may be bound by."""

    CONTRACT = "contract"
    OPPORTUNITY = "opportunity"


class Commitment(BaseModel):
    """A contract or an opportunity, by the reference that the system has which keeps it."""

    model_config = ConfigDict(frozen=True)
    kind: CommitmentKind
    reference: Reference
    until: AwareDatetime | None = None
    """When it ends by itself; None: when somebody says so."""
    rep_id: Reference | None = None
    """Whose it is."""
    need: ShortText | None = None
    """What it is about, in few words: two open opportunities of one need are one too many."""

    def is_open(self, at: AwareDatetime) -> bool:
        """Whether it still counts at an instant."""
        return self.until is None or self.until > at
