"""Closing months: their figures are kept as they are then, and the targets that they miss are told."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from domain.kpi.names import Kpi
from domain.kpi.report import CalendarMonth, Figures, figures_of
from domain.organisation_event import OrganisationEventKind
from domain.policy import Policy
from store.database import Database
from store.journal import record_organisation_events
from store.kpis import Window, month_of
from store.policies import Policies
from store.rows import add, add_missing
from store.tables import KpiAlertRow, KpiFactRow, KpiSnapshotRow
from store.teams import accountable
from store.visibility import EVERYTHING

_LOCK = "kpis"


class Snapshots:
    """The closed months. One per process; safe to share between threads."""

    def __init__(self, database: Database, policies: Policies) -> None:
        self._database = database
        self._policies = policies

    def close_next(self, at: datetime) -> date | None:
        """Close the oldest month that is due and not closed; its first day, or None when there is none.

        Args:
            at: the workflow's time. A month is due so many days after its end as the policy then says.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails; nothing is half-written, the step may be repeated.
        """
        with self._database.read() as session:
            policy = self._policies.in_force(session, at)
            month = _next(session, policy)
        if month is None or not _due(month, policy, at):
            return None
        closed_at = self._nobody_counts()
        with self._database.read() as session:  # for minutes if need be: nobody waits for a reader
            figures = figures_of(month_of(session, _window(month, policy.time_zone, closed_at), EVERYTHING))
        row = {"month": month.first, "closed_at": closed_at, "time_zone": policy.time_zone}
        told = {"policy": policy.fingerprint, "figures": figures.model_dump(mode="json")}
        with self._database.write() as session:
            self._database.lock(session, _LOCK)
            if session.get(KpiSnapshotRow, month.first) is None:
                add(session, KpiSnapshotRow, {**row, **told})
                _tell(session, _missed(month, figures, policy, at), at)
        return month.first

    def _nobody_counts(self) -> datetime:
        """An instant at which no fact was on its way: whatever was recorded by then is there to be read."""
        with self._database.write() as session:
            self._database.lock(session, "outbox")
            return datetime.now(UTC)

    def closed(self, month: CalendarMonth) -> KpiSnapshotRow | None:
        """A closed month; None while it is open."""
        with self._database.read() as session:
            return session.get(KpiSnapshotRow, month.first)

    def alerts(self) -> Sequence[KpiAlertRow]:
        """Every target that a closed month missed, the latest month first."""
        by = (col(KpiAlertRow.month).desc(), col(KpiAlertRow.kpi))
        with self._database.read() as session:
            return session.exec(select(KpiAlertRow).order_by(*by)).all()


def window_of(month: CalendarMonth, time_zone: str, snapshot: KpiSnapshotRow | None = None) -> Window:
    """What a month's figures are made from: of a closed one, what was known when it was closed."""
    if snapshot is None:
        return _window(month, time_zone, None)
    return _window(month, snapshot.time_zone, snapshot.closed_at)


def figures_in(snapshot: KpiSnapshotRow) -> Figures:
    """The figures that a closed month has."""
    return Figures.model_validate(snapshot.figures)


def _window(month: CalendarMonth, time_zone: str, known_by: datetime | None) -> Window:
    return Window(month.begins(time_zone), month.plus(1).begins(time_zone), known_by)


def _next(session: Session, policy: Policy) -> CalendarMonth | None:
    """The month after the last closed one, else the one with which the facts begin."""
    last = session.exec(select(func.max(KpiSnapshotRow.month))).one()
    if last is not None:
        return CalendarMonth.of(last).plus(1)
    first = session.exec(select(func.min(KpiFactRow.at))).one()
    return CalendarMonth.of(policy.day_of(first)) if first else None


def _due(month: CalendarMonth, policy: Policy, at: datetime) -> bool:
    return at >= month.plus(1).begins(policy.time_zone) + timedelta(days=policy.targets.close_after_days)


def _missed(month: CalendarMonth, figures: Figures, policy: Policy, at: datetime) -> list[dict[str, Any]]:
    found = []
    for kpi in Kpi:
        value, target = figures.overall[kpi].value, policy.targets.limit(kpi)
        if value is not None and target is not None and policy.targets.misses(kpi, value):
            found.append({"month": month.first, "kpi": kpi, "value": value, "target": target, "at": at})
    return found


def _tell(session: Session, missed: list[dict[str, Any]], at: datetime) -> None:
    """Keep the targets that a month missed, and tell those who answer for it."""
    add_missing(session, KpiAlertRow, missed)
    kind, told = OrganisationEventKind.TARGET_MISSED, accountable(session)
    happened = {}
    for it in missed:
        month = str(CalendarMonth.of(it["month"]))
        figure = {name: it[name] for name in ("kpi", "value", "target")}
        happened[f"{kind}:{month}:{it['kpi']}"] = {**figure, "month": month, "told": told}
    record_organisation_events(session, kind, happened, at=at, actor="system")
