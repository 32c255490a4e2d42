"""Versions of the policy as they are kept: once each, never changed, in force from an instant on."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlmodel import select

from domain.change import Refused
from domain.policy import Policy
from domain.policy_file import parse_policy
from domain.policy_version import NewVersion
from store.database import Database
from store.errors import NotFound, UnusableReference
from store.policies import in_force_at
from store.policy_versions import FILE, PolicyVersions
from store.tables import PolicyActivationRow, PolicyRow
from tests.databases import at_once
from tests.examples import AT, POLICY, POLICY_TEXT, edited

DAY = timedelta(days=1)
LATER_TEXT = edited({"version": "2026.12"})
LATER = parse_policy(LATER_TEXT)


class Clock:
    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def versions(database: Database, clock: Clock) -> PolicyVersions:
    return PolicyVersions(database, clock)


def in_force(database: Database, at: datetime) -> str | None:
    with database.read() as session:
        return in_force_at(session, at)


def new(policy: Policy = LATER, content: str = LATER_TEXT, at: datetime | None = None) -> NewVersion:
    return NewVersion(policy=policy, content=content, activates_at=at, comment="试行")


def activations(database: Database) -> list[tuple[str, datetime]]:
    with database.read() as session:
        rows = session.exec(select(PolicyActivationRow).order_by(PolicyActivationRow.position)).all()  # type: ignore[arg-type]
        return [(row.policy_id, row.at) for row in rows]


class TestAdding:
    def test_a_version_is_kept_as_it_was_given_and_is_not_in_force(
        self, database: Database, versions: PolicyVersions
    ) -> None:
        version, is_new = versions.add(new(), "administrator")
        assert (version.id, version.version, version.comment, is_new) == (LATER.fingerprint, "2026.12", "试行", True)
        assert (version.created_at, version.created_by) == (AT, "administrator")
        assert (version.in_force, version.activations) == (False, ())
        assert versions.get(version.id) == (version, LATER_TEXT)
        assert in_force(database, AT + 1000 * DAY) is None

    def test_once_the_same_rules_again_are_the_version_that_is_there(
        self, database: Database, versions: PolicyVersions, clock: Clock
    ) -> None:
        versions.add(new(), "administrator")
        clock.at += DAY
        again, is_new = versions.add(new(content=f"# 注释\n{LATER_TEXT}"), "somebody")
        assert (is_new, again.created_at, again.created_by) == (False, AT, "administrator")
        assert versions.get(again.id)[1] == LATER_TEXT

    def test_once_however_many_add_it_at_once(self, database: Database, versions: PolicyVersions) -> None:
        added = at_once([partial(versions.add, new(at=AT + DAY), "administrator")] * 8)
        assert sorted(is_new for _, is_new in added) == [False] * 7 + [True]
        assert activations(database) == [(LATER.fingerprint, AT + DAY)]

    def test_in_force_from_when_it_says(self, database: Database, versions: PolicyVersions) -> None:
        versions.add(new(at=AT + DAY), "administrator")
        assert in_force(database, AT + DAY - timedelta(seconds=1)) is None
        assert in_force(database, AT + DAY) == LATER.fingerprint

    def test_not_from_a_time_that_is_past_and_then_nothing_is_kept(
        self, database: Database, versions: PolicyVersions
    ) -> None:
        with pytest.raises(UnusableReference) as refused:
            versions.add(new(at=AT - DAY), "administrator")
        assert (refused.value.field, refused.value.code) == ("activates_at", "activation_in_past")
        with pytest.raises(NotFound):
            versions.get(LATER.fingerprint)


class TestActivating:
    @pytest.fixture(autouse=True)
    def _two(self, versions: PolicyVersions) -> None:
        versions.keep_file(POLICY, POLICY_TEXT)
        versions.add(new(), "administrator")

    def test_now(self, database: Database, versions: PolicyVersions, clock: Clock) -> None:
        clock.at += DAY
        version = versions.activate(LATER.fingerprint, None, "administrator")
        assert (version.in_force, [it.at for it in version.activations]) == (True, [AT + DAY])
        assert in_force(database, AT) == POLICY.fingerprint

    def test_once_again_changes_nothing(self, database: Database, versions: PolicyVersions, clock: Clock) -> None:
        for at in (None, AT + 5 * DAY):
            first = versions.activate(LATER.fingerprint, at, "administrator")
            clock.at += DAY
            assert versions.activate(LATER.fingerprint, at, "somebody") == first

    def test_unknown_or_past_is_refused(self, versions: PolicyVersions) -> None:
        with pytest.raises(NotFound):
            versions.activate("nothing+00000000", None, "administrator")
        with pytest.raises(UnusableReference):
            versions.activate(LATER.fingerprint, AT - DAY, "administrator")

    def test_two_at_once_the_one_that_comes_second_counts(self, database: Database, versions: PolicyVersions) -> None:
        ids = (POLICY.fingerprint, LATER.fingerprint)
        at_once([partial(versions.activate, policy_id, AT + DAY, "administrator") for policy_id in ids])
        last = activations(database)[-1]
        assert last[1] == AT + DAY
        assert in_force(database, AT + DAY) == last[0]
        assert [version.in_force for version in versions.page(None, 10)].count(True) == 1

    def test_a_withdrawn_one_is_told_and_can_be_planned_again(
        self, database: Database, versions: PolicyVersions, clock: Clock
    ) -> None:
        versions.activate(LATER.fingerprint, AT + DAY, "administrator")
        [withdrawn] = versions.withdraw(LATER.fingerprint).activations
        assert withdrawn.withdrawn_at == AT
        assert in_force(database, AT + DAY) == POLICY.fingerprint
        assert len(versions.activate(LATER.fingerprint, AT + DAY, "administrator").activations) == 2
        assert in_force(database, AT + DAY) == LATER.fingerprint

    @pytest.mark.parametrize("passed", [timedelta(), DAY])
    def test_what_is_not_planned_or_in_force_by_now_cannot_be_withdrawn(
        self, versions: PolicyVersions, clock: Clock, passed: timedelta
    ) -> None:
        if passed:
            versions.activate(LATER.fingerprint, AT + DAY, "administrator")
        clock.at += passed
        with pytest.raises(Refused, match="policy_not_scheduled"):
            versions.withdraw(LATER.fingerprint)


class TestThePolicyFile:
    def test_the_first_comes_into_force(self, database: Database, versions: PolicyVersions) -> None:
        assert versions.keep_file(POLICY, POLICY_TEXT)
        assert in_force(database, AT) == POLICY.fingerprint
        assert versions.get(POLICY.fingerprint)[0].created_by == FILE

    def test_once_an_unchanged_one_changes_nothing(self, database: Database, versions: PolicyVersions) -> None:
        started = at_once([partial(versions.keep_file, POLICY, POLICY_TEXT)] * 5)
        assert sorted(started) == [False] * 4 + [True]
        assert len(activations(database)) == 1
        assert not versions.keep_file(POLICY, f"# 只改了注释\n{POLICY_TEXT}")

    def test_a_changed_one_and_one_that_is_changed_back_come_into_force(
        self, database: Database, versions: PolicyVersions, clock: Clock
    ) -> None:
        for policy, text in ((POLICY, POLICY_TEXT), (LATER, LATER_TEXT), (POLICY, POLICY_TEXT)):
            assert versions.keep_file(policy, text)
            assert in_force(database, clock.at) == policy.fingerprint
            clock.at += DAY

    def test_an_unchanged_one_stays_behind_what_the_api_brought_into_force(
        self, database: Database, versions: PolicyVersions, clock: Clock
    ) -> None:
        versions.keep_file(POLICY, POLICY_TEXT)
        versions.add(new(at=AT), "administrator")
        clock.at += DAY
        assert not versions.keep_file(POLICY, POLICY_TEXT)
        assert in_force(database, clock.at) == LATER.fingerprint

    def test_an_unchanged_one_that_a_later_release_understands_otherwise_changes_nothing(
        self, database: Database, versions: PolicyVersions
    ) -> None:
        versions.keep_file(POLICY, POLICY_TEXT)
        assert not versions.keep_file(LATER, POLICY_TEXT)


def test_pages_are_the_newest_first(database: Database, versions: PolicyVersions, clock: Clock) -> None:
    texts = [edited({"version": f"v{number}"}) for number in range(5)]
    for text in texts:
        versions.add(new(parse_policy(text), text), "administrator")
        clock.at += DAY
    first = versions.page(None, 2)
    assert [version.version for version in first] == ["v4", "v3", "v2"]
    rest = versions.page((first[1].created_at, first[1].id), 10)
    assert [version.version for version in rest] == ["v2", "v1", "v0"]


def test_every_stored_version_reads_back_as_the_rules_that_it_was(database: Database, versions: PolicyVersions) -> None:
    changes = {"exchange_rates": {"USD": "7.1"}, "calendars.office.overrides": {"2026-12-31": "off"}}
    when = {"any": [{"amount": {"at_least": 5}}, {"not": {"region": {"within": "CN"}}}], "need": {"matches": "报价"}}
    vip = {"rule": "vip", "when": when, "methods": ["rotation"], "queue": "management"}
    text = edited({**changes, "assignment": [vip, *POLICY.model_dump(mode="json")["assignment"]]})
    policy = parse_policy(text)
    versions.add(new(policy, text), "administrator")
    with database.read() as session:
        rules = session.get_one(PolicyRow, policy.fingerprint).rules
    assert Policy.model_validate_json(rules) == policy
