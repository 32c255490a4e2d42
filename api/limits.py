"""How much a caller may send."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, ProblemType

MAX_BODY_BYTES = 2**20


class BodyLimit:
    """ASGI middleware: a body over 1 MiB is answered with 413, before it is read when it says its length."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > MAX_BODY_BYTES:
            problem = Problem(ProblemType.BODY_TOO_LARGE, limit=MAX_BODY_BYTES)
            await problem.response(headers.get("accept-language"))(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                # FastAPI lets this one through while it reads a body; ``api.handlers`` makes it a problem.
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)
