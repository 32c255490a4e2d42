"""The relay tells collision cases what happened: at least once, and nothing is lost while Temporal is away."""

from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from relaying import CASE, HAPPENED, CaseCaller
from store.collision_calls import CollisionCalls
from store.database import Database
from store.tables import CollisionCallRow
from tests.databases import TEMPLATE, NewDatabase


class StandIn:
    """A Temporal that remembers what was started, and may be away."""

    def __init__(self) -> None:
        self.away = False
        self.started: list[tuple[Any, ...]] = []

    async def start_workflow(self, workflow: str, arg: str, **options: Any) -> None:
        if self.away:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
        self.started.append((workflow, arg, options["id"], options["start_signal"], *options["start_signal_args"]))


async def test_nothing_lost_while_temporal_is_away(new_sqlite: NewDatabase) -> None:
    database = Database(new_sqlite(TEMPLATE))
    with database.write() as session:
        session.add_all(CollisionCallRow(case_id=f"col_{it}", event_id=f"evt_{it}") for it in range(2))
    temporal, calls = StandIn(), CollisionCalls(database)
    caller = CaseCaller(calls, cast(Client, temporal), "queue")
    temporal.away = True
    with pytest.raises(RPCError):
        await caller.call()
    assert len(calls.waiting(10)) == 2
    temporal.away = False
    for _ in range(2):
        await caller.call()
    assert temporal.started == [(CASE, f"col_{it}", f"col_{it}", HAPPENED, f"evt_{it}") for it in range(2)]
    database.close()
