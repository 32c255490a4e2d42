"""The version that decides: the one in force at the workflow's time, or the one with which a process began."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

from domain.change import Asked, Change, Changed, ClockDue, LogFollowUp, OwnerLeft, Request
from domain.confirmation import Nudge
from domain.confirmation import Stage as WaitingStage
from domain.follow_up import FollowUp, Stage
from domain.policy import Policy
from domain.policy_file import parse_policy
from domain.policy_version import NewVersion
from domain.submission import Choice
from store.changes import Changes
from store.confirmations import Confirmations
from store.database import Database
from store.intake import Intake
from store.policies import Policies
from store.policy_versions import PolicyVersions
from store.tables import CustomerRow, DecisionRow, PolicyRow
from tests.databases import at_once
from tests.examples import AT, IDS, LI, POLICY, POLICY_TEXT, WANG, ZHANG, edited, employ, firm, lead, registration
from tests.invariants import read_model, violations

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHOW = {"name": "广交会", "date": "2026-10-15", "contact": ZHANG.id}
CALL = {"rep_id": ZHANG.id, "kind": "call", "content": "客户同意下周来看样机并谈价格", "customer_answered": True}


class Clock:
    """The time by which versions come into force."""

    def __init__(self) -> None:
        self.at = AT - DAY

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def versions(database: Database, clock: Clock) -> PolicyVersions:
    """With the shipped policy in force since yesterday."""
    employ(database, ZHANG, LI, WANG)
    made = PolicyVersions(database, clock)
    made.keep_file(POLICY, POLICY_TEXT)
    return made


def activate(versions: PolicyVersions, at: datetime, **changes: Any) -> Policy:
    """Bring the shipped policy with changes into force at an instant."""
    text = edited({name.replace("__", "."): value for name, value in changes.items()})
    policy = parse_policy(text)
    versions.add(NewVersion(policy=policy, content=text, activates_at=at), "test")
    return policy


def in_force(database: Database, at: datetime, first: Policy = POLICY) -> str:
    with database.read() as session:
        return Policies(database, first).in_force(session, at).fingerprint


def born(database: Database, at: datetime = AT, **fields: Any) -> str:
    """A customer of the stand's, Zhang's."""
    new = lead(company={"name": "深圳市远航科技有限公司"}, customer_type="trade_show", show=SHOW, **fields)
    return Intake(database, POLICY, IDS).register(registration(new, at)).answer.customer_id or ""


def ask(database: Database, customer_id: str, change: Change, at: datetime) -> Changed:
    asked = Asked(id=f"{change.kind}-{at.isoformat()}", actor="system", change=change)
    return Changes(database, POLICY, IDS).carry_out(Request(customer_id=customer_id, at=at, asked=asked))


def due(database: Database, customer_id: str) -> ClockDue:
    clock = Changes(database, POLICY, IDS).current(customer_id).clock
    assert clock is not None
    return ClockDue(stage=clock.due[0].stage, due_at=clock.due[0].at)


def followed(database: Database) -> list[str]:
    """The version that each decision names, in order."""
    with database.read() as session:
        return [row.policy_version for row in sorted(session.exec(select(DecisionRow)), key=lambda row: row.at)]


class TestInForce:
    """Which version is in force at an instant."""

    def test_without_any_stored_the_given_one(self, database: Database) -> None:
        assert in_force(database, AT) == POLICY.fingerprint

    def test_before_the_first_the_first(self, database: Database, versions: PolicyVersions) -> None:
        other = parse_policy(edited({"version": "other"}))
        assert in_force(database, AT - 100 * DAY, first=other) == POLICY.fingerprint

    def test_from_the_very_instant_on_and_not_before(self, database: Database, versions: PolicyVersions) -> None:
        later = activate(versions, AT, version="later")
        assert in_force(database, AT - timedelta(microseconds=1)) == POLICY.fingerprint
        assert in_force(database, AT) == in_force(database, AT + 1000 * DAY) == later.fingerprint

    def test_of_two_for_one_instant_the_one_said_last(self, database: Database, versions: PolicyVersions) -> None:
        activate(versions, AT, version="one")
        other = activate(versions, AT, version="other")
        assert in_force(database, AT) == other.fingerprint

    def test_an_earlier_one_comes_back(self, database: Database, versions: PolicyVersions, clock: Clock) -> None:
        later = activate(versions, AT, version="later")
        clock.at = AT + DAY
        versions.activate(POLICY.fingerprint, None, "test")
        assert in_force(database, AT) == later.fingerprint
        assert in_force(database, AT + DAY) == POLICY.fingerprint

    def test_a_withdrawn_one_never_is(self, database: Database, versions: PolicyVersions) -> None:
        later = activate(versions, AT, version="later")
        versions.withdraw(later.fingerprint)
        assert in_force(database, AT) == POLICY.fingerprint

    def test_a_version_keeps_its_name_and_meaning_in_a_release_that_knows_more(
        self, database: Database, versions: PolicyVersions
    ) -> None:
        """As if it had been stored before a rule was added: its name is not what would be computed today."""
        with database.write() as session:
            row = session.get_one(PolicyRow, POLICY.fingerprint)
            old = row.model_dump() | {"id": "2025.1+0ld0ld00", "rules": row.rules.replace('"running":"keep",', "")}
            session.add(PolicyRow(**old))
        with database.read() as session:
            found = Policies(database, POLICY).stored(session, "2025.1+0ld0ld00")
        assert found is not None
        assert found.fingerprint == "2025.1+0ld0ld00"
        assert (found.running, found.assignment) == (POLICY.running, POLICY.assignment)


class TestEachDecision:
    """Each follows one version, the one in force at the workflow's time, and names it."""

    def test_by_the_workflows_time_and_not_by_now(self, database: Database, versions: PolicyVersions) -> None:
        queue = {"assignment.0.methods": ["named_contact"], "assignment.0.queue": "management"}
        later = activate(versions, AT, **queue)
        before = lead(company={"name": "青岭舟商贸有限公司"}, region="CN-GD")
        after = lead(company={"name": "云帆翼贸易公司"}, region="CN-GD")
        intake = Intake(database, POLICY, IDS)
        assert intake.register(registration(after, AT + HOUR)).answer.queue == "management"
        assert intake.register(registration(before, AT - HOUR)).answer.owner is not None
        assert followed(database) == [POLICY.fingerprint, later.fingerprint]

    def test_a_repeat_follows_the_same_version(self, database: Database, versions: PolicyVersions) -> None:
        new = registration(lead(company={"name": "青岭舟商贸有限公司"}, region="CN-GD"), AT)
        intake = Intake(database, POLICY, IDS)
        first = intake.register(new)
        activate(versions, AT + HOUR, version="later")
        assert intake.register(new) == first
        assert followed(database) == [POLICY.fingerprint]

    def test_what_has_no_clock_follows_the_one_in_force(self, database: Database, versions: PolicyVersions) -> None:
        answer = (
            Intake(database, POLICY, IDS)
            .register(registration(lead(company={"name": "青岭舟商贸有限公司"}, region="CN-GD"), AT))
            .answer
        )
        assert answer.owner is not None
        later = activate(versions, AT + DAY, version="later")
        ask(database, answer.customer_id or "", OwnerLeft(rep_id=answer.owner.id), AT + 2 * DAY)
        assert followed(database) == [POLICY.fingerprint, later.fingerprint]


