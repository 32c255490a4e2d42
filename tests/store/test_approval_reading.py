"""Lists of approvals: whose word they wait for, who may see them, and page by page."""

from datetime import timedelta

import pytest

from domain.approval.deed import Acting
from store.approval_reading import ApprovalFilter, ApprovalReading
from store.approvals import Approvals
from store.database import Database
from store.intake import Intake
from store.policies import Policies
from store.visibility import EVERYTHING, Reach, Viewer, Visibility
from tests.approvals import AT, TEAMS, deed, order, staff
from tests.examples import IDS, POLICY, firm, lead, registration

MANY = 5


@pytest.fixture
def reading(database: Database) -> ApprovalReading:
    """Five requests by turns of li.wei and xu.na, each an hour after the one before; the first is rejected."""
    staff(database)
    policies = Policies(database, POLICY)
    approvals, intake = Approvals(database, policies, IDS), Intake(database, POLICY, IDS)
    for number in range(MANY):
        by, to_id = ("li.wei", "xu.na") if number % 2 == 0 else ("xu.na", "chen.jing")
        told = {"company": {"name": firm(number)}, "region": "CN-GD", "named_contact": by}
        customer_id = intake.register(registration(lead(**told))).answer.customer_id or ""
        approvals.open(order(by, f"apr_{number}", (customer_id,), to_id=to_id), AT + timedelta(hours=number))
    approvals.act(Acting(approval_id="apr_0", at=AT, act=deed("zhao.min", "reject")))
    return ApprovalReading(database, policies)


def listed(reading: ApprovalReading, viewer: Viewer = EVERYTHING, **only: str) -> list[str]:
    return [state.id for state in reading.page(ApprovalFilter(**only), viewer, None, 50)]


def test_newest_first_and_narrowed(reading: ApprovalReading) -> None:
    assert listed(reading) == ["apr_4", "apr_3", "apr_2", "apr_1", "apr_0"]
    assert listed(reading, requester="xu.na") == ["apr_3", "apr_1"]
    assert listed(reading, status="rejected") == ["apr_0"]
    assert listed(reading, kind="share") == []
    state, _ = reading.get("apr_2")
    assert listed(reading, customer_id=state.subjects[0].customer_id) == ["apr_2"]


def test_what_waits_for_whom(reading: ApprovalReading) -> None:
    assert listed(reading, asked="zhao.min") == ["apr_4", "apr_3", "apr_2", "apr_1"]
    assert listed(reading, asked="sun.hao") == ["apr_3", "apr_1"]
    assert listed(reading, asked="he.tao") == []


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("li.wei", ["apr_4", "apr_2", "apr_0"]),
        ("chen.jing", ["apr_3", "apr_1"]),
        ("he.tao", ["apr_3", "apr_1"]),
        ("zhao.min", ["apr_4", "apr_3", "apr_2", "apr_1", "apr_0"]),
        ("wang.fang", ["apr_4", "apr_3", "apr_2", "apr_1", "apr_0"]),
        ("j.smith", []),
        ("no.body", []),
    ],
)
def test_a_rep_sees_what_concerns_them_and_a_manager_those_below(
    database: Database, reading: ApprovalReading, person: str, seen: list[str]
) -> None:
    viewer = Viewer(person, tree=person in TEAMS.values())
    assert listed(reading, viewer) == seen
    sees = Visibility(database, viewer)
    for number in range(MANY):
        expected = Reach.CHANGE if f"apr_{number}" in seen else Reach.NOTHING
        assert sees.approval(f"apr_{number}") is expected
    assert sees.approval("apr_none") is None


def test_who_decides_sees_the_customer_until_it_is_decided(database: Database, reading: ApprovalReading) -> None:
    waiting, over = (reading.get(id_)[0].subjects[0].customer_id for id_ in ("apr_1", "apr_0"))
    for person, customer_id, reach in (
        ("zhao.min", waiting, Reach.FULL),
        ("sun.hao", waiting, Reach.FULL),
        ("zhao.min", over, Reach.NOTHING),
        ("chen.jing", waiting, Reach.NOTHING),
    ):
        assert Visibility(database, Viewer(person)).customer(customer_id) is reach


def test_page_by_page(reading: ApprovalReading) -> None:
    seen: list[str] = []
    after = None
    while rows := reading.page(ApprovalFilter(), EVERYTHING, after, 2):
        seen += [state.id for state in rows[:2]]
        after = (rows[:2][-1].opened_at.isoformat(), rows[:2][-1].id)
    assert seen == listed(reading)


def test_steps_are_called_what_the_policy_calls_them(reading: ApprovalReading) -> None:
    assert reading.get("apr_0")[1]["managers"] == ("双方经理", "Both managers")


def test_what_was_done_in_order(reading: ApprovalReading) -> None:
    (act,) = reading.acts("apr_0", None, 10)
    assert (act.action, act.person, act.step, act.refusal) == ("reject", "zhao.min", 1, None)
    assert reading.acts("apr_0", act.position, 10) == []
