"""Who sees what: whatever the teams, owners and shares, no reading shows more than the rule, told again in Python."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.identity import Outcome
from domain.ownership import Place
from domain.share import Access
from store.database import Database
from store.errors import NotFound
from store.reading import CustomerFilter, LeadFilter, Reading
from store.tables import (
    CustomerRow,
    DecisionRow,
    EventRow,
    LeadAskedRow,
    LeadEventRow,
    LeadRow,
    RepRow,
    ShareRow,
    TeamRow,
)
from store.visibility import EVERYTHING, Reach, Viewer, Visibility, people
from tests.databases import empty
from tests.examples import AT

TEAMS = tuple("ABCDE")
REPS = tuple(f"rep.{number}" for number in range(6))
NOW = datetime.now(UTC)
DAY = timedelta(days=1)
CUSTOMERS = tuple(f"cus_{number}" for number in range(8))


@dataclass(frozen=True)
class World:
    """An organisation with its customers, and the same rule in the simplest words."""

    parents: Mapping[str, str | None]
    managers: Mapping[str, str | None]
    teams: Mapping[str, str | None]
    """Of each rep."""
    places: Mapping[str, str]
    """Of each customer: a rep, ``pool`` or ``queue``."""
    shares: frozenset[tuple[str, str, Access, bool]]
    """Customer, rep, what is granted, and whether that is over."""
    submitted: Mapping[str, str | None]
    """Who submitted the lead of each customer."""
    asked: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def people(self, person: str, tree: bool) -> set[str]:
        """For whom somebody answers."""
        theirs = {team for team in TEAMS if self.managers[team] == person} if tree else set()
        while more := {team for team in TEAMS if self.parents[team] in theirs} - theirs:
            theirs |= more
        return {person} | {rep for rep in REPS if self.teams[rep] in theirs}

    def customer(self, customer: str, person: str, tree: bool) -> Reach:
        """How much of a customer."""
        people = self.people(person, tree)
        if self.places[customer] in people or self._shared(customer, people, Access.COLLABORATE):
            return Reach.CHANGE
        if self._shared(customer, people, Access.READ):
            return Reach.FULL
        return Reach.SIGHT if self.places[customer] == "pool" else Reach.NOTHING

    def _shared(self, customer: str, people: set[str], access: Access) -> bool:
        return any((customer, rep, access, False) in self.shares for rep in people)

    def lead(self, customer: str, person: str, tree: bool) -> Reach:
        """How much of the lead that brought a customer."""
        people = self.people(person, tree)
        if any((customer, rep) in self.asked for rep in people):
            return Reach.CHANGE
        if self.customer(customer, person, tree) >= Reach.FULL:
            return Reach.FULL
        return Reach.SIGHT if self.submitted[customer] in people else Reach.NOTHING


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any; each team lies below one before it in the alphabet, or below none."""
    above = {team: st.sampled_from([None, *TEAMS[:number]]) for number, team in enumerate(TEAMS)}
    somebody = st.sampled_from([None, *REPS])
    share = st.tuples(st.sampled_from(CUSTOMERS), st.sampled_from(REPS), st.sampled_from(Access), st.booleans())
    return World(
        parents=draw(st.fixed_dictionaries(above)),
        managers=draw(st.fixed_dictionaries(dict.fromkeys(TEAMS, somebody))),
        teams=draw(st.fixed_dictionaries(dict.fromkeys(REPS, st.sampled_from([None, *TEAMS])))),
        places=draw(st.fixed_dictionaries(dict.fromkeys(CUSTOMERS, st.sampled_from([*REPS, "pool", "queue"])))),
        shares=draw(st.frozensets(share, max_size=6)),
        submitted=draw(st.fixed_dictionaries(dict.fromkeys(CUSTOMERS, somebody))),
        asked=draw(st.frozensets(st.tuples(st.sampled_from(CUSTOMERS), st.sampled_from(REPS)), max_size=3)),
    )


def put(database: Database, world: World) -> None:
    """The world in a database."""
    empty(database)
    with database.write() as session:
        session.add_all(
            TeamRow(id=team, name=team, manager_id=world.managers[team], parent_id=world.parents[team])
            for team in TEAMS
        )
        session.add_all(RepRow(id=rep, name=rep, team_id=world.teams[rep]) for rep in REPS)
        for customer in CUSTOMERS:
            session.add_all(rows_of(customer, world))
        session.add_all(share_of(number, *share) for number, share in enumerate(world.shares))
        session.add_all(LeadAskedRow(lead_id=f"lead_{of}", rep_id=rep) for of, rep in world.asked)


