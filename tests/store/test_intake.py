"""The atomic step of intake: what each lead leaves behind, once, and one customer whatever comes at once."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import store.intake
from domain.answer import Settlement
from domain.assignment import Reason
from domain.change import Refused
from domain.event import EventKind
from domain.identity import Outcome
from domain.lead import Lead
from domain.ownership import Owner
from domain.policy import KeyKind
from domain.submission import Choice
from store.database import Database
from store.intake import Intake
from tests.databases import at_once, empty
from tests.examples import AT, IDS, LI, OTHER_USCC, POLICY, SMITH, USCC, ZHANG, employ, lead, registration
from tests.invariants import ReadModel, read_model, violations

YUANHANG = {"name": "深圳市远航科技有限公司"}
HARBOUR = {"name": "Harbour Lights Trading, Inc."}


@pytest.fixture
def intake(database: Database) -> Intake:
    employ(database, ZHANG, LI, SMITH)
    return Intake(database, POLICY, IDS)


def submit(intake: Intake, of: Lead | None = None, **fields: Any) -> Settlement:
    return intake.register(registration(of or lead(**fields)))


def outcome(settlement: Settlement) -> tuple[str, str]:
    return settlement.answer.outcome.value, settlement.answer.reason


def kinds(model: ReadModel, customer_id: str | None) -> list[str]:
    """The kinds of a customer's events, in order."""
    events = sorted(model.events, key=lambda event: event.position or 0)
    return [event.kind for event in events if event.customer_id == customer_id]


class TestNewCustomer:
    """A lead of somebody unknown."""

    def test_is_registered_with_an_owner(self, database: Database, intake: Intake) -> None:
        new = lead(company=YUANHANG, person={"name": "王小明"}, phones=["13800138000"], industry="制造业")
        settled = submit(intake, new)
        assert outcome(settled) == ("new_customer", "no_match")
        assert settled.answer.owner == Owner(id=LI.id, name="李娜")
        assert settled.answer.queue is None
        assert (settled.watch, settled.arrived, settled.recheck) == (None, None, ())
        model = read_model(database)
        [customer] = model.customers
        assert customer.id == settled.answer.customer_id == IDS.customer_id(settled.answer.lead_id)
        assert (customer.name, customer.region, customer.industry) == (YUANHANG["name"], "CN-GD", "制造业")
        assert {key.holder for key in model.keys} == {customer.id}
        assert kinds(model, customer.id) == ["customer_registered", "owner_assigned"]
        assert {(event.at, event.actor) for event in model.events} == {(AT, "system")}
        assert violations(model) == []

    def test_without_an_owner_waits_in_a_queue(self, database: Database, intake: Intake) -> None:
        settled = submit(intake, company=HARBOUR, customer_type="key_account", submitted_by=SMITH.id)
        assert (settled.answer.owner, settled.answer.queue) == (None, "management")
        assert settled.answer.queue_reason is Reason.NEEDS_DESIGNATION
        model = read_model(database)
        assert kinds(model, settled.answer.customer_id)[-1] is not EventKind.OWNER_ASSIGNED
        assert {event.actor for event in model.events} == {SMITH.id}

    def test_of_a_stand_has_a_clock_to_be_watched(self, intake: Intake) -> None:
        show = {"name": "广交会", "date": "2026-10-15", "contact": ZHANG.id}
        settled = submit(intake, company=YUANHANG, customer_type="trade_show", show=show)
        assert settled.watch is not None
        assert settled.watch.clock is not None
        assert settled.watch.clock.due[-1].at == AT + timedelta(days=30)

    def test_is_explained(self, database: Database, intake: Intake) -> None:
        settled = submit(intake, company=YUANHANG, phones=["13800138000"], named_contact="nobody")
        [decision] = read_model(database).decisions
        assert decision.id == settled.answer.decision_id
        assert (decision.policy_version, decision.at) == (POLICY.fingerprint, AT)
        assert decision.trace["keys"] == ["mobile", "name", "name_region"]
        assert decision.trace["identification"]["outcome"] == "new_customer"
        trials = [(trial["method"], trial["reason"]) for trial in decision.trace["assignment"]["trials"]]
        assert trials == [("named_contact", "unknown_rep"), ("rotation", "chosen")]
        assert "13800138000" not in str(decision.trace)


