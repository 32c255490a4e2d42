"""A correction that another customer's identifier stands in the way of: refused, and written down, for the two may be
one."""

from sqlmodel import Session, select

from domain.change import ChangeProfile, Request
from domain.event import EventKind
from domain.ids import IdMaker
from domain.policy import Policy
from store.customers import customer_row
from store.identification import Subject
from store.identity_index import holders_of
from store.journal import record_decision, record_event
from store.tables import EventRow

IN_USE = "identifier_in_use"
"""The code of the refusal."""


def in_the_way(session: Session, customer_id: str, subject: Subject) -> tuple[str, ...]:
    """The other customers that hold strong identifiers of what a profile says; leads that wait hold nothing."""
    holders, waiting = holders_of(session, [key for key in subject.keys if key.strong], but=customer_id)
    return tuple(sorted(set(holders) - waiting))


def note_contested(session: Session, ids: IdMaker, request: Request, change: ChangeProfile, policy: Policy) -> None:
    """Put on the customer's timeline that a correction was refused, once; nothing, when nobody is in the way by now.

    Args:
        session: a transaction of its own, for that of the change is taken back.
        ids: makes the decision's id.
        request: what was refused.
        change: its correction.
        policy: the version that counts for the customer.
    """
    customer = customer_row(session, request.customer_id, lock=True)
    contested = in_the_way(session, customer.id, Subject.of(change.profile))
    event_id = f"{request.asked.id}:{EventKind.IDENTIFIER_CONTESTED}"
    if not contested or session.exec(select(EventRow.id).where(EventRow.id == event_id)).first():
        return
    decision_id = record_decision(
        session,
        id=ids.make("dec", event_id),
        kind=EventKind.IDENTIFIER_CONTESTED,
        policy_version=policy.fingerprint,
        at=request.at,
        customer_id=customer.id,
        trace={"change": change.kind, "refusal": IN_USE, "contested": [*contested]},
    )
    record_event(
        session,
        id=event_id,
        customer_id=customer.id,
        kind=EventKind.IDENTIFIER_CONTESTED,
        at=request.at,
        actor=request.asked.actor,
        decision_id=decision_id,
        data={"owner_id": customer.owner_id, "contested": [*contested]},
    )
