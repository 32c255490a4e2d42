"""Back-tests of made-up periods: one counted by hand, and what holds for all."""

import os
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.assignment import Reason, Rep
from domain.backtest import Period, Share, Trade, compare
from domain.backtest.comparison import SAID_EVERY
from domain.backtest.happened import CameAgain, Moved
from domain.backtest.tally import gini
from settings import PROJECT_ROOT
from tests.domain.backtest.happenings import AT, PERIOD, born, compared, digest, opening, staff
from tests.examples import POLICY, ruled

ANNA, BAO = Rep(id="anna", name="Anna", regions=("CN-GD",)), Rep(id="bao", name="宝", regions=("CN-GD",))
BOTH = (ANNA.id, BAO.id)


def test_a_period_counted_by_hand() -> None:
    """Turns gave both one customer; the draft gives large ones to Anna, and Bao, who owned one before, the others."""
    draft = ruled(
        {"when": {"amount": {"at_least": 1000}}, "methods": [{"method": "designated", "rep": ANNA.id}]},
        {"methods": ["least_loaded"]},
    )
    happened = [
        born(0, ANNA.id, (), BOTH, region="CN-GD", amount=Decimal(100)),
        born(1, BAO.id, (BAO.id,), BOTH, region="CN-GD", amount=Decimal(5000)),
        CameAgain(AT, "cus0", (BAO.id,)),
        born(2, ANNA.id, (), BOTH, region="CN-GD", amount=Decimal(300)),
        born(3, None, (), (), region=None, amount=Decimal(70)),
    ]
    result = compare((opening(ANNA, BAO, before="anna"), happened), draft, POLICY, PERIOD)
    assert result.actual.reps == {
        "anna": Share(customers=2, value=Decimal(400)),
        "bao": Share(customers=1, value=Decimal(5000)),
    }
    # cus0: Bao has fewer. cus1 is large: Anna. cus2: Anna has two (one from before), Bao one: Bao.
    assert result.drafted.reps == {
        "anna": Share(customers=1, value=Decimal(5000)),
        "bao": Share(customers=2, value=Decimal(400)),
    }
    assert result.drafted.regions == {"CN-GD": Share(customers=3, value=Decimal(5400))}
    assert result.drafted.unassigned == {Reason.NO_REGION: 1}
    assert result.drafted.unassigned_by_region == {"-": 1}
    # Really Bao came upon Anna's cus0; in the draft cus0 is Bao's, but cus1, which Bao brought, is Anna's.
    assert (result.actual.collisions, result.drafted.collisions) == (1, 1)
    # 1 and 2: 2 * (1*1 + 2*2) / (2*3) - 3/2 = 1/6.
    assert result.actual.gini_customers == result.drafted.gini_customers == pytest.approx(1 / 6, abs=1e-4)
    assert result.actual.gini_value == pytest.approx(2 * (400 + 2 * 5000) / (2 * 5400) - 1.5, abs=1e-4)
    assert (result.moved, result.unfaithful) == (3, 0)
    assert result.trades == (
        Trade(was="anna", would_be="bao", customers=2),
        Trade(was="bao", would_be="anna", customers=1),
    )
    assert result.names == {"anna": "Anna", "bao": "宝"}


def test_a_group_that_is_torn_apart_is_a_collision() -> None:
    happened = [born(0, BAO.id, (), BOTH, region="CN-GD", group_owners=(ANNA.id,))]
    sticky = ruled({"methods": ["sticky", "rotation"]})
    result = compare((opening(ANNA, BAO), happened), sticky, POLICY, PERIOD)
    assert (result.actual.collisions, result.drafted.collisions) == (1, 0)


def test_what_people_did_later_counts_for_the_load() -> None:
    """Anna really gave both away, so that the draft, too, finds her free."""
    happened = [
        born(0, ANNA.id, (), BOTH, region="CN-GD"),
        Moved(AT, "cus0", None),
        Moved(AT, "old", BAO.id),
        born(1, BAO.id, (), BOTH, region="CN-GD"),
    ]
    result = compare((opening(ANNA, BAO, old="anna"), happened), ruled({"methods": ["least_loaded"]}), POLICY, PERIOD)
    assert result.drafted.reps == {"anna": Share(customers=1), "bao": Share(customers=1)}
    assert result.trades == (
        Trade(was="anna", would_be="bao", customers=1),
        Trade(was="bao", would_be="anna", customers=1),
    )


