"""Approvals in the database: each step once, one outcome whoever comes at once, refused attempts kept."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select, update

from domain.approval.deed import Acted, Acting
from domain.approval.state import ApprovalState, Due, Result, Stage, Status
from domain.change import Asked, OwnerLeft, Refused, Request
from domain.event import ABOUT_APPROVALS, EventKind
from domain.moving import NewMove
from domain.policy import MoveKind, Policy
from store.approvals import Approvals
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.moves import Moves
from store.moving import Moving
from store.policies import Policies
from store.tables import (
    ApprovalActRow,
    ApprovalCustomerRow,
    ApprovalPersonRow,
    ApprovalRow,
    DecisionRow,
    EventRow,
    LeaveRow,
    RepRow,
)
from tests.approvals import AT, deed, order, ruled_by, staff
from tests.databases import at_once
from tests.examples import IDS, POLICY, firm, lead, registration
from tests.invariants import read_model, violations

BOTH_ANY = ruled_by({"approvers": ["owner_manager", "new_owner_manager"], "mode": "any"})
RACES = 1000


class Office:
    """A database with the organisation and li.wei's customers, and the steps of approvals about them."""

    def __init__(self, database: Database, policy: Policy = POLICY) -> None:
        staff(database)
        self.database = database
        self.policy = policy
        self.approvals = Approvals(database, Policies(database, policy), IDS)
        self.changes = Changes(database, policy, IDS)
        self._intake = Intake(database, policy, IDS)

    def customer(self, number: int = 0, owner: str = "li.wei", **fields: Any) -> str:
        told = {"company": {"name": firm(number)}, "region": "CN-GD", "named_contact": owner, **fields}
        answer = self._intake.register(registration(lead(**told))).answer
        return answer.customer_id or ""

    def open(self, *ids: str, **wanted: Any) -> ApprovalState:
        return self.approvals.open(order(ids=ids, **wanted), AT)

    def act(self, approval_id: str, person: str | None, action: str, **fields: Any) -> Acted:
        acting = Acting(approval_id=approval_id, at=AT, act=deed(person, action, **fields))
        return self.approvals.act(acting)

    def ask(self, customer_id: str, change: Any, id_: str = "req_1") -> None:
        asked = Asked(id=id_, actor="administrator", change=change)
        self.changes.carry_out(Request(customer_id=customer_id, at=AT, asked=asked))

    def events(self, customer_id: str) -> list[EventRow]:
        about = select(EventRow).where(EventRow.customer_id == customer_id, col(EventRow.kind).in_(ABOUT_APPROVALS))
        with self.database.read() as session:
            return list(session.exec(about.order_by(col(EventRow.position))))

    def rows(self, model: type[Any]) -> list[Any]:
        with self.database.read() as session:
            return list(session.exec(select(model)))

    def acts(self) -> list[ApprovalActRow]:
        with self.database.read() as session:
            return list(session.exec(select(ApprovalActRow).order_by(col(ApprovalActRow.position))))

    def set_rep(self, rep_id: str, **values: Any) -> None:
        with self.database.write() as session:
            session.exec(update(RepRow).where(col(RepRow.id) == rep_id).values(**values))


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        call()
    return error.value.code


def test_a_request_as_it_begins(office: Office) -> None:
    customer_id = office.customer()
    state = office.open(customer_id)
    assert (state.asked, state.subjects[0].from_id) == (("zhao.min", "sun.hao"), "li.wei")
    (row,) = office.rows(ApprovalRow)
    assert (row.id, row.status, row.requester, row.kind) == ("apr_1", "pending", "li.wei", "transfer")
    asked = {row.rep_id: row.asked for row in office.rows(ApprovalPersonRow)}
    assert asked == {
        "li.wei": False, "chen.jing": False, "zhao.min": True, "sun.hao": True, "he.tao": False, "liu.yang": False,
    }  # fmt: skip
    (event,) = office.events(customer_id)
    assert (event.kind, event.actor, event.data["request"]) == ("approval_requested", "li.wei", "transfer")
    assert set(event.data["told"]) == set(asked)