def share_of(number: int, customer: str, rep: str, access: Access, over: bool) -> ShareRow:
    """A grant that is open, has expired, or was taken back."""
    row = ShareRow(customer_id=customer, rep_id=rep, access=access, granted_at=AT + number * DAY, expires_at=NOW + DAY)
    if over and number % 2:
        row.expires_at = NOW
    elif over:
        row.ended_at = NOW
    return row


def rows_of(customer: str, world: World) -> Iterator[Any]:
    """A customer, its lead, a decision on each, and an event of each."""
    held = world.places[customer]
    place = {"pool": Place.POOL, "queue": Place.QUEUE}.get(held, Place.OWNED)
    owner, queue = (held, None) if place is Place.OWNED else (None, f"the {held}")
    about = {"trace": {}, "at": AT, "policy_version": "1"}
    yield CustomerRow(
        id=customer, name=customer, customer_type="new_registration", place=place, owner_id=owner, queue=queue, seq=1,
        ownership={}, profile={}, created_at=AT, updated_at=AT,
    )  # fmt: skip
    yield LeadRow(
        id=f"lead_{customer}", source="web", external_id=customer, fingerprint="f", outcome=Outcome.NEW_CUSTOMER,
        customer_id=customer, decision_id="d", submitted_by=world.submitted[customer], lead={}, received_at=AT,
        settlement={"answer": {"lead_id": customer, "outcome": Outcome.NEW_CUSTOMER, "reason": "", "confidence": 1.0,
                               "customer_id": customer, "decision_id": "d"}},
    )  # fmt: skip
    yield DecisionRow(id=f"of_{customer}", kind="k", customer_id=customer, **about)
    yield DecisionRow(id=f"of_lead_{customer}", kind="k", lead_id=f"lead_{customer}", **about)
    event = {"kind": "k", "at": AT, "recorded_at": AT, "actor": "system", "decision_id": "d", "data": {}}
    yield EventRow(id=f"e_{customer}", customer_id=customer, **event)
    yield LeadEventRow(id=f"le_{customer}", lead_id=f"lead_{customer}", **event)


def shown(call: Any, *arguments: Any) -> bool:
    try:
        call(*arguments)
    except NotFound:
        return False
    return True


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(world=worlds())
def test_no_reading_shows_more_than_the_rule(database: Database, world: World) -> None:
    put(database, world)
    for person in REPS[:2]:
        for tree in (False, True):
            viewer = Viewer(person, tree=tree)
            customers = {it: world.customer(it, person, tree) for it in CUSTOMERS}
            leads = {it: world.lead(it, person, tree) for it in CUSTOMERS}
            _lists_are(database, viewer, customers, leads)
            _records_are(database, viewer, customers, leads)
            acting = {rep for rep in REPS if Visibility(database, viewer).acts_for(rep)}
            assert acting == world.people(person, tree)


def _lists_are(database: Database, viewer: Viewer, customers: Mapping[str, Reach], leads: Mapping[str, Reach]) -> None:
    reading = Reading(database, viewer)
    listed = {row.id for row, _ in reading.customers(CustomerFilter(), None, 100)}
    assert listed == {it for it, reach in customers.items() if reach}
    assert {row[0] for row in reading.leads(LeadFilter(), None, 100)} == {
        f"lead_{it}" for it, reach in leads.items() if reach
    }
    full = Visibility(database, viewer).in_full([f"lead_{it}" for it in CUSTOMERS])
    assert full == {f"lead_{it}" for it, reach in leads.items() if reach >= Reach.FULL}
    for place in Place:
        of = {row.id for row, _ in reading.customers(CustomerFilter(place=place), None, 100)}
        assert of <= listed


def _records_are(
    database: Database, viewer: Viewer, customers: Mapping[str, Reach], leads: Mapping[str, Reach]
) -> None:
    reading, sees = Reading(database, viewer), Visibility(database, viewer)
    for it in CUSTOMERS:
        assert (sees.customer(it), sees.lead(f"lead_{it}")) == (customers[it], leads[it])
        assert shown(reading.customer, it) == (customers[it] >= Reach.SIGHT)
        assert shown(reading.timeline, it, None, 10) == (customers[it] >= Reach.FULL)
        assert shown(reading.decision, f"of_{it}") == (customers[it] >= Reach.FULL)
        assert shown(reading.lead_timeline, f"lead_{it}", None, 10) == (leads[it] >= Reach.FULL)
        assert shown(reading.decision, f"of_lead_{it}") == (leads[it] >= Reach.FULL)


