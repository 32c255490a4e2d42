"""Ten thousand events, a third of them repeats, in any order: the right cases, and no case or event twice."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from time import perf_counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from domain.collision.detector import Detector
from domain.event import EventKind
from domain.happening import Happening
from domain.lead import CustomerType
from domain.ownership import Ownership, Place
from store.database import Database
from store.detection import Detection
from store.tables import CollisionCustomerRow, CollisionRepRow, CollisionRow, CustomerRow, EventRow, SightingRow
from tests.databases import empty
from tests.examples import AT, BROWN, IDS, LI, POLICY, SMITH, WANG, ZHANG, employ

REPS = tuple(rep.id for rep in (ZHANG, LI, WANG, SMITH, BROWN))
WITHIN = timedelta(days=29)
"""All within one quiet period, so that what is expected can be counted."""


@dataclass(frozen=True)
class Told:
    """Something that a rep did about a customer."""

    number: int
    customer: int
    rep_id: str
    kind: EventKind

    @property
    def happening(self) -> Happening:
        """The event of it, which repeats as it is."""
        owner = owner_of(self.customer)
        data = {
            EventKind.LEAD_RECEIVED: {"lead_id": f"lead_{self.number}", "submitted_by": self.rep_id},
            EventKind.TOUCH_LOGGED: {"rep_id": self.rep_id, "kind": "call"},
            EventKind.FOLLOW_UP_LOGGED: {"rep_id": self.rep_id, "kind": "visit"},
            EventKind.PROFILE_CHANGED: {},
        }[self.kind]
        at = AT + WITHIN * ((self.number * 7919) % 10_000 / 10_000)
        return Happening(
            position=self.number,
            stream="customer",
            id=f"event_{self.number}",
            kind=self.kind,
            subject_id=f"cus_{self.customer}",
            at=at,
            recorded_at=at,
            actor="system",
            decision_id=None,
            data={**data, "owner_id": owner},
        )


def owner_of(customer: int) -> str:
    return REPS[customer % 3]


def prepare(database: Database, customers: int) -> None:
    """Owned customers in an empty database."""
    empty(database)
    employ(database, ZHANG, LI, WANG, SMITH, BROWN)
    with database.write() as session:
        for number in range(customers):
            ownership = Ownership(
                customer_id=f"cus_{number}",
                customer_type=CustomerType.NEW_REGISTRATION,
                region="CN-GD",
                seq=1,
                place=Place.OWNED,
                owner_id=owner_of(number),
                queue=None,
                since=AT,
            )
            session.add(
                CustomerRow(
                    id=ownership.customer_id,
                    name=f"客户{number}",
                    customer_type=ownership.customer_type,
                    place=ownership.place,
                    owner_id=ownership.owner_id,
                    seq=1,
                    ownership=ownership.model_dump(mode="json"),
                    profile={},
                    created_at=AT,
                    updated_at=AT,
                )
            )


def show(database: Database, shown: Sequence[Happening], batch: int) -> None:
    """Have a new watcher for each batch, as after a restart, see them."""
    for first in range(0, len(shown), batch):
        with database.write() as session:
            Detection(database, POLICY, IDS).see(session, shown[first : first + batch])


SEES = {
    EventKind.LEAD_RECEIVED: Detector.SECOND_LEAD,
    EventKind.TOUCH_LOGGED: Detector.FOREIGN_CONTACT,
    EventKind.FOLLOW_UP_LOGGED: Detector.FOREIGN_CONTACT,
}


def check(database: Database, told: Sequence[Told]) -> None:
    """Compare what is in the database with what anybody can count."""
    met: dict[str, set[str]] = defaultdict(set)
    sightings: set[tuple[str, str, str]] = set()
    for it in told:
        if it.kind in SEES and it.rep_id != owner_of(it.customer):
            met[f"cus_{it.customer}"].add(it.rep_id)
            sightings.add((SEES[it.kind], f"cus_{it.customer}", it.rep_id))
    with database.read() as session:
        on = dict(session.exec(select(CollisionCustomerRow.case_id, CollisionCustomerRow.customer_id)).all())
        cases = session.exec(select(CollisionRow.id, CollisionRow.risk)).all()
        reps: dict[str, set[str]] = defaultdict(set)
        for case_id, rep_id in session.exec(select(CollisionRepRow.case_id, CollisionRepRow.rep_id)):
            reps[on[case_id]].add(rep_id)
        seen = session.exec(select(SightingRow)).all()
        kinds = Counter(session.exec(select(EventRow.kind)).all())
    assert len(cases) == len(on) == len(met)
    assert not any(risk for _, risk in cases)
    assert reps == {id_: {*others, owner_of(int(id_.removeprefix("cus_")))} for id_, others in met.items()}
    assert Counter((row.detector, row.customer_id, row.data["reps"][1]) for row in seen) == Counter(sightings)
    assert {row.case_id for row in seen} == set(on)
    assert kinds[EventKind.COLLISION_OPENED] == len(met)
    assert kinds[EventKind.COLLISION_OPENED] + kinds[EventKind.COLLISION_SEEN_AGAIN] == len(sightings)


def storm(random: Random, events: int, customers: int) -> Iterator[Told]:
    kinds = (*SEES, EventKind.PROFILE_CHANGED)
    for number in range(events):
        customer = random.randrange(customers)
        # Most of what happens is the owner's.
        rep_id = owner_of(customer) if random.random() < 0.8 else random.choice(REPS)
        yield Told(number, customer, rep_id, random.choice(kinds))


def test_once_ten_thousand_events_with_repeats_in_any_order(database: Database) -> None:
    random = Random(7)
    prepare(database, 1500)
    told = list(storm(random, 7000, 1500))
    shown = [it.happening for it in (*told, *random.choices(told, k=3000))]
    random.shuffle(shown)
    began = perf_counter()
    show(database, shown, 200)
    took = perf_counter() - began
    check(database, told)
    print(f"10,000 events in {took:.1f} s")
    assert took < 60


TOLD = st.builds(
    Told,
    number=st.integers(0, 9_999),
    customer=st.integers(0, 3),
    rep_id=st.sampled_from(REPS),
    kind=st.sampled_from(tuple(SEES)),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(TOLD, min_size=1, max_size=25, unique_by=lambda it: it.number),
    order=st.randoms(use_true_random=False),
    batch=st.integers(1, 9),
)
def test_once_in_whatever_order_and_batches(database: Database, told: list[Told], order: Random, batch: int) -> None:
    prepare(database, 4)
    shown = [it.happening for it in (*told, *order.choices(told, k=len(told)))]
    order.shuffle(shown)
    show(database, shown, batch)
    check(database, told)


def test_events_that_concern_no_detector_cost_next_to_nothing(database: Database) -> None:
    prepare(database, 10)
    rows = [
        Told(number, number % 10, LI.id, EventKind.LEAD_RECEIVED).happening.model_copy(
            update={"data": {"lead_id": f"lead_{number}", "submitted_by": LI.id, "imported": True}}
        )
        for number in range(10_000)
    ]
    began = perf_counter()
    show(database, rows, 200)
    took = perf_counter() - began
    with database.read() as session:
        assert session.exec(select(SightingRow.id)).all() == []
    print(f"10,000 events of an import in {took:.1f} s")
    assert took < 10
