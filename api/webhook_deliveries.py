"""What was sent to a webhook and how it went; having it sent again; trying an endpoint."""

import secrets
from datetime import UTC, datetime

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, JsonValue

from api.auth import Caller
from api.context import Wired
from api.pagination import Page, Paged
from api.problems import Problem, ProblemType, documented
from domain.delivery import Channel, State
from domain.instant import Instant
from domain.text import Reference
from domain.webhook_event import PING
from store.delivery_log import DeliveryLog, EndpointOff
from store.tables import DeliveryAttemptRow, DeliveryRow

router = APIRouter(prefix="/v1/webhooks/{webhook_id}", tags=["webhooks"])


class Delivery(BaseModel):
    """One event to one endpoint."""

    id: str = Field(description="What `webhook-id` says: the same in every repeat.")
    event_id: str
    kind: str = Field(examples=["customer.owner_assigned"])
    customer_id: str | None
    state: State
    created_at: datetime
    next_at: datetime | None = Field(description="When it is tried next; null once it is over.")
    attempts: int = Field(description="Since it came up, or was last replayed.")
    last_error: str | None = Field(examples=["timeout"])
    delivered_at: datetime | None


class DeliveryAttempt(BaseModel):
    """How one attempt went."""

    at: datetime = Field(description="When it ended.")
    took_ms: int
    status: int | None = Field(description="The answer's HTTP status; null when there was no answer.")
    error: str | None = Field(
        description="Null when it went well. Without an answer: `address_refused`, `connect`, `protocol`, `timeout`, "
        "`tls`, or a rule that the URL breaks by now.",
        examples=["timeout"],
    )


class DeliveryView(Delivery):
    """One event to one endpoint, with what is sent and every attempt."""

    data: dict[str, JsonValue] = Field(description="The event's `data`.")
    log: tuple[DeliveryAttempt, ...]


class Replay(BaseModel, extra="forbid"):
    """What to send again."""

    since: Instant = Field(description="Everything that came up from then on.")
    delivered: bool = Field(False, description="What was delivered, too, and not only what was given up or parked.")


class Replayed(BaseModel):
    """How much is sent again."""

    deliveries: int


@router.get("/deliveries", summary="List what was sent to a webhook", responses=documented(404))
def list_webhook_deliveries(
    webhook_id: Reference,
    context: Wired,
    paging: Paged,
    state: State | None = Query(None, description="Only these."),
) -> Page[Delivery]:
    """The newest first. What is over is forgotten after thirty days."""
    after = [int(paging.after[0])] if paging.after else None
    rows = DeliveryLog(context.database).page(webhook_id, state, after, paging.limit)
    return paging.page(rows, _view, lambda row: (str(row.position),))


@router.get("/deliveries/{delivery_id}", summary="Get what was sent to a webhook", responses=documented(404))
def get_webhook_delivery(webhook_id: Reference, delivery_id: Reference, context: Wired) -> DeliveryView:
    """One delivery with every attempt."""
    row, attempts = DeliveryLog(context.database).get(webhook_id, delivery_id)
    log = tuple(_attempt(it) for it in attempts)
    return DeliveryView(**_view(row).model_dump(), data=row.payload["data"], log=log)


@router.post("/deliveries/{delivery_id}/replay", status_code=202, summary="Send again", responses=documented(404, 409))
def replay_webhook_delivery(webhook_id: Reference, delivery_id: Reference, context: Wired) -> Delivery:
    """Sends a delivery again, whatever became of it, with the same id and three days of patience of its own."""
    try:
        return _view(DeliveryLog(context.database).replay(webhook_id, delivery_id, datetime.now(UTC)))
    except EndpointOff as error:
        raise Problem(ProblemType.WEBHOOK_OFF) from error


@router.post("/replay", status_code=202, summary="Send all again since", responses=documented(404, 409))
def replay_webhook(webhook_id: Reference, replay: Replay, context: Wired) -> Replayed:
    """Sends again whatever was given up or parked since an instant, in order; on demand what was delivered, too."""
    log = DeliveryLog(context.database)
    try:
        count = log.replay_since(webhook_id, replay.since, datetime.now(UTC), delivered=replay.delivered)
    except EndpointOff as error:
        raise Problem(ProblemType.WEBHOOK_OFF) from error
    return Replayed(deliveries=count)


@router.post("/ping", status_code=202, summary="Try a webhook", responses=documented(404, 409))
def ping_webhook(webhook_id: Reference, context: Wired, caller: Caller) -> Delivery:
    """Sends an event of the kind `ping`, signed like any other. How it went is in the delivery, moments later."""
    now, id_ = datetime.now(UTC), f"ping_{secrets.token_hex(10)}"
    row = DeliveryRow(
        id=id_,
        channel=Channel.WEBHOOK,
        target=webhook_id,
        event_id=id_,
        kind=PING,
        payload={"subject": webhook_id, "time": now.isoformat(), "data": {"webhook_id": webhook_id, "by": caller.id}},
        created_at=now,
        next_at=now,
    )
    try:
        return _view(DeliveryLog(context.database).ping(row))
    except EndpointOff as error:
        raise Problem(ProblemType.WEBHOOK_OFF) from error


def _view(row: DeliveryRow) -> Delivery:
    next_at = row.next_at if row.state == State.PENDING else None
    return Delivery.model_validate(row.model_dump(include=set(Delivery.model_fields)) | {"next_at": next_at})


def _attempt(row: DeliveryAttemptRow) -> DeliveryAttempt:
    return DeliveryAttempt.model_validate(row, from_attributes=True)
