"""Who calls, and with whose eyes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request

from api.context import Context
from api.permissions import ROLES, Permission
from domain.role import PERSONAL, Role
from store.visibility import EVERYTHING, Viewer

SCOPE_KEY = "oneowner.principal"
"""Where in a request's ASGI scope the principal is."""

VIEWER_KEY = "oneowner.viewer"
"""Where the eyes are of a principal who sees certain customers only, once the request is authorised."""


@dataclass(frozen=True)
class Principal:
    """Who calls."""

    id: str
    role: Role
    person: str | None = None
    """The rep whom a user stands for; a manager is a rep, too."""
    scopes: frozenset[Permission] | None = None
    """Of an API key: what it was made for; None for everything that its role may do."""
    until: datetime | None = field(default=None, compare=False)
    """When a user's token ends."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the caller may do: never more than the role's."""
        return ROLES[self.role] if self.scopes is None else ROLES[self.role] & self.scopes

    @property
    def personal(self) -> bool:
        """Whether the caller sees and changes certain customers only, and acts in their own name."""
        return self.role in PERSONAL


async def _principal(request: Request) -> Principal:
    return cast(Principal, request.scope[SCOPE_KEY])


Caller = Annotated[Principal, Depends(_principal)]
"""The principal, for a route."""


async def _viewer(request: Request) -> Viewer:
    return cast(Viewer, request.scope.get(VIEWER_KEY, EVERYTHING))


Eyes = Annotated[Viewer, Depends(_viewer)]
"""With whose eyes a route reads."""


def viewer_of(principal: Principal, context: Context) -> Viewer:
    """With whose eyes somebody reads who sees certain customers only. Who has no rep sees nobody's."""
    queues = (name for name, rules in context.policy.queues.items() if rules.owner == principal.person)
    person = principal.person or ""
    return Viewer(person, tree=principal.role is Role.MANAGER, queues=frozenset(queues) if person else frozenset())