@pytest.fixture
def plain() -> World:
    """Team A above B; rep.0 manages A, rep.1 is in B; one customer each in every place."""
    return World(
        parents=dict.fromkeys(TEAMS) | {"B": "A"},
        managers=dict.fromkeys(TEAMS) | {"A": "rep.0"},
        teams=dict.fromkeys(REPS) | {"rep.1": "B"},
        places=dict.fromkeys(CUSTOMERS, "rep.5")
        | {"cus_0": "rep.0", "cus_1": "rep.1", "cus_2": "pool", "cus_3": "queue"},
        shares=frozenset(),
        submitted=dict.fromkeys(CUSTOMERS),
    )


def test_a_queue_is_seen_by_whoever_looks_after_it(database: Database, plain: World) -> None:
    put(database, plain)
    assert Visibility(database, Viewer("rep.0", tree=True)).customer("cus_3") is Reach.NOTHING
    owner = Viewer("rep.0", tree=True, queues=frozenset({"the queue"}))
    assert Visibility(database, owner).customer("cus_3") is Reach.FULL
    assert Visibility(database, Viewer("rep.0", queues=frozenset({"the pool"}))).customer("cus_2") is Reach.SIGHT


def test_who_is_nobody_sees_nothing_but_the_pool(database: Database, plain: World) -> None:
    put(database, plain)
    found = Reading(database, Viewer("", tree=True)).customers(CustomerFilter(), None, 100)
    assert [row.id for row, _ in found] == ["cus_2"]


def test_what_stands_for_a_customer_says_who_sees_it(database: Database, plain: World) -> None:
    put(database, plain)
    with database.write() as session:
        session.get_one(CustomerRow, "cus_0").merged_into = "cus_1"
    assert Visibility(database, Viewer("rep.1")).customer("cus_0") is Reach.CHANGE
    assert Visibility(database, Viewer("rep.0")).customer("cus_0") is Reach.NOTHING
    assert Visibility(database, Viewer("rep.0", tree=True)).customer("cus_0") is Reach.CHANGE


@pytest.mark.parametrize("chain", [("cus_0", "cus_1"), ("cus_0", "cus_4", "cus_1")])
def test_a_lead_of_a_merged_customer_goes_with_who_stands_for_it(
    database: Database, plain: World, chain: tuple[str, ...]
) -> None:
    put(database, plain)
    with database.write() as session:
        for absorbed, survivor in pairwise(chain):
            session.get_one(CustomerRow, absorbed).merged_into = survivor
    for rep, reach in (("rep.0", Reach.NOTHING), ("rep.1", Reach.FULL), ("rep.5", Reach.NOTHING)):
        viewer = Viewer(rep)
        assert Visibility(database, viewer).lead("lead_cus_0") is reach
        assert Visibility(database, viewer).decision("of_lead_cus_0") is reach
        listed = {row[0] for row in Reading(database, viewer).leads(LeadFilter(customer_id="cus_0"), None, 100)}
        assert listed == ({f"lead_{it}" for it in chain} if reach else set())


def test_a_circle_of_teams_has_an_end(database: Database, plain: World) -> None:
    put(database, plain)
    with database.write() as session:
        session.get_one(TeamRow, "A").parent_id = "B"
        found = session.connection().scalars(people(Viewer("rep.0", tree=True)))
        assert set(found) == {"rep.0", "rep.1"}


def test_some_see_everything_and_nothing_is_there_that_is_not(database: Database, plain: World) -> None:
    put(database, plain)
    sees = Visibility(database, EVERYTHING)
    assert {sees.customer(it) for it in CUSTOMERS} == {Reach.CHANGE}
    assert (sees.customer("cus_none"), sees.lead("lead_none"), sees.decision("of_none")) == (None, None, None)
    assert sees.acts_for("anybody")
    assert len(Reading(database, EVERYTHING).customers(CustomerFilter(), None, 100)) == len(CUSTOMERS)
