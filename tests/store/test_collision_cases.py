"""Steps of a case as transactions: each once, each explained, and whoever must look is called."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from domain.approval.request import Actor
from domain.change import Refused
from domain.collision_case.deed import Act, Acting, Decide, Dismiss, TakePosition
from domain.collision_case.resolution import Keep
from domain.collision_opening import Opening
from domain.event import EventKind
from domain.happening import Happening
from store.collision_calls import CollisionCalls
from store.collision_cases import CollisionCases
from store.collision_report import CollisionReports, Report
from store.database import Database
from store.intake import Intake
from store.policies import Policies
from store.tables import CollisionActRow, CollisionRow, DecisionRow, EventRow, OutboxRow, SightingRow
from tests.approvals import actor, staff
from tests.bureau import open_case
from tests.examples import AT, IDS, POLICY, lead, registration


@pytest.fixture
def customer_id(database: Database) -> str:
    staff(database)
    of = lead(company={"name": "深圳市远航科技有限公司"}, region="CN-GD", named_contact="li.wei")
    return Intake(database, POLICY, IDS).register(registration(of)).answer.customer_id or ""


@pytest.fixture
def cases(database: Database) -> CollisionCases:
    return CollisionCases(database, Policies(database, POLICY), IDS)


def begun(database: Database, customer_id: str, *, risk: bool = False) -> str:
    opening = Opening(
        case_id="col_1",
        risk=risk,
        detector="foreign_contact",
        customer_ids=(customer_id,),
        rep_ids=("li.wei", "xu.na"),
        sighting_id="sig_1",
        event_id="evt_1",
        at=AT,
    )
    with database.write() as session:
        open_case(session, opening)
    return opening.case_id


def decide(person: str | None = None, id_: str = "cact_1") -> Acting:
    deed = Decide(resolution=Keep(), words="维持")
    return Acting(case_id="col_1", at=AT, act=Act(id=id_, by=actor(person), administrator=person is None, deed=deed))


def kinds(database: Database, customer_id: str) -> list[str]:
    with database.read() as session:
        theirs = select(EventRow).where(EventRow.customer_id == customer_id)
        rows = session.exec(theirs.order_by(col(EventRow.position)))
        return [row.kind for row in rows if row.kind.startswith("collision")]


def test_once_every_step(database: Database, cases: CollisionCases, customer_id: str) -> None:
    begun(database, customer_id)
    first = cases.open("col_1", AT)
    assert cases.open("col_1", AT + timedelta(days=1)) == first
    due = first.due[0]
    for _ in range(2):
        cases.fall_due("col_1", due, due.at)
    for _ in range(2):
        assert cases.act(decide()).state.outcome == "keep"
    for _ in range(2):
        cases.conclude("col_1", (), AT)
    assert kinds(database, customer_id) == ["collision_proposed", "collision_reminded", "collision_settled"]


def test_explained_every_event_with_whom_it_is_told_to(
    database: Database, cases: CollisionCases, customer_id: str
) -> None:
    begun(database, customer_id)
    cases.open("col_1", AT)
    cases.act(decide())
    with database.read() as session:
        in_order = session.exec(select(EventRow).order_by(col(EventRow.position)))
        events = [it for it in in_order if it.kind.startswith("collision")]
        decisions = {it.id: it for it in session.exec(select(DecisionRow))}
        waiting = {it.event_id for it in session.exec(select(OutboxRow))}
    for event in events:
        trace = decisions[event.decision_id or ""].trace
        assert trace["case"]["proposal"]["reasons"]
        assert "维持" not in str(trace)
        assert event.data["told"] == ["li.wei", "xu.na", "zhao.min"]
        assert {"case_id", "cause", "risk"} <= event.data.keys()
        assert event.id == f"{event.data['cause']}:{event.kind}:{customer_id}"
        assert event.id in waiting
    assert events[-1].data["outcome"] == "keep"
    assert events[-1].data["owner_id"] == "li.wei"


def test_what_is_refused_is_kept(database: Database, cases: CollisionCases, customer_id: str) -> None:
    """Invariant four_eyes: with the rule by which it was refused, also when it is tried again."""
    begun(database, customer_id)
    cases.open("col_1", AT)
    for _ in range(2):
        acted = cases.act(decide("xu.na"))
        assert (acted.refusal, acted.state.status) == ("four_eyes", "open")
    with database.read() as session:
        rows = session.exec(select(CollisionActRow).where(CollisionActRow.action == "resolution")).all()
    assert [(row.person, row.refusal) for row in rows] == [("xu.na", "four_eyes")]


def test_a_false_alarm_marks_what_was_seen(database: Database, cases: CollisionCases, customer_id: str) -> None:
    begun(database, customer_id)
    cases.open("col_1", AT)
    dismissal = Act(id="cact_1", by=actor("zhao.min"), deed=Dismiss(reason="打错了电话"))
    for _ in range(2):
        assert cases.act(Acting(case_id="col_1", at=AT, act=dismissal)).state.outcome == "dismissed"
    with database.read() as session:
        assert [row.false_alarm for row in session.exec(select(SightingRow))] == [True]
        assert session.get_one(CollisionRow, "col_1").outcome == "dismissed"
    assert kinds(database, customer_id) == ["collision_proposed", "collision_dismissed"]


def test_unknown_cases_and_cases_that_have_not_begun(
    database: Database, cases: CollisionCases, customer_id: str
) -> None:
    for step in (lambda: cases.open("col_x", AT), lambda: cases.act(decide())):
        with pytest.raises(Refused, match="unknown_case"):
            step()
    begun(database, customer_id)
    with pytest.raises(Refused, match="unknown_case"):
        cases.act(decide())


def test_a_risk_that_turned_into_a_collision(database: Database, cases: CollisionCases, customer_id: str) -> None:
    begun(database, customer_id, risk=True)
    assert cases.open("col_1", AT).frozen_until is None
    assert kinds(database, customer_id) == []
    with database.write() as session:
        session.get_one(CollisionRow, "col_1").risk = False
    state = cases.look("col_1", "evt_2", AT)
    assert state.frozen_until is not None
    assert kinds(database, customer_id) == ["collision_proposed"]
    with database.read() as session:
        assert session.get_one(CollisionRow, "col_1").risk is False


def happening(kind: str, subject_id: str, id_: str = "evt_9", **data: str) -> Happening:
    told = {"position": 1, "stream": "customer", "id": id_, "kind": kind, "subject_id": subject_id, "at": AT}
    return Happening.model_validate({**told, "recorded_at": AT, "actor": "x", "decision_id": None, "data": data})


def test_nothing_lost_whoever_must_look_is_called_until_told(database: Database, customer_id: str) -> None:
    begun(database, customer_id)
    calls = CollisionCalls(database)
    calls.told(calls.waiting(10))
    happened = [
        happening(EventKind.COLLISION_OPENED, customer_id, "evt_1", case_id="col_1"),
        happening(EventKind.TRANSFERRED, customer_id),
        happening(EventKind.TRANSFERRED, "cus_another", "evt_3"),
        happening(EventKind.FOLLOW_UP_LOGGED, customer_id, "evt_4"),
    ]
    for _ in range(2):
        with database.write() as session:
            calls.see(session, happened)
    waiting = calls.waiting(10)
    assert sorted(waiting) == [("evt_1", "col_1"), ("evt_9", "col_1")]
    calls.told(waiting[:1])
    assert calls.waiting(10) == waiting[1:]


def test_once_a_report(database: Database, customer_id: str) -> None:
    reports = CollisionReports(database, Policies(database, POLICY), IDS)
    report = Report(
        id="sig_r", customer_id=customer_id, rep_ids=("xu.na",), by=Actor(principal="p", person="xu.na"), reason="电话"
    )
    assert reports.take(report, AT) == reports.take(report, AT)
    again = reports.take(report.model_copy(update={"id": "sig_s", "rep_ids": ("chen.jing",)}), AT)
    with database.read() as session:
        (case,) = session.exec(select(CollisionRow)).all()
        assert len(session.exec(select(CollisionActRow)).all()) == 2
    assert (case.id, case.risk, case.status) == (again, False, "open")
    assert kinds(database, customer_id) == ["collision_opened", "collision_seen_again"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"customer_id": "cus_x"}, "unknown_customer"),
        ({"rep_ids": ("nobody",)}, "unknown_rep"),
        ({"rep_ids": ("li.wei",)}, "nobody_met"),
        ({"rep_ids": ()}, "nobody_met"),
    ],
)
def test_reports_that_are_refused(database: Database, customer_id: str, changes: dict[str, object], code: str) -> None:
    reports = CollisionReports(database, Policies(database, POLICY), IDS)
    told = {
        "id": "sig_r",
        "customer_id": customer_id,
        "rep_ids": ("xu.na",),
        "by": {"principal": "p"},
        "reason": "电话",
    }
    with pytest.raises(Refused, match=code):
        reports.take(Report.model_validate({**told, **changes}), AT)


def test_agreed_by_all(database: Database, cases: CollisionCases, customer_id: str) -> None:
    begun(database, customer_id)
    cases.open("col_1", AT)
    for person in ("li.wei", "xu.na"):
        deed = TakePosition(resolution=Keep(), words="没有异议")
        acted = cases.act(Acting(case_id="col_1", at=AT, act=Act(id=f"cact_{person}", by=actor(person), deed=deed)))
    assert (acted.state.outcome, acted.state.settlement and acted.state.settlement.level) == ("keep", "reps")
