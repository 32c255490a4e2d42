"""What detectors look at beside the events: read for a whole batch at once, and what few events need for each."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, col, select

from domain.collision.detector import Detector
from domain.collision.overlapping_territories import territories_of
from domain.collision.scene import Known, Review, Scene
from domain.happening import Happening
from domain.ownership import Ownership
from domain.policy import Policy
from store.asking import managers_of
from store.detection_lookups import (
    contacts_of,
    group_of,
    merger_of,
    reviews_beside,
    reviews_of,
    shows_of,
    was_warned,
)
from store.journal import CUSTOMER
from store.lineage import live_ids
from store.tables import CustomerRow

Looked = tuple[Happening, tuple[Detector, ...]]
"""An event with the detectors that look at it."""


def scenes_of(session: Session, looked: Sequence[Looked], policy: Policy) -> list[Scene]:
    """What stands around each of these events, as far as its detectors look."""
    reviews = reviews_of(session, [it.subject_id for it, _ in looked if it.stream != CUSTOMER])
    known = _known(session, {id_ for it, _ in looked for id_ in _customers(it, reviews)})
    return [_scene(session, happened, detectors, known, reviews, policy) for happened, detectors in looked]


def _customers(happened: Happening, reviews: Mapping[str, Review]) -> Iterable[str]:
    if happened.stream != CUSTOMER:
        review = reviews.get(happened.subject_id)
        return review.candidates[:1] if review else ()
    contested = happened.data.get("contested")
    return happened.subject_id, *(map(str, contested) if isinstance(contested, list) else ())


def _known(session: Session, ids: set[str]) -> dict[str, Known]:
    """Who stands for each of these customers, as it stands now, by all ids by which it is asked for."""
    live = {id_: id_ for id_ in ids} | live_ids(session, ids)
    standing = select(CustomerRow.id, CustomerRow.ownership).where(col(CustomerRow.id).in_(set(live.values())))
    owned = {id_: Ownership.model_validate(ownership) for id_, ownership in session.exec(standing)}
    managers = managers_of(session, {it.owner_id for it in owned.values() if it.owner_id})
    known = {id_: Known(it, managers.get(it.owner_id or "")) for id_, it in owned.items()}
    return {id_: known[survivor] for id_, survivor in live.items() if survivor in known}


def _scene(
    session: Session,
    happened: Happening,
    detectors: tuple[Detector, ...],
    known: Mapping[str, Known],
    reviews: Mapping[str, Review],
    policy: Policy,
) -> Scene:
    if happened.stream != CUSTOMER:
        review = reviews.get(happened.subject_id)
        beside = reviews_beside(session, review) if review and Detector.DOUBLE_REVIEW in detectors else ()
        return Scene(others=dict(known), review=review, reviews=beside)
    customer = known.get(happened.subject_id)
    if customer is None:
        return Scene()
    merges = Detector.FOUND_ONE in detectors and "merge_id" in happened.data
    warned = Detector.CALLED_BEFORE_RECYCLING in detectors
    quiet = policy.collisions.of(Detector.CALLED_BEFORE_RECYCLING).quiet_days
    territories = Detector.OVERLAPPING_TERRITORIES in detectors and policy.territories
    return Scene(
        customer=customer,
        others={id_: known[id_] for id_ in _customers(happened, reviews) if id_ in known},
        group=group_of(session, customer) if Detector.GROUP in detectors and customer.owner_id else (),
        contacts=contacts_of(session, customer, happened, quiet) if warned else (),
        warned=warned and was_warned(session, customer, happened),
        shows=shows_of(session, customer, happened) if Detector.SAME_SHOW in detectors else (),
        merger=merger_of(session, str(happened.data["merge_id"])) if merges else None,
        territories=territories_of(customer.ownership, policy) if territories else (),
    )