def test_a_customer_that_really_stayed_stays_where_the_draft_put_it() -> None:
    happened = [
        born(0, ANNA.id, region="CN-GD", available=(ANNA.id, BAO.id)),
        Moved(AT, "cus0", ANNA.id),
        CameAgain(AT, "cus0", (BAO.id,)),
    ]
    draft = ruled({"methods": [{"method": "designated", "rep": BAO.id}]})
    result = compare((opening(ANNA, BAO), happened), draft, POLICY, PERIOD)
    assert (result.actual.collisions, result.drafted.collisions) == (1, 0)


def test_who_was_not_there_gets_nothing() -> None:
    """The record tells that Bao was away: of those who cover the region only Anna is named."""
    happened = [born(number, ANNA.id, (), (ANNA.id,), region="CN-GD") for number in range(3)]
    result = compare((opening(ANNA, BAO), happened), ruled({"methods": ["least_loaded"]}), POLICY, PERIOD)
    assert result.drafted.reps == {"anna": Share(customers=3)}


def test_an_empty_period_is_no_error() -> None:
    result = compare((opening(*staff(2)), []), POLICY, POLICY, PERIOD)
    assert (result.actual.customers, result.moved, result.actual.gini_value, result.trades) == (0, 0, 0.0, ())


@given(seed=st.integers(0, 10_000), leads=st.integers(0, 40))
def test_one_owner_nothing_lost(seed: int, leads: int) -> None:
    """Every customer has an owner or a queue with a reason, per rep as per region, and every gain is a loss."""
    result = compared(seed, leads)
    for outcome in (result.actual, result.simulated, result.drafted):
        assert outcome.customers == leads == outcome.owned + sum(outcome.unassigned.values())
        for shares in (outcome.reps, outcome.regions):
            assert sum(share.customers for share in shares.values()) == outcome.owned
            assert sum(share.value for share in shares.values()) == outcome.value
        assert sum(outcome.unassigned_by_region.values()) == sum(outcome.unassigned.values())
        assert 0 <= outcome.gini_customers <= 1
        assert 0 <= outcome.gini_value <= 1
    gained = dict.fromkeys(result.names, 0)
    for trade in result.trades:
        for rep_id, sign in ((trade.was, -1), (trade.would_be, 1)):
            if rep_id is not None:
                gained[rep_id] += sign * trade.customers
    nothing = Share()
    for rep_id, change in gained.items():
        before, after = (it.reps.get(rep_id, nothing).customers for it in (result.actual, result.drafted))
        assert after - before == change


@given(st.lists(st.floats(0, 1e9), max_size=50))
def test_gini_lies_between_even_and_one_has_it_all(values: list[float]) -> None:
    assert 0 <= gini(values) <= 1
    assert gini([5.0] * len(values)) == pytest.approx(0)


def test_gini_of_known_spreads() -> None:
    assert gini([]) == gini([0, 0]) == 0
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)
    assert gini([1, 3]) == pytest.approx(0.25)


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_same_input_gives_the_same_result_under_any_hash_seed(seed: str) -> None:
    script = "from tests.domain.backtest.happenings import digest; print(digest())"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == digest()


def test_it_says_how_far_it_is() -> None:
    said: list[int] = []
    happened = [CameAgain(AT, "cus0", ())] * (2 * SAID_EVERY + 1)
    compare((opening(ANNA), happened), POLICY, POLICY, PERIOD, said.append)
    assert said == [SAID_EVERY, 2 * SAID_EVERY]


@pytest.mark.parametrize(
    ("begins", "until"),
    [
        ("2026-03-02", "2026-03-02"), ("2026-03-02", "2026-03-01"), ("1899-12-31", "2026-01-01"),
        ("2026-01-01", "3000-01-01"), ("2026-02-30", "2026-03-01"),
    ],
)  # fmt: skip
def test_hostile_dates_are_refused(begins: str, until: str) -> None:
    with pytest.raises(ValidationError):
        Period.model_validate({"begins": begins, "until": until})
