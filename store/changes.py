"""Carrying out a change on a customer, on behalf of its workflow: the only writer of ownership after the birth.

Each request is carried out once; asked again, it gives the stored result. ``domain.transition`` decides.
"""

from collections.abc import Mapping

from pydantic import JsonValue
from sqlmodel import Session

from domain.assignment import inputs_of
from domain.change import (
    Changed,
    ChangeProfile,
    Claim,
    LogFollowUp,
    MergeInto,
    OpenCommitment,
    OwnerLeft,
    PlaceItem,
    Refused,
    Request,
    TakeItem,
    TakeOver,
    Unmerge,
)
from domain.customer_rules import pool_of
from domain.event import EventKind
from domain.identity import keys_of
from domain.ids import IdMaker
from domain.kpi.completeness import known_fields
from domain.ownership import Owner, Ownership, Place
from domain.policy import Policy
from domain.said import located
from domain.step import Step, moved, rules_changed
from domain.transition import case_for, decide
from domain.waiting import known_better
from store.asking import require_active
from store.candidates import compare_as, keep, lock_blocks
from store.claims import count_claim, with_claims
from store.contested import IN_USE, in_the_way, note_contested
from store.customers import customer_row, set_ownership, set_profile
from store.database import Database
from store.identification import Subject
from store.identity_index import hold, let_go, lock_keys
from store.journal import record_decision, record_event
from store.lineage import family
from store.merging import lock_both, merge, note_taken_over
from store.moving import note_moved
from store.placing import item_of, place, said_by
from store.policies import Policies
from store.reading import profile_in
from store.rotation import reps_for, take_turn
from store.shares import write_shares
from store.tables import ChangeRow, CustomerRow, FollowUpRow, RepRow
from store.unmerging import unmerge

_OF_PROFILES = frozenset(
    {
        EventKind.PROFILE_CHANGED,
        EventKind.CUSTOMER_ABSORBED,
        EventKind.CUSTOMER_UNMERGED,
        EventKind.CUSTOMER_SEPARATED,
        EventKind.ITEM_DECIDED,
        EventKind.ITEM_RECEIVED,
    }
)
"""Events after which the profile may be another one; they tell which of its fields are known."""
_OF_SHARES = (EventKind.SHARE_GRANTED, EventKind.SHARE_EXTENDED, EventKind.SHARE_REVOKED, EventKind.SHARE_EXPIRED)


