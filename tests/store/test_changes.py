"""Carrying out changes: each once, explained, all or nothing, and one at a time per customer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

import store.changes
from domain.change import (
    Asked,
    Change,
    Changed,
    ChangeProfile,
    Claim,
    ClockDue,
    LeadArrived,
    LogFollowUp,
    OwnerLeft,
    Refused,
    Release,
    Request,
)
from domain.event import EventKind
from domain.follow_up import FollowUp, Stage
from domain.identity import Outcome
from domain.ownership import Owner, Ownership, Place
from domain.profile import Profile
from domain.submission import Choice
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.reps import Reps
from store.tables import CustomerRow, EventRow
from tests.databases import at_once
from tests.examples import (
    AT,
    BROWN,
    IDS,
    LI,
    OTHER_USCC,
    POLICY,
    SMITH,
    USCC,
    WANG,
    ZHANG,
    employ,
    firm,
    lead,
    registration,
)
from tests.invariants import read_model, violations

DAY = timedelta(days=1)


@pytest.fixture
def changes(database: Database) -> Changes:
    employ(database, ZHANG, LI, WANG, SMITH, BROWN)
    return Changes(database, POLICY, IDS)


@pytest.fixture
def intake(database: Database, changes: Changes) -> Intake:
    return Intake(database, POLICY, IDS)


@pytest.fixture
def customer(intake: Intake) -> str:
    """A customer of the stand's in Guangdong, Zhang's, with a clock."""
    show = {"name": "广交会", "date": "2026-10-15", "contact": ZHANG.id}
    return register(intake, company={"name": "深圳市远航科技有限公司"}, customer_type="trade_show", show=show)


@pytest.fixture
def pooled(changes: Changes, customer: str) -> str:
    """The same, in the public pool."""
    ask(changes, customer, Release(rep_id=ZHANG.id, reason="不在我的行业"), "give back")
    return customer


def register(intake: Intake, **fields: Any) -> str:
    customer_id = intake.register(registration(lead(**fields))).answer.customer_id
    assert customer_id is not None
    return customer_id


def ask(changes: Changes, customer_id: str, change: Change, id_: str = "req_1", at: datetime = AT) -> Changed:
    asked = Asked(id=id_, actor="li.na", change=change)
    return changes.carry_out(Request(customer_id=customer_id, at=at, asked=asked))


def refusal(changes: Changes, customer_id: str, change: Change, id_: str = "req_refused") -> str:
    with pytest.raises(Refused) as caught:
        ask(changes, customer_id, change, id_)
    return caught.value.code


def called(rep_id: str = ZHANG.id, occurred_at: datetime | None = None) -> LogFollowUp:
    content = "客户同意下周来看样机并谈价格"
    effective = {"kind": "call", "content": content, "customer_answered": True}
    return LogFollowUp(follow_up=FollowUp.model_validate({"rep_id": rep_id, "occurred_at": occurred_at} | effective))


def ring(changes: Changes, customer_id: str) -> Changed:
    """Let the clock's next stage fall due, as the customer's workflow does."""
    clock = changes.current(customer_id).clock
    assert clock is not None
    due = clock.due[0]
    stage = ClockDue(stage=due.stage, due_at=due.at)
    return ask(changes, customer_id, stage, f"{customer_id}:{due.stage}:{due.at.isoformat()}", due.at)


class TestOnce:
    """Invariant once: a request that comes again is answered and does nothing."""

    @pytest.mark.parametrize(
        "change",
        [
            called(),
            Release(rep_id=ZHANG.id, reason="休假"),
            OwnerLeft(rep_id=ZHANG.id),
            OwnerLeft(rep_id=LI.id),
            ClockDue(stage=Stage.WARN, due_at=AT + 23 * DAY),
            ChangeProfile(profile=Profile(phones=("+8613800138000",)), expected_version=1),
        ],
        ids=lambda change: change.kind,
    )
    def test_again(self, database: Database, changes: Changes, customer: str, change: Change) -> None:
        first = ask(changes, customer, change)
        before = read_model(database).content
        assert ask(changes, customer, change, at=AT + DAY) == first
        assert read_model(database).content == before
        assert violations(read_model(database)) == []

    def test_after_other_changes_tells_what_it_did_and_how_things_stand_now(
        self, changes: Changes, pooled: str
    ) -> None:
        """A workflow goes by the ownership in the answer: an old one would make it forget a running clock."""
        ask(changes, pooled, Claim(rep_id=LI.id), "claim")
        again = ask(changes, pooled, Release(rep_id=ZHANG.id, reason="不在我的行业"), "give back")
        assert (again.event, again.data) == ("released", {"reason": "不在我的行业"})
        assert again.ownership == changes.current(pooled)
        assert again.ownership.clock is not None
        assert again.owner == Owner(id=LI.id, name="李娜")

    def test_at_once(self, database: Database, changes: Changes, pooled: str) -> None:
        """An attempt that is believed dead and its repeat: both are told that the claim succeeded."""
        answers = at_once([partial(ask, changes, pooled, Claim(rep_id=LI.id))] * 8)
        assert {answer.model_dump_json() for answer in answers} == {answers[0].model_dump_json()}
        assert answers[0].event == "claimed"
        assert [event.kind for event in read_model(database).events].count("claimed") == 1
        assert violations(read_model(database)) == []


class TestOneOwner:
    """Invariant one_owner: of those who want a customer at once, one gets it."""

    def test_of_16_claims_at_once_one_wins(self, database: Database, changes: Changes, pooled: str) -> None:
        def claim(n: int) -> str:
            try:
                owner = ask(changes, pooled, Claim(rep_id=[LI, WANG, SMITH, BROWN][n % 4].id), f"claim {n}").owner
            except Refused as refused:
                return refused.code
            return owner.id if owner else "nobody"

        told = at_once([partial(claim, n) for n in range(16)])
        assert told.count("customer_already_owned") == 15
        [winner] = set(told) - {"customer_already_owned"}
        assert changes.current(pooled).owner_id == winner
        assert changes.current(pooled).seq == 3
        assert violations(read_model(database)) == []

    def test_the_columns_say_what_the_ownership_says(self, database: Database, changes: Changes, pooled: str) -> None:
        [row] = read_model(database).customers
        assert (row.place, row.owner_id, row.queue, row.seq) == (Place.POOL, None, "public", 2)
        assert Ownership.model_validate(row.ownership) == changes.current(pooled)


class TestClock:
    """The follow-up clock in the read model."""

    def test_warns_escalates_and_reassigns_by_rotation(
        self, database: Database, changes: Changes, customer: str
    ) -> None:
        told = [ring(changes, customer) for _ in range(4)]
        assert [changed.event for changed in told] == [
            "follow_up_warning",
            "follow_up_warning",
            "follow_up_escalated",
            "reassigned",
        ]
        assert told[-1].owner == Owner(id=LI.id, name="李娜")
        assert told[-1].ownership.previous_owner_id == ZHANG.id
        model = read_model(database)
        assert [(turn.pool, turn.rep_id) for turn in model.turns] == [("CN-GD", LI.id)]
        assert violations(model) == []

    def test_that_is_stale_does_nothing(self, database: Database, changes: Changes, customer: str) -> None:
        ask(changes, customer, called(), "call", AT + 10 * DAY)
        before = read_model(database)
        stale = ask(changes, customer, ClockDue(stage=Stage.WARN, due_at=AT + 23 * DAY), "stale", AT + 23 * DAY)
        assert (stale.event, stale.data) == (None, {})
        assert stale.ownership == changes.current(customer)
        after = read_model(database)
        assert (after.customers, after.events, after.decisions) == (before.customers, before.events, before.decisions)

    def test_is_restarted_by_an_effective_follow_up(self, database: Database, changes: Changes, customer: str) -> None:
        changed = ask(changes, customer, called(occurred_at=AT + 4 * DAY), at=AT + 10 * DAY)
        assert changed.ownership.clock is not None
        assert changed.ownership.clock.started_at == AT + 4 * DAY
        [kept] = read_model(database).follow_ups
        assert (kept.effective, kept.occurred_at, kept.logged_at) == (True, AT + 4 * DAY, AT + 10 * DAY)
        ask(changes, customer, called(LI.id), "by another", AT + 11 * DAY)
        assert [it.effective for it in read_model(database).follow_ups if it.rep_id == LI.id] == [False]


class TestRefusals:
    """What is refused leaves nothing behind."""

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (Claim(rep_id=LI.id), "customer_already_owned"),
            (Release(rep_id=LI.id, reason="x"), "not_the_owner"),
            (called("nobody"), "unknown_rep"),
            (ChangeProfile(profile=Profile(), expected_version=2), "version_mismatch"),
        ],
    )
    def test_leave_nothing_and_may_be_asked_again(
        self, database: Database, changes: Changes, customer: str, change: Change, code: str
    ) -> None:
        before = read_model(database).content
        assert refusal(changes, customer, change) == code
        assert refusal(changes, customer, change) == code
        assert read_model(database).content == before

    def test_of_an_unknown_customer(self, changes: Changes) -> None:
        assert refusal(changes, "cus_unknown", Claim(rep_id=LI.id)) == "unknown_customer"
        with pytest.raises(Refused, match="unknown_customer"):
            changes.current("cus_unknown")

    @pytest.mark.parametrize("broken", ["record_event", "record_decision", "set_ownership", "_changed"])
    def test_and_failures_leave_nothing(
        self, database: Database, changes: Changes, pooled: str, monkeypatch: pytest.MonkeyPatch, broken: str
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise ConnectionError

        before = read_model(database).content
        with monkeypatch.context() as patch, pytest.raises(ConnectionError):
            patch.setattr(store.changes, broken, fail)
            ask(changes, pooled, Claim(rep_id=LI.id))
        assert read_model(database).content == before
        assert ask(changes, pooled, Claim(rep_id=LI.id)).event == "claimed"


class TestProfile:
    """Profile and keys change together, and nobody takes another customer's identifier."""

    def profile(self, changes: Changes, customer_id: str, version: int = 1, **fields: Any) -> Changed:
        change = ChangeProfile(profile=Profile.model_validate(fields), expected_version=version)
        return ask(changes, customer_id, change, f"profile {customer_id} {version}")

    def outcome(self, intake: Intake, **fields: Any) -> Outcome:
        return intake.register(registration(lead(**fields))).answer.outcome

    def test_a_corrected_identifier_is_the_one_that_counts(
        self, database: Database, changes: Changes, intake: Intake
    ) -> None:
        customer_id = register(intake, company={"name": "华为"}, phones=["13800138000"], region="CN-GD")
        changed = self.profile(changes, customer_id, phones=("+8613900139000",), company={"name": "华为"})
        assert (changed.version, changed.event) == (2, "profile_changed")
        assert self.outcome(intake, phones=["13900139000"]) is Outcome.DUPLICATE
        assert self.outcome(intake, phones=["13800138000"]) is Outcome.NEW_CUSTOMER
        assert violations(read_model(database)) == []

    def test_an_identifier_of_another_customer_is_refused(self, changes: Changes, intake: Intake) -> None:
        register(intake, emails=["wang@example.com"])
        customer_id = register(intake, person={"name": "Jane Smith"}, phones=["13800138000"])
        change = ChangeProfile(profile=Profile(emails=("Wang@Example.com",)), expected_version=1)
        assert refusal(changes, customer_id, change) == "identifier_in_use"

    def test_a_refused_correction_is_on_the_timeline_once(
        self, database: Database, changes: Changes, intake: Intake
    ) -> None:
        other = register(intake, emails=["wang@example.com"])
        customer_id = register(intake, person={"name": "Jane Smith"}, phones=["13800138000"])
        change = ChangeProfile(profile=Profile(emails=("Wang@Example.com",)), expected_version=1)
        asked = Request(customer_id=customer_id, asked=Asked(id="req_1", actor="op", change=change), at=AT)
        for _ in range(2):  # as after a crash
            with pytest.raises(Refused, match="identifier_in_use"):
                changes.carry_out(asked)
        with database.read() as session:
            kind = EventKind.IDENTIFIER_CONTESTED
            (event,) = session.exec(select(EventRow).where(EventRow.kind == kind)).all()
            owner_id = session.get_one(CustomerRow, customer_id).owner_id
        assert (event.customer_id, event.at, event.actor) == (customer_id, AT, "op")
        assert event.data == {"owner_id": owner_id, "contested": [other]}
        assert violations(read_model(database)) == []
        assert self.profile(changes, customer_id, phones=("+8613800138000",)).event == EventKind.PROFILE_CHANGED

    def test_what_another_customer_holds_is_not_carried(self, changes: Changes, intake: Intake) -> None:
        """A person said that two customers with one address are two; that keeps nobody from correcting the industry."""
        register(intake, company={"name": "华为", "uscc": USCC}, emails=["info@example.com"])
        namesake = lead(company={"name": "华为", "uscc": OTHER_USCC}, emails=["info@example.com"])
        assert intake.register(registration(namesake)).answer.outcome is Outcome.NEEDS_CONFIRMATION
        new = Choice(customer_id=None, by=LI.id)
        customer_id = intake.register(registration(namesake, AT, new)).answer.customer_id
        assert customer_id is not None
        changed = self.profile(changes, customer_id, company={"name": "华为", "uscc": OTHER_USCC}, industry="零售")
        assert changed.event == "profile_changed"
        with pytest.raises(Refused, match="identifier_in_use"):
            self.profile(changes, customer_id, emails=("info@example.com",), version=2)

    def test_a_waiting_lead_keeps_nobody_from_an_identifier(self, changes: Changes, intake: Intake) -> None:
        register(intake, company={"name": "Acme Inc."}, region="US-CA")
        doubtful = lead(company={"name": "Acme Inc."}, region="US-NY", emails=["jane@example.com"])
        assert intake.register(registration(doubtful)).answer.outcome is Outcome.NEEDS_CONFIRMATION
        customer_id = register(intake, phones=["13800138000"])
        self.profile(changes, customer_id, emails=("jane@example.com",))
        again = intake.register(registration(doubtful, AT + DAY))
        assert (again.answer.outcome, again.answer.customer_id) == (Outcome.DUPLICATE, customer_id)

    def test_of_two_who_take_one_identifier_at_once_one_gets_it(
        self, database: Database, changes: Changes, intake: Intake
    ) -> None:
        customers = [register(intake, company={"name": firm(n)}, phones=[f"1380013800{n}"]) for n in range(4)]
        newcomer = lead(emails=["wang@example.com"])

        def take(customer_id: str) -> str:
            try:
                self.profile(changes, customer_id, emails=("wang@example.com",))
            except Refused as refused:
                return refused.code
            return customer_id

        def submit() -> str:
            return intake.register(registration(newcomer)).answer.customer_id or "nobody"

        calls: list[Callable[[], str]] = [submit, *(partial(take, customer_id) for customer_id in customers)]
        told = at_once(calls)
        [holder] = {told[0]} if told[0] not in customers else set(told[1:]) - {"identifier_in_use"}
        assert told[1:].count("identifier_in_use") == (4 if holder not in customers else 3)
        assert violations(read_model(database)) == []