class TestDuplicate:
    """A further lead of a known customer."""

    def test_belongs_to_the_customer_and_fills_gaps(self, database: Database, intake: Intake) -> None:
        first = submit(intake, phones=["13800138000"])
        second = submit(intake, company=YUANHANG, phones=["+86 138 0013 8000"], industry="制造业")
        assert outcome(second) == ("duplicate", "certain_match")
        assert second.answer.customer_id == first.answer.customer_id
        assert second.answer.matched_on == (KeyKind.MOBILE,)
        model = read_model(database)
        [customer] = model.customers
        assert (customer.name, customer.industry, customer.version) == (YUANHANG["name"], "制造业", 2)
        assert {key.kind for key in model.keys if key.holder == customer.id} == {"mobile", "name", "name_region"}
        assert kinds(model, customer.id)[-1] == "lead_received"
        third = submit(intake, company={"name": "深圳市遠航科技（有限公司）"})
        assert (third.answer.customer_id, third.answer.matched_on[0]) == (customer.id, KeyKind.NAME_REGION)
        assert read_model(database).customers[0].version == 2

    def test_of_a_waiting_customer_or_with_another_contact_concerns_its_workflow(self, intake: Intake) -> None:
        waiting: dict[str, Any] = {"phones": ["13800138000"]}
        owned: dict[str, Any] = {"phones": ["13900139000"], "region": "CN-GD"}
        assert submit(intake, **waiting).answer.queue_reason is Reason.NO_REGION
        again = submit(intake, **waiting, region="CN-GD")
        assert again.arrived is not None
        assert (again.arrived.lead_id, again.arrived.case.region) == (again.answer.lead_id, "CN-GD")
        submit(intake, **owned)
        assert submit(intake, **owned).arrived is None
        assert submit(intake, **owned, named_contact=ZHANG.id).arrived is not None
        assert submit(intake, **owned, named_contact=ZHANG.id, submitted_by=SMITH.id).arrived is None

    def test_with_another_credit_code_is_a_doubt(self, database: Database, intake: Intake) -> None:
        first = submit(intake, company=YUANHANG | {"uscc": USCC}, phones=["13800138000"])
        second = submit(intake, company=YUANHANG | {"uscc": OTHER_USCC}, phones=["13800138000"])
        assert outcome(second) == ("needs_confirmation", "conflicting_identifier")
        assert [candidate.id for candidate in second.answer.candidates] == [first.answer.customer_id]
        assert len(read_model(database).customers) == 1

    def test_of_a_customer_and_of_a_waiting_lead_is_the_customers(self, intake: Intake) -> None:
        """However well the waiting lead matches: it is no customer. It may be clear itself now."""
        known = submit(intake, emails=["wang@example.com"])
        submit(intake, company=HARBOUR, region="US-CA")
        waiting = submit(intake, company=HARBOUR | {"uscc": USCC}, region="US-NY")
        assert outcome(waiting) == ("needs_confirmation", "possible_match")
        found = submit(intake, emails=["wang@example.com"], company={"uscc": USCC})
        assert (outcome(found), found.answer.customer_id) == (("duplicate", "certain_match"), known.answer.customer_id)
        assert found.recheck == (waiting.answer.lead_id,)

    def test_takes_nothing_over_that_is_another_customers(self, database: Database, intake: Intake) -> None:
        """Its credit code says who it is; the mobile that it gives beside belongs to somebody with another code."""
        first = submit(intake, company=YUANHANG | {"uscc": USCC})
        submit(intake, company={"name": "广州市晨光商行", "uscc": OTHER_USCC}, phones=["13800138000"])
        found = submit(intake, company={"uscc": USCC}, phones=["13800138000", "13900139000"])
        assert (outcome(found)[0], found.answer.customer_id) == ("duplicate", first.answer.customer_id)
        model = read_model(database)
        [customer] = [row for row in model.customers if row.id == first.answer.customer_id]
        assert customer.profile["phones"] == ["+8613900139000"]
        assert violations(model) == []


