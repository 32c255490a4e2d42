"""What is known around a report: who is on either side of it, and which customer it is about. Nothing is written."""

from datetime import datetime

from sqlmodel import Session, col, select

from domain.identity import Outcome as Identity
from domain.inbound.becoming import Outcome, Scene, Who
from domain.inbound.line import Party
from domain.inbound.reported import Kind, Reported
from domain.inbound.sides import lines_in, sides_of
from domain.ownership import Ownership
from domain.policy import Policy
from domain.profile import Profile
from domain.share import Access
from store.identification import Subject, identified
from store.lineage import live_id
from store.rep_lines import reps_at
from store.tables import CustomerRow, InboundReportRow, RepRow


def scene_of(session: Session, row: InboundReportRow, reported: Reported, policy: Policy, at: datetime) -> Scene:
    """The scene of a report now, with what a person said of it."""
    sides = sides_of(reported, reps_at(session, lines_in(reported)))
    said = row.resolution
    rep_ids = _known(session, (*((said["rep_id"],) if said.get("rep_id") else ()), *sides.rep_ids))
    chosen = Outcome.LEAD if said.get("becomes") == Outcome.LEAD else None
    who, customer_id, candidates = _identified(session, sides.party, policy)
    if said.get("customer_id"):
        who, customer_id, candidates = Who.CERTAIN, live_id(session, said["customer_id"]), ()
    ownership = _ownership(session, customer_id)
    shares = ownership.shares if ownership else ()
    return Scene(
        rep_ids=rep_ids,
        internal=sides.internal and not said,
        party=sides.party,
        who=who,
        customer_id=customer_id,
        candidates=candidates,
        owner_id=ownership.owner_id if ownership else None,
        collaborators=frozenset(it.rep_id for it in shares if it.access is Access.COLLABORATE and it.until > at),
        over=_over(session, row),
        chosen=chosen,
    )


def _known(session: Session, rep_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Those of these ids that are reps', in order."""
    there = set(session.exec(select(RepRow.id).where(col(RepRow.id).in_(rep_ids)))) if rep_ids else set()
    return tuple(dict.fromkeys(it for it in rep_ids if it in there))


def _identified(session: Session, party: Party | None, policy: Policy) -> tuple[Who, str | None, tuple[str, ...]]:
    """Who somebody is, by the rules by which leads are told apart; a name alone would only make people look."""
    if party is None:
        return Who.NOBODY, None, ()
    subject = Subject.of(Profile(phones=party.phones, emails=party.emails))
    seen = identified(session, subject, policy)
    found = seen.found
    customers = tuple(it.id for it in found.candidates if it.id not in seen.waiting)
    match found.outcome:
        case Identity.DUPLICATE:
            return Who.CERTAIN, live_id(session, customers[0]), ()
        case Identity.NEEDS_CONFIRMATION:
            return Who.POSSIBLE, None, customers
        case _:
            return Who.NOBODY, None, ()


def _ownership(session: Session, customer_id: str | None) -> Ownership | None:
    row = session.get(CustomerRow, customer_id) if customer_id else None
    return Ownership.model_validate(row.ownership) if row else None


def _over(session: Session, row: InboundReportRow) -> bool:
    """Whether the end of the call of which this is the beginning was reported."""
    if row.kind != Kind.CALL_STARTED:
        return False
    ends = select(InboundReportRow.id).where(InboundReportRow.thread == row.thread)
    return session.exec(ends.where(InboundReportRow.kind == Kind.CALL_ENDED)).first() is not None
