"""Share grants: who beside the owner may see a customer, or work on it, and until when."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

MAX_SHARES = 50
"""They travel with the customer's ownership; nobody needs more at a time."""


class Access(StrEnum):
    """What a collaborator may do: see the customer, or work on it as well."""

    READ = "READ"
    COLLABORATE = "COLLABORATE"


class Share(BaseModel):
    """A grant to one rep. A customer has at most one for each rep and access."""

    model_config = ConfigDict(frozen=True)
    rep_id: str
    access: Access
    until: AwareDatetime
    """When it ends by itself."""
    approval_id: str | None = None
    """The approval that granted it."""
    since: AwareDatetime

    @property
    def what(self) -> tuple[str, Access]:
        """What a customer has at most one grant of."""
        return self.rep_id, self.access

    def covers(self, other: "Share") -> bool:
        """Whether the other grant gives its rep nothing beside this one."""
        wide = self.access is Access.COLLABORATE or self.access is other.access
        return self.rep_id == other.rep_id and wide and self.until >= other.until


def with_share(shares: Iterable[Share], granted: Share) -> tuple[Share, ...]:
    """Grants with one more, which takes the place of those that give nothing beside it."""
    others = tuple(share for share in shares if share.what != granted.what and not granted.covers(share))
    return (*others, granted)


def together(one: Iterable[Share], other: Iterable[Share]) -> tuple[Share, ...]:
    """The grants of both, of two for the same rep and access the one that ends later; none is wider or longer than
    somebody granted it."""
    joined = tuple(one)
    for share in other:
        if not any(own.covers(share) for own in joined):
            joined = with_share(joined, share)
    return joined


def without_rep(shares: Iterable[Share], rep_id: str | None) -> tuple[Share, ...]:
    """Grants without a rep's, such as the one who became the owner."""
    return tuple(share for share in shares if share.rep_id != rep_id)
