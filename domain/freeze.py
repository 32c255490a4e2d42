"""Freezes: until when nobody new may get a customer, because a collision case about it is open."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Freeze(BaseModel):
    """What one case keeps still. A customer has at most one for each case."""

    model_config = ConfigDict(frozen=True)
    case_id: str
    until: AwareDatetime
    """When it ends by itself, whatever becomes of the case."""

    def lets_pass(self, approval_id: str) -> bool:
        """Whether a transfer is what this case, or the approval that the case asked for, came to."""
        return approval_id == self.case_id or approval_id.startswith(f"{self.case_id}.")


def frozen_until(freezes: tuple[Freeze, ...], at: datetime) -> datetime | None:
    """When the last of the freezes ends that are on at an instant; None when none is."""
    return max((freeze.until for freeze in freezes if freeze.until > at), default=None)
