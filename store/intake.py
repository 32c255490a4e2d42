"""The atomic step of intake: searching for a match and registering what is new, in one transaction.

The transaction is serialised on the lead's keys, so that of two leads for one customer the second sees the first
(invariant one_customer); and it begins by looking for the lead itself, so that a repeat changes nothing (invariant
once).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import bindparam, select
from sqlmodel import Session

from domain.answer import Answer, Settlement
from domain.assignment import Assignment, inputs_of
from domain.case import case_of, heard_again
from domain.change import LeadArrived
from domain.confirmation import (
    BY_DEFAULT,
    WITHDRAWN,
    Stage,
    Waiting,
    asked_first,
    begin_waiting,
)
from domain.event import SYSTEM, EventKind
from domain.identity import Identification, Outcome
from domain.ids import IdMaker
from domain.kpi.completeness import known_fields
from domain.lead import Lead
from domain.lead_event import events_of
from domain.lead_told import lead_told
from domain.matching.record import record_of
from domain.ownership import Owner, Ownership
from domain.pending import next_change
from domain.policy import Policy
from domain.profile import Profile, enriched
from domain.submission import Registration, Submission
from domain.transition import birth, concerns_owner, names_another_contact
from store.asking import ask, managers_of, owners_of, require_active
from store.candidates import forget, keep, lock_blocks
from store.customers import set_profile
from store.database import Database
from store.grouping import group_owners
from store.identification import Subject, identified
from store.identity_index import Holdings, hold, let_go, lock_keys
from store.journal import record_decision, record_event, record_lead_events
from store.judging import done, heard, judged
from store.lead_row import keep_lead, settlement_of
from store.lineage import live_id, locked_live
from store.policies import Policies
from store.referral import referrals_of
from store.rotation import reps_for, take_turn
from store.rows import add, table_of
from store.tables import CustomerRow, RepRow

_rep = table_of(RepRow).c
_OWNER = select(_rep.id, _rep.name).where(_rep.id == bindparam("rep_id"))


@dataclass(frozen=True)
class _Step:
    """One pass over a submission, inside its transaction."""

    session: Session
    submission: Submission
    at: datetime
    subject: Subject
    decision_id: str
    policy: Policy
    before: Settlement | None
    """How the lead stood before; None on the first pass."""
    contested: tuple[str, ...] = ()
    """Other customers, to whom strong identifiers of the lead belong."""

    def without(self, others: Holdings) -> "_Step":
        """The pass without the strong identifiers that belong to other customers, who keep them."""
        strong = {key for key in self.subject.keys if key.strong}
        contested = {holder: strong.intersection(keys) for holder, keys in others.items()}
        contested = {holder: keys for holder, keys in contested.items() if keys}
        if not contested:
            return self
        subject = self.subject.without(frozenset().union(*contested.values()))
        return replace(self, subject=subject, contested=tuple(sorted(contested)))

    @property
    def lead_id(self) -> str:
        return self.submission.lead_id

    @property
    def lead(self) -> Lead:
        return self.submission.lead

    @property
    def actor(self) -> str:
        return self.lead.submitted_by or SYSTEM

    @property
    def waiting(self) -> Waiting | None:
        """How the lead waited before, by the version that it follows now."""
        before = self.before.answer.waiting if self.before else None
        return before.under(self.policy) if before else None


@dataclass(frozen=True)
class _Effect:
    """What a pass wrote: the customer that the lead belongs to now, and how it was assigned."""

    ownership: Ownership | None = None
    assignment: Assignment | None = None
    inputs: dict[str, JsonValue] | None = None
    watch: Ownership | None = None
    arrived: LeadArrived | None = None
    waiting: Waiting | None = None


class Intake:
    """Registers leads. One per process; safe to share between threads."""

    def __init__(self, database: Database, policy: Policy, ids: IdMaker) -> None:
        self._database = database
        self._policies = Policies(database, policy)
        self._ids = ids

    def register(self, registration: Registration) -> Settlement:
        """Identify a lead and write what follows from it: a new customer with its first owner, a duplicate, a doubt.

        A lead that waits is looked at again with what is known now; a person's word then decides, or the policy's
        default when the time for one is up.

        Raises:
            Refused: ``not_a_candidate`` when the choice names a customer that the lead does not match,
                ``unknown_rep`` or ``rep_not_available`` when it is of somebody who may not choose.
            sqlalchemy.exc.SQLAlchemyError: when the database fails; nothing is half-written, the step may be repeated.
        """
        subject = Subject.of(registration.submission.described)
        with self._database.write() as session:
            self._policies.hold(session)
            lock_blocks(self._database, session, subject.blocking)
            lock_keys(self._database, session, subject.keys, registration.submission.lead_id)
            return self.register_within(session, registration, subject)

    def hold_policies(self, session: Session) -> None:
        """Let no version of the policy come into force until the transaction ends; comes before any other lock."""
        self._policies.hold(session)

    def register_within(self, session: Session, registration: Registration, subject: Subject) -> Settlement:
        """The same as one of several steps of a transaction that keeps every other lead out (``lock_out_leads``).

        Args:
            session: the transaction.
            registration: the lead.
            subject: whom it describes; an import's may say more than its lead can.
        """
        submission = registration.submission
        before = settlement_of(session, submission.lead_id)
        decision_id = self._decision_id(registration)
        if before is not None and done(registration, before, decision_id):
            return before
        if registration.choice:
            require_active(session, registration.choice.by)
        policy = self._policy_for(session, registration.at, before)
        step = _Step(session, submission, registration.at, subject, decision_id, policy, before)
        seen = identified(session, subject, policy, but=submission.lead_id)
        holders, waiting = seen.holders, seen.waiting
        found = judged(seen, _of_today(session, registration), step.waiting)
        if found.outcome in (Outcome.NEW_CUSTOMER, Outcome.DUPLICATE):
            own = {candidate.id for candidate in found.candidates[:1]}
            step = step.without({it: keys for it, keys in holders.items() if it not in own | waiting})
        if before is not None:
            let_go(session, submission.lead_id)
            forget(session, submission.lead_id, subject.blocking)
        effect = self._write(step, found, registration)
        settlement = Settlement(
            answer=_answer(step, found, effect),
            watch=effect.watch,
            arrived=effect.arrived,
            recheck=() if found.outcome is Outcome.NEEDS_CONFIRMATION else tuple(sorted(waiting)),
        )
        self._record(step, found, effect, settlement, heard(registration, seen, step.waiting))
        keep_lead(session, submission, settlement, step.at)
        happened = events_of(registration, before, settlement.answer)
        record_lead_events(session, step.lead_id, happened, at=step.at, decision_id=decision_id)
        return settlement

    def _decision_id(self, registration: Registration) -> str:
        """The id of one pass over a lead: the same for a repeat of it, another for the next look or a person's word."""
        choice = registration.choice
        word = () if choice is None else (choice.customer_id or "",)
        word = (Stage.DECIDE,) if registration.time_up else word
        word = (WITHDRAWN,) if registration.withdrawn else word
        return self._ids.make("dec", registration.submission.lead_id, registration.at.isoformat(), *word)

    def _policy_for(self, session: Session, at: datetime, before: Settlement | None) -> Policy:
        """A lead that waits keeps the version that it began with, unless the one in force says otherwise."""
        waiting = before.answer.waiting if before else None
        return self._policies.followed(session, at, waiting.policy if waiting else None)

    def _write(self, step: _Step, found: Identification, registration: Registration) -> _Effect:
        if found.outcome is Outcome.NEEDS_CONFIRMATION:
            return self._wait(step, found, time_up=registration.time_up)
        if step.before is not None:
            ask(step.session, step.lead_id, ())
        if found.outcome is Outcome.NEW_CUSTOMER:
            return self._new_customer(step)
        if found.outcome is Outcome.DUPLICATE:
            return self._duplicate(step, found.candidates[0].id, guessed=found.reason == BY_DEFAULT)
        return _Effect()

    def _wait(self, step: _Step, found: Identification, *, time_up: bool) -> _Effect:
        hold(step.session, step.lead_id, step.subject.keys, waiting=True)
        keep(step.session, step.lead_id, step.subject.record, step.subject.blocking, waiting=True)
        waiting = step.waiting
        if waiting is None:
            owners = owners_of(step.session, [candidate.id for candidate in found.candidates])
            submitter = step.lead.submitted_by
            self._database.lock_shared(step.session, "reps")  # nobody is asked who is leaving at this moment
            managers = managers_of(step.session, [*owners, *([submitter] if submitter else [])])
            waiting = begin_waiting(step.policy.confirmation, step.at, asked_first(submitter, owners, managers))
            ask(step.session, step.lead_id, waiting.asked)
            waiting = waiting.under(step.policy)
        return _Effect(waiting=waiting.after(Stage.DECIDE) if time_up else waiting)

    def _new_customer(self, step: _Step) -> _Effect:
        lead, at = step.lead, step.at
        customer_id = self._ids.customer_id(step.lead_id)
        referrals = referrals_of(step.session, lead.referrer)
        case = case_of(lead, step.subject.profile, referrals, self._group_owners(step))
        reps = reps_for(self._database, step.session, case, step.policy, at)
        born = birth(customer_id, case, step.policy, reps, at)
        take_turn(step.session, born.assignment, step.policy.day_of(at))
        ownership = born.ownership
        add(
            step.session,
            CustomerRow,
            {
                "id": customer_id,
                "name": step.subject.profile.name,
                "customer_type": lead.customer_type,
                "region": case.region,
                "industry": lead.industry,
                "place": ownership.place,
                "owner_id": ownership.owner_id,
                "queue": ownership.queue,
                "seq": ownership.seq,
                "ownership": ownership.model_dump(mode="json"),
                "profile": step.subject.profile.model_dump(mode="json"),
                "referrer_id": referrals[0].customer_id if referrals else None,
                "created_at": at,
                "updated_at": at,
                "version": 1,
            },
        )
        hold(step.session, customer_id, step.subject.keys)
        keep(step.session, customer_id, step.subject.record, step.subject.blocking)
        told = lead_told(step.submission, ownership.owner_id, contested=step.contested)
        told["known"] = known_fields(step.subject.profile)
        self._tell(step, customer_id, EventKind.CUSTOMER_REGISTERED, told)
        self._tell(step, customer_id, born.event, {"owner_id": ownership.owner_id, "queue": ownership.queue})
        inputs = inputs_of(case, reps)
        return _Effect(ownership, born.assignment, inputs, watch=ownership if next_change(ownership) else None)

    def _duplicate(self, step: _Step, found_id: str, *, guessed: bool) -> _Effect:
        """The customer takes over what it lacks, and its owner may change; a guess changes nothing about it."""
        lead = step.lead
        customer = locked_live(step.session, found_id)
        customer_id = customer.id
        ownership = Ownership.model_validate(customer.ownership)
        if guessed:
            self._tell(step, customer_id, EventKind.LEAD_RECEIVED, lead_told(step.submission, ownership.owner_id))
            return _Effect(ownership)
        before = Profile.model_validate(customer.profile)
        after = enriched(before, step.subject.profile)
        if after != before:
            set_profile(customer, after)
            customer.updated_at = step.at
        hold(step.session, customer_id, step.subject.keys)
        keep(step.session, customer_id, record_of(after), step.subject.blocking)
        referrals = referrals_of(step.session, lead.referrer)
        case = case_of(lead, step.subject.profile, referrals, self._group_owners(step, but=customer_id))
        case = heard_again(case, lead)
        arrived = LeadArrived(lead_id=step.lead_id, case=case)
        theirs = self._policies.followed(step.session, step.at, ownership.policy)
        granted = not step.submission.imported and names_another_contact(ownership, case, theirs)
        told = lead_told(step.submission, ownership.owner_id, contested=step.contested, wish_granted=granted)
        if after != before:
            told["known"] = known_fields(after)
        self._tell(step, customer_id, EventKind.LEAD_RECEIVED, told)
        return _Effect(ownership, arrived=arrived if concerns_owner(ownership, case, theirs) else None)

    def _group_owners(self, step: _Step, *, but: str = "") -> tuple[str, ...]:
        """Who owns customers of the same group, where a rule asks for it."""
        if not step.policy.rulebook.asks_for_group:
            return ()
        return group_owners(step.session, step.lead.company, step.subject.keys, but=but)

    def _tell(self, step: _Step, customer_id: str, kind: EventKind, data: dict[str, JsonValue]) -> None:
        record_event(
            step.session,
            id=f"{step.lead_id}:{kind}",
            customer_id=customer_id,
            kind=kind,
            at=step.at,
            actor=step.actor,
            decision_id=step.decision_id,
            data={"lead_id": step.lead_id, **data},
        )

    def _record(
        self,
        step: _Step,
        found: Identification,
        effect: _Effect,
        settlement: Settlement,
        said: dict[str, JsonValue],
    ) -> None:
        record_decision(
            step.session,
            id=step.decision_id,
            kind="intake",
            policy_version=step.policy.fingerprint,
            at=step.at,
            customer_id=settlement.answer.customer_id,
            lead_id=step.lead_id,
            trace={
                "keys": [key.kind for key in step.subject.keys],
                "identification": found.model_dump(mode="json"),
                "assignment": effect.assignment.model_dump(mode="json") if effect.assignment else None,
                "inputs": effect.inputs,
                "clock": effect.watch.clock.model_dump(mode="json") if effect.watch and effect.watch.clock else None,
                **said,
            },
        )


def _of_today(session: Session, registration: Registration) -> Registration:
    """A person's word about a customer that was merged meanwhile is about its survivor."""
    choice = registration.choice
    if choice is None or choice.customer_id is None:
        return registration
    live = choice.model_copy(update={"customer_id": live_id(session, choice.customer_id)})
    return registration.model_copy(update={"choice": live})


def _answer(step: _Step, found: Identification, effect: _Effect) -> Answer:
    ownership = effect.ownership
    owner_id = ownership.owner_id if ownership else None
    owner = step.session.connection().execute(_OWNER, {"rep_id": owner_id}).first() if owner_id else None
    return Answer(
        lead_id=step.lead_id,
        outcome=found.outcome,
        reason=found.reason,
        confidence=found.confidence,
        customer_id=ownership.customer_id if ownership else None,
        owner=Owner(id=owner.id, name=owner.name) if owner else None,
        queue=ownership.queue if ownership else None,
        queue_reason=ownership.reason if ownership else None,
        matched_on=found.matched_on,
        candidates=found.candidates if found.outcome is Outcome.NEEDS_CONFIRMATION else (),
        decision_id=step.decision_id,
        waiting=effect.waiting,
    )
