"""A lead that waits, in the database: who is asked is written with what caused it, once, and never by halves."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

import store.confirmations
from domain.answer import Settlement
from domain.assignment import Rep
from domain.change import Refused
from domain.confirmation import Nudge, Stage
from domain.identity import Outcome
from domain.lead import Lead
from domain.policy import ConfirmationDefault, Policy
from domain.submission import Choice, Registration
from store.confirmations import Confirmations
from store.database import Database
from store.intake import Intake
from store.reading import LeadFilter, Reading
from store.tables import LeadAskedRow, RepRow, TeamRow
from store.visibility import EVERYTHING
from tests.databases import at_once
from tests.examples import AT, IDS, LI, POLICY, SMITH, ZHANG, employ, lead, registration
from tests.invariants import read_model, violations

HOUR = timedelta(hours=1)
MANAGER = Rep(id="chen.zong", name="陈总", regions=())
GONE = Rep(id="gone", name="已离职", regions=(), active=False)
KNOWN = lead(company={"name": "深圳市西溪软件有限公司"}, phones=["0755-26581234"], named_contact=LI.id)
DOUBT = lead(company={"name": "深圳市青禾农业有限公司"}, phones=["0755-26581234"], emails=["he@qinghe-farm.com"])
LEAD_ID = registration(DOUBT).submission.lead_id


@pytest.fixture
def intake(database: Database) -> Intake:
    """One customer, of li.na in the team of chen.zong, and a lead in doubt."""
    employ(database, LI, ZHANG, SMITH, MANAGER, GONE)
    with database.write() as session:
        session.add(TeamRow(id="south", name="华南组", manager_id=MANAGER.id))
        session.get_one(RepRow, LI.id).team_id = "south"
    made = Intake(database, POLICY, IDS)
    for step in (KNOWN, DOUBT):
        made.register(registration(step))
    return made


@pytest.fixture
def confirmations(database: Database, intake: Intake) -> Confirmations:
    return Confirmations(database, POLICY, IDS)


def nudge(stage: Stage, hours: int, unsure: Choice | None = None) -> Nudge:
    return Nudge(lead_id=LEAD_ID, at=AT + hours * HOUR, stage=stage, unsure=unsure)


def unsure(by: str) -> Nudge:
    return nudge(Stage.ESCALATE, 1, Choice(customer_id=None, by=by, unsure=True, comment="要问经理"))


def asked(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.exec(select(LeadAskedRow.rep_id).where(LeadAskedRow.lead_id == LEAD_ID)))


def happened(database: Database) -> list[str]:
    return [row.kind for row in Reading(database, EVERYTHING).lead_timeline(LEAD_ID, None, 100)]


def answered(settlement: Settlement) -> tuple[tuple[str, ...], list[Stage]]:
    waiting = settlement.answer.waiting
    assert waiting is not None
    return waiting.asked, [due.stage for due in waiting.due]


def test_the_owner_is_asked_first_then_reminded_then_their_manager(
    database: Database, confirmations: Confirmations
) -> None:
    assert asked(database) == [LI.id]
    assert answered(confirmations.nudge(nudge(Stage.REMIND, 24))) == ((LI.id,), [Stage.ESCALATE, Stage.DECIDE])
    assert answered(confirmations.nudge(nudge(Stage.ESCALATE, 48))) == ((MANAGER.id,), [Stage.DECIDE])
    assert asked(database) == [MANAGER.id]
    assert happened(database) == ["received", "asked", "reminded", "escalated"]
    known = Reading(database, EVERYTHING).lead(LEAD_ID)
    assert known is not None
    assert known.answer.waiting is not None
    assert known.answer.waiting.asked == (MANAGER.id,)
    assert violations(read_model(database)) == []


def test_whoever_typed_it_in_is_asked_first(database: Database, intake: Intake) -> None:
    typed = lead(phones=["0755-26581234"], submitted_by=SMITH.id)
    assert answered(intake.register(registration(typed)))[0] == (SMITH.id,)


@pytest.mark.parametrize(
    "step", [nudge(Stage.REMIND, 24), nudge(Stage.ESCALATE, 48), unsure(LI.id)], ids=["remind", "escalate", "unsure"]
)
def test_once_a_stage_again_changes_nothing(database: Database, confirmations: Confirmations, step: Nudge) -> None:
    first = confirmations.nudge(step)
    before = read_model(database).content
    later = step.model_copy(update={"at": step.at + HOUR})
    assert at_once([partial(confirmations.nudge, later)] * 4) == [first] * 4
    assert read_model(database).content == before


def test_unsure_is_escalated_at_once_and_explained(database: Database, confirmations: Confirmations) -> None:
    assert answered(confirmations.nudge(unsure(LI.id))) == ((MANAGER.id,), [Stage.DECIDE])
    decision = next(row for row in read_model(database).decisions if row.kind == "unsure")
    assert (decision.lead_id, decision.policy_version) == (LEAD_ID, POLICY.fingerprint)
    said = decision.trace["confirmation"]
    assert (said["answer"], said["by"], said["asked"]) == ("unsure", LI.id, [MANAGER.id])
    assert 0 <= said["candidates"][0]["probability"] <= 1
    assert "要问经理" not in str(decision.trace)
    row = Reading(database, EVERYTHING).lead_timeline(LEAD_ID, None, 100)[-1]
    assert (row.actor, row.data["comment"], row.at) == (LI.id, "要问经理", AT + HOUR)


def test_somebody_without_a_manager_who_is_not_sure_has_the_owners_manager_asked(
    database: Database, confirmations: Confirmations
) -> None:
    assert answered(confirmations.nudge(unsure(SMITH.id)))[0] == (MANAGER.id,)
    assert answered(confirmations.nudge(unsure(MANAGER.id)))[0] == (MANAGER.id,), "there is nobody else to ask"
    assert happened(database).count("unsure") == 2


@pytest.mark.parametrize(("by", "code"), [("nobody", "unknown_rep"), (GONE.id, "rep_not_available")])
def test_only_who_is_active_may_say_something(
    database: Database, intake: Intake, confirmations: Confirmations, by: str, code: str
) -> None:
    before = read_model(database).content
    with pytest.raises(Refused, match=code):
        confirmations.nudge(unsure(by))
    with pytest.raises(Refused, match=code):
        intake.register(registration(DOUBT, AT + HOUR, Choice(customer_id=None, by=by)))
    assert read_model(database).content == before


def test_a_settled_lead_is_moved_on_by_nothing(
    database: Database, intake: Intake, confirmations: Confirmations
) -> None:
    settled = intake.register(registration(DOUBT, AT + HOUR, Choice(customer_id=None, by=LI.id)))
    before = read_model(database).content
    for step in (nudge(Stage.REMIND, 24), nudge(Stage.ESCALATE, 48), unsure(LI.id)):
        assert confirmations.nudge(step) == settled
    assert intake.register(decided(DOUBT)) == settled
    assert (read_model(database).content, asked(database)) == (before, [])


def test_a_look_again_leaves_who_is_asked_and_what_is_due(
    database: Database, intake: Intake, confirmations: Confirmations
) -> None:
    nudged = answered(confirmations.nudge(unsure(LI.id)))
    again = intake.register(registration(DOUBT, AT + 30 * HOUR))
    assert answered(again) == nudged
    assert asked(database) == [MANAGER.id]


@pytest.mark.parametrize("broken", ["record_lead_events", "record_decision", "ask"])
def test_a_nudge_that_fails_leaves_nothing(
    database: Database, confirmations: Confirmations, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConnectionError

    before = read_model(database).content, asked(database)
    with monkeypatch.context() as patch, pytest.raises(ConnectionError):
        patch.setattr(store.confirmations, broken, fail)
        confirmations.nudge(unsure(LI.id))
    assert (read_model(database).content, asked(database)) == before
    assert answered(confirmations.nudge(unsure(LI.id)))[0] == (MANAGER.id,)


def decided(of: Lead) -> Registration:
    return registration(of, AT + 120 * HOUR).model_copy(update={"time_up": True})


def with_default(default: ConfirmationDefault) -> Policy:
    rules = POLICY.confirmation.model_copy(update={"default": default})
    return POLICY.model_copy(update={"confirmation": rules})


@pytest.mark.parametrize(
    ("default", "outcome"),
    [
        (ConfirmationDefault.KEEP_WAITING, Outcome.NEEDS_CONFIRMATION),
        (ConfirmationDefault.BEST_CANDIDATE, Outcome.DUPLICATE),
        (ConfirmationDefault.NEW, Outcome.NEW_CUSTOMER),
    ],
)
def test_once_the_default_applies_when_time_is_up(
    database: Database, default: ConfirmationDefault, outcome: Outcome
) -> None:
    employ(database, LI, ZHANG)
    intake = Intake(database, with_default(default), IDS)
    for step in (KNOWN, DOUBT):
        intake.register(registration(step))
    first = intake.register(decided(DOUBT))
    assert first.answer.outcome is outcome
    before = read_model(database).content
    later = decided(DOUBT).model_copy(update={"at": AT + 121 * HOUR})
    assert intake.register(decided(DOUBT)) == intake.register(later) == first
    assert read_model(database).content == before
    assert happened(database)[2:] == (["time_up"] if first.answer.waiting else ["time_up", "settled"])
    assert asked(database) == ([LI.id] if first.answer.waiting else [])
    assert violations(read_model(database)) == []


def test_a_default_teaches_nothing(database: Database) -> None:
    """The customer's record and keys stay, and its owner, whatever the lead brings."""
    employ(database, LI, ZHANG)
    intake = Intake(database, with_default(ConfirmationDefault.BEST_CANDIDATE), IDS)
    known = intake.register(registration(KNOWN)).answer.customer_id
    keys = read_model(database).keys
    [customer] = read_model(database).customers
    intake.register(registration(DOUBT))
    settled = intake.register(decided(DOUBT))
    assert (settled.answer.customer_id, settled.arrived) == (known, None)
    assert read_model(database).keys == keys
    assert read_model(database).customers == (customer,)


def test_one_customer_a_word_and_the_default_at_once(database: Database) -> None:
    employ(database, LI, ZHANG)
    intake = Intake(database, with_default(ConfirmationDefault.BEST_CANDIDATE), IDS)
    for step in (KNOWN, DOUBT):
        intake.register(registration(step))
    word = registration(DOUBT, AT + 120 * HOUR, Choice(customer_id=None, by=LI.id))
    one, other = at_once([partial(intake.register, word), partial(intake.register, decided(DOUBT))])
    assert one == other
    assert happened(database).count("settled") == 1
    assert violations(read_model(database)) == []


def test_leads_are_listed_by_who_is_asked(database: Database, confirmations: Confirmations) -> None:
    def listed(rep_id: str) -> list[str]:
        return [row[0] for row in Reading(database, EVERYTHING).leads(LeadFilter(asked=rep_id), None, 10)]

    assert (listed(LI.id), listed(MANAGER.id)) == ([LEAD_ID], [])
    confirmations.nudge(unsure(LI.id))
    assert (listed(LI.id), listed(MANAGER.id)) == ([], [LEAD_ID])
