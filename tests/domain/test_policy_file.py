"""Policy files: every fault is named with its place and line, all of them at once."""

import re
from typing import Any

import pytest

from domain.policy_checks import Severity
from domain.policy_file import MAX_CHARACTERS, PolicyError, check_policy, parse_policy
from tests.examples import GONE, POLICY, POLICY_TEXT, SHIPPED, edited

RULE = {"rule": "extra", "methods": ["rotation"], "queue": "unassigned"}
FIRST = {"rule": "first", "when": {"source": "x"}, "methods": ["rotation"], "queue": "unassigned"}


def faults(text: str) -> list[tuple[str, str]]:
    """What is wrong with a policy: where, and which rule it breaks."""
    with pytest.raises(PolicyError) as caught:
        parse_policy(text)
    return [(".".join(map(str, finding.path)), finding.code) for finding in caught.value.findings]


def with_first(**changes: Any) -> dict[str, Any]:
    """A change of the shipped policy: another rule before all others."""
    return {"assignment": [FIRST | changes, *SHIPPED["assignment"]]}


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"version": GONE}, "version", "missing"),
    ({"version": 2026.11}, "version", "string_type"),
    ({"assignment": []}, "assignment", "too_short"),
    ({"assignment.2.methods": ["lottery"]}, "assignment.2.methods.0", "unknown_method"),
    ({"assignment.2.methods": []}, "assignment.2.methods", "too_short"),
    ({"assignment.2.methods": [{"pool": "x"}]}, "assignment.2.methods.0", "union_tag_not_found"),
    ({"assignment.2.methods": ["best_match"]}, "assignment.2.methods.0.weights", "missing"),
    (
        {"assignment.2.methods": [{"method": "best_match", "weights": {"charm": 1}}]},
        "assignment.2.methods.0.weights.charm",
        "enum",
    ),
    ({"assignment.2.methods": [{"method": "rotation", "by": 1}]}, "assignment.2.methods.0.by", "extra_forbidden"),
    ({"assignment.2.queue": "nowhere"}, "assignment.2.queue", "unknown_queue"),
    ({"assignment.2.clock": "展台"}, "assignment.2.clock", "string_pattern_mismatch"),
    ({"assignment.2.clock": "none"}, "assignment.2.clock", "unknown_clock"),
    ({"assignment.2.owner": "li.na"}, "assignment.2.owner", "extra_forbidden"),
    ({"assignment.2.rule": "trade_show"}, "assignment.3.rule", "duplicate_rule"),
    ({"assignment.2": GONE}, "assignment", "type_without_rule"),
    ({"assignment.2.when": {"customer_type": "referral", "source": "x"}}, "assignment", "type_without_rule"),
    (with_first(when={"region": {"within": "CN-XX"}}), "assignment.0.when.region", "unknown_region"),
    (with_first(when={"not": {"division": "449999"}}), "assignment.0.when.division", "unknown_division"),
    (with_first(when={"customer_type": "vip"}), "assignment.0.when.customer_type", "enum"),
    (with_first(when={"need": {"matches": "(?!x)"}}), "assignment.0.when.need.matches", "pattern_invalid"),
    (with_first(methods=["territory"]), "assignment.0.methods.0", "no_territories"),
    (
        with_first(methods=[{"method": "rotation", "pool": "vip"}]),
        "assignment.0.methods.0",
        "unknown_rotation_pool",
    ),
    ({"rotation_pools": {"vip": {"reps": []}}}, "rotation_pools.vip.reps", "too_short"),
    ({"territories": {"south": {"regions": ["CN"], "reps": []}}}, "territories.south.reps", "too_short"),
    ({"territories": {"south": {"reps": ["a"]}}}, "territories.south", "territory_nowhere"),
    (
        {"territories": {"south": {"reps": ["a"], "regions": ["广东"]}}},
        "territories.south.regions",
        "unknown_region",
    ),
    ({"time_zone": "Beijing"}, "time_zone", "time_zone_unknown"),
    ({"exchange_rates": {"USD": 0}}, "exchange_rates.USD", "greater_than"),
    ({"clocks.stand_lead.calendar": "factory"}, "clocks.stand_lead.calendar", "unknown_calendar"),
    ({"default_calendar": "factory"}, "default_calendar", "unknown_calendar"),
    ({"calendars.office.time_zone": "Asia/Shenzhen"}, "calendars.office.time_zone", "time_zone_unknown"),
    (
        {"calendars.office.overrides": {"2026-13-01": "off"}},
        "calendars.office.overrides.2026-13-01",
        "date_from_datetime_parsing",
    ),
    ({"assignment.2.skip_off_duty": "sometimes"}, "assignment.2.skip_off_duty", "bool_type"),
    ({"clocks.stand_lead.days": 0}, "clocks.stand_lead.days", "greater_than_equal"),
    ({"clocks.stand_lead.warn_days_before": [-1]}, "clocks.stand_lead.warn_days_before.0", "greater_than_equal"),
    ({"clocks.stand_lead.warn_days_before": [30]}, "clocks.stand_lead", "stage_before_the_clock"),
    ({"clocks.stand_lead.escalate_days_before": 31}, "clocks.stand_lead", "stage_before_the_clock"),
    ({"clocks.stand_lead.warn_days_before": [3, 3]}, "clocks.stand_lead.warn_days_before", "day_twice"),
    ({"clocks.stand_lead.no_owner_found": "reassign"}, "clocks.stand_lead.no_owner_found", "enum"),
    ({"calendars.office.hours": {}}, "calendars.office.hours", "week_empty"),
    ({"calendars.office.hours": {"fri-mon": ["09:00-12:00"]}}, "calendars.office.hours.fri-mon", "days_backwards"),
    (
        {"calendars.office.hours": {"mon-fri": ["09:00-12:00"], "fri": ["09:00-10:00"]}},
        "calendars.office.hours",
        "weekday_twice",
    ),
    ({"calendars.office.hours": {"mon": ["12:00-09:00"]}}, "calendars.office.hours.mon.0", "span_backwards"),
    (
        {"calendars.office.hours": {"mon": ["09:00-12:00", "11:00-13:00"]}},
        "calendars.office.hours.mon",
        "spans_overlap",
    ),
    ({"calendars.office.holidays": "XX"}, "calendars.office.holidays", "holidays_unknown"),
    ({"matching": {"certain_above": 0.5, "new_below": 0.6}}, "matching", "thresholds_cross"),
    ({"matching": {"certain_above": 0.9, "new_below": 0.1, "audit_share": 2}}, "matching", "no_share"),
    ({"clocks.stand_lead.on_expiry": "keep"}, "clocks.stand_lead.on_expiry", "enum"),
    ({"confirmation.remind_after_hours": 0}, "confirmation.remind_after_hours", "greater_than_equal"),
    ({"confirmation.escalate_after_hours": 24}, "confirmation", "hours_not_rising"),
    ({"confirmation.decide_after_hours": 40}, "confirmation", "hours_not_rising"),
    ({"confirmation.default": "reject"}, "confirmation.default", "enum"),
    ({"confirmation.remind_after_days": 1}, "confirmation.remind_after_days", "extra_forbidden"),
    ({"identity.certain.uscc": 1.5}, "identity.certain.uscc", "less_than_equal"),
    ({"identity.certain.wechat": 1}, "identity.certain.wechat", "enum"),
    ({"identity.conflict_on": ["微信"]}, "identity.conflict_on.0", "enum"),
    ({"effective_follow_up.kinds": ["call", "carrier_pigeon"]}, "effective_follow_up.kinds.1", "enum"),
    ({"queues.unassigned.zh": ""}, "queues.unassigned.zh", "string_too_short"),
    ({"queues.unassigned": {"zh": "待分配"}}, "queues.unassigned.en", "missing"),
    ({"pools": []}, "pools", "too_short"),
    ({"pools.0.pool": "公海"}, "pools.0.pool", "string_pattern_mismatch"),
    ({"pools.0.pool": "management"}, "pools.0.pool", "duplicate_pool"),
    ({"pools.0.when": {"region": {"within": "CN-XX"}}}, "pools.0.when.region", "unknown_region"),
    ({"pools.0.when": {"level": "A"}}, "pools", "pool_for_nobody_else"),
    ({"pools.0.claim": {"per_day": 0}}, "pools.0.claim.per_day", "greater_than_equal"),
    ({"pools.0.claim": {"per_week": 3}}, "pools.0.claim.per_week", "extra_forbidden"),
    ({"pools": [SHIPPED["pools"][0], SHIPPED["pools"][0] | {"pool": "north"}]}, "pools.1", "pool_unreachable"),
    ({"pool": "public"}, "pool", "extra_forbidden"),
    ({"protect": ["friendship"]}, "protect.0", "enum"),
    ({"queues.unassigned.sla_hours": 0}, "queues.unassigned.sla_hours", "greater_than_equal"),
    ({"queues.unassigned.calendar": "factory"}, "queues.unassigned.calendar", "unknown_calendar"),
    (with_first(clock=[{"when": {"level": "A"}, "clock": "none"}]), "assignment.0.clock", "unknown_clock"),
    (
        with_first(clock=[{"clock": "stand_lead"}, {"clock": "none"}]),
        "assignment.0.clock.1",
        "unknown_clock",
    ),
    (
        with_first(clock=[{"when": {"region": {"within": "CN-XX"}}, "clock": "stand_lead"}]),
        "assignment.0.clock.0.when.region",
        "unknown_region",
    ),
]


