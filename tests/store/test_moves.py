"""Moves: ordered at once, previewed exactly, seen through once, and nothing stays with who is gone."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from domain.assignment import Rep
from domain.change import Asked, Claim, MergeInto, OwnerLeft, Refused, Release, Request
from domain.confirmation import Nudge, Stage
from domain.event import EventKind
from domain.identity import Outcome as Identified
from domain.moving import NewMove, Outcome
from domain.policy import MoveKind, Policy
from store.changes import Changes
from store.confirmations import Confirmations
from store.database import Database
from store.errors import NotFound, UnusableReference
from store.intake import Intake
from store.moves import Moves, Progress
from store.moving import PAGE, Moving
from store.policies import Policies
from store.rehearsing import Rehearsing
from store.tables import CustomerRow, RegionRow, RepRow, TeamRow
from tests.databases import at_once, empty
from tests.examples import AT, BROWN, IDS, LI, POLICY, SMITH, WANG, ZHANG, employ, firm, lead, registration, ruled
from tests.invariants import read_model, violations

LEAVES = NewMove(kind=MoveKind.LEAVES)
BEST = {"method": "best_match", "weights": {"success": 2, "load": 1, "region": 1}}
POLICIES = {
    "shipped": POLICY,
    "reassign": POLICY.model_copy(update={"moves": POLICY.moves.model_copy(update={"leaves": "reassign"})}),
    "least_loaded": ruled({"methods": ["named_contact", "least_loaded"]}),
    "best_match": ruled({"methods": ["named_contact", BEST]}),
    "designated": ruled({"methods": ["named_contact", {"method": "designated", "rep": ZHANG.id}, "rotation"]}),
}


class Desk:
    """A database with its reps, and the ways to move them."""

    def __init__(self, database: Database, policy: Policy = POLICY) -> None:
        self.database = database
        self.policy = policy
        self.intake = Intake(database, policy, IDS)
        self.changes = Changes(database, policy, IDS)
        self.moves = Moves(database, policy)
        self.moving = Moving(database, Policies(database, policy), IDS)

    def register(self, **fields: Any) -> str:
        answer = self.intake.register(registration(lead(**{"region": "CN-GD", **fields}))).answer
        return answer.customer_id or answer.lead_id

    def given(self, number: int, rep: Rep = ZHANG, begin: int = 0) -> list[str]:
        return [self.register(company={"name": firm(begin + n)}, named_contact=rep.id) for n in range(number)]

    def begin(self, rep_id: str, new: NewMove, move_id: str = "move_1") -> str:
        return self.moves.begin(move_id, rep_id, new, "administrator", AT, None)

    def page(self, move_id: str = "move_1", times: int = 1) -> int:
        """Ask the next customers as the activity does, each so many times."""
        move, rows = self.moving.next_customers(move_id)
        for row in rows:
            change = OwnerLeft(rep_id=move.rep_id, move_id=move_id, successor_id=move.successor_id)
            for _ in range(times):
                self.ask(row.customer_id, change, row.id)
        return len(rows)

    def ask(self, customer_id: str, change: Any, id_: str) -> None:
        asked = Asked(id=id_, actor="administrator", change=change)
        try:
            self.changes.carry_out(Request(customer_id=customer_id, at=AT, asked=asked))
        except Refused as refused:
            if refused.code != "already_merged":
                raise
            self.ask(str(refused.facts["about"]), change, id_)

    def see_through(self, move_id: str = "move_1", times: int = 1) -> Progress:
        """As the workflow does."""
        while not self.moving.finish(move_id, AT):
            while self.page(move_id, times):
                pass
            while self.moving.hand_leads_over(move_id, AT):
                pass
        return self.moves.progress(move_id)

    def owners(self) -> dict[str, tuple[str | None, str | None]]:
        return {row.id: (row.owner_id, row.queue) for row in read_model(self.database).customers}

    def sound(self, gone: str = ZHANG.id) -> None:
        model = read_model(self.database)
        assert violations(model) == []
        assert [row.id for row in model.customers if row.owner_id == gone] == []
        assert [row.lead_id for row in model.asked if row.rep_id == gone] == []


@pytest.fixture
def desk(database: Database) -> Desk:
    employ(database, ZHANG, LI, WANG, SMITH, BROWN)
    return Desk(database)


def mixed(desk: Desk, *, successor: str | None, cap: int | None) -> None:
    """Zhang's customers beside some of the others', who have weights and caps."""
    staff = [ZHANG, LI.model_copy(update={"weight": 3, "total_cap": cap}), WANG.model_copy(update={"daily_cap": cap})]
    employ(desk.database, staff[0].model_copy(update={"successor_id": successor}), *staff[1:], SMITH)
    for rep, begin, number in ((LI, 0, 3), (WANG, 10, 1), (ZHANG, 20, 13)):
        desk.given(number, rep, begin)
    desk.given(2, ZHANG, 40)
    desk.register(company={"name": firm(50)}, named_contact=ZHANG.id, region="CN-BJ")
    desk.register(company={"name": firm(51)}, named_contact=ZHANG.id, region=None)


@pytest.mark.parametrize("cap", [None, 6])
@pytest.mark.parametrize("successor", [None, WANG.id])
@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())
def test_a_preview_is_what_happens(database: Database, policy: Policy, successor: str | None, cap: int | None) -> None:
    desk = Desk(database, policy)
    mixed(desk, successor=successor, cap=cap)
    before = read_model(database).content
    preview = Rehearsing(database, policy).preview(ZHANG.id, LEAVES, AT)
    assert read_model(database).content == before
    desk.begin(ZHANG.id, LEAVES)
    done = desk.see_through()
    foreseen = {it.customer_id: (it.assignment.owner_id, it.assignment.queue) for it in preview.customers}
    assert len(foreseen) == 17
    assert {id_: place for id_, place in desk.owners().items() if id_ in foreseen} == foreseen
    assert sum(tally.customers for tally in done.tallies) == 17
    assert done.move.finished_at == AT
    desk.sound()


def test_a_preview_of_other_regions_is_what_happens(desk: Desk) -> None:
    with desk.database.write() as session:
        session.add_all(RegionRow(id=code, name=code) for code in ("CN-BJ", "CN-GD"))
    stay = desk.given(4)
    elsewhere = desk.register(company={"name": firm(9)}, named_contact=ZHANG.id, region="CN-BJ")
    order = NewMove(kind=MoveKind.CHANGES_REGION, regions=("CN-BJ",), keep=tuple(stay[:1]))
    preview = Rehearsing(desk.database, POLICY).preview(ZHANG.id, order, AT)
    desk.begin(ZHANG.id, order)
    desk.see_through()
    owners = desk.owners()
    assert {it.customer_id for it in preview.customers} == set(stay[1:])
    assert all(owners[it.customer_id] == (it.assignment.owner_id, None) for it in preview.customers)
    assert owners[elsewhere] == owners[stay[0]] == (ZHANG.id, None)
    assert violations(read_model(desk.database)) == []


def test_whoever_changes_teams_keeps_their_customers_by_the_shipped_policy(desk: Desk) -> None:
    with desk.database.write() as session:
        session.add(TeamRow(id="north", name="华北团队"))
    desk.given(2)
    before = desk.owners()
    desk.begin(ZHANG.id, NewMove(kind=MoveKind.CHANGES_TEAM, team_id="north"))
    assert (desk.see_through().tallies, desk.owners()) == ([], before)
    [zhang] = [row for row in read_model(desk.database).reps if row.id == ZHANG.id]
    assert (zhang.team_id, zhang.active) == ("north", True)


@pytest.mark.parametrize("times", [1, 2])
def test_once_however_often_a_step_is_repeated(desk: Desk, times: int) -> None:
    """Killed after any page and begun again, it goes on where it was; nobody changes hands twice."""
    desk.given(PAGE + 5)
    desk.begin(ZHANG.id, LEAVES)
    move, rows = desk.moving.next_customers("move_1")
    change = OwnerLeft(rep_id=move.rep_id, move_id="move_1", successor_id=None)
    for row in rows[: PAGE // 2]:
        desk.ask(row.customer_id, change, row.id)
    progress = desk.moves.progress("move_1")
    assert sum(it.customers for it in progress.tallies if it.outcome is None) == PAGE + 5 - PAGE // 2
    assert progress.move.finished_at is None
    done = desk.see_through(times=times)
    assert sum(it.customers for it in done.tallies if it.outcome == Outcome.MOVED) == PAGE + 5
    handed = [event for event in read_model(desk.database).events if event.data.get("move_id") == "move_1"]
    assert len(handed) == PAGE + 5
    assert desk.moving.finish("move_1", AT + timedelta(days=1))
    assert desk.moves.progress("move_1").move.finished_at == AT
    desk.sound()


def test_one_owner_while_customers_come_in_and_go(desk: Desk) -> None:
    """Nothing stays with who is gone, whatever clients do at the same moment."""
    mine = desk.given(8)
    desk.ask(mine[7], Release(rep_id=ZHANG.id, reason="客户在外地"), "release_first")
    leads = [
        registration(lead(company={"name": firm(n)}, region="CN-GD", named_contact=ZHANG.id)) for n in range(9, 29)
    ]
    merge = MergeInto(survivor_id=mine[1], by=LI.id, reason="同一家公司")

    def refused(call: Callable[[], object]) -> None:
        try:
            call()
        except Refused as found:
            assert found.code in ("rep_not_available", "already_merged", "not_the_owner")

    calls: list[Callable[[], object]] = [
        partial(desk.begin, ZHANG.id, LEAVES),
        *(partial(desk.intake.register, each) for each in leads),
        partial(refused, partial(desk.ask, mine[7], Claim(rep_id=ZHANG.id), "claim")),
        partial(refused, partial(desk.ask, mine[2], Release(rep_id=ZHANG.id, reason="客户在外地"), "release")),
        partial(refused, partial(desk.ask, mine[0], merge, "merge_1")),
    ]
    at_once(calls)
    desk.see_through()
    desk.sound()


def test_a_customer_that_went_elsewhere_before_its_turn(desk: Desk) -> None:
    first, second, third = desk.given(3)
    desk.begin(ZHANG.id, LEAVES)
    desk.ask(first, Release(rep_id=ZHANG.id, reason="客户在外地"), "release")
    desk.ask(second, MergeInto(survivor_id=third, by=LI.id, reason="同一家公司"), "merge_1")
    tallies = desk.see_through().tallies
    assert {str(it.outcome) for it in tallies} == {"moved", "elsewhere"}
    assert sum(it.customers for it in tallies) == 3
    assert desk.owners()[third][0] in (LI.id, WANG.id)
    desk.sound()


def test_two_who_leave_at_once_are_no_ones_successors(desk: Desk) -> None:
    desk.given(6)
    desk.given(6, LI, 10)
    orders = ((ZHANG.id, LI.id, "move_1"), (LI.id, ZHANG.id, "move_2"))
    accepted = []

    def order(rep_id: str, successor_id: str, move_id: str) -> None:
        try:
            accepted.append(desk.begin(rep_id, NewMove(kind=MoveKind.LEAVES, successor_id=successor_id), move_id))
        except UnusableReference as error:
            assert error.code == "rep_inactive"
            accepted.append(desk.begin(rep_id, LEAVES, move_id))

    at_once([partial(order, *each) for each in orders])
    at_once([partial(desk.see_through, move_id) for move_id in accepted])
    assert {owner for owner, _ in desk.owners().values()} == {WANG.id}
    desk.sound()
    desk.sound(LI.id)


def test_whoever_left_and_is_to_leave_again_finds_the_first_move(desk: Desk) -> None:
    desk.given(1)
    assert desk.begin(ZHANG.id, LEAVES) == "move_1"
    assert desk.begin(ZHANG.id, LEAVES, "move_2") == "move_1"
    assert desk.moves.unfinished(ZHANG.id) == ["move_1"]
    desk.see_through()
    assert desk.moves.unfinished(ZHANG.id) == []
    with pytest.raises(Refused, match="rep_not_available"):
        desk.begin(ZHANG.id, NewMove(kind=MoveKind.CHANGES_REGION, regions=()), "move_3")
    with pytest.raises(NotFound):
        desk.moves.progress("move_3")


@pytest.mark.parametrize(
    ("order", "field", "code"),
    [
        ({"successor_id": "nobody"}, "successor_id", "rep_unknown"),
        ({"successor_id": ZHANG.id}, "successor_id", "rep_own_successor"),
        ({"by": "nobody"}, "by", "rep_unknown"),
        ({"kind": "changes_team", "team_id": "nowhere"}, "team_id", "team_unknown"),
        ({"kind": "changes_region", "regions": ["CN-GD", "FR"]}, "regions.1", "region_unknown"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    desk: Desk, order: dict[str, Any], field: str, code: str
) -> None:
    desk.given(2)
    before = read_model(desk.database).content
    new = NewMove.model_validate({"kind": "leaves", **order})
    for call in (
        lambda: desk.begin(ZHANG.id, new),
        lambda: Rehearsing(desk.database, POLICY).preview(ZHANG.id, new, AT),
    ):
        with pytest.raises(UnusableReference) as caught:
            call()
        assert (caught.value.field, caught.value.code) == (field, code)
    assert read_model(desk.database).content == before
    assert desk.moves.unfinished(ZHANG.id) == []


class TestLeads:
    """Leads in doubt that wait for a rep who left."""

    @pytest.fixture
    def waiting(self, desk: Desk) -> str:
        with desk.database.write() as session:
            session.add(TeamRow(id="south", name="华南团队", manager_id=LI.id))
        with desk.database.write() as session:
            session.get_one(RepRow, ZHANG.id).team_id = "south"
        desk.register(company={"name": "深圳市远航科技有限公司", "uscc": "91440300708461136T"}, named_contact=ZHANG.id)
        doubt = desk.intake.register(
            registration(lead(company={"name": "深圳市远航科技有限公司", "uscc": "91110000802100433B"}, region="CN-GD"))
        ).answer
        assert (doubt.outcome, doubt.waiting and doubt.waiting.asked) == (Identified.NEEDS_CONFIRMATION, (ZHANG.id,))
        return doubt.lead_id

    def asked(self, desk: Desk) -> list[str]:
        return [row.rep_id for row in read_model(desk.database).asked]

    @pytest.mark.parametrize(("successor", "asked"), [(WANG.id, WANG.id), (None, LI.id)])
    def test_wait_for_the_successor_or_the_manager(
        self, desk: Desk, waiting: str, successor: str | None, asked: str
    ) -> None:
        desk.begin(ZHANG.id, NewMove(kind=MoveKind.LEAVES, successor_id=successor))
        desk.see_through()
        model = read_model(desk.database)
        assert self.asked(desk) == [asked]
        told_last = max((it for it in model.lead_events if it.lead_id == waiting), key=lambda it: it.position or 0)
        assert told_last.kind == "handed_over"
        nudge = Nudge(lead_id=waiting, at=AT + timedelta(days=1), stage=Stage.REMIND)
        told = Confirmations(desk.database, POLICY, IDS).nudge(nudge)
        assert told.answer.waiting
        assert told.answer.waiting.asked == (asked,)
        desk.sound()

    def test_a_second_who_leaves_hands_it_over_again(self, desk: Desk, waiting: str) -> None:
        desk.begin(ZHANG.id, NewMove(kind=MoveKind.LEAVES, successor_id=WANG.id))
        desk.see_through()
        desk.begin(WANG.id, LEAVES, "move_2")
        desk.see_through("move_2")
        assert self.asked(desk) == [LI.id]
        kinds = [event.kind for event in read_model(desk.database).lead_events if event.lead_id == waiting]
        assert kinds.count("handed_over") == 2
        desk.sound(WANG.id)

    def test_nobody_is_asked_who_is_leaving_at_this_moment(self, desk: Desk, waiting: str) -> None:
        again = [
            registration(lead(company={"name": "深圳市远航科技有限公司", "uscc": code}, region="CN-GD"))
            for code in ("91350100M000100Y43", "91440199MAY5PY8M3J")
        ]
        calls: list[Callable[[], object]] = [
            partial(desk.begin, ZHANG.id, LEAVES),
            *(partial(desk.intake.register, each) for each in again),
        ]
        at_once(calls)
        desk.see_through()
        desk.sound()


def test_500_customers(database: Database) -> None:
    desk = Desk(database, POLICIES["shipped"])
    empty(database)
    employ(database, ZHANG, LI.model_copy(update={"weight": 2}), WANG)
    desk.given(1)
    [row] = read_model(database).customers
    many = [row.model_dump() | {"id": f"cus_{n:03}"} for n in range(499)]
    for one in many:
        one["ownership"] = one["ownership"] | {"customer_id": one["id"]}
    with database.write() as session:
        session.add_all(CustomerRow(**one) for one in many)
    preview = Rehearsing(database, POLICY).preview(ZHANG.id, LEAVES, AT)
    desk.begin(ZHANG.id, LEAVES)
    tallies = desk.see_through().tallies
    assert [(it.owner_id, it.customers) for it in tallies] == [(LI.id, 333), (WANG.id, 167)]
    assert {it.customer_id: it.assignment.owner_id for it in preview.customers} == {
        id_: owner for id_, (owner, _) in desk.owners().items()
    }


def test_every_change_of_hands_names_its_move_and_is_explained(desk: Desk) -> None:
    desk.given(2)
    desk.begin(ZHANG.id, NewMove(kind=MoveKind.LEAVES, successor_id=SMITH.id))
    desk.see_through()
    model = read_model(desk.database)
    moved = [event for event in model.events if event.data.get("move_id")]
    told = {row.id: row.trace for row in model.decisions}
    assert [(event.kind, event.actor, event.data["owner_id"]) for event in moved] == [
        (EventKind.OWNER_ASSIGNED, "administrator", SMITH.id)
    ] * 2
    assert {told[event.decision_id or ""]["assignment"]["method"] for event in moved} == {"named_contact"}
    assert violations(model) == []


def test_nobody_hands_over_what_nobody_is_asked_about(desk: Desk) -> None:
    desk.begin(ZHANG.id, LEAVES)
    assert desk.moving.hand_leads_over("move_1", AT) == 0
    assert desk.moving.finish("move_1", AT)


def test_a_move_does_not_end_while_the_rep_who_left_owns_anybody(desk: Desk) -> None:
    """However it came to them after the order: it is found before the move is closed."""
    [first] = desk.given(1)
    desk.begin(ZHANG.id, LEAVES)
    [row] = read_model(desk.database).customers
    late = row.model_dump() | {"id": "cus_late", "ownership": row.ownership | {"customer_id": "cus_late"}}
    with desk.database.write() as session:
        session.add(CustomerRow(**late))
    assert sum(it.customers for it in desk.see_through().tallies) == 2
    assert ZHANG.id not in {owner for owner, _ in desk.owners().values()}
    assert first in desk.owners()
