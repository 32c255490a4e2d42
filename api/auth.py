"""Who calls, and whether they may: bearer tokens, and the table in ``api.permissions``."""

import hmac
import re
from typing import Annotated, cast

from anyio import to_thread
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.context import Context
from api.guard import Guard, wanted
from api.identification import principal_of
from api.permissions import ROUTES, Permission
from api.principal import SCOPE_KEY, VIEWER_KEY, viewer_of
from api.principal import Caller as Caller
from api.principal import Principal as Principal
from api.problems import Problem, ProblemType
from api.refusing import Refusing
from domain.role import Role
from store.refusals import Why

_OPEN = frozenset(path for (_, path), permission in ROUTES.items() if permission is Permission.PUBLIC)
_OPEN_TEMPLATES = re.compile(
    "|".join(
        re.sub(r"{\w+}", "[^/]+", f"{method} {path}")
        for (method, path), permission in ROUTES.items()
        if permission is Permission.PUBLIC and "{" in path
    )
)
"""What is open to nobody but whoever signs what they send: the routes themselves check that."""

bearer = HTTPBearer(auto_error=False, description="`Authorization: Bearer <token>`")


ADMINISTRATOR = Principal("administrator", Role.ADMINISTRATOR)
"""Whoever has the administrator's token."""


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
        """Pass the request on with its principal, or answer why not."""
        if scope["type"] == "http" and not _is_open(scope):
            headers = Headers(scope=scope)
            try:
                scope[SCOPE_KEY] = await self._identified(headers.get("authorization", ""), scope)
            except Problem as problem:
                await problem.response(headers.get("accept-language"))(scope, receive, send)
                return
        await self.app(scope, receive, send)

    async def _identified(self, authorization: str, scope: Scope) -> Principal:
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        principal = None
        if scheme.lower() == "bearer" and token:
            # Bytes, because compare_digest takes no text beyond ASCII.
            if hmac.compare_digest(token.encode(), self._token):
                return ADMINISTRATOR
            principal = await principal_of(token, cast(Context, scope["app"].state.context))
        if principal is None:
            challenge = 'Bearer realm="oneowner"' + (', error="invalid_token"' if token else "")
            raise Problem(ProblemType.UNAUTHENTICATED, headers={"WWW-Authenticate": challenge})
        return principal


def _is_open(scope: Scope) -> bool:
    path: str = scope["path"]
    return path in _OPEN or _OPEN_TEMPLATES.fullmatch(f"{scope['method']} {path}") is not None


async def authorise(request: Request, _: Annotated[object, Depends(bearer)]) -> None:
    """Dependency of every route but the health checks and the sign-in: may the caller do this, and with this record?

    Raises:
        Problem: ``forbidden``, also for a route that the table does not know.
        NotFound: for a record that they may not see.
    """
    principal = cast(Principal, request.scope[SCOPE_KEY])
    permission = ROUTES.get((request.method, request.scope["route"].path_format))
    allowed = permission is not None and permission in principal.permissions
    if allowed and not principal.personal:
        return
    context = cast(Context, request.app.state.context)
    refusing = Refusing(request, context, principal)
    if permission is None or not allowed:
        await refusing.keep(Why.ROLE, next(iter(request.path_params.values()), None))
        raise Problem(ProblemType.FORBIDDEN)
    viewer = request.scope[VIEWER_KEY] = await to_thread.run_sync(viewer_of, principal, context)
    await Guard(context, viewer, refusing).check(wanted(request.method, permission), request.path_params)
