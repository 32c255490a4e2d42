"""The side effects of KpiSnapshot."""

from datetime import date, datetime

from activities.thread import in_thread
from store.kpi_snapshots import Snapshots


class KpiActivities:
    """Close months."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots

    @in_thread
    def close_month(self, at: datetime) -> date | None:
        """Close the oldest month that is due; its first day, or None when none is."""
        return self._snapshots.close_next(at)
