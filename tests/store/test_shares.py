"""Transfers and shares in the database: ownership, rows, events and decisions in one transaction, on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

from domain.assignment import Rep
from domain.change import (
    Asked,
    Change,
    Changed,
    Claim,
    CollaboratorLeft,
    GrantShare,
    LogFollowUp,
    OwnerLeft,
    Refused,
    Release,
    Request,
    RevokeShare,
    ShareExpired,
    Transfer,
)
from domain.event import EventKind
from domain.follow_up import FollowUp
from domain.moving import NewMove
from domain.pending import next_change, request_id
from domain.policy import MoveKind, Policy
from domain.share import Access
from store.assignments import Assignments
from store.backtest import happenings
from store.changes import Changes
from store.database import Database
from store.errors import NotFound
from store.intake import Intake
from store.moves import Moves
from store.moving import Moving
from store.policies import Policies
from store.reading import Reading
from store.reps import Reps
from store.shares import Shares
from store.tables import RepRow, ShareRow, TeamRow
from store.visibility import EVERYTHING
from tests.databases import at_once
from tests.examples import AT, BROWN, IDS, LI, POLICY, SMITH, WANG, ZHANG, employ, firm, lead, registration
from tests.invariants import read_model, violations
from tests.store.merges import Desk

DAY = timedelta(days=1)
READ, COLLABORATE = Access.READ, Access.COLLABORATE
SHOW = {"name": "广交会", "date": "2026-10-15", "contact": ZHANG.id}


@pytest.fixture
def changes(database: Database) -> Changes:
    employ(database, ZHANG, LI, WANG, SMITH, BROWN)
    return Changes(database, POLICY, IDS)


@pytest.fixture
def customer(database: Database, changes: Changes) -> str:
    return register(database, company={"name": "深圳市远航科技有限公司"})


def register(database: Database, **fields: Any) -> str:
    """A customer of the stand's in Guangdong, Zhang's."""
    new = lead(**{"region": "CN-GD", "customer_type": "trade_show", "show": SHOW, **fields})
    return Intake(database, POLICY, IDS).register(registration(new)).answer.customer_id or ""


def ask(changes: Changes, customer_id: str, change: Change, id_: str = "req", at: datetime = AT) -> Changed:
    asked = Asked(id=id_, actor="apr_1", change=change)
    return changes.carry_out(Request(customer_id=customer_id, at=at, asked=asked))


def told(changes: Changes, customer_id: str, change: Change, id_: str, at: datetime = AT) -> str:
    """Who owns the customer after a change, or the code of the refusal."""
    try:
        return ask(changes, customer_id, change, id_, at).ownership.owner_id or "nobody"
    except Refused as refused:
        return refused.code


def grant(rep: Rep = LI, access: Access = READ, days: int = 10) -> GrantShare:
    return GrantShare(approval_id="apr_1", rep_id=rep.id, access=access, until=AT + days * DAY)


def transfer(to: Rep = LI, of: Rep = ZHANG) -> Transfer:
    return Transfer(approval_id="apr_9", from_id=of.id, to_id=to.id, reason="李娜熟悉这个行业")


def rows(database: Database, customer_id: str) -> list[tuple[str, str, datetime, datetime | None]]:
    with database.read() as session:
        found = session.exec(select(ShareRow).where(ShareRow.customer_id == customer_id))
        return sorted((row.rep_id, row.access, row.expires_at, row.ended_at) for row in found)


def kinds(database: Database, customer_id: str) -> list[str]:
    return [event.kind for event in Reading(database, EVERYTHING).timeline(customer_id, None, 100)]


def shared_with(database: Database, rep: Rep, at: datetime = AT) -> list[str]:
    return [shared.share.customer_id for shared in Shares(database).of_rep(rep.id, at, None, 100)]


def test_a_grant_its_extension_and_its_end_are_written_with_the_ownership(
    database: Database, changes: Changes, customer: str
) -> None:
    ask(changes, customer, grant(), "1")
    assert rows(database, customer) == [(LI.id, READ, AT + 10 * DAY, None)]
    ask(changes, customer, grant(days=20), "2", AT + DAY)
    assert rows(database, customer) == [(LI.id, READ, AT + 20 * DAY, None)]
    ownership = changes.current(customer)
    assert [(it.rep_id, it.until, it.since) for it in ownership.shares] == [(LI.id, AT + 20 * DAY, AT)]
    due = ShareExpired(rep_id=LI.id, access=READ, due_at=AT + 20 * DAY)
    assert next_change(ownership.model_copy(update={"clock": None})) == due
    late = AT + 20 * DAY + timedelta(hours=3)
    ask(changes, customer, due, request_id(ownership, due), late)
    assert rows(database, customer) == [(LI.id, READ, AT + 20 * DAY, late)]
    assert changes.current(customer).shares == ()
    assert kinds(database, customer)[-3:] == ["share_granted", "share_extended", "share_expired"]
    assert violations(read_model(database)) == []


def test_once_however_often_it_is_asked(database: Database, changes: Changes, customer: str) -> None:
    first = ask(changes, customer, grant(), "1")
    assert ask(changes, customer, grant(), "1", AT + DAY) == first
    assert ask(changes, customer, grant(), "another", AT + DAY).event is None
    given = ask(changes, customer, transfer(), "apr_9")
    assert ask(changes, customer, transfer(), "apr_9", AT + DAY) == given
    assert (given.event, given.ownership.owner_id) == (EventKind.TRANSFERRED, LI.id)
    assert kinds(database, customer)[2:] == ["share_granted", "transferred"]
    assert violations(read_model(database)) == []


def test_a_transfer_is_explained_and_names_approval_and_policy_version(
    database: Database, changes: Changes, customer: str
) -> None:
    ask(changes, customer, grant(LI), "1")
    ask(changes, customer, transfer(), "apr_9", AT + DAY)
    assigned = Assignments(database).page(customer, None, 10)
    assert [it.event.kind for it in assigned] == ["owner_assigned", "transferred"]
    decision = assigned[-1].decision
    assert (decision.policy_version, decision.trace["change"]) == (POLICY.fingerprint, "transfer")
    assert (decision.trace["approval_id"], decision.trace["reason"]) == ("apr_9", "李娜熟悉这个行业")
    assert decision.trace["shares_ended"] == [{"rep_id": LI.id, "access": "READ"}]
    assert rows(database, customer) == [
        (LI.id, READ, AT + 10 * DAY, AT + DAY),
        (ZHANG.id, READ, AT + 15 * DAY, None),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (transfer(Rep(id="nobody", name="无此人")), "unknown_rep"),
        (transfer(WANG, LI), "owner_changed"),
        (transfer(ZHANG), "already_the_owner"),
        (grant(ZHANG), "owner_cannot_share"),
        (grant(Rep(id="nobody", name="无此人")), "unknown_rep"),
        (RevokeShare(rep_id=LI.id, reason="项目结束"), "not_shared"),
    ],
)
def test_a_refusal_writes_nothing(
    database: Database, changes: Changes, customer: str, change: Change, code: str
) -> None:
    before = read_model(database).content
    assert told(changes, customer, change, "1") == code
    assert read_model(database).content == before
    assert rows(database, customer) == []


def test_one_owner_when_transfers_claims_and_releases_come_at_once(
    database: Database, changes: Changes, customer: str
) -> None:
    asked: list[Callable[[], str]] = [
        partial(told, changes, customer, transfer(LI), "a"),
        partial(told, changes, customer, transfer(WANG), "b"),
        partial(told, changes, customer, Release(rep_id=ZHANG.id, reason="不在我的行业"), "c"),
        partial(told, changes, customer, OwnerLeft(rep_id=ZHANG.id), "d"),
    ]
    at_once(asked)
    assert violations(read_model(database)) == []
    moved = [kind for kind in kinds(database, customer) if kind in ("transferred", "released", "owner_assigned")]
    assert len(moved) == 2


def test_nobody_who_is_being_deactivated_gets_the_customer_or_a_share(
    database: Database, changes: Changes, customer: str
) -> None:
    """Whichever comes first: the new owner is still there, or the transfer is refused and everything stays."""
    reps = Reps(database)

    def leaves() -> str:
        return str(reps.activate(LI.id, False).active)

    given, shared, _ = at_once(
        [
            partial(told, changes, customer, transfer(LI), "a"),
            partial(told, changes, customer, grant(LI), "b"),
            leaves,
        ]
    )
    assert given in (LI.id, "rep_inactive")
    assert shared in (LI.id, ZHANG.id, "rep_inactive", "owner_cannot_share")
    assert told(changes, customer, transfer(LI, ZHANG), "c") in ("rep_inactive", "already_the_owner", "owner_changed")
    assert violations(read_model(database)) == []


def test_shares_of_a_rep_come_page_by_page_what_ends_first_before_the_rest(
    database: Database, changes: Changes
) -> None:
    ids = [register(database, company={"name": firm(n)}) for n in range(5)]
    for n, id_ in enumerate(ids):
        ask(changes, id_, grant(days=10 - n), f"g{n}")
    ask(changes, ids[0], RevokeShare(rep_id=LI.id, reason="项目结束"), "r")
    shares, found, after = Shares(database), [], None
    for _ in range(2):
        page = shares.of_rep(LI.id, AT, after, 2)
        found += page[:2]
        last = page[:2][-1].share
        after = (last.expires_at.isoformat(), last.customer_id, last.access)
    assert [it.share.customer_id for it in found] == ids[:0:-1]
    assert {it.owner_id for it in found} == {ZHANG.id}
    assert shared_with(database, LI, AT + 7 * DAY) == [ids[2], ids[1]]
    assert shared_with(database, WANG) == []
    with pytest.raises(NotFound):
        shares.of_rep("nobody", AT, None, 2)


def test_a_merge_joins_them_and_its_undoing_gives_back_the_very_same(database: Database, changes: Changes) -> None:
    desk = Desk.at(database)
    own, other = (register(database, company={"name": firm(n)}) for n in range(2))
    desk.ask(own, grant(WANG), "1")
    desk.ask(other, grant(SMITH, COLLABORATE), "2")
    desk.ask(other, grant(WANG, days=20), "3")
    before = desk.standing(own), desk.standing(other), rows(database, own), rows(database, other)
    desk.merge(own, other)
    assert [row[:3] for row in rows(database, own) if row[3] is None] == [
        (SMITH.id, COLLABORATE, AT + 10 * DAY),
        (WANG.id, READ, AT + 20 * DAY),
    ]
    assert all(row[3] for row in rows(database, other))
    assert shared_with(database, SMITH) == [own]
    desk.unmerge()
    assert (desk.standing(own), desk.standing(other)) == before[:2]
    assert [row for row in rows(database, own) if row[3] is None] == before[2]
    assert rows(database, other) == before[3]
    assert shared_with(database, SMITH) == [other]
    assert violations(read_model(database)) == []


def test_a_transfer_never_goes_to_the_survivor(database: Database, changes: Changes) -> None:
    desk = Desk.at(database)
    own, other = (register(database, company={"name": firm(n)}) for n in range(2))
    desk.merge(own, other)
    assert told(changes, other, transfer(), "t") == "already_merged"
    assert told(changes, other, grant(), "g") == "already_merged"
    assert changes.current(own).owner_id == ZHANG.id


def test_a_leavers_shares_end_through_the_customers_and_the_move_waits_for_it(
    database: Database, changes: Changes
) -> None:
    moves, moving = Moves(database, POLICY), Moving(database, Policies(database, POLICY), IDS)
    ids = [register(database, company={"name": firm(n)}) for n in range(3)]
    for id_ in ids:
        ask(changes, id_, grant(LI), f"g{id_}")
    ask(changes, ids[0], grant(LI, COLLABORATE, 5), "more")
    ask(changes, ids[2], RevokeShare(rep_id=LI.id, reason="项目结束"), "r")
    moves.begin("move_1", LI.id, NewMove(kind=MoveKind.CHANGES_REGION, regions=["CN-GD"]), "boss", AT, None)
    assert moving.next_shared("move_1") == []
    moves.begin("move_2", LI.id, NewMove(kind=MoveKind.LEAVES), "boss", AT, None)
    assert not moving.finish("move_2", AT)
    assert moving.next_shared("move_2") == sorted(ids[:2])
    for id_ in ids[:2]:
        left = ask(changes, id_, CollaboratorLeft(rep_id=LI.id, move_id="move_2"), f"move_2:share:{id_}")
        assert (left.event, left.data["move_id"]) == (EventKind.SHARE_REVOKED, "move_2")
    assert (moving.next_shared("move_2"), shared_with(database, LI)) == ([], [])
    assert moving.finish("move_2", AT)
    assert violations(read_model(database)) == []


def test_nothing_comes_back_to_somebody_who_left_while_it_was_merged(database: Database, changes: Changes) -> None:
    desk = Desk.at(database)
    own, other = (register(database, company={"name": firm(n)}) for n in range(2))
    desk.ask(other, grant(SMITH), "1")
    desk.ask(other, grant(WANG), "2")
    desk.merge(own, other)
    Reps(database).activate(SMITH.id, False)
    desk.unmerge()
    assert [share.rep_id for share in changes.current(other).shares] == [WANG.id]
    assert shared_with(database, SMITH) == []


def test_who_says_with_whom_a_customer_is_shared(database: Database, changes: Changes, customer: str) -> None:
    shares = Shares(database)
    assert shares.responsible(customer) == {ZHANG.id}
    with database.write() as session:
        session.add(TeamRow(id="south", name="华南", manager_id=WANG.id))
        session.get_one(RepRow, ZHANG.id).team_id = "south"
    assert shares.responsible(customer) == {ZHANG.id, WANG.id}
    ask(changes, customer, Release(rep_id=ZHANG.id, reason="不在我的行业"), "r")
    assert shares.responsible(customer) == frozenset()
    with pytest.raises(NotFound):
        shares.responsible("cus_none")


def test_the_pool_ends_them_and_says_so(database: Database, changes: Changes, customer: str) -> None:
    ask(changes, customer, grant(LI, COLLABORATE), "1")
    released = ask(changes, customer, Release(rep_id=ZHANG.id, reason="不在我的行业"), "2")
    assert released.data["shares_ended"] == [{"rep_id": LI.id, "access": "COLLABORATE"}]
    assert shared_with(database, LI) == []


def test_an_exception_is_claimed_once_and_counted(database: Database, changes: Changes, customer: str) -> None:
    pools = [POLICY.model_dump()["pools"][0] | {"claim": {"per_day": 1, "cool_off_days": 7}}]
    strict = Changes(database, Policy.model_validate(POLICY.model_dump() | {"pools": pools}), IDS)
    ask(strict, customer, Release(rep_id=ZHANG.id, reason="不在我的行业"), "back")
    assert told(strict, customer, Claim(rep_id=ZHANG.id), "c1") == "cooling_off"
    assert told(strict, customer, Claim(rep_id=ZHANG.id, exception="apr_7"), "apr_7") == ZHANG.id
    assert told(strict, customer, Release(rep_id=ZHANG.id, reason="休假"), "back again") == "nobody"
    assert ask(strict, customer, Claim(rep_id=ZHANG.id, exception="apr_7"), "apr_7").ownership.owner_id is None
    assert violations(read_model(database)) == []


def test_a_back_test_sees_a_transfer_as_a_change_of_hands_and_no_share(
    database: Database, changes: Changes, customer: str
) -> None:
    content = {"kind": "call", "content": "客户同意下周来看样机并谈价格", "customer_answered": True}
    ask(changes, customer, grant(LI, COLLABORATE), "1")
    ask(changes, customer, LogFollowUp(follow_up=FollowUp.model_validate({"rep_id": LI.id, **content})), "2")
    ask(changes, customer, transfer(WANG), "3")
    ask(changes, customer, LogFollowUp(follow_up=FollowUp.model_validate({"rep_id": WANG.id, **content})), "4")
    with database.read() as session:
        happened = list(happenings(session, AT - DAY, AT + DAY))
    assert [type(it).__name__ for it in happened] == ["Born", "Moved", "Won"]