def test_once_a_repeat_of_any_step_changes_nothing(office: Office) -> None:
    customer_id = office.customer()
    state = office.open(customer_id)
    assert office.open(customer_id) == state
    for person in ("zhao.min", "sun.hao", "he.tao", "liu.yang"):
        first = office.act("apr_1", person, "approve")
        assert office.act("apr_1", person, "approve").state == first.state
    assert first.state.status is Status.APPROVED
    assert [event.actor for event in office.events(customer_id)] == ["li.wei", "sun.hao", "liu.yang"]
    results = [Result(customer_id=customer_id)]
    done = office.approvals.conclude("apr_1", results, AT)
    assert office.approvals.conclude("apr_1", [Result(customer_id=customer_id, refusal="x")], AT) == done
    assert office.open(customer_id) == done
    told = ["approval_requested", "approval_asked", "approval_granted"]
    assert [event.kind for event in office.events(customer_id)] == told
    assert len(office.rows(ApprovalActRow)) == 4


def test_the_timeline_tells_whose_word_is_waited_for(office: Office) -> None:
    """Whoever is asked first, whom time reminds and escalates to, and who is asked when the first have agreed."""
    customer_id = office.customer()
    state = office.open(customer_id)
    for due in state.due[:2]:
        office.approvals.fall_due("apr_1", due, due.at)
    for person in ("zhao.min", "sun.hao"):
        office.act("apr_1", person, "approve")
    managers, heads = ["zhao.min", "sun.hao"], ["he.tao", "liu.yang"]
    assert [(event.kind, event.data["asked"]) for event in office.events(customer_id)] == [
        ("approval_requested", managers),
        ("approval_reminded", managers),
        ("approval_escalated", [*managers[:1], "wang.fang", *managers[1:]]),
        ("approval_asked", heads),
    ]


def test_explained_every_event_has_its_trace(office: Office) -> None:
    customer_id = office.customer()
    office.open(customer_id)
    office.act("apr_1", "zhao.min", "reject", reason="客户仍在深圳")
    decisions = {row.id: row for row in office.rows(DecisionRow)}
    traces = [decisions[event.decision_id or ""].trace for event in office.events(customer_id)]
    assert [trace["change"] for trace in traces] == ["approval_requested", "approval_rejected"]
    said = traces[1]["approval"]["steps"][0]["seats"][0]
    assert (said["by"], said["verdict"], said["approver"]["role"]) == ("zhao.min", "rejected", "owner_manager")
    assert "客户迁往上海" not in str(traces)
    assert violations(read_model(office.database)) == []


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"ids": ("cus_of_nobody",)}, "unknown_customer"),
        ({"to_id": "li.wei"}, "already_the_owner"),
        ({"to_id": "no.body"}, "unknown_rep"),
        ({"kind": "share", "access": "READ", "until": "2026-11-01T00:00:00+08:00"}, "share_over"),
        ({"requester": "no.body"}, "unknown_rep"),
        ({"to_id": "j.smith"}, "no_approver"),
        ({"kind": "unmerge", "merge_id": "mrg_of_nobody"}, "unknown_merge"),
        ({"kind": "merge", "survivor_id": "cus_of_nobody"}, "unknown_customer"),
    ],
)
def test_what_could_never_be_done_is_refused_at_once(office: Office, wanted: dict[str, Any], code: str) -> None:
    customer_id = office.customer()
    asked = order(**{"ids": (customer_id,), **wanted})
    assert refused(lambda: office.approvals.open(asked, AT)) == code
    assert office.rows(ApprovalRow) == office.rows(ApprovalCustomerRow) == office.events(customer_id) == []


def test_nobody_gets_a_customer_who_has_left(office: Office) -> None:
    office.set_rep("chen.jing", active=False)
    assert refused(lambda: office.open(office.customer())) == "rep_not_available"


def test_a_customer_is_not_merged_into_itself(office: Office) -> None:
    customer_id = office.customer()
    assert refused(lambda: office.open(customer_id, kind="merge", survivor_id=customer_id)) == "same_customer"


