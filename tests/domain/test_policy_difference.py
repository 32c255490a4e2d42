"""What two versions say differently."""

import json
from typing import Any

from domain.policy_difference import Difference, differences, unified
from domain.policy_file import parse_policy
from tests.examples import GONE, POLICY, POLICY_TEXT, SHIPPED, edited


def told(changes: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {it.path: (it.before, it.after) for it in differences(POLICY, parse_policy(edited(changes)))}


def test_the_same_rules_do_not_differ_however_they_are_written() -> None:
    assert differences(POLICY, parse_policy(edited({}))) == []
    assert differences(POLICY, parse_policy(edited({"running": GONE, "confirmation": GONE}))) == []


def test_each_value_is_told_by_its_path_with_before_and_after() -> None:
    assert told({"clocks.stand_lead.days": 20, "version": "2026.12"}) == {
        "version": ("2026.11", "2026.12"),
        "clocks.stand_lead.days": (30, 20),
    }


def test_a_rule_goes_by_its_name_wherever_it_stands() -> None:
    found = told({"assignment.2.methods": ["referrer_owner"], "assignment.1.queue": "unassigned"})
    assert set(found) == {"assignment.referral.methods", "assignment.key_account.queue"}
    assert found["assignment.key_account.queue"] == ("management", "unassigned")


def test_a_changed_order_is_told_and_what_came_or_went_is_no_change_of_order() -> None:
    first, second, *rest = SHIPPED["assignment"]
    assert set(told({"assignment": [second, first, *rest]})) == {"assignment"}
    vip = {"rule": "vip", "when": {"level": "A"}, "methods": ["rotation"], "queue": "management"}
    added = told({"assignment": [vip, *SHIPPED["assignment"]]})
    assert set(added) == {"assignment.vip"}
    assert added["assignment.vip"][0] is None


def test_what_a_version_has_not_is_null_there() -> None:
    other = parse_policy(edited({"queues.vip": {"zh": "贵宾", "en": "VIP"}}))
    [only] = differences(POLICY, other)
    assert only == Difference(path="queues.vip", before=None, after=other.queues["vip"].model_dump(mode="json"))


def test_a_difference_is_plain_json() -> None:
    changes = {"exchange_rates": {"USD": "7.1"}, "clocks.stand_lead.calendar": None, "calendars": {}}
    changes |= {"default_calendar": None, "approvals.calendar": None, "collisions.case.calendar": None}
    found = differences(POLICY, parse_policy(edited(changes)))
    assert json.loads(json.dumps([it.model_dump() for it in found]))


def test_the_text_shows_the_lines_that_differ() -> None:
    other = POLICY_TEXT.replace('version: "2026.11"', 'version: "2026.12"')
    text = unified(POLICY_TEXT, other, ("旧", "新"))
    assert text.startswith("--- 旧\n+++ 新\n@@ ")
    assert '-version: "2026.11"\n+version: "2026.12"\n' in text
    assert unified(POLICY_TEXT, POLICY_TEXT, ("a", "b")) == ""