@pytest.mark.parametrize(("changes", "place", "code"), BROKEN)
def test_a_fault_is_named_where_it_stands(changes: dict[str, Any], place: str, code: str) -> None:
    assert (place, code) in faults(edited(changes))


def test_all_faults_are_named_at_once() -> None:
    wrong_fields = faults(edited({"queues.unassigned.zh": "", "version": GONE, "identity.certain.uscc": 2}))
    assert {place for place, _ in wrong_fields} == {"queues.unassigned.zh", "version", "identity.certain.uscc"}
    unresolved = faults(edited({"assignment.2.queue": "a", "assignment.1.queue": "b", "queues": {}}))
    assert [place for place, _ in unresolved] == [f"assignment.{at}.queue" for at in range(4)]


def test_every_fault_has_the_line_of_the_deepest_part_that_is_there() -> None:
    lines = POLICY_TEXT.splitlines()
    text = POLICY_TEXT.replace("queue: management", "queue: managment").replace(
        "on_expiry: reassign", "on_expiry: give"
    )
    policy, findings = check_policy(text)
    assert policy is None
    (schema,) = findings
    assert "on_expiry" in lines[(schema.line or 0) - 1]
    _, findings = check_policy(POLICY_TEXT.replace("queue: management", "queue: managment"))
    assert [lines[(finding.line or 0) - 1].strip() for finding in findings] == ["queue: management"]


