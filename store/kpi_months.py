"""A month's figures as somebody may see them: a closed month as it was closed, with later corrections beside it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from domain.kpi.fact import Dimension
from domain.kpi.report import CalendarMonth, MonthFigures, changed, figures_of
from domain.policy import Policy
from store.database import Database
from store.kpi_snapshots import figures_in, window_of
from store.kpis import month_of
from store.policies import Policies
from store.rows import table_of
from store.tables import KpiSnapshotRow, RegionRow, RepRow, TeamRow
from store.visibility import EVERYTHING, Viewer

_NAMED = {
    Dimension.TEAM: table_of(TeamRow),
    Dimension.REP: table_of(RepRow),
    Dimension.REGION: table_of(RegionRow),
}


class Months:
    """Reads months with somebody's eyes; never writes."""

    def __init__(self, database: Database, policies: Policies, viewer: Viewer) -> None:
        self._database = database
        self._policies = policies
        self._viewer = viewer

    def told(self, month: CalendarMonth, at: datetime) -> MonthFigures:
        """A month's figures as they stand at an instant, which is now."""
        with self._database.read() as session:
            return self._told(session, month, self._policies.in_force(session, at))

    def trend(self, month: CalendarMonth, at: datetime, months: int) -> list[MonthFigures]:
        """That month and those before it, so many in all, the earliest first."""
        with self._database.read() as session:
            policy = self._policies.in_force(session, at)
            return [self._told(session, month.plus(before), policy) for before in range(1 - months, 1)]

    def names(self, dimension: Dimension, keys: Collection[str]) -> Mapping[str, str]:
        """What people call teams, reps and regions; what has no name of its own is left out."""
        if dimension not in _NAMED:
            return {}
        table = _NAMED[dimension]
        with self._database.read() as session:
            found = session.connection().execute(select(table.c.id, table.c.name).where(table.c.id.in_(keys)))
            return {row.id: row.name for row in found}

    def _told(self, session: Session, month: CalendarMonth, policy: Policy) -> MonthFigures:
        snapshot = session.get(KpiSnapshotRow, month.first)
        zone = snapshot.time_zone if snapshot else policy.time_zone
        now = figures_of(month_of(session, window_of(month, zone), self._viewer))
        if snapshot is None:
            return MonthFigures(month=str(month), closed_at=None, time_zone=zone, figures=now, corrections={})
        closed = figures_in(snapshot)
        if self._viewer != EVERYTHING:
            closed = figures_of(month_of(session, window_of(month, zone, snapshot), self._viewer))
        return MonthFigures(
            month=str(month),
            closed_at=snapshot.closed_at,
            time_zone=zone,
            figures=closed,
            corrections=changed(closed.overall, now.overall),
        )
