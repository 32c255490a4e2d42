"""Everything that happened to a customer, a lead or a request, out of all tables that tell of it, as one timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Subquery, Text, cast, literal, null, tuple_, type_coerce, union_all
from sqlalchemy import select as select_columns
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from domain.audit_record import RecordKind
from store.audit_places import place_in, places_before
from store.database import Database
from store.errors import NotFound
from store.lineage import family, live_id
from store.rows import table_of
from store.tables import (
    AccessRefusalRow,
    ApprovalActRow,
    ApprovalCustomerRow,
    ApprovalRow,
    CustomerRow,
    DecisionRow,
    EventRow,
    LeadEventRow,
    LeadRow,
)
from store.types import Json

_event, _lead_event = table_of(EventRow).c, table_of(LeadEventRow).c
_act, _refusal = table_of(ApprovalActRow).c, table_of(AccessRefusalRow).c
_lead, _concerned = table_of(LeadRow).c, table_of(ApprovalCustomerRow).c

REFUSED = "access_refused"
"""The kind of a refused access; why is its ``refusal``."""
_COLUMNS = ("id", "about", "kind", "at", "recorded_at", "actor", "decision_id", "refusal", "attempt", "data")

PAGE = 500
"""Entries that are read at once for a whole timeline."""

After = tuple[datetime, str, str]
"""When it was recorded, what it is and its id: the order of the timeline."""


class Subject(NamedTuple):
    """What the timeline is of: exactly one of them."""

    customer_id: str | None = None
    lead_id: str | None = None
    approval_id: str | None = None


@dataclass(frozen=True)
class Narrowed:
    """What a timeline is narrowed to; nothing means any."""

    kinds: Sequence[str] = ()
    actor: str | None = None
    begins: datetime | None = None
    until: datetime | None = None
    """Just behind the last instant, by the time at which it happened."""


@dataclass(frozen=True)
class Happening:
    """One thing that happened, or was tried and refused."""

    source: RecordKind
    id: str
    about: str | None
    """The customer, lead or approval."""
    kind: str
    at: datetime
    recorded_at: datetime
    actor: str
    decision_id: str | None
    policy_version: str | None
    refusal: str | None
    attempt: str | None
    """Of a refused access: method and route."""
    before: Mapping[str, Any] | None
    """The customer's owner and queue before an event that tells of them."""
    after: Mapping[str, Any] | None
    data: Mapping[str, Any]


