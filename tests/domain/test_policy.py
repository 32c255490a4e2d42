"""The policy file: what ships is what the design says, and a version names one set of rules."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.lead import CustomerType
from domain.policy import ConfirmationDefault, OnExpiry, Policy
from domain.policy_file import parse_policy
from domain.rules.methods import Method
from domain.rules.pool import ClaimRules
from domain.rules.rule import ChangeCondition
from settings import PROJECT_ROOT
from tests.examples import GONE, POLICY, SHIPPED, edited


def test_the_shipped_policy_is_what_the_design_says() -> None:
    rules = {kind: POLICY.rulebook.rule_for(Case(customer_type=kind)) for kind in CustomerType}
    methods = {kind: [use.method for use in rule.methods] for kind, rule in rules.items()}
    assert methods == {
        CustomerType.NEW_REGISTRATION: [Method.NAMED_CONTACT, Method.ROTATION],
        CustomerType.KEY_ACCOUNT: [Method.NAMED_CONTACT, Method.DESIGNATED],
        CustomerType.REFERRAL: [Method.REFERRER_OWNER, Method.ROTATION],
        CustomerType.TRADE_SHOW: [Method.SHOW_CONTACT, Method.ROTATION],
    }
    assert rules[CustomerType.KEY_ACCOUNT].queue == "management"
    assert rules[CustomerType.NEW_REGISTRATION].changes_when == (ChangeCondition.CUSTOMER_NAMES_CONTACT,)
    assert [choice.clock for choice in rules[CustomerType.TRADE_SHOW].clock] == ["stand_lead"]
    clock = POLICY.clocks["stand_lead"]
    assert (clock.days, clock.warn_days_before, clock.escalate_days_before) == (30, (7, 2), 1)
    assert (clock.on_expiry, clock.no_owner_found) == (OnExpiry.REASSIGN, OnExpiry.RECYCLE)
    assert (clock.calendar, POLICY.default_calendar) == (None, "office")  # 30 calendar days
    assert not any(rule.skip_off_duty for rule in rules.values())
    waits = POLICY.confirmation
    assert (waits.remind_after_hours, waits.escalate_after_hours, waits.decide_after_hours) == (24, 48, 120)
    assert waits.default is ConfirmationDefault.KEEP_WAITING
    waits = POLICY.confirmation
    assert (waits.remind_after_hours, waits.escalate_after_hours, waits.decide_after_hours) == (24, 48, 120)
    assert waits.default is ConfirmationDefault.KEEP_WAITING
    assert [(pool.pool, pool.zh) for pool in POLICY.pools] == [("public", "公海")]
    assert POLICY.pools[0].claim == ClaimRules()  # whoever is there may claim, as much as they like
    assert {name: (queue.owner, queue.sla_hours) for name, queue in POLICY.queues.items()} == {
        "unassigned": (None, 24),
        "management": (None, 24),
    }


def test_a_day_begins_at_midnight_in_the_policys_time_zone() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert POLICY.day_of(late) == date(2026, 11, 24)
    assert POLICY.model_copy(update={"time_zone": "America/New_York"}).day_of(late) == date(2026, 11, 23)


def test_a_policy_without_the_section_waits_as_the_shipped_one() -> None:
    assert parse_policy(edited({"confirmation": GONE})).confirmation == POLICY.confirmation


def test_placeholders_are_compared_folded() -> None:
    policy = parse_policy(edited({"identity.placeholders": ["ＴＥＳＴ", "測試", " N/A "]}))
    assert policy.identity.placeholders == ("test", "测试", "n/a")


@st.composite
def reordered(draw: st.DrawFn, node: Any = SHIPPED) -> Any:
    """The shipped policy with the keys of every mapping in another order; the order of lists means something."""
    if not isinstance(node, dict):
        return node
    keys = draw(st.permutations(list(node)))
    return {key: draw(reordered(node[key])) for key in keys}


@settings(max_examples=25)
@given(reordered())
def test_the_fingerprint_does_not_depend_on_the_order_of_keys(policy: Any) -> None:
    assert Policy.model_validate(policy).fingerprint == POLICY.fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "2026.12"},
        {"assignment.2.methods": ["rotation", "referrer_owner"]},
        {"assignment.2.when": {"customer_type": "referral", "region": {"within": "CN"}}, "assignment.3.when": {}},
        {"assignment.2.skip_off_duty": True},
        {"clocks.stand_lead.days": 31},
        {"clocks.stand_lead.calendar": "office"},
        {"calendars.office.overrides": {date(2026, 12, 31): False}},
        {"queues.unassigned.zh": "未分配"},
        {"confirmation.default": "new"},
        {"effective_follow_up.customer_answered": False},
        {"time_zone": "Asia/Tokyo"},
    ],
)
def test_another_rule_gives_another_fingerprint(changes: dict[str, Any]) -> None:
    assert parse_policy(edited(changes)).fingerprint != POLICY.fingerprint


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    """A decision made by one worker names the same version as that of another, whatever their hash seeds."""
    code = (
        "from pathlib import Path; from domain.policy_file import parse_policy;"
        "print(parse_policy(Path('policies/default.yaml').read_text(encoding='utf-8')).fingerprint)"
    )
    told = {
        subprocess.check_output(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, cwd=PROJECT_ROOT, text=True
        )
        for seed in ("1", "2")
    }
    assert told == {f"{POLICY.fingerprint}\n"}
    assert POLICY.fingerprint.startswith(f"{POLICY.version}+")


def test_a_rep_works_by_their_calendar_or_by_the_default_one() -> None:
    berlin = {"time_zone": "Europe/Berlin", "hours": {"mon": ["09:00-17:00"]}}
    policy = parse_policy(edited({"calendars.berlin": berlin}))
    assert policy.calendar("berlin") is policy.duty_calendar("berlin") is policy.calendars["berlin"]
    assert (policy.calendar(None), policy.calendar("gone")) == (None, None)
    assert policy.duty_calendar(None) is policy.duty_calendar("gone") is policy.calendars["office"]
    assert parse_policy(edited({"default_calendar": None})).duty_calendar(None) is None
