"""Imports: files of customers that a company already has, looked at in a dry run before anything is loaded."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.auth import Caller
from api.context import Context, Wired
from api.import_report import page
from api.import_sheet import workbook
from api.import_words import rule
from api.language import Locale
from api.pagination import Page, Paged
from api.problems import Problem, ProblemType, documented
from domain.identity import Outcome
from domain.importing.batch import Batch, Confirm, Doubtful, Remap, Stage
from domain.importing.columns import Field as Column
from domain.importing.columns import Mistake, check_columns
from domain.importing.counts import Counts
from domain.importing.row import Verdict, Why
from domain.lead import Lead
from domain.text import Reference, ShortText
from messages import message
from reports.spreadsheet import XLSX
from store.import_files import ImportFiles
from store.imports import AskedLead, Imports, LineFilter
from store.tables import ImportLineRow, ImportRow

router = APIRouter(prefix="/v1/imports", tags=["imports"])

MEDIA_TYPES = ("text/csv", XLSX, "application/octet-stream")
_FILE = {"schema": {"type": "string", "format": "binary"}}


class Progress(BaseModel):
    """How far a stage has come."""

    phase: str
    done: int
    total: int | None


class Failure(BaseModel):
    """Why a file cannot be imported."""

    code: str
    text: str


class ImportView(BaseModel):
    """An import."""

    id: str
    filename: str
    size: int = Field(description="Bytes.")
    stage: Stage
    attempt: int
    progress: Progress | None
    headings: tuple[str, ...] = Field(description="The file's columns.")
    columns: dict[str, Column] = Field(description="The field of each column that is taken over.")
    counts: Counts | None = Field(description="What the dry run came to.")
    failure: Failure | None
    created_by: str
    confirmed_by: str | None
    doubtful: Doubtful = Field(description="What becomes of rows in doubt.")
    asked: dict[Outcome, int] | None = Field(
        description="With `ask`: how many of the rows in doubt wait for a person, and what became of the others."
    )
    created_at: datetime
    updated_at: datetime


class FaultView(BaseModel):
    """A cell that breaks a rule."""

    column: str
    code: str
    value: str
    rule: str


State = Literal["pending", "loaded", "told", "asked", "undone", "left"]


class LineView(BaseModel):
    """A row of the file and what becomes of it."""

    line: int
    verdict: Verdict
    same_as_line: int | None = Field(description="The row into which this one is merged.")
    customer_id: str | None
    why: Why | None = Field(description="Why a person must say.")
    text: str | None = Field(description="The same as a sentence.")
    beside_line: int | None = Field(description="The row that it may be the same as.")
    candidates: tuple[str, ...] = Field(description="The customers that it may be.")
    faults: tuple[FaultView, ...]
    completed: tuple[str, ...] = Field(description="What was derived from other cells.")
    lead: Lead | None = Field(description="The row in unified formats.")
    state: State
    lead_id: str | None = Field(description="Of a row in doubt about which a person is asked: its lead.")
    outcome: Outcome | None = Field(description="What became of that lead.")


class Lines(BaseModel):
    """How a list of rows is narrowed."""

    verdict: Verdict | None = None
    state: State | None = None


class Confirmed(BaseModel, extra="forbid"):
    """How an import is confirmed."""

    doubtful: Doubtful = Field(
        Doubtful.LEAVE_OUT, description="`ask`: rows in doubt become leads that wait for a person's confirmation."
    )


class Columns(BaseModel, extra="forbid"):
    """Which column holds what; columns that are left out are not taken over."""

    columns: Annotated[dict[ShortText, Column], Field(max_length=200)]


@router.post(
    "",
    status_code=202,
    summary="Send a file of customers",
    responses={200: {"model": ImportView}},
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(MEDIA_TYPES, _FILE)}},
)
async def begin_import(
    request: Request,
    response: Response,
    context: Wired,
    caller: Caller,
    locale: Locale,
    filename: Annotated[ShortText, Query(description="What the file is called.")] = "customers",
) -> ImportView:
    """Send a CSV or XLSX file as the body; it is analysed, and nothing is loaded before somebody confirms.

    202 for a file seen for the first time, 200 with the import that there is for one sent again.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in MEDIA_TYPES:
        raise Problem(ProblemType.UNSUPPORTED_MEDIA_TYPE)
    kept = await ImportFiles(context.settings.import_folder).keep(request.stream())
    if not kept.size:
        raise Problem.invalid("body", "file_empty")
    import_id = context.ids.make("imp", kept.digest)
    now = datetime.now(UTC)
    row, to_start = await to_thread.run_sync(_store(context).begin, import_id, kept, filename, caller.id, now)
    if to_start:
        await context.gateway.begin_import(batch_of(row))
    else:
        response.status_code = 200
    response.headers["Location"] = f"{router.prefix}/{row.id}"
    return await _view(context, row, locale)


