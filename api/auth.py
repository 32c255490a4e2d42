"""Who calls, and whether they may: bearer tokens, and the table in ``api.permissions``."""

import hmac
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.permissions import ROLES, ROUTES, Permission, Role
from api.problems import Problem, ProblemType

_OPEN = frozenset(path for (_, path), permission in ROUTES.items() if permission is Permission.PUBLIC)
_PRINCIPAL = "oneowner.principal"

bearer = HTTPBearer(auto_error=False, description="`Authorization: Bearer <token>`")


@dataclass(frozen=True)
class Principal:
    """Who calls."""

    id: str
    role: Role
    person: str | None = None
    """The rep whom a user stands for; a manager is a rep, too."""


class Authentication:
    """ASGI middleware: nothing but the health checks gets past it, or has its body read, without a valid token."""

    def __init__(self, app: ASGIApp, admin_token: str) -> None:
        """Guard ``app`` with the administrator's token.

        Raises:
            ValueError: when the token is empty, because then everybody would have it.
        """
        if not admin_token:
            raise ValueError("the administrator's token is empty")
        self.app = app
        self._token = admin_token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its principal, or answer 401."""
        if scope["type"] == "http" and scope["path"] not in _OPEN:
            headers = Headers(scope=scope)
            scheme, _, token = headers.get("authorization", "").partition(" ")
            # Bytes, because compare_digest takes no text beyond ASCII.
            if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token):
                challenge = 'Bearer realm="oneowner"' + (', error="invalid_token"' if token else "")
                problem = Problem(ProblemType.UNAUTHENTICATED, headers={"WWW-Authenticate": challenge})
                await problem.response(headers.get("accept-language"))(scope, receive, send)
                return
            scope[_PRINCIPAL] = Principal("administrator", Role.ADMINISTRATOR)
        await self.app(scope, receive, send)


async def _principal(request: Request) -> Principal:
    return cast(Principal, request.scope[_PRINCIPAL])


Caller = Annotated[Principal, Depends(_principal)]
"""The principal, for a route."""


async def authorise(request: Request, principal: Caller, _: Annotated[object, Depends(bearer)]) -> None:
    """Dependency of every route but the health checks: the principal's role must grant what the table asks for.

    Raises:
        Problem: ``forbidden``, also for a route that the table does not know.
    """
    permission = ROUTES.get((request.method, request.scope["route"].path_format))
    if permission is None or permission not in ROLES[principal.role]:
        raise Problem(ProblemType.FORBIDDEN)
