"""API keys: how backend systems call."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError

from api.auth import Caller
from api.context import Wired
from api.identification import digest_of, key_token
from api.pagination import Page, Paged
from api.permissions import KEY_SCOPES, ROLES, Permission
from api.problems import Problem, documented
from domain.instant import Instant
from domain.role import Role
from domain.text import Reference, ShortText
from store.api_keys import ApiKeys
from store.tables import ApiKeyRow

router = APIRouter(prefix="/v1/api-keys", tags=["access"])

MAX_OVERLAP_HOURS = 24 * 30


class NewApiKey(BaseModel, extra="forbid"):
    """A key to make."""

    name: ShortText = Field(description="Which system it is for.", examples=["官网表单 web forms"])
    scopes: frozenset[Permission] = Field(KEY_SCOPES, description="What it may do, within what a system may.")
    expires_at: Instant | None = Field(None, description="From when on it does not count; null for never.")

    @field_validator("scopes")
    @classmethod
    def _within_a_systems(cls, scopes: frozenset[Permission]) -> frozenset[Permission]:
        if not scopes <= ROLES[Role.SYSTEM]:
            raise PydanticCustomError("scope_not_a_systems", "must be permissions that a system may have")
        return scopes


class Rotation(BaseModel, extra="forbid"):
    """How a key gets another secret."""

    overlap_hours: Annotated[float, Field(ge=0, le=MAX_OVERLAP_HOURS)] = Field(
        24, description="How long the secret before counts beside the new one."
    )


class ApiKey(BaseModel):
    """A key, without its secret."""

    id: str
    name: str
    scopes: tuple[Permission, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    previous_until: datetime | None = Field(description="Until when the secret before the last rotation counts.")


class ShownApiKey(ApiKey):
    """A key with its token, which is shown this once."""

    token: str = Field(examples=["ook_…"])


@router.get("", summary="List API keys")
def list_api_keys(context: Wired, paging: Paged) -> Page[ApiKey]:
    """Keys by id, those that are over, too."""
    rows = ApiKeys(context.database).page(paging.after, paging.limit)
    return paging.page(rows, _view, lambda row: (row.id,))


@router.post("", status_code=201, summary="Make an API key")
def make_api_key(new: NewApiKey, response: Response, context: Wired, caller: Caller) -> ShownApiKey:
    """A key for a backend system. The token is in this answer and nowhere else."""
    now, secret = datetime.now(UTC), secrets.token_urlsafe(32)
    if new.expires_at is not None and new.expires_at <= now:
        raise Problem.invalid("expires_at", "expires_in_past", new.expires_at.isoformat())
    row = ApiKeyRow(
        id=f"key_{secrets.token_hex(10)}",
        name=new.name,
        scopes=sorted(new.scopes),
        digest=digest_of(secret),
        created_at=now,
        created_by=caller.id,
        expires_at=new.expires_at,
    )
    response.headers["Cache-Control"] = "no-store"
    return _with_token(ApiKeys(context.database).create(row), secret)


@router.post("/{key_id}/rotate", summary="Rotate an API key", responses=documented(404))
def rotate_api_key(key_id: Reference, rotation: Rotation, response: Response, context: Wired) -> ShownApiKey:
    """Another secret for a key. The one before counts on for the hours given, so that nobody is cut off."""
    secret = secrets.token_urlsafe(32)
    overlap = timedelta(hours=rotation.overlap_hours)
    row = ApiKeys(context.database).rotate(key_id, digest_of(secret), overlap, datetime.now(UTC))
    response.headers["Cache-Control"] = "no-store"
    return _with_token(row, secret)


@router.post("/{key_id}/revoke", summary="Revoke an API key", responses=documented(404))
def revoke_api_key(key_id: Reference, context: Wired) -> ApiKey:
    """From the next call on neither of its secrets counts. Harmless when repeated."""
    return _view(ApiKeys(context.database).revoke(key_id, datetime.now(UTC)))


def _view(row: ApiKeyRow) -> ApiKey:
    return ApiKey.model_validate(row, from_attributes=True)


def _with_token(row: ApiKeyRow, secret: str) -> ShownApiKey:
    return ShownApiKey(**_view(row).model_dump(), token=key_token(row.id, secret))