@pytest.mark.parametrize(
    "text", ["", "- 规则", "规则", "42", "a: [", "a: \0", "version: 2026-13-01", "a: &a [*a]", "[" * 9999]
)
def test_what_is_no_policy_is_refused(text: str) -> None:
    assert faults(text)


def test_what_is_no_yaml_is_told_with_its_line() -> None:
    (finding,) = check_policy("version: '1'\nassignment: [\n")[1]
    assert (finding.code, finding.line) == ("not_yaml", 3)


def test_a_key_that_stands_twice_is_an_error() -> None:
    """YAML itself would silently take the last one."""
    policy, findings = check_policy(f"{POLICY_TEXT}\nprotect: [contract, opportunity]\n")
    assert policy is not None
    assert [(finding.code, finding.path, finding.severity) for finding in findings] == [
        ("repeated_key", ("protect",), Severity.ERROR)
    ]
    assert findings[0].line == len(POLICY_TEXT.splitlines()) + 2
    twice = POLICY_TEXT.replace("queue: management", "queue: management\n    queue: unassigned")
    assert faults(twice) == [("assignment.1.queue", "repeated_key")]


def test_short_forms_mean_what_the_long_ones_do() -> None:
    long = [{"method": method} for method in SHIPPED["assignment"][2]["methods"]]
    when = {"customer_type": {"equals": "referral"}}
    assert parse_policy(edited({"assignment.2.methods": long, "assignment.2.when": when})) == POLICY


def test_the_second_pool_that_the_shipped_file_shows_is_sound() -> None:
    """Whoever takes the comment signs away has a policy that works."""
    start, end = POLICY_TEXT.index("  # - pool: south"), POLICY_TEXT.index("  - pool: public")
    shown = re.sub("(?m)^  # ", "  ", POLICY_TEXT[start:end])
    policy = parse_policy(POLICY_TEXT[:start] + shown + POLICY_TEXT[end:])
    assert [pool.pool for pool in policy.pools] == ["south", "public"]
    assert (policy.pools[0].claim.per_day, policy.pools[0].claim.protection_days) == (5, 14)


class TestHostileFiles:
    """A file from outside costs no more than one that people write."""

    def test_a_file_that_is_too_long_is_not_read(self) -> None:
        policy, [finding] = check_policy(POLICY_TEXT + "#" * MAX_CHARACTERS)
        assert (policy, finding.code, finding.line) == (None, "string_too_long", 1)

    def test_aliases_that_stand_for_billions_are_not_written_out(self) -> None:
        lines = ["x0: &x0 [{source: a}, {source: b}]"]
        lines += [f"x{n}: &x{n} [{', '.join([f'{{any: *x{n - 1}}}'] * 9)}]" for n in range(1, 12)]
        rule = "assignment: [{rule: a, when: {any: *x11}, methods: [rotation], queue: u}]"
        policy, [finding] = check_policy("\n".join([*lines, rule]))
        assert (policy, finding.code) == (None, "too_many_parts")

    def test_a_list_that_holds_itself_is_refused(self) -> None:
        assert check_policy("assignment: &a [*a]")[1][0].code == "too_many_parts"

    def test_aliases_as_people_use_them_are_fine(self) -> None:
        text = edited({"rotation_pools": {"a": {"reps": ["li.na"]}, "b": {"reps": ["li.na"]}}})
        twice = "  a:\n    reps:\n    - li.na\n  b:\n    reps:\n    - li.na\n"
        aliased = text.replace(twice, "  a: &a {reps: [li.na]}\n  b: *a\n")
        assert aliased != text
        assert check_policy(aliased)[0] == check_policy(text)[0]

    def test_brackets_without_end_are_no_yaml(self) -> None:
        assert check_policy("[" * 100_000)[1][0].code == "not_yaml"
