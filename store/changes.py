"""Carrying out a change on a customer, on behalf of its workflow: the only writer of ownership after the birth.

Each request is carried out once; asked again, it gives the stored result. ``domain.transition`` decides.
"""

from collections.abc import Mapping

from pydantic import JsonValue
from sqlmodel import Session, select

from domain.assignment import inputs_of
from domain.change import Changed, ChangeProfile, Claim, LogFollowUp, Refused, Request
from domain.customer_rules import pool_of
from domain.event import EventKind
from domain.ids import IdMaker
from domain.ownership import Owner, Ownership, Place
from domain.policy import Policy
from domain.step import Step
from domain.transition import case_for, decide
from store.candidates import keep, lock_blocks
from store.claims import count_claim, with_claims
from store.database import Database
from store.identification import Subject
from store.identity_index import hold, holders_of, let_go, lock_keys
from store.journal import record_decision, record_event
from store.rotation import reps_for, take_turn
from store.tables import ChangeRow, CustomerRow, FollowUpRow, RepRow

PAGE = 50


class Changes:
    """Carries out changes. One per process; safe to share between threads."""

    def __init__(self, database: Database, policy: Policy, ids: IdMaker) -> None:
        self._database = database
        self._policy = policy
        self._ids = ids

    def current(self, customer_id: str) -> Ownership:
        """The ownership as last written.

        Raises:
            Refused: ``unknown_customer``.
        """
        with self._database.read() as session:
            return Ownership.model_validate(_customer(session, customer_id).ownership)

    def owned_by(self, rep_id: str, after: str | None) -> list[str]:
        """The next ``PAGE`` customers that a rep owns, by id, after the given one."""
        owned = select(CustomerRow.id).where(CustomerRow.owner_id == rep_id, CustomerRow.id > (after or ""))
        with self._database.read() as session:
            return list(session.exec(owned.order_by(CustomerRow.id).limit(PAGE)))

    def carry_out(self, request: Request) -> Changed:
        """Carry out a request in one transaction, once.

        Raises:
            Refused: when the customer is unknown or the rules do not allow the change.
            sqlalchemy.exc.SQLAlchemyError: when the database fails; nothing is half-written, the step may be repeated.
        """
        with self._database.write() as session:
            if isinstance(request.asked.change, ChangeProfile):
                subject = Subject.of(request.asked.change.profile)
                lock_blocks(self._database, session, subject.blocking)
                lock_keys(self._database, session, subject.keys)
            customer = _customer(session, request.customer_id, lock=True)
            done = session.get(ChangeRow, request.asked.id)
            if done is not None:
                was = Changed.model_validate(done.result)
                return _changed(session, customer, was.event, was.data, was.freed)
            before = Ownership.model_validate(customer.ownership)
            case = case_for(before, request.asked.change)
            reps = reps_for(self._database, session, case, self._policy, request.at)
            if isinstance(request.asked.change, Claim) and before.place is Place.POOL:
                day, pool = self._policy.day_of(request.at), pool_of(before, self._policy)
                reps = with_claims(self._database, session, reps, request.asked.change.rep_id, pool, day)
            step = decide(before, request.asked.change, self._policy, reps, request.at)
            if step is not None:
                self._write(session, customer, request, step, inputs_of(case, reps))
            freed = _freed(session, before.owner_id) if customer.owner_id != before.owner_id else None
            changed = _changed(session, customer, step.event if step else None, step.data if step else {}, freed)
            session.add(
                ChangeRow(id=request.asked.id, customer_id=request.customer_id, result=changed.model_dump(mode="json"))
            )
            return changed

    def _write(
        self, session: Session, customer: CustomerRow, request: Request, step: Step, inputs: dict[str, JsonValue]
    ) -> None:
        take_turn(session, step.assignment, self._policy.day_of(request.at))
        _set_ownership(customer, step.ownership)
        if isinstance(request.asked.change, Claim) and step.ownership.claimed_from is not None:
            rep_id, pool = request.asked.change.rep_id, step.ownership.claimed_from
            count_claim(session, rep_id, pool, self._policy.day_of(request.at))
        customer.updated_at = request.at
        if isinstance(request.asked.change, LogFollowUp):
            _add_follow_up(session, request, request.asked.change, effective=bool(step.data["effective"]))
        if isinstance(request.asked.change, ChangeProfile):
            _set_profile(session, customer, request.asked.change)
        decision_id = self._explain(session, request, step, inputs)
        record_event(
            session,
            id=request.asked.id,
            customer_id=customer.id,
            kind=step.event,
            at=request.at,
            actor=request.asked.actor,
            decision_id=decision_id,
            data={"owner_id": step.ownership.owner_id, "queue": step.ownership.queue, **step.data},
        )

    def _explain(self, session: Session, request: Request, step: Step, inputs: dict[str, JsonValue]) -> str:
        """Every change is explained: by the assignment that was made, or by the rule that it followed."""
        return record_decision(
            session,
            id=self._ids.make("dec", request.asked.id),
            kind=step.event,
            policy_version=self._policy.fingerprint,
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


def _customer(session: Session, customer_id: str, *, lock: bool = False) -> CustomerRow:
    customer = session.get(CustomerRow, customer_id, with_for_update=lock)
    if customer is None:
        raise Refused("unknown_customer")
    return customer


def _set_ownership(customer: CustomerRow, ownership: Ownership) -> None:
    customer.region = ownership.region
    customer.place = ownership.place
    customer.owner_id = ownership.owner_id
    customer.queue = ownership.queue
    customer.claimed_from = ownership.claimed_from
    customer.seq = ownership.seq
    customer.ownership = ownership.model_dump(mode="json")


def _set_profile(session: Session, customer: CustomerRow, change: ChangeProfile) -> None:
    """Replace profile and keys together; an identifier that another customer holds is refused."""
    if customer.version != change.expected_version:
        raise Refused("version_mismatch")
    subject = Subject.of(change.profile)
    holders, waiting = holders_of(session, [key for key in subject.keys if key.strong], but=customer.id)
    if set(holders) - waiting:
        raise Refused("identifier_in_use")
    let_go(session, customer.id)
    hold(session, customer.id, subject.keys)
    keep(session, customer.id, subject.record, subject.blocking)
    customer.profile = change.profile.model_dump(mode="json")
    customer.name = change.profile.name
    customer.industry = change.profile.industry
    customer.version += 1


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