class TestDoubt:
    """A lead that a person must decide about."""

    @pytest.fixture
    def known(self, intake: Intake) -> str:
        """A customer in California."""
        customer_id = submit(intake, company=HARBOUR, region="US-CA").answer.customer_id
        assert customer_id is not None
        return customer_id

    @pytest.fixture
    def doubtful(self) -> Lead:
        """Perhaps the same, perhaps its namesake in New York."""
        return lead(company=HARBOUR, region="US-NY", phones=["+1 650 253 0000"], emails=["jane@harbour.example.com"])

    def test_waits_and_holds_its_keys(self, database: Database, intake: Intake, known: str, doubtful: Lead) -> None:
        waiting = submit(intake, doubtful)
        assert outcome(waiting) == ("needs_confirmation", "possible_match")
        assert [candidate.id for candidate in waiting.answer.candidates] == [known]
        assert (waiting.answer.customer_id, waiting.settled) == (None, False)
        model = read_model(database)
        assert {key.kind for key in model.keys if key.holder == waiting.answer.lead_id and key.waiting} >= {"email"}
        assert violations(model) == []

    @pytest.mark.parametrize("same", [True, False])
    def test_is_settled_by_a_persons_word(
        self, database: Database, intake: Intake, known: str, doubtful: Lead, same: bool
    ) -> None:
        submit(intake, doubtful)
        later = AT + timedelta(hours=2)
        choice = Choice(customer_id=known if same else None, by=SMITH.id)
        settled = intake.register(registration(doubtful, later, choice))
        assert outcome(settled) == ("duplicate" if same else "new_customer", "confirmed")
        assert (settled.answer.customer_id == known) is same
        model = read_model(database)
        [row] = [row for row in model.leads if row.id == settled.answer.lead_id]
        assert (row.received_at, row.settled_at) == (AT, later)
        assert {key.holder for key in model.keys} == {known, settled.answer.customer_id}
        assert not any(key.waiting for key in model.keys)
        assert len([decision for decision in model.decisions if decision.lead_id == row.id]) == 2
        assert violations(model) == []

    def test_cannot_be_said_to_be_just_anybody(
        self, database: Database, intake: Intake, known: str, doubtful: Lead
    ) -> None:
        other = submit(intake, company=YUANHANG).answer.customer_id
        waiting = submit(intake, doubtful).answer.lead_id
        behind = lead(phones=["+1 650 253 0000"])
        assert outcome(submit(intake, behind)) == ("needs_confirmation", "waiting_lead")
        before = read_model(database).content
        for of, wrong in ((doubtful, other), (doubtful, "cus_unknown"), (behind, waiting)):
            with pytest.raises(Refused, match="not_a_candidate"):
                intake.register(registration(of, AT, Choice(customer_id=wrong, by=SMITH.id)))
        assert read_model(database).content == before

    def test_makes_the_next_wait_until_it_is_settled(
        self, database: Database, intake: Intake, known: str, doubtful: Lead
    ) -> None:
        behind = lead(person={"name": "Jane Smith"}, emails=["Jane@harbour.example.com"])
        submit(intake, doubtful)
        waiting = submit(intake, behind)
        assert outcome(waiting) == ("needs_confirmation", "waiting_lead")
        assert outcome(intake.register(registration(behind, AT + timedelta(hours=1)))) == outcome(waiting)
        settled = intake.register(
            registration(doubtful, AT + timedelta(hours=2), Choice(customer_id=None, by=SMITH.id))
        )
        assert settled.recheck == (waiting.answer.lead_id,)
        cleared = intake.register(registration(behind, AT + timedelta(hours=3)))
        assert outcome(cleared) == ("duplicate", "certain_match")
        assert cleared.answer.customer_id == settled.answer.customer_id
        assert violations(read_model(database)) == []

    def test_counts_the_first_word_only(self, intake: Intake, known: str, doubtful: Lead) -> None:
        submit(intake, doubtful)
        first = intake.register(registration(doubtful, AT, Choice(customer_id=known, by=SMITH.id)))
        second = intake.register(registration(doubtful, AT, Choice(customer_id=None, by=ZHANG.id)))
        assert second == first


def test_a_placeholder_is_rejected_and_leaves_no_customer(database: Database, intake: Intake) -> None:
    settled = submit(intake, company={"name": "测试"}, person={"name": "test"})
    assert outcome(settled) == ("rejected", "placeholder")
    assert settled.settled
    model = read_model(database)
    assert (model.customers, model.keys, model.events) == ((), (), ())
    assert violations(model) == []


CAUSES: dict[str, dict[str, Any]] = {
    "new": {"company": YUANHANG, "phones": ["13800138001"]},
    "duplicate": {"company": HARBOUR, "region": "US-CA"},
    "waiting": {"company": HARBOUR, "region": "US-NY"},
    "rejected": {"person": {"name": "匿名"}},
}