def owned(database: Database) -> list[str]:
    return sorted(row.id for row in read_model(database).customers if row.owner_id == ZHANG.id)


class TestDeparture:
    """A rep leaves, and their customers move on."""

    def test_whoever_leaves_while_leads_come_in_is_given_nothing_after(
        self, database: Database, changes: Changes, intake: Intake
    ) -> None:
        at_leaving: list[str] = []

        def leave() -> None:
            Reps(database).activate(ZHANG.id, False)
            at_leaving.extend(owned(database))

        steps = [registration(lead(company={"name": firm(n)}, region="CN-GD")) for n in range(15)]
        calls: list[Callable[[], object]] = [leave, *(partial(intake.register, step) for step in steps)]
        at_once(calls)
        assert owned(database) == at_leaving
        for customer_id in at_leaving:
            ask(changes, customer_id, OwnerLeft(rep_id=ZHANG.id), f"left {customer_id}")
        assert owned(database) == []
        assert violations(read_model(database)) == []


def test_every_change_is_explained(database: Database, changes: Changes, customer: str) -> None:
    """Invariant explained: by the policy's version and the methods tried, or by the change itself."""
    ask(changes, customer, called(), "1")
    ask(changes, customer, OwnerLeft(rep_id=ZHANG.id), "2")
    owner = changes.current(customer).owner_id or ""
    ask(changes, customer, Release(rep_id=owner, reason="客户要求"), "3")
    case = {"customer_type": "trade_show", "show_contact": "nobody"}
    ask(changes, customer, LeadArrived.model_validate({"lead_id": "lead_2", "case": case}), "4")
    for _ in range(4):
        ring(changes, customer)
    ask(changes, customer, ChangeProfile(profile=Profile(region="CN-BJ"), expected_version=1), "5")
    model = read_model(database)
    told = {row.id: row for row in model.decisions}
    for event in model.events:
        why = told[event.decision_id or ""]
        assert (why.policy_version, why.customer_id, why.at) == (POLICY.fingerprint, customer, event.at)
        if event.kind in ("owner_assigned", "reassigned"):
            made = why.trace["assignment"]
            assert made["owner_id"] == event.data["owner_id"]
            assert made["trials"][-1]["reason"] == "chosen"
    further = told[IDS.make("dec", "4")]
    assert [trial["reason"] for trial in further.trace["assignment"]["trials"]] == ["unknown_rep", "chosen"]
    assert told[IDS.make("dec", "3")].trace["reason"] == "客户要求"
    assert told[IDS.make("dec", "1")].trace["effective"] is True
    assert violations(model) == []
