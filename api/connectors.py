"""Connectors: which systems report to us, how what they send is checked and read, and their secrets."""

import secrets
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import MISSING, BaseModel, Field, SecretStr

from api.api_keys import Rotation
from api.auth import Caller
from api.context import Wired
from api.etag import IfMatch, etag
from api.pagination import Page, Paged
from api.problems import Problem, documented
from domain.inbound.connectors import SECRET_FROM_OUTSIDE, Connector
from domain.inbound.mailbox import recipient_of
from domain.text import Reference, ShortText
from store.connectors import Connectors, connector_of
from store.mailboxes import Mailboxes
from store.tables import ConnectorRow, MailboxRow

router = APIRouter(prefix="/v1/connectors", tags=["inbound"])

GivenSecret = Annotated[SecretStr, Field(min_length=1, max_length=500)]


class NewConnector(BaseModel, extra="forbid"):
    """A connector to make."""

    name: ShortText = Field(description="Which system it is for.", examples=["呼叫中心 call centre"])
    connector: Connector
    secret: GivenSecret | None = Field(
        None, description="For `twilio` the Auth Token, for `mailbox` the password; for the others one is made here."
    )


class ConnectorChange(BaseModel, extra="forbid"):
    """What of a connector may change. What is left out stays."""

    name: ShortText | MISSING = MISSING
    active: bool | MISSING = Field(MISSING, description="Switched off, it takes nothing in.")
    connector: Connector | MISSING = Field(MISSING, description="All settings anew, of the same kind.")


class ConnectorRotation(Rotation):
    """How a connector gets another secret."""

    secret: GivenSecret | None = Field(None, description="The new one, for `twilio` and `mailbox`.")


class Mailbox(BaseModel):
    """How the reading of a mailbox goes."""

    read_at: datetime | None = Field(description="When it was read last without a fault.")
    error: str | None = Field(description="What went wrong the last time, if anything did.")


class ConnectorView(BaseModel):
    """A connector, without its secret."""

    id: str
    name: str
    active: bool
    connector: Connector
    path: str | None = Field(description="Where its system sends what it reports; null for e-mail.")
    mailbox: Mailbox | None = None
    created_at: datetime
    created_by: str
    revoked_at: datetime | None
    previous_until: datetime | None = Field(description="Until when the secret before the last rotation counts.")


class ShownConnector(ConnectorView):
    """A connector with the secret that was made for it, which is shown this once."""

    secret: str | None = Field(description="Null where the secret came from outside.", examples=["whsec_…"])
    recipient: str | None = Field(None, description="For `forwarding`: what stands before the @ of its address.")


@router.get("", summary="List connectors")
def list_connectors(context: Wired, paging: Paged) -> Page[ConnectorView]:
    """Connectors by id, those that are over, too."""
    rows = Connectors(context.database, context.ids).page(paging.after, paging.limit)
    states = Mailboxes(context.database, context.ids).states(row.id for row in rows)
    return paging.page(rows, lambda row: _view(row, states.get(row.id)), lambda row: (row.id,))


@router.post("", status_code=201, summary="Make a connector")
def make_connector(new: NewConnector, response: Response, context: Wired, caller: Caller) -> ShownConnector:
    """A connector for one system. A secret that is made for it is in this answer and nowhere else."""
    secret = _secret(new.connector.kind, new.secret)
    row = ConnectorRow(
        id=f"con_{secrets.token_hex(10)}",
        name=new.name,
        kind=new.connector.kind,
        settings=new.connector.model_dump(mode="json"),
        secret="",
        created_at=datetime.now(UTC),
        created_by=caller.id,
    )
    row = Connectors(context.database, context.ids).create(row, secret)
    response.headers["Location"] = f"/v1/connectors/{row.id}"
    return _with_secret(response, row, secret)


@router.get("/{connector_id}", summary="Get a connector", responses=documented(404))
def get_connector(connector_id: Reference, response: Response, context: Wired) -> ConnectorView:
    """A connector with its ETag."""
    row = Connectors(context.database, context.ids).get(connector_id)
    response.headers["ETag"] = etag(row.version)
    return _view(row, Mailboxes(context.database, context.ids).states([row.id]).get(row.id))


@router.patch("/{connector_id}", summary="Change a connector", responses=documented(404, 412, 428))
def change_connector(
    connector_id: Reference, change: ConnectorChange, response: Response, context: Wired, if_match: IfMatch
) -> ConnectorView:
    """Change its name or its settings, or switch it on or off. What it has reported stays as it was read."""

    def apply(row: ConnectorRow) -> None:
        if change.connector is not MISSING:
            if change.connector.kind != row.kind:
                raise Problem.invalid("connector.kind", "connector_kind_stays", change.connector.kind)
            row.settings = change.connector.model_dump(mode="json")
        row.name = row.name if change.name is MISSING else change.name
        row.active = row.active if change.active is MISSING else change.active

    row = Connectors(context.database, context.ids).change(connector_id, if_match.check, apply)
    response.headers["ETag"] = etag(row.version)
    return _view(row, None)


@router.post("/{connector_id}/rotate", summary="Rotate a connector's secret", responses=documented(404))
def rotate_connector(
    connector_id: Reference, rotation: ConnectorRotation, response: Response, context: Wired
) -> ShownConnector:
    """Another secret. The one before counts on for the hours given, so that nothing is refused meanwhile."""
    connectors = Connectors(context.database, context.ids)
    secret = _secret(connectors.get(connector_id).kind, rotation.secret)
    overlap = timedelta(hours=rotation.overlap_hours)
    return _with_secret(response, connectors.rotate(connector_id, secret, overlap, datetime.now(UTC)), secret)


@router.post("/{connector_id}/revoke", summary="Revoke a connector", responses=documented(404))
def revoke_connector(connector_id: Reference, context: Wired) -> ConnectorView:
    """From the next request on it takes nothing in; its secrets are forgotten. Harmless when repeated."""
    return _view(Connectors(context.database, context.ids).revoke(connector_id, datetime.now(UTC)), None)


def _secret(kind: str, given: SecretStr | None) -> str:
    """The secret that a connector gets.

    Raises:
        Problem: 422 when one is missing that only the other system has, or given where it is made here.
    """
    if (given is not None) != (kind in SECRET_FROM_OUTSIDE):
        raise Problem.invalid("secret", "secret_made_here" if given else "secret_missing")
    if given:
        return given.get_secret_value()
    if kind == "forwarding":  # mail servers may change the case of an address, and take no longer one
        return secrets.token_hex(16)
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def _view(row: ConnectorRow, mailbox: MailboxRow | None) -> ConnectorView:
    return ConnectorView(
        id=row.id,
        name=row.name,
        active=row.active,
        connector=connector_of(row),
        path=None if row.kind in ("mailbox", "forwarding") else f"/v1/inbound/{row.id}",
        mailbox=Mailbox(read_at=mailbox.read_at, error=mailbox.error) if mailbox else None,
        created_at=row.created_at,
        created_by=row.created_by,
        revoked_at=row.revoked_at,
        previous_until=row.previous_until,
    )


def _with_secret(response: Response, row: ConnectorRow, secret: str) -> ShownConnector:
    response.headers["Cache-Control"] = "no-store"
    response.headers["ETag"] = etag(row.version)
    shown = secret if row.kind not in SECRET_FROM_OUTSIDE else None
    recipient = recipient_of(row.id, secret) if row.kind == "forwarding" else None
    return ShownConnector(**dict(_view(row, None)), secret=shown, recipient=recipient)