class TestAClockThatRuns:
    """A customer's clock keeps the version with which it began, unless the one in force says that it moves."""

    def test_keeps_its_rules_to_the_end_and_beyond(self, database: Database, versions: PolicyVersions) -> None:
        customer_id = born(database)
        activate(
            versions,
            AT + DAY,
            clocks__stand_lead__on_expiry="recycle",
            effective_follow_up__kinds=["visit"],
            clocks__stand_lead__days=10,
        )
        called = ask(database, customer_id, LogFollowUp(follow_up=FollowUp.model_validate(CALL)), AT + 2 * DAY)
        assert called.data["effective"]
        for stage in (Stage.WARN, Stage.WARN, Stage.ESCALATE, Stage.EXPIRE):
            assert due(database, customer_id).stage is stage
            changed = ask(database, customer_id, due(database, customer_id), due(database, customer_id).due_at)
        assert changed.event == "reassigned"
        assert changed.ownership.policy == POLICY.fingerprint
        assert changed.ownership.clock is not None
        assert changed.ownership.clock.rule.days == 30
        assert set(followed(database)) == {POLICY.fingerprint}
        assert violations(read_model(database)) == []

    def test_moves_to_a_version_that_says_so(self, database: Database, versions: PolicyVersions) -> None:
        customer_id = born(database)
        later = activate(versions, AT + DAY, running="move", clocks__stand_lead__days=60)
        changed = ask(database, customer_id, due(database, customer_id), AT + 23 * DAY)
        assert changed.event == "rules_changed"
        assert changed.data == {"from_policy": POLICY.fingerprint, "to_policy": later.fingerprint}
        assert due(database, customer_id) == ClockDue(stage=Stage.WARN, due_at=AT + 53 * DAY)
        assert followed(database) == [POLICY.fingerprint, later.fingerprint]
        activate(versions, AT + 24 * DAY, version="keeps", clocks__stand_lead__days=20)
        changed = ask(database, customer_id, due(database, customer_id), AT + 53 * DAY)
        assert (changed.event, changed.ownership.policy) == ("follow_up_warning", later.fingerprint)
        assert violations(read_model(database)) == []

    def test_moves_with_the_decision_at_hand(self, database: Database, versions: PolicyVersions) -> None:
        customer_id = born(database)
        later = activate(versions, AT + DAY, running="move", effective_follow_up__kinds=["visit"])
        called = ask(database, customer_id, LogFollowUp(follow_up=FollowUp.model_validate(CALL)), AT + 2 * DAY)
        assert called.data["shortfalls"] == ["kind_does_not_count"]
        assert called.ownership.policy == later.fingerprint

    def test_one_from_before_versions_were_kept_follows_the_one_in_force(
        self, database: Database, versions: PolicyVersions
    ) -> None:
        customer_id = born(database)
        with database.write() as session:
            customer = session.get_one(CustomerRow, customer_id)
            customer.ownership = {name: value for name, value in customer.ownership.items() if name != "policy"}
        later = activate(versions, AT + DAY, effective_follow_up__kinds=["visit"])
        called = ask(database, customer_id, LogFollowUp(follow_up=FollowUp.model_validate(CALL)), AT + 2 * DAY)
        assert not called.data["effective"]
        assert followed(database)[-1] == later.fingerprint

    def test_a_lead_that_names_somebody_else_is_heard_by_the_customers_own_rules(
        self, database: Database, versions: PolicyVersions
    ) -> None:
        """By the shipped rules a customer of the stand's does not change hands because it names another rep."""
        born(database, phones=["13800138000"])
        may = ["follow_up_overdue", "customer_names_contact"]
        activate(versions, AT + DAY, assignment__3__changes_when=may)
        again = lead(phones=["13800138000"], named_contact=LI.id)
        assert Intake(database, POLICY, IDS).register(registration(again, AT + 2 * DAY)).arrived is None