class Changes:
    """Carries out changes. One per process; safe to share between threads."""

    def __init__(self, database: Database, policy: Policy, ids: IdMaker) -> None:
        self._database = database
        self._policies = Policies(database, policy)
        self._ids = ids

    def current(self, customer_id: str) -> Ownership:
        """The ownership as last written.

        Raises:
            Refused: ``unknown_customer``.
        """
        with self._database.read() as session:
            return Ownership.model_validate(customer_row(session, customer_id).ownership)

    def carry_out(self, request: Request) -> Changed:
        """Carry out a request in one transaction, once.

        Raises:
            Refused: when the customer is unknown or the rules do not allow the change; a correction that another
                customer's identifier stands in the way of is on the timeline then.
            sqlalchemy.exc.SQLAlchemyError: when the database fails; nothing is half-written, the step may be repeated.
        """
        try:
            return self._carry_out(request)
        except Refused as refusal:
            if refusal.code == IN_USE and isinstance(change := request.asked.change, ChangeProfile):
                self._note_contested(request, change)
            raise

    def _note_contested(self, request: Request, change: ChangeProfile) -> None:
        with self._database.write() as session:
            self._policies.hold(session)
            standing = Ownership.model_validate(customer_row(session, request.customer_id).ownership)
            policy = self._policies.followed(session, request.at, standing.policy)
            note_contested(session, self._ids, request, change, policy)

    def _carry_out(self, request: Request) -> Changed:
        with self._database.write() as session:
            self._policies.hold(session)
            self._lock(session, request)
            customer = customer_row(session, request.customer_id, lock=True)
            done = session.get(ChangeRow, request.asked.id)
            if done is not None:
                was = Changed.model_validate(done.result)
                return _changed(session, customer, was.event, was.data, was.freed)
            standing = Ownership.model_validate(customer.ownership)
            policy = self._policies.followed(session, request.at, standing.policy)
            step, inputs = self._decide(session, standing, request, policy)
            if step is not None:
                step = self._write(session, customer, standing, request, step, inputs, policy)
            freed = _freed(session, standing.owner_id) if customer.owner_id != standing.owner_id else None
            changed = _changed(session, customer, step.event if step else None, step.data if step else {}, freed)
            if isinstance(request.asked.change, OwnerLeft):
                note_moved(session, request.asked.id, step)
            session.add(
                ChangeRow(id=request.asked.id, customer_id=request.customer_id, result=changed.model_dump(mode="json"))
            )
            return changed

    def _decide(
        self, session: Session, standing: Ownership, request: Request, policy: Policy
    ) -> tuple[Step | None, dict[str, JsonValue]]:
        """What the change comes to, with what was looked at."""
        before = moved(standing, policy, request.at)
        change = request.asked.change
        case = case_for(before, change)
        reps = reps_for(self._database, session, case, policy, request.at)
        if isinstance(change, Claim) and before.place is Place.POOL:
            pool, day = pool_of(before, policy), policy.day_of(request.at)
            reps = with_claims(self._database, session, reps, change.rep_id, pool, day)
        step = decide(before, change, policy, reps, request.at)
        return step or rules_changed(standing, before), inputs_of(case, reps)

    def _lock(self, session: Session, request: Request) -> None:
        """Take the locks that come before the customer's own: of every identifier that may change hands."""
        match request.asked.change:
            case ChangeProfile() as change:
                subject = Subject.of(change.profile)
                lock_blocks(self._database, session, subject.blocking)
                lock_keys(self._database, session, subject.keys)
            case MergeInto() as change:
                lock_both(self._database, session, request.customer_id, change.survivor_id)
            case Unmerge():
                survivor_id = customer_row(session, request.customer_id).merged_into
                lock_both(self._database, session, request.customer_id, survivor_id or request.customer_id)
            case PlaceItem() as change:
                merge_row, item, placement = item_of(session, change.merge_id, change.item)
                keys = keys_of(said_by(session, item, placement))
                lock_both(self._database, session, merge_row.survivor_id, merge_row.absorbed_id, keys)
                session.expire(item)

    def _write(
        self,
        session: Session,
        customer: CustomerRow,
        standing: Ownership,
        request: Request,
        step: Step,
        inputs: dict[str, JsonValue],
        policy: Policy,
    ) -> Step:
        """Write what a step comes to; returns it with what only the writing could tell."""
        take_turn(session, step.assignment, policy.day_of(request.at))
        effect = self._effect(session, customer, request, step, policy)
        ended = write_shares(session, customer.id, standing.shares, step.ownership.shares, request.at)
        if ended and step.event not in _OF_SHARES:
            effect["shares_ended"] = [share.model_dump(mode="json", include={"rep_id", "access"}) for share in ended]
        step = step.model_copy(update={"data": {**step.data, **effect}})
        if isinstance(request.asked.change, PlaceItem | TakeItem):
            placed = known_better(step.ownership, located(step.ownership, profile_in(customer)), request.at)
            step = step.model_copy(update={"ownership": placed})
        set_ownership(customer, step.ownership)
        customer.updated_at = request.at
        decision_id = self._explain(session, request, step, inputs, policy)
        known = {"known": known_fields(profile_in(customer))} if step.event in _OF_PROFILES else {}
        record_event(
            session,
            id=request.asked.id,
            customer_id=customer.id,
            kind=step.event,
            at=request.at,
            actor=request.asked.actor,
            decision_id=decision_id,
            data={**_hands(standing, step.ownership), **known, **step.data},
        )
        return step

    def _effect(
        self, session: Session, customer: CustomerRow, request: Request, step: Step, policy: Policy
    ) -> dict[str, JsonValue]:
        """What a change does beside the ownership, and what explains it."""
        match request.asked.change:
            case LogFollowUp() as change:
                _add_follow_up(session, request, change, effective=bool(step.data["effective"]))
            case ChangeProfile() as change:
                _set_profile(session, customer, change)
            case OpenCommitment() as change if change.commitment.rep_id is not None:
                require_active(session, change.commitment.rep_id)
            case Claim() as change if step.ownership.claimed_from is not None:
                count_claim(session, change.rep_id, step.ownership.claimed_from, policy.day_of(request.at))
            case MergeInto() as change:
                return merge(session, request, change, customer, policy)
            case TakeOver() as change:
                note_taken_over(session, change.merge_id, Ownership.model_validate(customer.ownership), step.ownership)
            case PlaceItem() as change:
                return place(session, request, change, customer)
            case Unmerge() as change:
                return unmerge(session, change, customer, request.asked.id, request.at, policy)
        return {}

    def _explain(
        self, session: Session, request: Request, step: Step, inputs: dict[str, JsonValue], policy: Policy
    ) -> str:
        """Every change is explained: by the assignment that was made, or by the rule that it followed."""
        return record_decision(
            session,
            id=self._ids.make("dec", request.asked.id),
            kind=step.event,
            policy_version=policy.fingerprint,
            at=request.at,
            customer_id=request.customer_id,
            trace={
                "change": request.asked.change.kind,
                "assignment": step.assignment.model_dump(mode="json") if step.assignment else None,
                "inputs": inputs if step.assignment else None,
                "clock": step.ownership.clock.model_dump(mode="json") if step.ownership.clock else None,
                "wait": step.ownership.wait.model_dump(mode="json", exclude={"case"}) if step.ownership.wait else None,
                **step.data,
            },
        )


