"""A roster that changes decides as one that is made anew would."""

from random import Random

import pytest

from domain.assignment import Case, Rep, Roster, assign
from domain.assignment.live import LiveRoster
from domain.lead import CustomerType
from tests.examples import ruled

POLICY = ruled(
    {"when": {"industry": "软件"}, "methods": [{"method": "vertical", "choose": "least_loaded"}, "rotation"]},
    {"when": {"level": "A"}, "methods": [{"method": "rotation", "pool": "pair"}]},
    {"when": {"level": "B"}, "methods": [{"method": "best_match", "weights": {"load": 2, "success": 1}}]},
    {"methods": ["named_contact", "least_loaded"]},
    rotation_pools={"pair": {"reps": ["rep1", "rep2"]}},
)


def test_replaced_reps_are_seen_everywhere() -> None:
    random = Random(20261124)
    reps = {f"rep{at}": _state(random, at) for at in range(8)}
    live = LiveRoster(reps.values())
    for _ in range(600):
        rep = _state(random, random.randrange(8))
        reps[rep.id] = rep
        live.replace(rep)
        case = _case(random)
        assert assign(case, POLICY, live) == assign(case, POLICY, Roster(reps.values()))


def test_a_stranger_is_refused() -> None:
    with pytest.raises(KeyError):
        LiveRoster([Rep(id="rep1", name="一")]).replace(Rep(id="rep2", name="二"))


def _state(random: Random, number: int) -> Rep:
    """A rep in another state; regions and verticals are always the same."""
    return Rep(
        id=f"rep{number}", name="销售", regions=("CN", "CN-GD")[number % 2 :], verticals=("软件",) * (number % 3 == 0),
        active=random.random() < 0.9, on_leave=random.random() < 0.2, off_duty=random.random() < 0.2,
        load=random.randrange(6), total_cap=5, given_today=random.randrange(4), daily_cap=3,
        successes=random.randrange(3),
        turns={pool: (random.randrange(50),) for pool in ("CN-GD", "CN-BJ", "pool:pair")},
    )  # fmt: skip


def _case(random: Random) -> Case:
    return Case(
        customer_type=CustomerType.NEW_REGISTRATION, region=random.choice(("CN-GD", "CN-BJ", "US-NY")),
        industry=random.choice(("软件", None)), level=random.choice(("A", "B", None)),
        excluded=random.choice(((), ("rep2",))), named_contact=random.choice((None, None, "rep3", "nobody")),
    )  # fmt: skip
