"""A back-test whose worker is killed with -9 in the middle: another one ends it, and its progress never goes back."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.backtest import Comparison, Period
from domain.policy_file import parse_policy
from store.backtest import backtest
from store.database import Database
from store.intake import Intake
from store.migrate import migrate
from tests.chaos.dying_backtest import AFTER, died
from tests.chaos.site import running_site
from tests.examples import IDS, LI, POLICY, SMITH, ZHANG, edited, employ, firm, lead, registration

DRAFT = edited({"assignment.0.methods": [{"method": "designated", "rep": LI.id}]})
NOW = datetime.now(UTC)
PERIOD = Period(begins=NOW.date() - timedelta(days=2), until=NOW.date() + timedelta(days=2))


def prepared(database: Database) -> Comparison:
    """Customers to back-test, and what comes of it when nothing is killed."""
    migrate(database)
    employ(database, ZHANG, LI, SMITH)
    intake = Intake(database, POLICY, IDS)
    for number in range(3 * AFTER):
        intake.register(registration(lead(company={"name": firm(number)}, region="CN-GD"), NOW))
    return backtest(database, parse_policy(DRAFT), POLICY, PERIOD, lambda _done, _of: None)


@pytest.mark.timeout(300)
async def test_nothing_lost_when_a_back_tests_worker_is_killed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'oneowner.db'}")
    expected = prepared(database)
    database.close()
    order = {"policy": DRAFT, "from": str(PERIOD.begins), "until": str(PERIOD.until)}
    seen: list[int] = []
    async with running_site(tmp_path, worker=("tests.chaos.dying_backtest",)) as site, site.http() as http:
        ordered = (await http.post("/v1/backtests", json=order)).json()
        async with asyncio.timeout(120):
            while (answer := (await http.get(f"/v1/backtests/{ordered['id']}")).json())["status"] == "running":
                seen += [answer["progress"]["done"]] if answer["progress"] else []
                await asyncio.sleep(0.2)
    assert died(tmp_path).exists()
    assert answer["status"] == "done"
    got, wanted = Comparison.model_validate(answer["result"]), expected
    assert got.model_copy(update={"current": wanted.current}) == wanted
    assert seen == sorted(seen)
    assert max(seen) == AFTER
