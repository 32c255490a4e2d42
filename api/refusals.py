"""Attempts that were refused, for auditors and administrators."""

from datetime import datetime
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import Wired
from api.pagination import Page, Paged
from domain.role import Role
from domain.text import Reference
from store.refusals import RefusalFilter, Refusals, Why

router = APIRouter(prefix="/v1/access-refusals", tags=["access"])


class Refusal(BaseModel):
    """Somebody tried what they may not."""

    at: datetime
    principal: str = Field(description="The user or the API key.")
    role: Role
    method: str
    route: str
    record: str | None = Field(description="The id of what it was about.")
    reason: Why = Field(
        description="`role`: the route is not for this role or key. `hidden`: not their record, answered as not found. "
        "`read_only`: seen, but not to be changed. `in_anothers_name`: not theirs to say. `probing`: an alert, "
        "too much in too short a time."
    )


class Filters(BaseModel):
    """How a list of refusals is narrowed."""

    principal: Reference | None = None
    reason: Why | None = None


@router.get("", summary="List refused attempts")
async def list_access_refusals(context: Wired, paging: Paged, filters: Annotated[Filters, Query()]) -> Page[Refusal]:
    """Attempts, newest first. `reason=probing` are the alerts."""
    after = int(paging.after[0]) if paging.after else None
    only = RefusalFilter(**filters.model_dump())
    rows = await to_thread.run_sync(Refusals(context.database).page, only, after, paging.limit)
    return paging.page(
        rows, lambda row: Refusal.model_validate(row, from_attributes=True), lambda row: (str(row.position),)
    )
