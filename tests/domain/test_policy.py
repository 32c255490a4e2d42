"""The policy file: what ships is sound, every fault of another one is named, and a version names one set of rules."""

import os
import subprocess
import sys
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.lead import CustomerType
from domain.policy import ConfirmationDefault, Method, OnExpiry, Policy, PolicyError, parse_policy
from settings import PROJECT_ROOT
from tests.examples import POLICY, POLICY_TEXT

SHIPPED: dict[str, Any] = yaml.safe_load(POLICY_TEXT)
MISSING = object()


def edited(**changes: Any) -> str:
    """The shipped policy as YAML with some values changed; a dot in a path is written ``__``."""
    policy = deepcopy(SHIPPED)
    for path, value in changes.items():
        *parents, name = path.split("__")
        node = policy
        for parent in parents:
            node = node[parent]
        if value is MISSING:
            del node[name]
        else:
            node[name] = value
    return yaml.safe_dump(policy, allow_unicode=True, sort_keys=False)


def faults(text: str) -> str:
    """What is wrong with a policy."""
    with pytest.raises(PolicyError) as caught:
        parse_policy(text)
    return str(caught.value)


def test_the_shipped_policy_is_what_the_design_says() -> None:
    rules = POLICY.assignment
    assert set(rules) == set(CustomerType)
    assert rules[CustomerType.NEW_REGISTRATION].methods == (Method.NAMED_CONTACT, Method.ROTATION)
    assert rules[CustomerType.KEY_ACCOUNT].queue == "management"
    assert rules[CustomerType.REFERRAL].methods[0] is Method.REFERRER_OWNER
    assert rules[CustomerType.TRADE_SHOW].clock == "stand_lead"
    clock = POLICY.clocks["stand_lead"]
    assert (clock.days, clock.warn_days_before, clock.escalate_days_before) == (30, (7, 2), 1)
    assert (clock.on_expiry, clock.no_owner_found) == (OnExpiry.REASSIGN, OnExpiry.RECYCLE)
    assert (clock.calendar, POLICY.default_calendar) == (None, "office")  # 30 calendar days
    assert not any(rule.skip_off_duty for rule in rules.values())
    waits = POLICY.confirmation
    assert (waits.remind_after_hours, waits.escalate_after_hours, waits.decide_after_hours) == (24, 48, 120)
    assert waits.default is ConfirmationDefault.KEEP_WAITING
    assert all(name.zh and name.en for name in POLICY.queues.values())


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"version": MISSING}, "version: Field required"),
        ({"version": 2026.11}, "version: "),
        ({"assignment__key_account": MISSING}, "no rule for key_account"),
        ({"assignment__vip": {"methods": [], "queue": "unassigned"}}, "assignment.vip"),
        ({"assignment__referral__methods": ["lottery"]}, "assignment.referral.methods.0"),
        ({"assignment__referral__queue": "nowhere"}, "assignment.referral.queue: 'nowhere'"),
        ({"assignment__referral__clock": "展台"}, "assignment.referral.clock"),
        ({"assignment__referral__clock": "none"}, "assignment.referral.clock: 'none' is not among the clocks"),
        ({"assignment__referral__owner": "li.na"}, "assignment.referral.owner: Extra inputs"),
        ({"clocks__stand_lead__days": 0}, "clocks.stand_lead.days"),
        ({"clocks__stand_lead__warn_days_before": [30]}, "less than 30 days before the end"),
        ({"clocks__stand_lead__escalate_days_before": 31}, "less than 30 days before the end"),
        ({"clocks__stand_lead__warn_days_before": [-1]}, "clocks.stand_lead.warn_days_before.0"),
        ({"clocks__stand_lead__warn_days_before": [7, 2, 7]}, "must not repeat a day"),
        ({"clocks__stand_lead__on_expiry": "keep"}, "on_expiry must be reassign or recycle"),
        ({"clocks__stand_lead__no_owner_found": "reassign"}, "no_owner_found must be recycle or keep"),
        (
            {"clocks__stand_lead__calendar": "factory"},
            "clocks.stand_lead.calendar: 'factory' is not among the calendars",
        ),
        ({"default_calendar": "factory"}, "default_calendar: 'factory' is not among the calendars"),
        ({"calendars__office__time_zone": "Asia/Shenzhen"}, "calendars.office.time_zone"),
        ({"calendars__office__overrides": {"2026-13-01": "off"}}, "calendars.office.overrides.2026-13-01"),
        ({"assignment__referral__skip_off_duty": "sometimes"}, "assignment.referral.skip_off_duty"),
        ({"confirmation__remind_after_hours": 0}, "confirmation.remind_after_hours"),
        ({"confirmation__escalate_after_hours": 24}, "first, then escalated"),
        ({"confirmation__decide_after_hours": 40}, "first, then escalated"),
        ({"confirmation__default": "reject"}, "confirmation.default"),
        ({"confirmation__remind_after_days": 1}, "confirmation.remind_after_days: Extra inputs"),
        ({"identity__certain__uscc": 1.5}, "identity.certain.uscc"),
        ({"identity__certain__wechat": 1}, "identity.certain.wechat"),
        ({"identity__conflict_on": ["微信"]}, "identity.conflict_on.0"),
        ({"effective_follow_up__kinds": ["call", "carrier_pigeon"]}, "effective_follow_up.kinds.1"),
        ({"effective_follow_up__minimum_characters": -1}, "effective_follow_up.minimum_characters"),
        ({"queues__unassigned__zh": ""}, "queues.unassigned.zh"),
        ({"queues__unassigned": {"zh": "待分配"}}, "queues.unassigned.en: Field required"),
        ({"pool": "公海"}, "pool: "),
        ({"pools": "public"}, "pools: Extra inputs"),
    ],
)
def test_a_fault_is_named(changes: dict[str, Any], named: str) -> None:
    assert named in faults(edited(**changes))


