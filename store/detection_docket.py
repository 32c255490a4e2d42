"""The docket of some customers, read at once: their cases that are open or were settled lately, and what was seen."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlmodel import Session, col, or_, select

from domain.collision.detector import Detector
from domain.collision.docket import Docket, Entry, Noted
from domain.collision.rules import CollisionRules
from domain.collision.sighting import Sighting
from store.lineage import absorbed_by
from store.tables import CollisionCustomerRow, CollisionRepRow, CollisionRow, SightingRow


def docket_of(session: Session, sightings: Sequence[Sighting], rules: CollisionRules) -> Docket:
    """The docket on which some sightings are placed; nobody else settles its cases until the transaction ends.

    Cases and sightings of a customer that was merged are those of its survivor.
    """
    docket = Docket(rules)
    live = {customer_id: customer_id for seen in sightings for customer_id in seen.customer_ids}
    live |= {id_: root for root, ids in absorbed_by(session, list(live)).items() for id_ in ids}
    quiet = timedelta(days=max(rules.of(detector).quiet_days for detector in Detector))
    first, last = min(seen.at for seen in sightings) - quiet, max(seen.at for seen in sightings) + quiet
    theirs = select(CollisionCustomerRow.case_id).where(col(CollisionCustomerRow.customer_id).in_(live))
    cases = session.exec(
        select(CollisionRow)
        .where(
            col(CollisionRow.id).in_(theirs),
            or_(col(CollisionRow.settled_at).is_(None), col(CollisionRow.settled_at) >= first),
        )
        .order_by(CollisionRow.id)
        .with_for_update()
    ).all()
    for entry in _entries(session, cases, live):
        docket.take_up(entry)
    seen_before = select(SightingRow).where(
        col(SightingRow.customer_id).in_(live), col(SightingRow.at).between(first, last)
    )
    for row in session.exec(seen_before):
        docket.note(Noted(row.id, _sighting(row, live), row.case_id))
    return docket


def _entries(session: Session, cases: Iterable[CollisionRow], live: dict[str, str]) -> Iterable[Entry]:
    entries = {
        row.id: Entry(row.id, row.risk, row.opened_at, row.settled_at, customer_ids=set(), rep_ids=set())
        for row in cases
    }
    customers = select(CollisionCustomerRow).where(col(CollisionCustomerRow.case_id).in_(entries))
    reps = select(CollisionRepRow).where(col(CollisionRepRow.case_id).in_(entries))
    events = select(SightingRow.case_id, SightingRow.event_id).where(col(SightingRow.case_id).in_(entries))
    for customer in session.exec(customers):
        entries[customer.case_id].customer_ids.add(live.get(customer.customer_id, customer.customer_id))
    for rep in session.exec(reps):
        entries[rep.case_id].rep_ids.add(rep.rep_id)
    for case_id, event_id in session.exec(events):
        entries[case_id or ""].event_ids.add(event_id)
    return entries.values()


def _sighting(row: SightingRow, live: dict[str, str]) -> Sighting:
    return Sighting(
        detector=Detector(row.detector),
        customer_ids=tuple(live.get(it, it) for it in row.data["customers"]),
        rep_ids=tuple(row.data["reps"]),
        event_id=row.event_id,
        at=row.at,
        evidence=row.data["evidence"],
    )
