"""Samples for auditors over HTTP: events at random with everything that belongs to them."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from anyio import to_thread
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.audit_timeline import entry_of
from api.context import Context, Wired
from api.decisions import Decision
from api.language import Locale
from domain.event import EventKind
from reports.audit_export import Entry
from store.audit_sampling import Sampling
from store.audit_timeline import Narrowed, Subject, Timelines
from store.tables import DecisionRow, EventRow

router = APIRouter(prefix="/v1/audit", tags=["audit"])


class Asked(BaseModel):
    """What is drawn from, and how many."""

    kind: EventKind
    month: str = Field(pattern=r"^(19|2\d)\d\d-(0[1-9]|1[0-2])$", examples=["2026-10"])
    count: int = Field(25, ge=1, le=200)
    seed: int = Field(ge=0, le=2**53, description="The same one draws the same.")


class Chain(BaseModel):
    """An event that was drawn."""

    event_id: str
    decision: Decision | None = Field(description="Why it happened.")
    timeline: list[Entry] = Field(
        description="Everything about the customer before and after, acts of approvals and refused attempts too."
    )


class Sample(BaseModel):
    """What was drawn."""

    drawn_from: int = Field(description="How many such events there are.")
    chains: list[Chain]


@router.get("/samples", summary="Draw a sample")
async def draw_audit_sample(context: Wired, locale: Locale, asked: Annotated[Asked, Query()]) -> Sample:
    """Events of a kind in a month, at random, each with its decision and the whole timeline of its customer."""
    return await to_thread.run_sync(_drawn, context, asked, locale)


def _drawn(context: Context, asked: Asked, locale: str) -> Sample:
    year, month = map(int, asked.month.split("-"))
    zone = ZoneInfo(context.policy.time_zone)
    begins = datetime(year, month, 1, tzinfo=zone).astimezone(UTC)
    until = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone).astimezone(UTC)
    number, drawn = Sampling(context.database).draw(asked.kind, begins, until, asked.count, asked.seed)
    return Sample(drawn_from=number, chains=[_chain(context, event, decision, locale) for event, decision in drawn])


def _chain(context: Context, event: EventRow, decision: DecisionRow | None, locale: str) -> Chain:
    whole = Timelines(context.database).whole(Subject(customer_id=event.customer_id), Narrowed())
    return Chain(
        event_id=event.id,
        decision=Decision.model_validate(decision, from_attributes=True) if decision else None,
        timeline=[entry_of(row, locale) for row in whole],
    )