@router.get("", summary="List imports")
async def list_imports(context: Wired, paging: Paged, locale: Locale) -> Page[ImportView]:
    """Imports, newest first."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    rows = await to_thread.run_sync(_store(context).page, after, paging.limit)
    asked = await to_thread.run_sync(_store(context).asked, rows)
    return paging.page(
        rows, lambda row: _told(row, asked.get(row.id), locale), lambda row: (row.created_at.isoformat(), row.id)
    )


@router.get("/{import_id}", summary="Get an import", responses=documented(404))
async def get_import(import_id: Reference, context: Wired, locale: Locale) -> ImportView:
    """An import: its stage, its progress, how its columns are read, and what the dry run came to."""
    return await _view(context, await _get(context, import_id), locale)


@router.put(
    "/{import_id}/columns", status_code=202, summary="Change how columns are read", responses=documented(404, 409)
)
async def change_columns(import_id: Reference, body: Columns, context: Wired, locale: Locale) -> ImportView:
    """Say which column holds what; the file is analysed anew."""
    row = await _get(context, import_id)
    try:
        check_columns(body.columns, row.headings)
    except Mistake as mistake:
        raise Problem.invalid("columns", mistake.code, mistake.column or None) from mistake
    await context.gateway.remap_import(batch_of(row), Stage(row.stage), Remap(columns=body.columns))
    return await _view(context, await _get(context, import_id), locale)


@router.post("/{import_id}/confirm", status_code=202, summary="Load what was shown", responses=documented(404, 409))
async def confirm_import(
    import_id: Reference, context: Wired, caller: Caller, locale: Locale, body: Confirmed | None = None
) -> ImportView:
    """Load new customers and fill the gaps of known ones. Bad rows are left out.

    So are rows in doubt, unless `doubtful` is `ask`: then each waits for `POST /v1/leads/{lead_id}/confirmation`.
    """
    row = await _get(context, import_id)
    confirm = Confirm(by=caller.id, analysis=row.analysis, doubtful=(body or Confirmed()).doubtful)
    await context.gateway.confirm_import(batch_of(row), Stage(row.stage), confirm)
    return await _view(context, await _get(context, import_id), locale)


@router.post("/{import_id}/undo", status_code=202, summary="Take an import back", responses=documented(404, 409))
async def undo_import(import_id: Reference, context: Wired, locale: Locale) -> ImportView:
    """Take back what was loaded, but for customers with whom somebody has worked since: `rows?state=left` lists them.

    Rows in doubt that still wait for a person are withdrawn. Before anything is loaded, it discards the import.
    """
    row = await _get(context, import_id)
    await context.gateway.undo_import(batch_of(row), Stage(row.stage))
    return await _view(context, await _get(context, import_id), locale)


@router.get("/{import_id}/rows", summary="List an import's rows", responses=documented(404))
async def list_import_rows(
    import_id: Reference, context: Wired, paging: Paged, locale: Locale, only: Annotated[Lines, Query()]
) -> Page[LineView]:
    """The rows of the file in their order, with what becomes of each and why."""
    row = await _get(context, import_id)
    after = int(paging.after[0]) if paging.after else None
    lines = await to_thread.run_sync(_store(context).lines, row, LineFilter(**only.model_dump()), after, paging.limit)
    leads = await to_thread.run_sync(_store(context).leads_of, lines)
    return paging.page(
        lines, lambda line: _line_view(line, leads.get(line.line), locale), lambda line: (str(line.line),)
    )


@router.get(
    "/{import_id}/report",
    summary="Get an import's report",
    responses=documented(404) | {200: {"content": {"text/html": {}, XLSX: _FILE}}},
    response_class=Response,
)
async def get_import_report(
    import_id: Reference,
    context: Wired,
    locale: Locale,
    format: Annotated[Literal["html", "xlsx"], Query(description="A page, or a workbook with all rows.")] = "html",  # noqa: A002
) -> Response:
    """What was merged, what needs a person, which rows were left out and why, and how complete the customers are."""
    row = await _get(context, import_id)
    store = _store(context)
    headers = {"Content-Language": locale, "Vary": "Accept-Language"}
    if format == "xlsx":
        content = await to_thread.run_sync(workbook, store, row, locale)
        headers["Content-Disposition"] = f'attachment; filename="{row.id}.xlsx"'
        return Response(content, media_type=XLSX, headers=headers)
    html = await to_thread.run_sync(page, store, row, locale)
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)


def batch_of(row: ImportRow) -> Batch:
    """The go at a file that is on."""
    return Batch(import_id=row.id, attempt=row.attempt, doubtful=Doubtful(row.doubtful))


def _store(context: Context) -> Imports:
    return Imports(context.database)


async def _get(context: Context, import_id: str) -> ImportRow:
    return await to_thread.run_sync(_store(context).get, import_id)


async def _view(context: Context, row: ImportRow, locale: str) -> ImportView:
    asked = await to_thread.run_sync(_store(context).asked, [row])
    return _told(row, asked.get(row.id), locale)


def _told(row: ImportRow, asked: Mapping[Outcome, int] | None, locale: str) -> ImportView:
    return ImportView(
        id=row.id,
        filename=row.filename,
        size=row.size,
        stage=Stage(row.stage),
        attempt=row.attempt,
        progress=Progress(**row.progress) if row.progress else None,
        headings=tuple(row.headings),
        columns={column: Column(field) for column, field in row.columns.items()},
        counts=Counts.model_validate(row.counts) if row.counts else None,
        failure=_failure(row.failure, locale) if row.failure else None,
        created_by=row.created_by,
        confirmed_by=row.confirmed_by,
        doubtful=Doubtful(row.doubtful),
        asked=None if asked is None else dict(asked),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _failure(failure: Mapping[str, Any], locale: str) -> Failure:
    facts = {name: fact for name, fact in failure.items() if name != "code"}
    return Failure(code=failure["code"], text=rule(locale, failure["code"], facts))


def _line_view(line: ImportLineRow, lead: AskedLead | None, locale: str) -> LineView:
    return LineView(
        line=line.line,
        verdict=Verdict(line.verdict),
        same_as_line=line.head if line.head != line.line else None,
        customer_id=lead.customer_id if lead else line.customer_id,
        why=Why(line.why) if line.why else None,
        text=message(locale, f"import-why-{line.why.replace('_', '-')}") if line.why else None,
        beside_line=line.beside,
        candidates=tuple(line.candidates),
        faults=tuple(
            FaultView(
                column=it["column"], code=it["code"], value=it["value"], rule=rule(locale, it["code"], it["facts"])
            )
            for it in line.faults
        ),
        completed=tuple(line.completed),
        lead=Lead.model_validate(line.lead) if line.lead else None,
        state=line.state,
        lead_id=line.lead_id,
        outcome=lead.outcome if lead else None,
    )