@pytest.mark.parametrize("cause", CAUSES)
def test_once_the_same_step_again_changes_nothing(database: Database, intake: Intake, cause: str) -> None:
    """Also the step of a lead that is left waiting: whoever runs it again was not told that it was done."""
    submit(intake, company=HARBOUR, region="US-CA")
    step = registration(lead(**CAUSES[cause]))
    first = intake.register(step)
    before = read_model(database).content
    assert intake.register(step) == first
    if first.settled:
        assert intake.register(step.model_copy(update={"at": AT + timedelta(days=1)})) == first
    assert read_model(database).content == before


def test_once_a_persons_word_again_changes_nothing(database: Database, intake: Intake) -> None:
    known = submit(intake, company=HARBOUR, region="US-CA").answer.customer_id
    doubtful = lead(company=HARBOUR, region="US-NY")
    submit(intake, doubtful)
    word = registration(doubtful, AT, Choice(customer_id=known, by=SMITH.id))
    first = intake.register(word)
    assert first.answer.customer_id == known
    before = read_model(database).content
    assert intake.register(word) == first
    assert read_model(database).content == before


@pytest.mark.parametrize("cause", CAUSES)
def test_once_the_same_step_at_once_is_done_once(database: Database, intake: Intake, cause: str) -> None:
    submit(intake, company=HARBOUR, region="US-CA")
    step = registration(lead(**CAUSES[cause]))
    answers = at_once([partial(intake.register, step)] * 8)
    assert all(answer == answers[0] for answer in answers)
    model = read_model(database)
    assert [row.lead_id for row in model.decisions].count(answers[0].answer.lead_id) == 1
    assert violations(model) == []


