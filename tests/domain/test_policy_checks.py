"""A policy as a whole: rules that are never reached, territories in conflict, pools and regions without anybody."""

from typing import Any

import pytest
from hypothesis import given

from domain.assignment import Case, Rep
from domain.lead import CustomerType
from domain.policy import Policy
from domain.policy_checks import Directory, Finding, Severity, findings_of
from tests.examples import LI, POLICY, ZHANG, ruled
from tests.strategies import cases, policies

REST: dict[str, Any] = {"rule": "rest", "methods": ["rotation"]}


def found(policy: Policy, directory: Directory | None = None) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(finding.code, finding.path) for finding in findings_of(policy, directory)]


def rules(*conditions: dict[str, Any]) -> Policy:
    return ruled(*({"when": when, "methods": ["rotation"]} for when in conditions), REST)


def test_the_shipped_policy_is_sound() -> None:
    assert findings_of(POLICY) == []


@pytest.mark.parametrize(
    ("conditions", "unreachable"),
    [
        ([{"source": "web"}, {"source": "web", "level": "A"}], [1]),
        ([{"region": {"within": "CN"}}, {"region": {"within": "CN-GD"}}], [1]),
        ([{"amount": {"at_least": 10}}, {"amount": {"at_least": 20}}, {"amount": {"at_least": 5}}], [1]),
        ([{"source": ["web", "phone"]}, {"any": [{"source": "web"}, {"source": "phone"}]}], [1]),
        ([{"customer_type": kind} for kind in CustomerType], [4]),
        ([{"customer_type": ["referral", "key_account"]}, {"customer_type": "referral", "source": "web"}], [1]),
        ([{}], [1]),
        ([{"customer_type": "referral"}, {"source": "web"}, {"level": "A"}], []),
        ([{"region": {"within": "CN-GD"}}, {"region": {"within": "CN"}}], []),
    ],
)
def test_a_rule_that_is_never_reached_is_an_error(conditions: list[dict[str, Any]], unreachable: list[int]) -> None:
    assert found(rules(*conditions)) == [("rule_unreachable", ("assignment", at)) for at in unreachable]


def test_it_says_which_rules_take_its_customers() -> None:
    (finding,) = findings_of(rules({"customer_type": ["referral", "trade_show"]}, {"customer_type": "referral"}))
    assert finding.facts == {"rule": "rule1", "by": "rule0"}


def test_a_rule_for_nobody_is_an_error() -> None:
    when = {"customer_type": "referral", "all": [{"customer_type": "trade_show"}]}
    assert found(rules(when)) == [("rule_impossible", ("assignment", 0))]


@given(policies(), cases())
def test_what_is_called_unreachable_is_never_chosen(policy: Policy, case: Case) -> None:
    never = {
        finding.facts["rule"]
        for finding in findings_of(policy)
        if finding.code in ("rule_unreachable", "rule_impossible")
    }
    assert policy.rulebook.rule_for(case).rule not in never


def test_every_type_needs_a_rule_that_asks_for_nothing_else() -> None:
    policy = ruled({"when": {"customer_type": ["referral", "trade_show"]}, "methods": ["rotation"]})
    assert [finding.facts["customer_type"] for finding in findings_of(policy)] == ["new_registration", "key_account"]


def territories(**changes: Any) -> Policy:
    south = {"regions": ["CN-GD"], "divisions": ["440305"], "reps": [ZHANG.id]}
    other = {"regions": ["CN-GD"], "reps": [LI.id]} | changes
    return ruled({"methods": ["territory"]}, territories={"south": south, "other": other})


def test_territories_that_claim_one_area_need_different_precedence() -> None:
    (finding,) = findings_of(territories())
    assert (finding.code, finding.path) == ("territories_conflict", ("territories", "other"))
    assert finding.facts == {"one": "south", "other": "other", "area": "CN-GD"}
    assert findings_of(territories(precedence=1)) == []
    assert findings_of(territories(regions=["CN"])) == []


def test_what_no_rule_uses_is_a_warning() -> None:
    policy = ruled(
        REST,
        rotation_pools={"key": {"reps": ["a"]}},
        territories={"south": {"regions": ["CN"], "reps": ["a"]}},
    )
    assert {(finding.code, finding.severity) for finding in findings_of(policy)} == {
        ("pool_unused", Severity.WARNING),
        ("territories_unused", Severity.WARNING),
    }


class TestDirectory:
    """Against the reps and regions that there are: only warnings, for people leave while the service runs."""

    POLICY = ruled(
        {"when": {"level": "A"}, "methods": [{"method": "designated", "rep": "nobody"}]},
        {"methods": [{"method": "rotation", "pool": "key"}, "territory"]},
        rotation_pools={"key": {"reps": [LI.id, "zhao"]}},
        territories={"south": {"regions": ["CN-GD"], "divisions": ["350200"], "reps": [ZHANG.id]}},
    )

    def warnings(self, *reps: Rep, regions: tuple[str, ...] = ()) -> list[Finding]:
        findings = findings_of(self.POLICY, Directory(reps, regions))
        assert all(finding.severity is Severity.WARNING for finding in findings)
        return findings

    def test_names_that_nobody_has(self) -> None:
        told = self.warnings(ZHANG, LI)
        assert [(finding.code, finding.path, dict(finding.facts)) for finding in told] == [
            ("unknown_rep", ("rotation_pools", "key"), {"rep": "zhao"}),
            ("unknown_rep", ("assignment", 0, "methods", 0), {"rep": "nobody"}),
            ("nobody_left", ("assignment", 0, "methods", 0), {"name": "rule0"}),
        ]

    def test_a_pool_or_a_territory_with_nobody_left(self) -> None:
        gone = LI.model_copy(update={"active": False})
        told = {(finding.code, finding.facts.get("name")) for finding in self.warnings(gone, regions=("CN-GD",))}
        assert {("nobody_left", "key"), ("nobody_left", "south")} <= told

    def test_a_region_that_nobody_covers(self) -> None:
        told = self.warnings(ZHANG, LI.model_copy(update={"regions": ("US",)}), regions=("CN-GD", "US-CA", "DE"))
        assert [finding.facts["region"] for finding in told if finding.code == "region_uncovered"] == ["DE"]