def test_refused_attempts_are_recorded_and_change_nothing(office: Office) -> None:
    state = office.open(office.customer())
    for person, code in (("li.wei", "four_eyes"), ("chen.jing", "four_eyes"), ("xu.na", "not_asked")):
        acted = office.act("apr_1", person, "approve")
        assert (acted.refusal, acted.state) == (code, state)
        assert office.act("apr_1", person, "approve") == acted
    acts = office.acts()
    assert [(row.person, row.action, row.refusal) for row in acts] == [
        ("li.wei", "approve", "four_eyes"),
        ("chen.jing", "approve", "four_eyes"),
        ("xu.na", "approve", "not_asked"),
    ]


def test_a_link_that_was_used_says_nothing_else(office: Office) -> None:
    office.open(office.customer())
    first = office.act("apr_1", "zhao.min", "approve", id_="lnk_1", step=1)
    assert first.refusal is None
    assert office.act("apr_1", "zhao.min", "approve", id_="lnk_1", step=1) == first
    assert office.act("apr_1", "zhao.min", "reject", id_="lnk_1", step=1).refusal == "link_used"


def test_what_falls_due_happens_once(office: Office) -> None:
    state = office.open(office.customer())
    remind, escalate, expire = state.due
    later = office.approvals.fall_due("apr_1", remind, remind.at)
    assert office.approvals.fall_due("apr_1", remind, remind.at) == later
    assert office.approvals.fall_due("apr_1", expire, expire.at) == later
    asked = office.approvals.fall_due("apr_1", escalate, escalate.at).asked
    assert asked == ("zhao.min", "wang.fang", "sun.hao")
    assert office.approvals.fall_due("apr_1", expire, expire.at).status is Status.EXPIRED
    acts = office.acts()
    assert [(row.action, row.principal) for row in acts] == [
        ("remind", "system"), ("escalate", "system"), ("expire", "system"),
    ]  # fmt: skip
    assert acts[1].deed["asked"] == [*asked]
    assert [row.asked for row in office.rows(ApprovalPersonRow)].count(True) == 0


def test_whoever_is_on_leave_by_the_workflows_time_is_substituted(office: Office) -> None:
    with office.database.write() as session:
        session.add(LeaveRow(id="l", rep_id="zhao.min", begins=AT - timedelta(days=1), ends=AT + timedelta(days=1)))
    office.set_rep("zhao.min", successor_id="he.tao")
    assert office.open(office.customer()).asked == ("zhao.min", "he.tao", "sun.hao")
    late = AT + timedelta(days=2)
    assert office.approvals.open(order(id_="apr_2", ids=(office.customer(1),)), late).asked == ("zhao.min", "sun.hao")


def test_whoever_left_is_replaced_and_decides_no_more(office: Office) -> None:
    state = office.open(office.customer())
    office.set_rep("zhao.min", active=False)
    assert office.act("apr_1", "zhao.min", "approve").refusal == "not_asked"
    after = office.approvals.fall_due("apr_1", state.due[0], state.due[0].at)
    assert after.asked == ("wang.fang", "sun.hao")


def test_once_a_departure_hands_over_what_waits_for_who_left(office: Office) -> None:
    """By the move of whoever leaves, without waiting for the next deadline; what the leaver has said stays said."""
    for number in range(3):
        office.approvals.open(order(id_=f"apr_{number}", ids=(office.customer(number),)), AT)
    office.act("apr_1", "zhao.min", "approve", id_="said")
    office.act("apr_2", "zhao.min", "return", id_="asked")
    policies = Policies(office.database, POLICY)
    moves, moving = Moves(office.database, POLICY), Moving(office.database, policies, IDS)
    for rep_id in ("zhao.min", "li.wei"):
        moves.begin(f"move_{rep_id}", rep_id, NewMove(kind=MoveKind.LEAVES), "administrator", AT, None)
        while moving.hand_leads_over(f"move_{rep_id}", AT):
            pass
    asked = [office.approvals.open(order(id_=f"apr_{number}"), AT).asked for number in range(3)]
    assert asked == [("wang.fang", "sun.hao"), ("sun.hao",), ("li.wei",)]
    acts = [row for row in office.acts() if row.action == "handed_over"]
    assert [(row.approval_id, row.deed["asked"]) for row in acts] == [("apr_0", ["wang.fang", "sun.hao"])]
    office.approvals.hand_over("apr_0", "move_zhao.min", AT)
    assert len(office.rows(ApprovalActRow)) == 3


