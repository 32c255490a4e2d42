"""The timeline for auditors over HTTP: page by page, or as a file with its manifest."""

from datetime import datetime
from typing import Annotated, Literal, Self

from anyio import to_thread
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.auth import Caller
from api.context import Context, Wired
from api.language import Locale
from api.pagination import Page, Paged
from api.problems import documented
from domain.audit_record import RecordKind
from domain.instant import Instant
from domain.text import Reference
from messages import has_message, message
from reports.audit_export import Entry, archive_of
from store.audit_proofs import AuditProofs
from store.audit_timeline import After, Happening, Narrowed, Subject, Timelines

router = APIRouter(prefix="/v1/audit", tags=["audit"])


class Filters(BaseModel):
    """What the timeline is of, and what it is narrowed to."""

    model_config = ConfigDict(extra="ignore")
    customer_id: Reference | None = None
    lead_id: Reference | None = None
    approval_id: Reference | None = None
    kind: list[Reference] = Field(
        [], max_length=50, description="Kinds of events, acts of approvals, `access_refused`."
    )
    actor: Reference | None = Field(None, description="Who did it: a rep, a user, a key or `system`.")
    begins: Instant | None = Field(None, alias="from", description="The first instant, by when it happened.")
    until: Instant | None = Field(None, alias="to", description="Just behind the last.")

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if sum(it is not None for it in self.subject) != 1:
            raise PydanticCustomError("one_subject", "exactly one of customer_id, lead_id, approval_id")
        return self

    @property
    def subject(self) -> Subject:
        """What it is of."""
        return Subject(self.customer_id, self.lead_id, self.approval_id)

    @property
    def narrowed(self) -> Narrowed:
        """What it is narrowed to."""
        return Narrowed(self.kind, self.actor, self.begins, self.until)


@router.get("/timeline", summary="Read everything that happened", responses=documented(404))
async def read_audit_timeline(
    context: Wired, paging: Paged, locale: Locale, filters: Annotated[Filters, Query()]
) -> Page[Entry]:
    """Events of a customer, lead or approval, acts of its approvals and refused attempts, in the order of recording."""
    after: After | None = None
    if paging.after:
        at, source, record = paging.after
        after = (datetime.fromisoformat(at), source, record)
    read = Timelines(context.database).page
    rows = await to_thread.run_sync(read, filters.subject, filters.narrowed, after, paging.limit)
    return paging.page(
        rows,
        lambda row: entry_of(row, locale),
        lambda row: (row.recorded_at.isoformat(), row.source, row.id),
    )


@router.get(
    "/export",
    summary="Export everything that happened",
    response_class=Response,
    responses={
        200: {"content": {"application/zip": {}}, "description": "The file and its manifest."},
        **documented(404),
    },
)
async def export_audit_timeline(
    context: Wired,
    caller: Caller,
    locale: Locale,
    filters: Annotated[Filters, Query()],
    format: Annotated[Literal["jsonl", "csv"], Query(description="JSON Lines, or CSV.")] = "jsonl",  # noqa: A002
) -> Response:
    """The same as a ZIP archive of a file and a manifest: number, SHA-256, filters, who, when, the newest signed head.

    Texts that a spreadsheet would take for formulas begin with an apostrophe in CSV.
    """
    content = await to_thread.run_sync(_archive, context, filters, locale, format, caller.id)
    headers = {"Content-Disposition": 'attachment; filename="timeline.zip"', "Content-Language": locale}
    return Response(content, media_type="application/zip", headers=headers)


def _archive(context: Context, filters: Filters, locale: str, form: Literal["jsonl", "csv"], by: str) -> bytes:
    head = AuditProofs(context.database).newest()
    told = Timelines(context.database).whole(filters.subject, filters.narrowed)
    entries = [entry_of(row, locale) for row in told]
    asked = filters.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return archive_of(entries, form, {"filters": asked, "language": locale, "exported_by": by, "head": head}, locale)


def entry_of(row: Happening, locale: str) -> Entry:
    """One thing that happened, with a sentence that says what."""
    return Entry(
        **{name: value for name, value in vars(row).items() if name != "decision_id"},
        text=_sentence(row, locale),
        decision=f"/v1/decisions/{row.decision_id}" if row.decision_id else None,
        refusal_text=_why(row, locale),
    )


def _sentence(row: Happening, locale: str) -> str:
    name = row.kind.replace("_", "-")
    if row.source is RecordKind.REFUSAL:
        return message(locale, "audit-access-refused", attempt=row.attempt or "")
    entry = {RecordKind.EVENT: "event", RecordKind.LEAD_EVENT: "lead-event"}.get(row.source, "audit-act")
    return message(locale, f"{entry}-{name}") if has_message(locale, f"{entry}-{name}") else row.kind


def _why(row: Happening, locale: str) -> str | None:
    if row.refusal is None:
        return None
    name = row.refusal.replace("_", "-")
    known = (f"audit-refused-{name}", f"problem-{name}")
    return next((message(locale, entry) for entry in known if has_message(locale, entry)), row.refusal)
