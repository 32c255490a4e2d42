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
        """That month and those before it, so many in all, the earliest first; corrections of that month alone."""
        with self._database.read() as session:
            policy = self._policies.in_force(session, at)
            earlier = [self._closed(session, month.plus(before), policy) for before in range(1 - months, 0)]
            return [*earlier, self._told(session, month, policy)]

    def names(self, dimension: Dimension, keys: Collection[str]) -> Mapping[str, str]:
        """What people call teams, reps and regions; what has no name of its own is left out."""
        if dimension not in _NAMED:
            return {}
        table = _NAMED[dimension]
        with self._database.read() as session:
            found = session.connection().execute(select(table.c.id, table.c.name).where(table.c.id.in_(keys)))
            return {row.id: row.name for row in found}

    def _told(self, session: Session, month: CalendarMonth, policy: Policy) -> MonthFigures:
        told = self._closed(session, month, policy)
        if told.closed_at is None:
            return told
        now = figures_of(month_of(session, window_of(month, told.time_zone), self._viewer))
        return told.model_copy(update={"corrections": changed(told.figures.overall, now.overall)})

    def _closed(self, session: Session, month: CalendarMonth, policy: Policy) -> MonthFigures:
        """A month as it was closed, without what became known since; one that is open as it is now."""
        snapshot = session.get(KpiSnapshotRow, month.first)
        zone = snapshot.time_zone if snapshot else policy.time_zone
        if snapshot is not None and self._viewer == EVERYTHING:
            figures = figures_in(snapshot)
        else:
            figures = figures_of(month_of(session, window_of(month, zone, snapshot), self._viewer))
        closed_at = snapshot.closed_at if snapshot else None
        return MonthFigures(month=str(month), closed_at=closed_at, time_zone=zone, figures=figures, corrections={})
