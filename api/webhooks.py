"""Webhooks: endpoints of systems that are told of events. Only administrators write them."""

import base64
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import MISSING, AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.auth import Caller
from api.context import Context, Wired
from api.etag import IfMatch, tagged
from api.pagination import Page, Paged
from api.problems import Problem, documented
from domain.sealing import Seal
from domain.target import MAX_URL, TargetRefused, target_of
from domain.text import Reference, ShortText
from domain.webhook_event import KINDS
from store.disabling import Why
from store.tables import WebhookRow
from store.webhooks import SECRETS, Endpoints

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

SECRET_BYTES = 32
MAX_OVERLAP_HOURS = 24 * 30


def _known(kinds: tuple[str, ...]) -> tuple[str, ...]:
    if not KINDS.issuperset(kinds):
        raise PydanticCustomError("webhook_kind_unknown", "must be kinds of events")
    return tuple(sorted(set(kinds)))


Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_URL)]
Kinds = Annotated[tuple[str, ...], Field(max_length=len(KINDS)), AfterValidator(_known)]


class NewWebhook(BaseModel, extra="forbid"):
    """An endpoint to add."""

    url: Url = Field(
        description="Where to post: https, no redirects. Not in a private network unless the installation allows it.",
        examples=["https://crm.example.com/hooks/oneowner"],
    )
    description: ShortText = Field(description="Which system it is.", examples=["客户系统 CRM"])
    kinds: Kinds = Field(
        default=(), description="What it is told of; everything unless given.", examples=[["customer.owner_assigned"]]
    )


class WebhookChange(BaseModel, extra="forbid"):
    """What to change in an endpoint; a field that is left out stays."""

    url: Url | MISSING = MISSING
    description: ShortText | MISSING = MISSING
    kinds: Kinds | MISSING = MISSING
    enabled: bool | MISSING = Field(
        default=MISSING, description="Off: what comes up is parked. On again: parked ones are sent by a replay."
    )


class SecretRotation(BaseModel, extra="forbid"):
    """How an endpoint gets another secret."""

    overlap_hours: Annotated[float, Field(ge=0, le=MAX_OVERLAP_HOURS)] = Field(
        24, description="How long messages are signed with the secret before, too."
    )


class Webhook(BaseModel):
    """An endpoint, without its secret."""

    id: str
    url: str
    description: str
    kinds: tuple[str, ...] = Field(description="What it is told of; empty for everything.")
    enabled: bool
    disabled_because: Why | None = Field(description="Why it is off; null while it is on.")
    failing_since: datetime | None = Field(description="The first failure after the last success.")
    paused_until: datetime | None = Field(description="Until when nothing is sent, because it fails or asked for that.")
    previous_until: datetime | None = Field(description="Until when the secret before the last rotation signs, too.")
    created_at: datetime
    created_by: str
    version: Annotated[int, Field(exclude=True)]


class ShownWebhook(Webhook):
    """An endpoint with its secret, which is shown this once."""

    secret: str = Field(examples=["whsec_…"])


@router.get("", summary="List webhooks")
def list_webhooks(context: Wired, paging: Paged) -> Page[Webhook]:
    """Endpoints by id, those that are off, too."""
    rows = Endpoints(context.database).page(paging.after, paging.limit)
    return paging.page(rows, _view, lambda row: (row.id,))


@router.post("", status_code=201, summary="Add a webhook")
def add_webhook(new: NewWebhook, response: Response, context: Wired, caller: Caller) -> ShownWebhook:
    """An endpoint that is told of events from now on. The secret is in this answer and nowhere else."""
    secret = _new_secret()
    row = WebhookRow(
        id=f"whk_{secrets.token_hex(10)}",
        url=_checked(new.url, context),
        description=new.description,
        kinds=[*new.kinds],
        secret=_seal(context).close(secret),
        created_at=datetime.now(UTC),
        created_by=caller.id,
    )
    response.headers["Location"] = f"/v1/webhooks/{row.id}"
    return _with_secret(response, Endpoints(context.database).create(row), secret)


@router.get("/{webhook_id}", summary="Get a webhook", responses=documented(404))
def get_webhook(webhook_id: Reference, response: Response, context: Wired) -> Webhook:
    """An endpoint with its ETag."""
    return tagged(response, _view(Endpoints(context.database).get(webhook_id)))


@router.patch("/{webhook_id}", summary="Change a webhook", responses=documented(404, 412, 428))
def change_webhook(
    webhook_id: Reference, change: WebhookChange, response: Response, context: Wired, if_match: IfMatch
) -> Webhook:
    """Changes the fields that are sent. One that is turned on again begins with a clean slate."""
    fields = change.model_dump()
    if "url" in fields:
        fields["url"] = _checked(fields["url"], context)
    if "kinds" in fields:
        fields["kinds"] = [*fields["kinds"]]
    row = Endpoints(context.database).change(webhook_id, fields, if_match.check, datetime.now(UTC))
    return tagged(response, _view(row))


@router.delete("/{webhook_id}", status_code=204, summary="Delete a webhook", responses=documented(404))
def delete_webhook(webhook_id: Reference, context: Wired) -> None:
    """Forgets an endpoint, and with it what was, or was still to be, sent to it."""
    Endpoints(context.database).delete(webhook_id)


@router.post("/{webhook_id}/rotate", summary="Rotate a webhook's secret", responses=documented(404))
def rotate_webhook(webhook_id: Reference, rotation: SecretRotation, response: Response, context: Wired) -> ShownWebhook:
    """Another secret. For the hours given each message has two signatures, one by each, so that nothing is missed."""
    secret, overlap = _new_secret(), timedelta(hours=rotation.overlap_hours)
    sealed = _seal(context).close(secret)
    return _with_secret(
        response, Endpoints(context.database).rotate(webhook_id, sealed, overlap, datetime.now(UTC)), secret
    )


def _checked(url: str, context: Context) -> str:
    """The URL in its normal form.

    Raises:
        Problem: ``invalid``, when nothing may be delivered there.
    """
    try:
        return target_of(url, private=context.settings.webhooks_private).url
    except TargetRefused as error:
        raise Problem.invalid("url", error.code, url) from error


def _new_secret() -> str:
    """A secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _seal(context: Context) -> Seal:
    return Seal(context.ids.key(SECRETS))


def _fields(row: WebhookRow) -> dict[str, Any]:
    return row.model_dump(include=set(Webhook.model_fields))


def _view(row: WebhookRow) -> Webhook:
    return Webhook.model_validate(_fields(row))


def _with_secret(response: Response, row: WebhookRow, secret: str) -> ShownWebhook:
    response.headers["Cache-Control"] = "no-store"
    return tagged(response, ShownWebhook.model_validate({**_fields(row), "secret": secret}))
