"""How much a caller may send."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, ProblemType

MAX_BODY_BYTES = 2**20


class BodyTooLarge(HTTPException):
    """A body that goes on beyond its limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(413)
        self.limit = limit


class BodyLimit:
    """ASGI middleware: a body over 1 MiB is answered with 413, before it is read when it says its length.

    A path may have a limit of its own: files are taken in piece by piece and may be larger.
    """

    def __init__(self, app: ASGIApp, limits: Mapping[str, int]) -> None:
        self.app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], MAX_BODY_BYTES)
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > limit:
            problem = Problem(ProblemType.BODY_TOO_LARGE, limit=limit)
            await problem.response(headers.get("accept-language"))(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                # FastAPI lets this one through while it reads a body; ``api.handlers`` makes it a problem.
                raise BodyTooLarge(limit)
            return message

        await self.app(scope, counted, send)