class Timelines:
    """Reads. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, subject: Subject, only: Narrowed, after: After | None, limit: int) -> list[Happening]:
        """A page of what happened, in the order of recording, and one more when there are more.

        Raises:
            NotFound: when there is no such customer, lead or approval.
        """
        with self._database.read() as session:
            every = _everything(_scopes(session, subject))
            statement = select_columns(every)
            for condition in _conditions(every, only):
                statement = statement.where(condition)
            by = (every.c.recorded_at, every.c.source, every.c.id)
            if after is not None:
                statement = statement.where(tuple_(*by) > tuple_(*after))
            rows = session.connection().execute(statement.order_by(*by).limit(limit + 1)).mappings().all()
            return _told(session, rows)

    def whole(self, subject: Subject, only: Narrowed) -> list[Happening]:
        """All of it, read page by page.

        Raises:
            NotFound: as ``page``.
        """
        told: list[Happening] = []
        after: After | None = None
        while len(rows := self.page(subject, only, after, PAGE)) > PAGE:
            told += rows[:PAGE]
            after = (told[-1].recorded_at, told[-1].source, told[-1].id)
        return told + rows


def _scopes(session: Session, subject: Subject) -> Mapping[RecordKind, ColumnElement[bool]]:
    """Which rows of each table belong to the subject."""
    if subject.customer_id is not None:
        live = live_id(session, subject.customer_id)
        if session.get(CustomerRow, live) is None:
            raise NotFound
        theirs = family(session, live)
        leads = select_columns(_lead.id).where(_lead.customer_id.in_(theirs))
        approvals = select_columns(_concerned.approval_id).where(_concerned.customer_id.in_(theirs))
        return {
            RecordKind.EVENT: _event.customer_id.in_(theirs),
            RecordKind.LEAD_EVENT: _lead_event.lead_id.in_(leads),
            RecordKind.APPROVAL_ACT: _act.approval_id.in_(approvals),
            RecordKind.REFUSAL: _refusal.record.in_(theirs)
            | _refusal.record.in_(leads)
            | _refusal.record.in_(approvals),
        }
    if subject.lead_id is not None:
        if session.get(LeadRow, subject.lead_id) is None:
            raise NotFound
        return {
            RecordKind.LEAD_EVENT: _lead_event.lead_id == subject.lead_id,
            RecordKind.REFUSAL: _refusal.record == subject.lead_id,
        }
    if session.get(ApprovalRow, subject.approval_id) is None:
        raise NotFound
    concerned = select_columns(_concerned.customer_id).where(_concerned.approval_id == subject.approval_id)
    of_it = _event.data["approval_id"].as_string() == subject.approval_id
    return {
        RecordKind.EVENT: _event.customer_id.in_(concerned) & of_it,
        RecordKind.APPROVAL_ACT: _act.approval_id == subject.approval_id,
        RecordKind.REFUSAL: _refusal.record == subject.approval_id,
    }


def _everything(scopes: Mapping[RecordKind, ColumnElement[bool]]) -> Subquery:
    """All of it in the same columns."""
    nothing, no_data = cast(null(), Text), type_coerce(null(), Json)
    of_event = (_event.id, _event.customer_id, _event.kind, _event.at, _event.recorded_at, _event.actor)
    of_lead = (_lead_event.id, _lead_event.lead_id, _lead_event.kind, _lead_event.at, _lead_event.recorded_at)
    of_act = (_act.id, _act.approval_id, _act.action, _act.at, _act.recorded_at, _act.principal)
    of_refusal = (cast(_refusal.position, Text), _refusal.record, literal(REFUSED, Text), _refusal.at, _refusal.at)
    attempt = _refusal.method + " " + _refusal.route
    columns: dict[RecordKind, Sequence[ColumnElement[Any]]] = {
        RecordKind.EVENT: (*of_event, _event.decision_id, nothing, nothing, _event.data),
        RecordKind.LEAD_EVENT: (
            *of_lead,
            _lead_event.actor,
            _lead_event.decision_id,
            nothing,
            nothing,
            _lead_event.data,
        ),
        RecordKind.APPROVAL_ACT: (*of_act, nothing, _act.refusal, nothing, _act.deed),
        RecordKind.REFUSAL: (*of_refusal, _refusal.principal, nothing, _refusal.reason, attempt, no_data),
    }
    parts = [
        select_columns(literal(kind, Text).label("source"), *_labelled(columns[kind])).where(scope)
        for kind, scope in scopes.items()
    ]
    return union_all(*parts).subquery("everything")


def _labelled(columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [column.label(name) for column, name in zip(columns, _COLUMNS, strict=True)]


def _conditions(every: Subquery, only: Narrowed) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [every.c.kind.in_(only.kinds)] if only.kinds else []
    wanted += [every.c.actor == only.actor] if only.actor is not None else []
    wanted += [every.c.at >= only.begins] if only.begins is not None else []
    return wanted + ([every.c.at < only.until] if only.until is not None else [])


def _told(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[Happening]:
    """Rows with the policy's version of their decisions, and with where the customer was before and after."""
    ids = {row["decision_id"] for row in rows if row["decision_id"]}
    deciding = select(DecisionRow.id, DecisionRow.policy_version).where(col(DecisionRow.id).in_(ids))
    versions = dict(session.exec(deciding).all())
    before = places_before(session, [row["id"] for row in rows if row["source"] == RecordKind.EVENT])
    return [
        Happening(
            **{**row, "source": RecordKind(row["source"]), "data": row["data"] or {}},
            policy_version=versions.get(row["decision_id"]),
            before=before.get(row["id"]) if row["source"] == RecordKind.EVENT else None,
            after=place_in(row["data"]) if row["source"] == RecordKind.EVENT else None,
        )
        for row in rows
    ]
