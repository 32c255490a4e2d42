"""What you are told: lists, what you have read, and a stream of what is new."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Response
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.auth import Caller
from api.context import Context, Wired
from api.language import Locale
from api.notification_views import NotificationView, notification_view, notification_views
from api.pagination import Page, Paged
from api.principal import Eyes, Principal
from api.problems import Problem, ProblemType, documented
from api.streams import Listener
from domain.notifying.notice import NoticeKind
from store.notifications import Notifications, Only
from store.visibility import Viewer

router = APIRouter(prefix="/v1/notifications", tags=["notifications"])

STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `ready` once, then `notification` for each.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


class Unread(BaseModel):
    """How many notifications you have not read."""

    total: int
    urgent: int
    by_kind: dict[NoticeKind, int]


class ReadBody(BaseModel, extra="forbid"):
    """Which of your notifications you have read: these, or all up to a position."""

    ids: tuple[Annotated[str, Field(max_length=128)], ...] = Field((), max_length=200)
    up_to: int | None = Field(None, ge=0, le=2**63 - 1, strict=True)

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if bool(self.ids) == (self.up_to is not None):
            raise PydanticCustomError("read_what", "must give either ids or up_to")
        return self


class ReadView(BaseModel):
    """How many became read by it, and how many are left."""

    read: int
    unread: Unread


class Ready(BaseModel):
    """The stream's first message: from where on it tells, and how many notifications you have not read."""

    position: int
    unread: Unread


@router.get("", summary="List your notifications", responses=documented(409))
def list_notifications(
    context: Wired,
    caller: Caller,
    viewer: Eyes,
    locale: Locale,
    paging: Paged,
    unread: Annotated[bool, Query(description="Only those that you have not read.")] = False,
    urgent: Annotated[bool, Query(description="Only urgent ones.")] = False,
    kind: Annotated[list[NoticeKind] | None, Query(description="Only of these kinds.", max_length=60)] = None,
) -> Page[NotificationView]:
    """What you were told, the newest first. Others' are nobody else's to see."""
    notifications, only = Notifications(context.database), Only(unread, urgent, frozenset(kind or ()))
    rows = notifications.page(person_of(caller), only, paging.after, paging.limit)
    names = notifications.names(rows, viewer)
    return paging.page(rows, lambda row: notification_view(row, names, locale), lambda row: (str(row.position),))


@router.get("/unread", summary="Count what you have not read", responses=documented(409))
def count_unread_notifications(context: Wired, caller: Caller) -> Unread:
    """How many, how many of them urgent, and of which kinds."""
    return _unread(context, person_of(caller))


@router.post("/read", summary="Mark notifications as read", responses=documented(409))
def read_notifications(body: ReadBody, context: Wired, caller: Caller) -> ReadView:
    """Mark yours as read, by their ids or all up to a position. What is read already, or not yours, is passed over."""
    person = person_of(caller)
    read = Notifications(context.database).mark_read(person, body.ids, body.up_to, datetime.now(UTC))
    return ReadView(read=read, unread=_unread(context, person))


@router.get(
    "/stream",
    summary="Hear what is new",
    response_class=Response,  # FastAPI's own way to stream holds two queues and a task group for each
    responses={**documented(409), **STREAMED},
)
async def stream_notifications(
    context: Wired,
    caller: Caller,
    viewer: Eyes,
    locale: Locale,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=2**63 - 1, description="The `id:` of the last message that you have.")
    ] = None,
) -> EventSourceResponse:
    """Server-sent events: `ready` first, then a `notification` for each, within a second of what it tells.

    Whoever comes again with `Last-Event-ID` gets what they missed, in order and once. After 15 seconds of silence a
    comment is sent. The stream ends soon after your token has, or you have left.
    """
    person_of(caller)
    listener = await context.streams.open(caller.id, caller.until, last_event_id)
    messages = _messages(context, listener, viewer, locale)
    return EventSourceResponse(messages, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


def person_of(caller: Principal) -> str:
    """The rep whom the caller is.

    Raises:
        Problem: ``no-rep``.
    """
    if caller.person is None:
        raise Problem(ProblemType.NO_REP)
    return caller.person


async def _messages(context: Context, listener: Listener, viewer: Viewer, locale: str) -> AsyncIterator[bytes]:
    notifications = Notifications(context.database)
    try:
        unread = await to_thread.run_sync(_unread, context, listener.person)
        ready = Ready(position=listener.position, unread=unread).model_dump_json()
        yield format_sse_event(event="ready", id=str(listener.position), data_str=ready)
        while (rows := await context.streams.next(listener)) is not None:
            if not rows:
                yield KEEPALIVE_COMMENT
                continue
            names = await to_thread.run_sync(notifications.names, rows, viewer)
            yield b"".join(_message(view) for view in notification_views(rows, names, locale))
    finally:
        context.streams.leave(listener)


def _message(view: NotificationView) -> bytes:
    return format_sse_event(event="notification", id=str(view.position), data_str=view.model_dump_json())


def _unread(context: Context, person: str) -> Unread:
    counts = Notifications(context.database).unread(person)
    by_kind: dict[NoticeKind, int] = {}
    for (kind, _), count in counts.items():
        by_kind[NoticeKind(kind)] = by_kind.get(NoticeKind(kind), 0) + count
    urgent = sum(count for (_, is_urgent), count in counts.items() if is_urgent)
    return Unread(total=sum(by_kind.values()), urgent=urgent, by_kind=by_kind)
