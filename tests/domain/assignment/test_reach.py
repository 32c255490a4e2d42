"""Whom a decision may look at: what the store reads and which pools it locks."""

from typing import Any

import pytest

from domain.assignment import Case, Reach, Referral, reach_of
from tests.examples import POLICY, ruled

CASE = Case(customer_type="new_registration", region="CN-GD", division="440305", industry="製造業")  # type: ignore[arg-type]


def reach(*methods: str | dict[str, Any], **case: Any) -> Reach:
    policy = ruled(
        {"methods": list(methods)},
        rotation_pools={"key": {"reps": ["b", "a"]}},
        territories={
            "south": {"regions": ["CN-GD"], "reps": ["d"]},
            "nanshan": {"divisions": ["440305"], "reps": ["c"]},
            "north": {"regions": ["CN-BJ"], "reps": ["e"]},
        },
    )
    return reach_of(CASE.model_copy(update=case), policy)


def test_whoever_the_case_names() -> None:
    links = (Referral(customer_id="cus_1", owner_id="zhao"), Referral(customer_id="cus_2", owner_id=None))
    named = {"named_contact": "li", "show_contact": "wang", "referrals": links, "group_owners": ("sun", "li")}
    assert reach_of(CASE.model_copy(update=named), POLICY).rep_ids == ("li", "sun", "wang", "zhao")


def test_the_shipped_policy_looks_at_the_region_and_its_turns_only() -> None:
    assert reach_of(CASE, POLICY) == Reach(regions=("CN-GD", "CN"), pools=("CN-GD",))
    assert reach_of(CASE.model_copy(update={"region": None}), POLICY) == Reach()


@pytest.mark.parametrize(
    ("methods", "rep_ids", "pools"),
    [
        (["rotation"], (), ("CN-GD",)),
        ([{"method": "rotation", "pool": "key"}], ("a", "b"), ("pool:key",)),
        ([{"method": "least_loaded", "pool": "key"}], ("a", "b"), ()),
        (["territory"], ("c", "d"), ("territory:nanshan", "territory:south")),
        ([{"method": "territory", "choose": "least_loaded"}], ("c", "d"), ()),
        (["vertical"], (), ("vertical:制造业@CN-GD",)),
        ([{"method": "vertical", "within_region": False}], (), ("vertical:制造业",)),
        ([{"method": "designated", "rep": "z"}], ("z",), ()),
        (["designated", "sticky", "named_contact"], (), ()),
        (["territory", "rotation"], ("c", "d"), ("CN-GD", "territory:nanshan", "territory:south")),
    ],
)
def test_the_reps_and_pools_of_each_method(
    methods: list[str | dict[str, Any]], rep_ids: tuple[str, ...], pools: tuple[str, ...]
) -> None:
    found = reach(*methods)
    assert (found.rep_ids, found.pools) == (rep_ids, pools)


def test_loads_verticals_and_success_only_where_they_count() -> None:
    assert not (reach("rotation").loads or reach("rotation").verticals)
    assert reach("least_loaded").loads
    assert reach({"method": "vertical", "choose": "least_loaded"}).loads
    vertical = reach("vertical")
    assert (vertical.vertical, vertical.verticals, vertical.loads, vertical.industry) == ("制造业", True, False, None)
    best = reach({"method": "best_match", "weights": {"success": 1}})
    assert (best.vertical, best.verticals, best.loads, best.industry) == (None, True, True, "製造業")
    assert reach("vertical", industry=None).vertical is None