@pytest.mark.parametrize(
    "broken", ["take_turn", "hold", "record_event", "record_decision", "keep_lead", "record_lead_events"]
)
def test_a_step_that_fails_leaves_nothing(
    database: Database, intake: Intake, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Wherever it fails; tried again it is done as if for the first time."""

    def fail(*_: object, **__: object) -> None:
        raise ConnectionError

    before = read_model(database).content
    new = lead(company=YUANHANG, phones=["13800138000"])
    with monkeypatch.context() as patch, pytest.raises(ConnectionError):
        patch.setattr(store.intake, broken, fail)
        submit(intake, new)
    assert read_model(database).content == before
    assert outcome(submit(intake, new)) == ("new_customer", "no_match")
    assert violations(read_model(database)) == []


def test_one_customer_of_32_at_once(database: Database, intake: Intake) -> None:
    """The same customer from 32 sources, each with something of its own beside the mobile that they share."""
    own: list[dict[str, Any]] = [
        {"emails": ["buyer{n}@example.com"]},
        {"company": {"name": "深圳市第{n}分公司"}},
        {"phones": ["139001390{n:02}"]},
        {},
    ]

    def fields(n: int) -> dict[str, Any]:
        mine = {name: _filled(value, n) for name, value in own[n % 4].items()}
        return mine | {"source": f"source-{n}", "phones": ["13800138000", *mine.get("phones", [])], "region": "CN-GD"}

    answers = at_once([partial(submit, intake, **fields(n)) for n in range(32)])
    outcomes = [settled.answer.outcome for settled in answers]
    assert (outcomes.count(Outcome.NEW_CUSTOMER), outcomes.count(Outcome.DUPLICATE)) == (1, 31)
    model = read_model(database)
    assert {settled.answer.customer_id for settled in answers} == {customer.id for customer in model.customers}
    assert len(model.customers) == 1
    assert len(model.leads) == len(model.decisions) == 32
    assert violations(model) == []


def _filled(value: Any, n: int) -> Any:
    """A value with every text in it formatted."""
    match value:
        case dict():
            return {name: _filled(part, n) for name, part in value.items()}
        case list():
            return [_filled(part, n) for part in value]
        case _:
            return value.format(n=n)


leads = st.builds(
    lambda phones, emails: lead(phones=sorted(phones), emails=sorted(emails), region="CN-GD"),
    st.sets(st.sampled_from(["13800138000", "13900139000", "13700137000"]), min_size=1, max_size=2),
    st.sets(st.sampled_from(["wang@example.com", "jane@example.com"]), max_size=1),
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(batch=st.lists(leads, min_size=8, max_size=14))
def test_one_customer_whoever_shares_what_with_whom_at_once(database: Database, batch: list[Lead]) -> None:
    """Every invariant holds, and each strong key leads to one customer, when leads share keys in any way."""
    empty(database)
    employ(database, ZHANG, LI)
    intake = Intake(database, POLICY, IDS)
    at_once([partial(intake.register, registration(of)) for of in batch])
    assert violations(read_model(database)) == []


class TestLikeness:
    """Leads that share no exact key with anybody."""

    def test_is_asked_when_alike_with_what_speaks_for_it(self, intake: Intake) -> None:
        known = submit(intake, company={"name": "深圳市远航达科技有限公司"}, region="CN-GD")
        asked = submit(intake, company={"name": "深圳市远杭达科技有限公司"}, region="CN-GD")
        assert outcome(asked) == ("needs_confirmation", "possible_match")
        [candidate] = asked.answer.candidates
        assert (candidate.id, candidate.matched_on, candidate.certain) == (known.answer.customer_id, (), False)
        assert candidate.evidence[0].adds > 0
        assert "model" in candidate.reasons

    def test_is_one_customer_for_certain_when_all_but_a_slip_agrees(self, intake: Intake) -> None:
        everything = {"phones": ["0755-26581234"], "address": "深圳市南山区科苑路15号", "region": "CN-GD"}
        known = submit(intake, company={"name": "深圳市远航达科技有限公司"}, **everything)
        again = submit(intake, company={"name": "深圳市远航达科枝有限公司"}, **everything)
        assert (again.answer.outcome, again.answer.customer_id) == (Outcome.DUPLICATE, known.answer.customer_id)

    @pytest.mark.parametrize(
        "other",
        [
            {"company": {"name": "深圳市启航科技有限公司"}, "region": "CN-GD"},
            {"company": {"name": "深圳市青禾农业有限公司"}, "address": "深圳市南山区科苑路15号", "region": "CN-GD"},
            {"company": {"name": "远航餐饮管理有限公司"}, "region": "CN-SH"},
        ],
        ids=["another brand", "one house", "another trade elsewhere"],
    )
    def test_does_not_ask_about_everybody_who_resembles_somebody(self, intake: Intake, other: dict[str, Any]) -> None:
        submit(intake, company={"name": "深圳市远航科技有限公司"}, address="深圳市南山区科苑路15号", region="CN-GD")
        assert submit(intake, **other).answer.outcome is Outcome.NEW_CUSTOMER

    def test_another_credit_code_is_never_certain(self, intake: Intake) -> None:
        same = {"phones": ["0755-26581234"], "address": "深圳市南山区科苑路15号"}
        submit(intake, company={"name": "深圳市远航达科技有限公司", "uscc": USCC}, **same)
        asked = submit(intake, company={"name": "深圳市远航达科枝有限公司", "uscc": OTHER_USCC}, **same)
        assert asked.answer.outcome is Outcome.NEEDS_CONFIRMATION
        assert asked.answer.candidates[0].conflicts_on == (KeyKind.USCC,)

    def test_a_person_settles_it(self, database: Database, intake: Intake) -> None:
        known = submit(intake, company={"name": "深圳市远航达科技有限公司"}, region="CN-GD")
        alike = lead(company={"name": "深圳市远杭达科技有限公司"}, region="CN-GD")
        submit(intake, alike)
        word = Choice(customer_id=known.answer.customer_id, by="li.na")
        settled = intake.register(registration(alike, choice=word))
        assert (settled.answer.outcome, settled.answer.customer_id) == (Outcome.DUPLICATE, known.answer.customer_id)
        assert submit(intake, company={"name": "深圳市远杭达科技有限公司"}, region="CN-GD").answer.customer_id
        assert violations(read_model(database)) == []


@pytest.mark.parametrize(
    "name",
    [
        "远" * 200,
        "\u202e深圳市远航科技\u202c有限公司",
        "深\u200b圳\u200d市远航\ufeff科技有限公司",
        "🚀🚀🚀",
        '=HYPERLINK("x")',
        "a" * 200,
        " . - _ / ",
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﷽ ㍿ ①②③",
    ],
)
def test_hostile_names_are_looked_up_in_bounded_time(database: Database, intake: Intake, name: str) -> None:
    """Each is registered or refused by the checks before; whatever it is, it is found again."""
    full = {"company": {"name": name}, "phones": ["0755-26581234"], "region": "CN-GD"}
    try:
        hostile = lead(**full)
    except ValueError:
        return
    first = submit(intake, hostile)
    assert first.answer.outcome in (Outcome.NEW_CUSTOMER, Outcome.REJECTED)
    again = submit(intake, lead(**full))
    assert again.answer.outcome is not Outcome.NEW_CUSTOMER
    assert violations(read_model(database)) == []
