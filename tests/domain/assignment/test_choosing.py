"""Who is next: turns that are even by weight over any window, the least loaded, and the best match."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assignment import Case, Rep, assign
from domain.assignment.choosing import best_match, least_loaded, next_in_turn
from domain.lead import CustomerType
from domain.rules.methods import Dimension
from tests.examples import LI, POLICY, WANG, ZHANG

NEW = CustomerType.NEW_REGISTRATION
POOL = "CN-GD"
IDS = ("zhang.wei", "li.na", "j.smith", "wang.fang")


def in_turn(weights: dict[str, int], many: int) -> list[str]:
    """Who gets so many customers one after the other."""
    turns: dict[str, tuple[int, ...]] = {}
    given_to = []
    for number in range(1, many + 1):
        able = [
            Rep(id=rep_id, name=rep_id, weight=weight, turns={POOL: turns.get(rep_id, ())})
            for rep_id, weight in weights.items()
        ]
        chosen = next_in_turn(able, POOL).id
        turns[chosen] = (number, *turns.get(chosen, ()))[:20]
        given_to.append(chosen)
    return given_to


@given(st.dictionaries(st.sampled_from(IDS), st.integers(1, 20), min_size=1))
def test_rotation_is_within_one_of_even_per_weight(weights: dict[str, int]) -> None:
    """After every customer, from the first on, nobody is a whole turn away from their share."""
    total, counts = sum(weights.values()), Counter[str]()
    for number, rep_id in enumerate(in_turn(weights, 3 * total), 1):
        counts[rep_id] += 1
        for rep, weight in weights.items():
            assert abs(counts[rep] - Fraction(number * weight, total)) < 1


def test_a_heavier_rep_does_not_get_all_turns_in_a_row() -> None:
    assert in_turn({"a": 3, "b": 1}, 8) == ["a", "a", "b", "a", "a", "a", "b", "a"]
    assert in_turn({"a": 2, "b": 2, "c": 1}, 5) == ["a", "b", "c", "a", "b"]


@dataclass
class Office:
    """A region with reps of different weights who come and go, and its rotation."""

    weights: dict[str, int]
    present: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)
    turns: dict[str, tuple[int, ...]] = field(default_factory=dict)
    given: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    """Each turn: who got it, and who was available."""

    def joins(self, rep: str) -> None:
        self.present.add(rep)

    def leaves(self, rep: str) -> None:
        self.present.discard(rep)

    def goes(self, rep: str) -> None:
        self.away.add(rep)

    def returns(self, rep: str) -> None:
        self.away.discard(rep)

    def customers(self, many: int) -> None:
        for _ in range(many):
            self.customer(())

    def customer(self, excluded: tuple[str, ...]) -> None:
        staff = [
            Rep(
                id=id_, name=id_, regions=(POOL,), weight=self.weights[id_], on_leave=id_ in self.away,
                turns={POOL: self.turns.get(id_, ())},
            )
            for id_ in sorted(self.present)
        ]  # fmt: skip
        made = assign(Case(customer_type=NEW, region=POOL, excluded=excluded), POLICY, staff)
        available = frozenset(self.present - self.away - set(excluded))
        assert (made.owner_id is None) == (not available)
        if made.owner_id is not None:
            latest = max((turns[0] for turns in self.turns.values()), default=0)
            self.turns[made.owner_id] = (latest + 1, *self.turns.get(made.owner_id, ()))[:20]
            self.given.append((made.owner_id, available))


happenings = st.one_of(
    st.tuples(st.just("customer"), st.just(()) | st.lists(st.sampled_from(IDS), max_size=1).map(tuple)),
    st.tuples(st.sampled_from(["joins", "leaves", "goes", "returns"]), st.sampled_from(IDS)),
    st.tuples(st.just("customers"), st.integers(2, 9)),
)


@given(
    st.fixed_dictionaries(dict.fromkeys(IDS, st.sampled_from((1, 1, 1, 2, 3, 5)))),
    st.sets(st.sampled_from(IDS), min_size=2),
    st.lists(happenings, min_size=5, max_size=25),
)
def test_rotation_is_even_over_any_window(
    weights: dict[str, int], first: set[str], stream: list[tuple[str, object]]
) -> None:
    """Turns per weight of any two reps who are available all along differ by one at most, whoever comes and goes."""
    office = Office(weights, present=first)
    for kind, about in stream:
        getattr(office, kind)(about)
    for start in range(len(office.given)):
        counts: Counter[str] = Counter()
        throughout = frozenset(IDS)
        for owner, available in office.given[start:]:
            counts[owner] += 1
            throughout &= available
            shares = {rep: Fraction(counts[rep], weights[rep]) for rep in throughout}
            assert all(abs(shares[one] - shares[other]) <= 1 for one, other in combinations(throughout, 2))


def test_who_never_had_a_turn_comes_first_and_ties_go_by_id() -> None:
    seasoned = LI.model_copy(update={"turns": {POOL: (1,)}})
    assert next_in_turn([seasoned, ZHANG, WANG], POOL).id == WANG.id
    assert next_in_turn([seasoned, ZHANG], POOL).id == ZHANG.id


@pytest.mark.parametrize(
    ("standings", "chosen"),
    [
        ([{"load": 3}, {"load": 2}], "b"),
        ([{"load": 6, "weight": 3}, {"load": 3}], "a"),
        ([{"load": 2, "given_today": 1}, {"load": 2}], "b"),
        ([{"load": 2}, {"load": 2}], "a"),
    ],
)
def test_the_least_loaded_for_their_weight(standings: list[dict[str, int]], chosen: str) -> None:
    reps = [Rep(id=rep_id, name=rep_id, **own) for rep_id, own in zip("ab", standings, strict=True)]
    assert least_loaded(reps).id == least_loaded(reps[::-1]).id == chosen


class TestBestMatch:
    """Several dimensions, weighed."""

    SOFTWARE = Rep(
        id="chen", name="陈静", regions=("CN-GD",), verticals=("軟件",), languages=("zh",), deal_max=200_000, load=4
    )
    MACHINES = Rep(id="li", name="李伟", regions=("CN",), verticals=("机械", "Machinery"), successes=4, load=1)
    ABROAD = Rep(id="smith", name="Jane Smith", regions=("US-CA",), languages=("en", "zh"), deal_min=100_000)

    def best(
        self, weights: dict[Dimension, int], **case: object
    ) -> tuple[str, float, dict[str, dict[Dimension, float]]]:
        asked = Case.model_validate({"customer_type": NEW, "region": "CN-GD", "language": "zh"} | case)
        rep, score, scores = best_match([self.SOFTWARE, self.MACHINES, self.ABROAD], asked, Decimal(120_000), weights)
        return rep.id, score, scores

    @pytest.mark.parametrize(
        ("dimension", "case", "scores"),
        [
            (Dimension.REGION, {}, (1, 1, 0)),
            (Dimension.VERTICAL, {"industry": "软件"}, (1, 0, 0)),
            (Dimension.VERTICAL, {"industry": "MACHINERY"}, (0, 1, 0)),
            (Dimension.VERTICAL, {}, (0, 0, 0)),
            (Dimension.LANGUAGE, {}, (1, 0, 1)),
            (Dimension.LANGUAGE, {"language": None}, (0, 0, 0)),
            (Dimension.DEAL_SIZE, {}, (1, 1, 1)),
            (Dimension.SUCCESS, {}, (0, 1, 0)),
            (Dimension.LOAD, {}, (0, 0.75, 1)),
        ],
    )
    def test_each_dimension_has_its_score(
        self, dimension: Dimension, case: dict[str, object], scores: tuple[float, ...]
    ) -> None:
        found = self.best({dimension: 1}, **case)[2]
        assert tuple(found[rep][dimension] for rep in ("chen", "li", "smith")) == scores

    def test_weights_decide_between_them(self) -> None:
        assert self.best({Dimension.LANGUAGE: 3, Dimension.SUCCESS: 1, Dimension.REGION: 1})[:2] == ("chen", 0.8)
        assert self.best({Dimension.LANGUAGE: 1, Dimension.SUCCESS: 3, Dimension.REGION: 1})[:2] == ("li", 0.8)

    def test_only_what_is_weighed_is_shown(self) -> None:
        assert {tuple(own) for own in self.best({Dimension.LOAD: 1, Dimension.REGION: 2})[2].values()} == {
            (Dimension.REGION, Dimension.LOAD)
        }

    def test_ties_go_to_the_lesser_load(self) -> None:
        assert self.best({Dimension.REGION: 1})[0] == "li"

    def test_deal_sizes_are_ranges(self) -> None:
        small, large = Decimal(99_999), Decimal(200_001)
        for amount, suits in ((small, (1, 1, 0)), (large, (0, 1, 1)), (None, (0, 0, 0))):
            reps = [self.SOFTWARE, self.MACHINES, self.ABROAD]
            scores = best_match(reps, Case(customer_type=NEW), amount, {Dimension.DEAL_SIZE: 1})[2]
            assert tuple(scores[rep.id][Dimension.DEAL_SIZE] for rep in reps) == suits
