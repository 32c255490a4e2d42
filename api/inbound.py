"""What other systems send: taken in when its signature is good; and what a person must say of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from api.auth import Caller
from api.context import Context, Wired
from api.pagination import Page, Paged
from api.problems import Fault, Problem, ProblemType, documented, shown
from api.validation import faults_of
from domain.inbound.becoming import Outcome, Reason
from domain.inbound.delivery import Delivery, Unreadable, Webhook
from domain.inbound.line import party_of
from domain.inbound.reported import Kind, Reported
from domain.text import Reference
from logs import log
from store.connectors import Connectors
from store.errors import AlreadyExists, NotFound
from store.inbound import InboundReports, State
from store.reading import Reading
from store.reps import Reps
from store.tables import InboundReportRow
from store.visibility import EVERYTHING

router = APIRouter(prefix="/v1/inbound", tags=["inbound"])
webhooks = APIRouter(prefix=router.prefix, tags=["inbound"])
"""Open to whoever signs what they send."""

_CHALLENGE = {"WWW-Authenticate": 'Signature realm="oneowner"'}
_ANY_BODY = {"requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}


class Receipt(BaseModel):
    """What was taken in."""

    reports: tuple[str, ...] = Field(description="Ids of the reports; what becomes of them is found under these.")


class ReportView(BaseModel):
    """Something that was reported, and what became of it."""

    id: str
    connector_id: str
    kind: Kind
    state: State
    outcome: Outcome | None = Field(description="What it became; null as long as it waits.")
    reason: Reason | None
    rep_id: str | None
    customer_id: str | None
    lead_id: str | None
    candidates: tuple[str, ...] = Field(description="Customers that it may be about.")
    reported: dict[str, Any] | None = Field(description="What was said, as long as a person must look at it.")
    occurred_at: AwareDatetime
    received_at: AwareDatetime


class Resolution(BaseModel, extra="forbid"):
    """What a person says of a report that nobody could be found for."""

    becomes: Literal["customer", "lead", "nothing"] = Field(
        description="It is about a known `customer`, about a new `lead`, or of no interest."
    )
    customer_id: Reference | None = Field(None, description="With `customer`, and only then: which.")
    rep_id: Reference | None = Field(None, description="Whose contact it was, where that is not known.")


@webhooks.post(
    "/{connector_id}",
    status_code=202,
    summary="Report something",
    responses={200: {"model": Receipt}, 202: {"model": Receipt}},
    openapi_extra=_ANY_BODY,
)
async def report(connector_id: str, request: Request, response: Response, context: Wired) -> Receipt:
    """What a connector's system sends is kept, answered with 202, and seen through afterwards; 200 when it came before.

    The signature is the only credential. One that is not good, or too old, is a 401 like an unknown connector.
    """
    delivery = Delivery(
        url=str(request.url),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
        at=datetime.now(UTC),
    )
    webhook = await to_thread.run_sync(_genuine, context, connector_id, delivery)
    if webhook is None:
        address = request.client.host if request.client else ""
        context.rates.take(context.settings.inbound_refusal_limit, "inbound-refused", address)
        raise Problem(ProblemType.SIGNATURE_NOT_ACCEPTED, headers=_CHALLENGE)
    context.rates.take(context.settings.inbound_limit, "inbound", connector_id)
    reports = _read(webhook, delivery)
    keep = InboundReports(context.database, context.ids).take_in
    ids, new = await to_thread.run_sync(keep, connector_id, reports, delivery.at) if reports else ([], False)
    response.status_code = 202 if new else 200
    return Receipt(reports=tuple(ids))


@router.get("/unmatched", summary="List reports of nobody knows whom")
def list_unmatched(context: Wired, paging: Paged) -> Page[ReportView]:
    """Reports about somebody who is not known, or about one of several, newest first."""
    rows = InboundReports(context.database, context.ids).unmatched(paging.after, paging.limit)
    return paging.page(rows, _view, lambda row: (row.received_at.isoformat(), row.id))


@router.get("/reports/{report_id}", summary="Get a report", responses=documented(404))
def get_report(report_id: Reference, context: Wired) -> ReportView:
    """A report and what became of it."""
    return _view(InboundReports(context.database, context.ids).get(report_id))


@router.post(
    "/unmatched/{report_id}/resolution",
    status_code=202,
    summary="Say whom a report is about",
    responses=documented(404, 409),
)
def resolve(report_id: Reference, said: Resolution, context: Wired, caller: Caller) -> ReportView:
    """The report then becomes what it would have become, had that been known. The same word again is harmless.

    409 `report-resolved` when it has become something, or somebody said something else.
    """
    reports = InboundReports(context.database, context.ids)
    row = reports.get(report_id)
    _check(context, row, said)
    resolution = {**said.model_dump(mode="json"), "by": caller.id}
    try:
        return _view(reports.resolve(report_id, resolution, datetime.now(UTC)))
    except AlreadyExists as error:
        raise Problem(ProblemType.REPORT_RESOLVED) from error


def _genuine(context: Context, connector_id: str, delivery: Delivery) -> Webhook | None:
    """The connector, when it counts and one of its secrets signed what came."""
    live = Connectors(context.database, context.ids).live(connector_id, delivery.at) if len(connector_id) < 40 else None
    if live is None or not isinstance(live.connector, Webhook):
        return None
    if not live.secrets:
        log.warning("connector_secret_lost", connector=live.id)
    signed = [live.connector.genuine(delivery, secret) for secret in live.secrets]
    return live.connector if any(signed) else None


def _read(webhook: Webhook, delivery: Delivery) -> Sequence[Reported]:
    """What a genuine request reports.

    Raises:
        Problem: 400 or 422, with the fields at fault.
    """
    try:
        return webhook.read(delivery)
    except ValidationError as error:
        faults = faults_of(error.errors(include_url=False), None)
        raise Problem(ProblemType.INVALID, faults=faults, count=len(faults)) from error
    except Unreadable as error:
        if error.field is None:
            raise Problem(ProblemType.MALFORMED_BODY) from error
        fault = Fault(error.field, error.code, shown(error.value))
        raise Problem(ProblemType.INVALID, faults=(fault,), count=1) from error


def _check(context: Context, row: InboundReportRow, said: Resolution) -> None:
    """Refuse a word that cannot be acted on.

    Raises:
        Problem: 422, naming the field, or ``report-names-nobody`` when no lead can be made of it.
        NotFound: when there is no such customer.
    """
    if (said.becomes == "customer") != (said.customer_id is not None):
        code = "missing" if said.customer_id is None else "customer_id_not_asked"
        raise Problem.invalid("customer_id", code, said.customer_id)
    if said.customer_id is not None:
        Reading(context.database, EVERYTHING).customer(said.customer_id)
    if said.rep_id is not None:
        try:
            Reps(context.database).get(said.rep_id)
        except NotFound as error:
            raise Problem.invalid("rep_id", "rep_unknown", said.rep_id) from error
    if said.becomes == "lead" and row.state == State.UNMATCHED and not _names_somebody(row.content):
        raise Problem(ProblemType.REPORT_NAMES_NOBODY)


def _names_somebody(content: Mapping[str, Any]) -> bool:
    if content.get("kind") == Kind.FORM_FILLED:
        return content.get("lead") is not None
    texts = (content.get(name) for name in ("theirs", "caller", "called"))
    return any(party_of(text) is not None for text in texts if text)


def _view(row: InboundReportRow) -> ReportView:
    return ReportView(
        id=row.id,
        connector_id=row.connector_id,
        kind=Kind(row.kind),
        state=State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        reason=Reason(row.reason) if row.reason else None,
        rep_id=row.rep_id,
        customer_id=row.customer_id,
        lead_id=row.lead_id,
        candidates=tuple(row.candidates),
        reported=row.content if row.state == State.UNMATCHED else None,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
    )