def test_all_faults_are_named_at_once() -> None:
    wrong_fields = faults(edited(pool="公海", version=MISSING, identity__certain__uscc=2))
    assert all(place in wrong_fields for place in ("pool", "version", "identity.certain.uscc"))
    unresolved = faults(edited(assignment__referral__queue="a", assignment__key_account__queue="b", queues={}))
    assert all(f"assignment.{kind}.queue" in unresolved for kind in CustomerType)
    clock = {"days": 5, "warn_days_before": [9, 9], "on_expiry": "keep", "no_owner_found": "reassign"}
    broken = faults(edited(clocks__stand_lead=clock))
    assert all(part in broken for part in ("less than 5 days", "repeat", "on_expiry must", "no_owner_found must"))


@pytest.mark.parametrize("text", ["", "- 规则", "规则", "42", "a: [", "a: \0", "version: 2026-13-01", "a: &a [*a]"])
def test_what_is_no_policy_is_refused(text: str) -> None:
    assert faults(text)


def test_a_policy_without_the_section_waits_as_the_shipped_one() -> None:
    assert parse_policy(edited(confirmation=MISSING)).confirmation == POLICY.confirmation


def test_placeholders_are_compared_folded() -> None:
    policy = parse_policy(edited(identity__placeholders=["ＴＥＳＴ", "測試", " N/A "]))
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
        {"assignment__referral__methods": ["rotation", "referrer_owner"]},
        {"clocks__stand_lead__days": 31},
        {"clocks__stand_lead__calendar": "office"},
        {"calendars__office__overrides": {date(2026, 12, 31): False}},
        {"queues__unassigned__zh": "未分配"},
        {"confirmation__default": "new"},
        {"effective_follow_up__customer_answered": False},
    ],
)
def test_another_rule_gives_another_fingerprint(changes: dict[str, Any]) -> None:
    assert parse_policy(edited(**changes)).fingerprint != POLICY.fingerprint


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    """A decision made by one worker names the same version as that of another, whatever their hash seeds."""
    code = (
        "from pathlib import Path; from domain.policy import parse_policy;"
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
    policy = parse_policy(edited(calendars__berlin={"time_zone": "Europe/Berlin", "hours": {"mon": ["09:00-17:00"]}}))
    assert policy.calendar("berlin") is policy.duty_calendar("berlin") is policy.calendars["berlin"]
    assert (policy.calendar(None), policy.calendar("gone")) == (None, None)
    assert policy.duty_calendar(None) is policy.duty_calendar("gone") is policy.calendars["office"]
    assert parse_policy(edited(default_calendar=None)).duty_calendar(None) is None