def _hands(before: Ownership, after: Ownership) -> dict[str, JsonValue]:
    """Where a customer is now, and with whom it was when that is somebody else."""
    now: dict[str, JsonValue] = {"owner_id": after.owner_id, "queue": after.queue}
    return now if before.owner_id in (None, after.owner_id) else {**now, "previous_owner_id": before.owner_id}


def _set_profile(session: Session, customer: CustomerRow, change: ChangeProfile) -> None:
    """Replace profile and keys together; an identifier that another customer holds is refused."""
    if customer.version != change.expected_version:
        raise Refused("version_mismatch")
    subject = Subject.of(change.profile)
    if in_the_way(session, customer.id, subject):
        raise Refused(IN_USE)
    let_go(session, customer.id)
    hold(session, customer.id, subject.keys)
    keep(session, customer.id, subject.record, subject.blocking)
    compare_as(session, family(session, customer.id), subject.record)
    set_profile(customer, change.profile)


def _add_follow_up(session: Session, request: Request, change: LogFollowUp, *, effective: bool) -> None:
    follow_up = change.follow_up
    if session.get(RepRow, follow_up.rep_id) is None:
        raise Refused("unknown_rep")
    session.add(
        FollowUpRow(
            id=request.asked.id,
            customer_id=request.customer_id,
            rep_id=follow_up.rep_id,
            kind=follow_up.kind,
            content=follow_up.content,
            customer_answered=follow_up.customer_answered,
            effective=effective,
            occurred_at=follow_up.occurred_at or request.at,
            logged_at=request.at,
        )
    )


def _freed(session: Session, rep_id: str | None) -> str | None:
    """A rep who lost a customer, when that makes room under their total cap."""
    rep = session.get(RepRow, rep_id) if rep_id else None
    return rep.id if rep and rep.active and rep.total_cap is not None else None


def _changed(
    session: Session,
    customer: CustomerRow,
    event: EventKind | None,
    data: Mapping[str, JsonValue],
    freed: str | None,
) -> Changed:
    """What came of a change, with the customer as it stands now, after later changes, too: its workflow goes by it."""
    owner = session.get(RepRow, customer.owner_id) if customer.owner_id else None
    return Changed(
        ownership=Ownership.model_validate(customer.ownership),
        owner=Owner(id=owner.id, name=owner.name) if owner else None,
        version=customer.version,
        event=event,
        data=dict(data),
        freed=freed,
    )
