"""Back-tests as they were ordered, and their results."""

from datetime import date, timedelta

import pytest

from store.backtests import Backtests, Ordered
from store.database import Database
from store.errors import KeyReused, NotFound
from store.idempotency import Mark
from tests.domain.backtest.happenings import compared
from tests.examples import AT


def ordered(number: int) -> Ordered:
    return Ordered(
        id=f"backtest_{number}",
        draft="2026-11+01234567",
        begins=date(2026, 1, 1),
        until=date(2026, 2, 1),
        ordered_by="admin",
        ordered_at=AT + timedelta(seconds=number),
    )


def test_an_order_is_noted_once(database: Database) -> None:
    backtests, mark = Backtests(database), Mark("admin", "key", "print")
    first = backtests.note(ordered(1), mark)
    again = backtests.note(ordered(1).model_copy(update={"until": date(2026, 2, 2)}), mark)
    assert again == first == backtests.get(first.id)[0]
    with pytest.raises(KeyReused):
        backtests.note(ordered(2), Mark("admin", "key", "another"))
    with pytest.raises(NotFound):
        backtests.get("backtest_2")


def test_the_first_result_stays(database: Database) -> None:
    backtests, result = Backtests(database), compared(1, 30)
    backtests.note(ordered(1), None)
    assert backtests.get("backtest_1") == (ordered(1), None)
    backtests.keep("backtest_1", result, AT)
    backtests.keep("backtest_1", compared(2, 30), AT + timedelta(hours=1))
    kept, found = backtests.get("backtest_1")
    assert (kept.finished_at, found) == (AT, result)
    backtests.keep("backtest_none", result, AT)


def test_pages_go_from_the_latest_to_the_first(database: Database) -> None:
    backtests = Backtests(database)
    for number in range(5):
        backtests.note(ordered(number), None)
    first = backtests.page(None, 2)
    assert [it.id for it in first] == ["backtest_4", "backtest_3", "backtest_2"]
    after = (first[1].ordered_at.isoformat(), first[1].id)
    assert [it.id for it in backtests.page(after, 4)] == ["backtest_2", "backtest_1", "backtest_0"]
