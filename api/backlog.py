"""What waits, among the metrics. It is counted at most twice a minute, however often somebody looks."""

from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from time import monotonic

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from domain.delivery import Channel
from store.backlog import Queue, Waiting, waiting
from store.database import Database

FRESH_SECONDS = 30.0


class Backlog(Collector):
    """Prometheus' way to what waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._counted: tuple[float, Waiting] | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails.
        """
        now = self._fresh()
        yield GaugeMetricFamily("oneowner_outbox_events", "Events still to be passed on.", now.events)
        yield GaugeMetricFamily(
            "oneowner_outbox_oldest_seconds", "Age of the oldest of them.", now.oldest_event_seconds
        )
        yield GaugeMetricFamily("oneowner_leads_waiting", "Leads in doubt that wait for a person.", now.leads)
        yield GaugeMetricFamily("oneowner_approvals_open", "Requests that are not decided or applied.", now.approvals)
        yield GaugeMetricFamily("oneowner_collisions_open", "Collision cases that are not settled.", now.collisions)
        yield GaugeMetricFamily("oneowner_clocks_overdue", "Follow-up clocks with a stage overdue.", now.clocks_overdue)
        soon = "Follow-up clocks with a stage due within a day."
        yield GaugeMetricFamily("oneowner_clocks_due_soon", soon, now.clocks_due_soon)
        yield from _queues(now)
        customers = GaugeMetricFamily("oneowner_customers", "Customers by where they are.", labels=["place"])
        for place, number in now.customers.items():
            customers.add_metric([place], number)
        yield customers

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing is counted to be registered."""
        yield from ()

    def _fresh(self) -> Waiting:
        with self._lock:
            if self._counted is None or monotonic() - self._counted[0] > FRESH_SECONDS:
                self._counted = (monotonic(), waiting(self._database))
            return self._counted[1]


def _queues(now: Waiting) -> Iterator[GaugeMetricFamily]:
    """What waits to go out, by channel, and what has come in."""
    out = GaugeMetricFamily("oneowner_deliveries_waiting", "Messages still to be delivered.", labels=["channel"])
    oldest = GaugeMetricFamily("oneowner_deliveries_oldest_seconds", "Age of the oldest of them.", labels=["channel"])
    for channel in Channel:
        queue = now.deliveries.get(channel, Queue(0, 0.0))
        out.add_metric([channel], queue.waiting)
        oldest.add_metric([channel], queue.oldest_seconds)
    yield out
    yield oldest
    yield GaugeMetricFamily(
        "oneowner_inbound_waiting", "Reports of other systems still to be taken in.", now.reports.waiting
    )
    yield GaugeMetricFamily("oneowner_inbound_oldest_seconds", "Age of the oldest of them.", now.reports.oldest_seconds)


@lru_cache(maxsize=1)  # a process has one database
def backlog_of(database: Database) -> CollectorRegistry:
    """What waits in a database, as metrics."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Backlog(database))
    return registry
