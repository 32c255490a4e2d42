"""What is seen of every request: one line in the log, its count and duration in the metrics, and the unforeseen."""

from time import perf_counter

from prometheus_client import Histogram
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.handlers import problem_of
from logs import log

REQUESTS = Histogram(
    "oneowner_http_request_duration_seconds",
    "Duration of HTTP requests by method, route template and status.",
    ("method", "route", "status"),
)

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Observed:
    """ASGI middleware around all others: the last to catch an exception, which it logs and answers with 500.

    Log and metrics name the route by its template, because an address may hold anything.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0
        began = perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            log.error("unforeseen", exc_info=error)
            if status:  # the answer has begun and cannot be taken back, only cut off
                raise
            response = problem_of(error).response(Headers(scope=scope).get("accept-language"))
            await response(scope, receive, noted)
        finally:
            _note(scope, status, perf_counter() - began)


def _note(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path_format", "unmatched")
    method = scope["method"] if scope["method"] in _METHODS else "other"
    REQUESTS.labels(method, route, status).observe(seconds)
    log.info("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1))