def test_overtaken_is_told_on_the_customer_that_it_concerns(office: Office) -> None:
    one, other = office.customer(0), office.customer(1)
    office.open(one, other)
    for person in ("zhao.min", "sun.hao", "he.tao", "liu.yang"):
        office.act("apr_1", person, "approve")
    results = [Result(customer_id=one), Result(customer_id=other, refusal="owner_changed", about="xu.na")]
    assert office.approvals.conclude("apr_1", results, AT).status is Status.APPLIED
    told = ["approval_requested", "approval_asked", "approval_granted"]
    assert [event.kind for event in office.events(one)] == told
    last = office.events(other)[-1]
    assert (last.kind, last.data["refusal"], last.data["about"]) == ("approval_overtaken", "owner_changed", "xu.na")
    assert violations(read_model(office.database)) == []


def test_1000_races_of_two_who_decide_differently(office: Office) -> None:
    """one decision each, and the loser is told what it was."""
    office.approvals = Approvals(office.database, Policies(office.database, BOTH_ANY), IDS)
    customer_id = office.customer()
    ids = [f"apr_{number}" for number in range(RACES)]
    for id_ in ids:
        office.approvals.open(order(id_=id_, ids=(customer_id,)), AT)
    outcomes: Counter[str] = Counter()
    for id_ in ids:
        calls = [
            partial(office.act, id_, person, action, id_=f"{id_}:{person}")
            for person, action in (("zhao.min", "approve"), ("sun.hao", "reject"))
        ]
        answers = at_once(calls)
        state = answers[0].state if answers[0].refusal is None else answers[1].state
        lost = [answer for answer in answers if answer.refusal is not None]
        assert [answer.refusal for answer in lost] == ["approval_decided"]
        assert lost[0].facts == {"outcome": state.status}
        outcomes[state.status] += 1
    assert sum(outcomes.values()) == RACES
    kinds = Counter(event.kind for event in office.events(customer_id))
    assert kinds == {
        EventKind.APPROVAL_REQUESTED: RACES,
        **{kind: outcomes[status] for kind, status in _ENDS.items() if outcomes[status]},
    }


_ENDS = {EventKind.APPROVAL_GRANTED: Status.APPROVED, EventKind.APPROVAL_REJECTED: Status.REJECTED}


@pytest.mark.parametrize("other", ["recall", "expire"])
def test_recall_and_expiry_against_approval_at_the_same_instant(office: Office, other: str) -> None:
    office.approvals = Approvals(office.database, Policies(office.database, BOTH_ANY), IDS)
    customer_id = office.customer()
    for number in range(30):
        id_ = f"apr_{number}"
        state = office.approvals.open(order(id_=id_, ids=(customer_id,)), AT)
        for due in state.due[:2]:
            office.approvals.fall_due(id_, due, due.at)
        last = state.due[2]
        assert last == Due(stage=Stage.EXPIRE, at=last.at)
        approve = partial(office.act, id_, "zhao.min", "approve", id_=f"{id_}:a")
        against: Callable[[], Any] = (
            partial(office.act, id_, "li.wei", "recall", id_=f"{id_}:r")
            if other == "recall"
            else partial(office.approvals.fall_due, id_, last, last.at)
        )
        approved, _ = at_once([approve, against])
        ended = office.approvals.open(order(id_=id_, ids=(customer_id,)), AT)
        assert ended.status in (Status.APPROVED, Status.RECALLED, Status.EXPIRED)
        assert (approved.refusal is None) == (ended.status is Status.APPROVED)


def test_single_writer_an_approval_writes_no_owner(office: Office) -> None:

    customer_id = office.customer()
    office.open(customer_id)
    office.ask(customer_id, OwnerLeft(rep_id="li.wei"))
    before = office.changes.current(customer_id)
    for person in ("zhao.min", "sun.hao", "he.tao", "liu.yang"):
        office.act("apr_1", person, "approve")
    assert office.changes.current(customer_id) == before