class TestALeadThatWaits:
    """It keeps the version with which it began to wait, for every look at it."""

    @pytest.fixture
    def waiting(self, database: Database, versions: PolicyVersions) -> Callable[[datetime], Any]:
        """A lead that waits, and a way to have a person say that it is somebody new."""
        intake = Intake(database, POLICY, IDS)
        intake.register(registration(lead(company={"name": "深圳市远航达科技有限公司"}, region="CN-GD"), AT))
        new = lead(company={"name": "深圳市远杭达科技有限公司"}, region="CN-GD")
        assert intake.register(registration(new, AT + HOUR)).answer.waiting is not None
        return lambda at: intake.register(registration(new, at, Choice(customer_id=None, by="li.na")))

    @pytest.mark.parametrize("running", ["keep", "move"])
    def test_is_settled_by_its_own_version_or_moves(
        self, database: Database, versions: PolicyVersions, waiting: Callable[[datetime], Any], running: str
    ) -> None:
        queue = {"assignment__0__methods": ["named_contact"], "assignment__0__queue": "management"}
        later = activate(versions, AT + DAY, running=running, **queue)
        answer = waiting(AT + 2 * DAY).answer
        assert (answer.queue == "management") == (running == "move")
        assert followed(database)[-1] == (later if running == "move" else POLICY).fingerprint

    def test_is_reminded_of_under_its_own_version(
        self, database: Database, versions: PolicyVersions, waiting: Callable[[datetime], Any]
    ) -> None:
        activate(versions, AT + DAY, version="later")
        [lead_id] = {row.lead_id for row in read_model(database).asked}
        nudge = Nudge(lead_id=lead_id, at=AT + 2 * DAY, stage=WaitingStage.REMIND)
        Confirmations(database, POLICY, IDS).nudge(nudge)
        assert followed(database)[-1] == POLICY.fingerprint


def test_explained_decisions_name_what_was_in_force_while_versions_change_at_once(
    database: Database, versions: PolicyVersions, clock: Clock
) -> None:
    """Deciders and those who bring versions into force, all in one moment: nobody waits for each other for ever."""
    clock.at = AT
    ids = [activate(versions, AT + 1000 * DAY, version=f"v{n}").fingerprint for n in range(3)]
    firms = [{"company": {"name": firm(number * 17)}} for number in range(5)]
    intake = Intake(database, POLICY, IDS)
    decide = [partial(intake.register, registration(lead(region="CN-GD", **it), AT + HOUR)) for it in firms]
    change = [partial(versions.activate, policy_id, AT + 2 * HOUR, "test") for policy_id in ids]
    calls: list[Callable[[], Any]] = [*decide, *change]
    at_once(calls)
    assert followed(database) == [POLICY.fingerprint] * len(firms)
    assert in_force(database, AT + 2 * HOUR) in ids
    assert violations(read_model(database)) == []
