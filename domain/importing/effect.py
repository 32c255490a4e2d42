"""What loading a row did: whom it still concerns, and what must be unchanged for it to be taken back."""

from pydantic import BaseModel, ConfigDict

from domain.change import LeadArrived
from domain.profile import Profile


class Effect(BaseModel):
    """What loading a row did."""

    model_config = ConfigDict(frozen=True)
    lead_id: str
    decision_id: str
    before: Profile | None
    """The customer's profile before its gaps were filled; None for a new customer."""
    keys: tuple[tuple[str, str], ...]
    """The exact keys, kind and value, that a known customer got."""
    after: Profile
    """The customer's profile afterwards."""
    seq: int
    """The number of its changes of hands afterwards."""
    watch: bool = False
    """Whether the customer has a clock that its workflow must watch."""
    arrived: LeadArrived | None = None
    """What the customer's workflow must decide about."""
    recheck: tuple[str, ...] = ()
    """Leads that waited beside it."""

    @property
    def concerns_others(self) -> bool:
        """Whether a workflow has to be told."""
        return self.watch or self.arrived is not None or bool(self.recheck)
