"""Making two customers one, on behalf of the absorbed one's workflow, and showing beforehand what would survive.

The ownership of each is decided in its own workflow; what is written here is everything else: the profile, the
identifiers, and that every look-up finds the survivor. The absorbed one's row stays as it is, for the way back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue
from sqlmodel import Session, col, select

from domain.change import MergeInto, Refused, Request
from domain.identity import Key, keys_of
from domain.lead import Lead
from domain.matching.record import record_of
from domain.merging_rules import ProfileField, Survivorship
from domain.ownership import Ownership, Place
from domain.policy import KeyKind, Policy
from domain.profile import Profile, profile_of
from domain.separation import Merged
from domain.survivorship import CORRECTION, Choice, Known, Said, Side, Statement, known_of, merged
from store.asking import require_active
from store.candidates import compare_as, stand_in
from store.customers import after_both, customer_row, set_profile
from store.database import Database
from store.identity_index import hand_over, held_by, lock_keys
from store.lineage import family
from store.reading import profile_in
from store.tables import CustomerRow, DecisionRow, EventRow, LeadRow, MergeRow

_MOST_LEADS = 500
"""So many of the latest leads tell where a value comes from."""


class Half(BaseModel):
    """What one of the two was before the merge, beside its profile."""

    model_config = ConfigDict(frozen=True)
    keys: tuple[Key, ...]
    ownership: Ownership


@dataclass(frozen=True)
class Plan:
    """What would survive of two customers."""

    survivor: Profile
    absorbed: Profile
    after: Profile
    choices: tuple[Choice, ...]
    conflicts: tuple[KeyKind, ...]
    """Identifiers of which a customer has but one, and of which each of the two has another."""


def plan_of(
    session: Session,
    survivor: CustomerRow,
    absorbed: CustomerRow,
    instead: dict[ProfileField, Survivorship],
    policy: Policy,
) -> Plan:
    """What would survive of two customers by the policy and the choices of this merge."""
    own, other = _known(session, survivor), _known(session, absorbed)
    after, choices = merged(own, other, policy.merging, instead)
    mine, theirs = (set(keys_of(each.profile)) for each in (own, other))
    conflicts = tuple(
        kind
        for kind in policy.identity.conflict_on
        if (here := _of_kind(mine, kind)) and (there := _of_kind(theirs, kind)) and here != there
    )
    return Plan(own.profile, other.profile, after, choices, conflicts)


def lock_both(database: Database, session: Session, one: str, other: str, also: Iterable[Key] = ()) -> None:
    """Keep everybody else from either customer, from every identifier that either holds, and from these others.

    The rows come after the keys, as for everybody, and in one order for everybody: two merges that cross cannot wait
    for each other.
    """
    both = sorted((one, other))
    before = {*also, *(key for holder in both for key in held_by(session, holder))}
    lock_keys(database, session, before)
    for customer_id in both:
        customer_row(session, customer_id, lock=True)
    lock_keys(database, session, {key for holder in both for key in held_by(session, holder)} - before)


def merge(
    session: Session, request: Request, change: MergeInto, absorbed: CustomerRow, policy: Policy
) -> dict[str, JsonValue]:
    """Make the survivor stand for the customer whose workflow asks, both being locked; returns what explains it.

    Raises:
        Refused: ``unknown_customer`` and ``already_merged`` for the survivor, ``conflicting_identifier``,
            ``unknown_rep`` and ``rep_not_available`` for whoever says that the two are one.
    """
    require_active(session, change.by)
    survivor = customer_row(session, change.survivor_id)
    if survivor.place == Place.MERGED:
        raise Refused("already_merged", about=survivor.merged_into or "")
    plan = plan_of(session, survivor, absorbed, change.fields, policy)
    if plan.conflicts and not change.force:
        raise Refused("conflicting_identifier", about=plan.conflicts[0])
    halves = {
        side: Half(keys=held_by(session, row.id), ownership=Ownership.model_validate(row.ownership))
        for side, row in ((Side.SURVIVOR, survivor), (Side.ABSORBED, absorbed))
    }
    hand_over(session, absorbed.id, survivor.id)
    stand_in(session, survivor.id, family(session, absorbed.id))
    compare_as(session, [survivor.id], record_of(plan.after))
    after_both(survivor, absorbed)
    set_profile(survivor, plan.after)
    survivor.updated_at = request.at
    was = Merged(survivor=plan.survivor, absorbed=plan.absorbed, after=plan.after, choices=plan.choices)
    session.add(
        MergeRow(
            id=request.asked.id,
            survivor_id=survivor.id,
            absorbed_id=absorbed.id,
            by=change.by,
            reason=change.reason,
            owner=change.owner,
            merged_at=request.at,
            merged=was.model_dump(mode="json"),
            halves={side: half.model_dump(mode="json") for side, half in halves.items()},
        )
    )
    choices: list[JsonValue] = [choice.model_dump(mode="json") for choice in plan.choices]
    return {"merge_id": request.asked.id, "choices": choices, "forced": list(plan.conflicts)}


def note_taken_over(session: Session, merge_id: str, was: Ownership, taken: Ownership) -> None:
    """Keep the survivor's ownership before and after it took the other over.

    Raises:
        Refused: ``not_merged`` when the merge was undone before it came to that.
    """
    row = session.exec(select(MergeRow).where(MergeRow.id == merge_id)).one()
    if row.unmerged_at is not None:
        raise Refused("not_merged", about=merge_id)
    row.taken_over = {"was": was.model_dump(mode="json"), "taken": taken.model_dump(mode="json")}


def _known(session: Session, customer: CustomerRow) -> Known:
    """A customer's profile with where each value comes from: its leads, or what a person wrote."""
    statement = select(LeadRow).where(col(LeadRow.customer_id).in_(family(session, customer.id)))
    leads = session.exec(statement.order_by(col(LeadRow.received_at).desc(), LeadRow.id).limit(_MOST_LEADS))
    statements = [
        Statement(profile=profile_of(Lead.model_validate(row.lead)), said=Said(at=row.received_at, source=row.source))
        for row in leads
    ]
    corrected = _corrected(session, customer.id)
    otherwise = Said(at=corrected, source=CORRECTION) if corrected else Said(at=customer.created_at, source=None)
    return known_of(profile_in(customer), statements, otherwise)


def _corrected(session: Session, customer_id: str) -> datetime | None:
    """When a person last wrote into the profile."""
    by_hand = DecisionRow.trace["change"].as_string() == "change_profile"
    statement = (
        select(EventRow.at)
        .join(DecisionRow, col(DecisionRow.id) == col(EventRow.decision_id))
        .where(EventRow.customer_id == customer_id, by_hand)
    )
    return session.exec(statement.order_by(col(EventRow.position).desc())).first()


def _of_kind(keys: set[Key], kind: KeyKind) -> set[Key]:
    return {key for key in keys if key.kind is kind}
