"""A back-test's signs of life: how far it is, never less than was said before."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

import activities.backtest
from activities.backtest import BacktestActivities
from domain.backtest import Comparison, Order, Progress
from store.database import Database
from store.policies import Policies
from tests.domain.backtest.happenings import PERIOD, compared
from tests.examples import POLICY, POLICY_TEXT


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A back-test of four steps, each longer than the time between two signs of life."""

    def run(_database: Any, _draft: Any, _current: Any, _period: Any, tell: Callable[[int, int], None]) -> Comparison:
        for done in (0, 10, 20, 30):
            tell(done, 30)
            time.sleep(0.1)
        return compared(1, 10)

    monkeypatch.setattr(activities.backtest, "BEAT", 0.02)
    monkeypatch.setattr(activities.backtest, "backtest", run)


@pytest.mark.parametrize(("said", "first"), [((), 0), ((Progress(done=17, total=30).model_dump(),), 17)])
async def test_progress_is_monotone_over_attempts(database: Database, said: tuple[Any, ...], first: int) -> None:
    told: list[Progress] = []
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, heartbeat_details=said)
    environment.on_heartbeat = lambda *details: told.extend(details)
    run = BacktestActivities(database, Policies(database, POLICY)).run_backtest
    assert await environment.run(run, Order(policy=POLICY_TEXT, period=PERIOD)) == compared(1, 10)
    numbers = [progress.done for progress in told]
    assert numbers == sorted(numbers)
    assert (numbers[0], numbers[-1]) == (first, 30)
