"""Moves as properties: any organisation, any customers, any order of moves, killed and begun again anywhere."""

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.assignment import Rep
from domain.change import OwnerLeft, Refused
from domain.moving import NewMove
from domain.policy import MoveKind
from store.database import Database
from store.errors import UnusableReference
from store.rehearsing import Rehearsing
from store.tables import RegionRow, TeamRow
from tests.databases import empty
from tests.examples import AT, employ, firm
from tests.invariants import read_model, violations
from tests.store.test_moves import POLICIES, Desk

REPS = ("chen.jing", "emma.clarke", "li.na", "zhang.wei")
OFTEN_ONE = (*[REPS[0]] * 6, *REPS)
"""One of them looks after most and moves most, so that there is something to hand over."""
REGIONS = ("CN-GD", "CN-BJ", "US-CA")
TEAMS = ("north", "south")


@dataclass(frozen=True)
class Order:
    """A move, and how many customers have had their turn when the worker is killed; None when it is not."""

    rep_id: str
    new: NewMove
    killed_after: int | None


LEAVES_FIRST = Order(REPS[0], NewMove(kind=MoveKind.LEAVES), 1)


@st.composite
def staff(draw: st.DrawFn) -> list[Rep]:
    """Reps in any regions, with any weights, caps, leaves and successors, who may be each other's."""
    return [
        Rep(
            id=rep_id,
            name=rep_id.title(),
            regions=draw(st.sampled_from((REGIONS[:1], REGIONS[:2], REGIONS, REGIONS[2:]))),
            weight=draw(st.integers(1, 3)),
            total_cap=draw(st.none() | st.integers(1, 6)),
            daily_cap=draw(st.none() | st.integers(1, 6)),
            on_leave=draw(st.sampled_from((False, False, False, True))),
            successor_id=draw(st.none() | st.sampled_from([other for other in REPS if other != rep_id])),
        )
        for rep_id in REPS
    ]


@st.composite
def customers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """New customers who ask for somebody or for nobody, from anywhere, some of them from a stand with a clock."""
    made = []
    for number in range(draw(st.integers(4, 9))):
        asked = draw(st.sampled_from(OFTEN_ONE))
        stand = {"customer_type": "trade_show", "show": {"name": "广交会", "date": "2026-10-15", "contact": asked}}
        how = draw(st.sampled_from(({}, {"named_contact": asked}, {"named_contact": asked}, stand)))
        made.append(
            {
                "company": {"name": firm(number)},
                "region": draw(st.sampled_from((*REGIONS[:1] * 6, *REGIONS, None))),
                **how,
            }
        )
    return made


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """A move of any kind."""
    rep_id, kind = draw(st.sampled_from(OFTEN_ONE)), draw(st.sampled_from((MoveKind.LEAVES, *MoveKind)))
    where: dict[str, Any] = {}
    if kind is MoveKind.CHANGES_REGION:
        where = {"regions": draw(st.lists(st.sampled_from(REGIONS), unique=True, max_size=2))}
    elif kind is MoveKind.CHANGES_TEAM:
        where = {"team_id": draw(st.sampled_from(TEAMS))}
    successor = draw(st.none() | st.sampled_from(REPS))
    new = NewMove.model_validate({"kind": kind, "successor_id": successor, **where})
    return Order(rep_id, new, draw(st.none() | st.integers(0, 3)))


def company(database: Database, policy: str, reps: list[Rep], leads: list[dict[str, Any]]) -> Desk:
    empty(database)
    with database.write() as session:
        session.add_all(RegionRow(id=code, name=code) for code in REGIONS)
        session.add_all(TeamRow(id=team, name=team, manager_id=REPS[at]) for at, team in enumerate(TEAMS))
    employ(database, *reps)
    desk = Desk(database, POLICIES[policy])
    for fields in leads:
        desk.register(**fields)
    return desk


def begun(desk: Desk, order: Order, move_id: str) -> str | None:
    """The move that an order began, or that it found; None for one that cannot be, which changes nothing."""
    before = read_model(desk.database).content
    try:
        return desk.begin(order.rep_id, order.new, move_id)
    except (Refused, UnusableReference):
        assert read_model(desk.database).content == before
        return None


def killed(desk: Desk, move_id: str, after: int) -> Desk:
    """So many customers have their turn, the last one's is not told to anybody, and another process goes on."""
    move, rows = desk.moving.next_customers(move_id)
    change = OwnerLeft(rep_id=move.rep_id, move_id=move_id, successor_id=move.successor_id)
    for row in rows[:after]:
        desk.ask(row.customer_id, change, row.id)
    if rows[:after]:
        desk.ask(rows[:after][-1].customer_id, change, rows[:after][-1].id)
    return Desk(desk.database, desk.policy)


def sound(desk: Desk, number: int) -> None:
    """Invariants one_owner, once and explained; and nobody who is gone is waited for."""
    model = read_model(desk.database)
    assert violations(model) == []
    assert len(model.customers) == number, "nothing_lost"
    gone = {row.id for row in model.reps if not row.active}
    assert [row.id for row in model.customers if row.owner_id in gone] == []
    assert [row.lead_id for row in model.asked if row.rep_id in gone] == []


ANY = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
policies = st.sampled_from(sorted(POLICIES))


@ANY
@given(policies, staff(), customers(), st.lists(orders(), min_size=1, max_size=5))
def test_one_owner_whatever_moves_in_whatever_order(
    database: Database, policy: str, reps: list[Rep], leads: list[dict[str, Any]], ordered: list[Order]
) -> None:
    """Moves begun one upon the other, each killed somewhere, and seen through in the opposite order."""
    desk = company(database, policy, reps, leads)
    move_ids = []
    for number, order in enumerate(ordered):
        move_id = begun(desk, order, f"move_{number}")
        if move_id is not None:
            move_ids.append(move_id)
            desk = killed(desk, move_id, order.killed_after or 0)
    for move_id in reversed(move_ids):
        desk.see_through(move_id, times=2)
    sound(desk, len(leads))
    for move_id in move_ids:
        progress = desk.moves.progress(move_id)
        assert progress.move.finished_at is not None
        assert None not in {tally.outcome for tally in progress.tallies}
    done = read_model(database).content
    for move_id in move_ids:
        desk.see_through(move_id)
    assert read_model(database).content == done, "once"


@ANY
@given(policies, staff(), customers(), st.lists(orders(), min_size=1, max_size=3))
def test_a_preview_is_what_happens_when_nothing_else_does(
    database: Database, policy: str, reps: list[Rep], leads: list[dict[str, Any]], ordered: list[Order]
) -> None:
    desk = company(database, policy, reps, leads)
    for number, order in enumerate([LEAVES_FIRST, *ordered]):
        before = read_model(database).content
        try:
            preview = Rehearsing(database, desk.policy).preview(order.rep_id, order.new, AT)
        except (Refused, UnusableReference):
            preview = None
        assert read_model(database).content == before
        move_id = begun(desk, order, f"move_{number}")
        if move_id is None or preview is None:
            assert preview is None, "what can be previewed can be done"
            continue
        if order.killed_after is not None:
            desk = killed(desk, move_id, order.killed_after)
        owners, foreseen = desk.owners(), {it.customer_id: it.assignment for it in preview.customers}
        desk.see_through(move_id)
        after = desk.owners()
        assert {id_: after[id_] for id_ in foreseen} == {id_: (it.owner_id, it.queue) for id_, it in foreseen.items()}
        assert {id_: it for id_, it in after.items() if id_ not in foreseen} == {
            id_: it for id_, it in owners.items() if id_ not in foreseen
        }
    sound(desk, len(leads))
