"""Customers in queues: counted, found for a rep a page at a time, and tried again with today's facts."""

from datetime import timedelta
from typing import Any

import pytest

import store.queues
from domain.change import Asked, Designate, Request, TryAgain
from domain.leave import NewLeave
from domain.ownership import Place
from domain.policy_file import parse_policy
from domain.policy_version import NewVersion
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.leaves import Leaves
from store.policies import Policies
from store.policy_versions import PolicyVersions
from store.queues import Queues
from tests.databases import at_once
from tests.examples import AT, IDS, LI, POLICY, SMITH, ZHANG, edited, employ, firm, lead, registration
from tests.invariants import read_model, violations

DAY = timedelta(days=1)


@pytest.fixture
def queues(database: Database) -> Queues:
    return Queues(database, Policies(database, POLICY))


def wait(database: Database, number: int, region: str = "CN-GD", **fields: Any) -> str:
    """A customer for whom nobody was found."""
    new = lead(company={"name": firm(number)}, region=region, **fields)
    answer = Intake(database, POLICY, IDS).register(registration(new)).answer
    assert answer.queue is not None
    return answer.customer_id or ""


def try_again(database: Database, customer_id: str, id_: str, at: Any = AT) -> str | None:
    asked = Asked(id=id_, actor="system", change=TryAgain())
    return Changes(database, POLICY, IDS).carry_out(Request(customer_id=customer_id, at=at, asked=asked)).event


def test_a_new_customer_in_a_queue_is_watched(database: Database) -> None:
    settled = Intake(database, POLICY, IDS).register(registration(lead(company={"name": firm(1)}, region="CN-GD")))
    assert settled.watch is not None
    assert settled.watch.wait is not None
    assert settled.watch.wait.overdue_at == AT + DAY


def test_a_version_concerns_those_for_whom_it_decides_otherwise(database: Database, queues: Queues) -> None:
    """Also when it was replaced at once: what counts is the version in force by now."""
    versions = PolicyVersions(database, now=lambda: AT)
    edits: tuple[dict[str, Any], ...] = ({"version": "2026.12"}, {"assignment.0.queue": "management"})
    drafts = [POLICY, *(parse_policy(edited(edit)) for edit in edits)]
    waiting, other = wait(database, 1), wait(database, 2, customer_type="key_account")
    for draft in drafts:
        versions.add(NewVersion(policy=draft, content="", activates_at=AT), "test")
    turns = versions.turns()
    for turn, concerned in zip(turns, ({waiting, other}, {waiting}, {waiting}), strict=True):
        assert set(queues.concerned_by(turn, None, AT).concerned) == concerned
        versions.retried(turn, AT)
    assert versions.turns() == []


def test_counts(database: Database, queues: Queues) -> None:
    assert not queues.occupied()
    assert queues.counts(Place.QUEUE) == {}
    for n in range(3):
        wait(database, n)
    wait(database, 3, customer_type="key_account")
    assert queues.occupied()
    assert queues.counts(Place.QUEUE) == {"unassigned": 3, "management": 1}
    assert queues.counts(Place.POOL) == {}


def test_whom_a_rep_concerns_page_by_page(database: Database, queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.queues, "PAGE", 2)
    guangdong = {wait(database, n) for n in range(5)}
    wait(database, 5, "US-NY")
    wait(database, 6, customer_type="key_account")
    employ(database, LI, SMITH)
    seen: list[str] = []
    page = queues.concerned([LI.id, SMITH.id], None, AT)
    while True:
        seen += page.concerned
        if page.last is None:
            break
        page = queues.concerned([LI.id, SMITH.id], page.last, AT)
    assert sorted(seen) == sorted(guangdong)
    assert queues.concerned(["nobody"], None, AT).concerned == ()


def test_nothing_is_read_but_those_in_queues(database: Database) -> None:
    """However many customers there are."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL reads a small table whole, and rightly so")
    with database.read() as session:
        plan = session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id, ownership FROM customers"
            " WHERE place = 'queue' AND id > 'x' ORDER BY id LIMIT 500"
        )
        assert any("customers_in_queues" in row[3] for row in plan)


def test_the_end_of_a_leave_is_known(database: Database) -> None:
    employ(database, ZHANG)
    leaves = Leaves(database)
    for n, (begins, ends) in enumerate(((-3, 2), (-1, 5), (6, 9))):
        new = NewLeave.model_validate({"from": AT + begins * DAY, "until": AT + ends * DAY})
        leaves.enter(f"leave_{n}", ZHANG.id, new, None)
    customer = wait(database, 1)
    waiting = Changes(database, POLICY, IDS).current(customer).wait
    assert waiting is not None
    assert waiting.retry_at == AT + 5 * DAY
    assert try_again(database, customer, "early") is None
    assert try_again(database, customer, "late", AT + 5 * DAY) == "owner_assigned"


def test_tried_again_by_many_at_once_a_customer_has_one_owner(database: Database) -> None:
    customers = [wait(database, n) for n in range(4)]
    employ(database, ZHANG, LI)
    at_once([lambda it=it, n=n: try_again(database, it, f"{it} {n}") for it in customers for n in range(5)])  # type: ignore[misc]
    model = read_model(database)
    assert sorted(row.owner_id or "" for row in model.customers) == [LI.id, LI.id, ZHANG.id, ZHANG.id]
    assert violations(model) == []


def test_a_designation_is_explained(database: Database) -> None:
    customer = wait(database, 1, customer_type="key_account")
    employ(database, LI)
    asked = Asked(id="designate", actor="wang.jingli", change=Designate(rep_id=LI.id, reason="由李娜负责"))
    changed = Changes(database, POLICY, IDS).carry_out(Request(customer_id=customer, at=AT, asked=asked))
    assert changed.ownership.owner_id == LI.id
    model = read_model(database)
    [why] = [row.trace for row in model.decisions if row.kind == "designated"]
    assert (why["change"], why["reason"]) == ("designate", "由李娜负责")
    assert violations(model) == []
