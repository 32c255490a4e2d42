"""Who calls."""

from dataclasses import dataclass

from api.permissions import ROLES, Permission
from domain.role import PERSONAL, Role


@dataclass(frozen=True)
class Principal:
    """Who calls."""

    id: str
    role: Role
    person: str | None = None
    """The rep whom a user stands for; a manager is a rep, too."""
    scopes: frozenset[Permission] | None = None
    """Of an API key: what it was made for; None for everything that its role may do."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the caller may do: never more than the role's."""
        return ROLES[self.role] if self.scopes is None else ROLES[self.role] & self.scopes

    @property
    def personal(self) -> bool:
        """Whether the caller sees and changes certain customers only, and acts in their own name."""
        return self.role in PERSONAL
