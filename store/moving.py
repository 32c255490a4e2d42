"""Seeing a rep's move through: customers a page at a time, leads in doubt, and the end. Each step may be repeated."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from domain.answer import Settlement
from domain.event import SYSTEM
from domain.ids import IdMaker
from domain.lead_event import LeadEvent, LeadEventKind
from domain.moving import Outcome, heirs
from domain.ownership import Place
from domain.policy import MoveKind
from domain.step import Step
from store.approvals import Approvals, waiting_for
from store.asking import ask, managers_of, owners_of
from store.database import Database
from store.directory import changing
from store.identity_index import lock_keys
from store.journal import lead_event_id, record_decision, record_lead_events
from store.policies import Policies
from store.rows import add_missing
from store.shares import shared_with
from store.tables import CustomerRow, LeadAskedRow, LeadRow, MovedCustomerRow, MoveRow, RepRow, TeamRow

PAGE = 50
_MOST_SUCCESSORS = 20


def note_moved(session: Session, request_id: str, step: Step | None) -> None:
    """Write down what became of a customer, in the transaction in which it changes hands.

    Args:
        session: that transaction.
        request_id: by which its workflow was asked.
        step: what the request came to; None when the customer was the rep's no more.
    """
    row = session.get(MovedCustomerRow, request_id)
    if row is None:
        return
    if step is None:
        row.outcome = Outcome.ELSEWHERE
        return
    row.outcome = Outcome.MOVED if step.ownership.place is Place.OWNED else Outcome.QUEUED
    row.owner_id, row.queue, row.reason = step.ownership.owner_id, step.ownership.queue, step.ownership.reason


def concern(session: Session, move_id: str, customer_ids: Sequence[str]) -> None:
    """Have a move concern these customers; those that it concerns already are left alone."""
    rows = [{"id": f"{move_id}:{id_}", "move_id": move_id, "customer_id": id_} for id_ in customer_ids]
    add_missing(session, MovedCustomerRow, rows)


class Moving:
    """The steps of a move's workflow. One per process; safe to share between threads."""

    def __init__(self, database: Database, policies: Policies, ids: IdMaker) -> None:
        self._database = database
        self._policies = policies
        self._ids = ids
        self._approvals = Approvals(database, policies, ids)

    def next_customers(self, move_id: str) -> tuple[MoveRow, list[MovedCustomerRow]]:
        """A move with the next ``PAGE`` customers whose turn has not come, by id."""
        to_come = select(MovedCustomerRow).where(
            MovedCustomerRow.move_id == move_id, col(MovedCustomerRow.outcome).is_(None)
        )
        with self._database.read() as session:
            rows = session.exec(to_come.order_by(col(MovedCustomerRow.customer_id)).limit(PAGE)).all()
            return session.get_one(MoveRow, move_id), list(rows)

    def next_shared(self, move_id: str) -> list[str]:
        """The next ``PAGE`` customers that are shared with a rep who left."""
        with self._database.read() as session:
            return _shared(session, session.get_one(MoveRow, move_id))

    def hand_leads_over(self, move_id: str, at: datetime) -> int:
        """Have the next leads and requests that wait for a rep who left wait for somebody else; how many there were.

        Up to ``PAGE`` of each.
        """
        with self._database.read() as session:
            lead_ids = self._waiting_for(session, session.get_one(MoveRow, move_id))
            approval_ids = self._asked_in(session, session.get_one(MoveRow, move_id))
        for lead_id in lead_ids:
            with self._database.write() as session:
                lock_keys(self._database, session, (), lead_id)
                self._hand_over(session, session.get_one(MoveRow, move_id), lead_id, at)
        for approval_id in approval_ids:
            self._approvals.hand_over(approval_id, move_id, at)
        return len(lead_ids) + len(approval_ids)

    def finish(self, move_id: str, at: datetime) -> bool:
        """Close a move, once nothing is left with a rep who is gone; whether it is closed."""
        with changing(self._database) as session:
            move = session.get_one(MoveRow, move_id)
            if _has_left(session, move):
                left = select(CustomerRow.id).where(CustomerRow.owner_id == move.rep_id)
                concern(session, move_id, session.exec(left).all())
            to_come = select(MovedCustomerRow.id).where(
                MovedCustomerRow.move_id == move_id, col(MovedCustomerRow.outcome).is_(None)
            )
            if (
                session.exec(to_come.limit(1)).first()
                or self._waiting_for(session, move)
                or self._asked_in(session, move)
                or _shared(session, move)
            ):
                return False
            move.finished_at = move.finished_at or at
            return True

    def _waiting_for(self, session: Session, move: MoveRow) -> list[str]:
        """The next leads that wait for the rep, who left."""
        if not _has_left(session, move):
            return []
        asked = select(LeadAskedRow.lead_id).where(LeadAskedRow.rep_id == move.rep_id)
        return list(session.exec(asked.order_by(col(LeadAskedRow.lead_id)).limit(PAGE)))

    def _asked_in(self, session: Session, move: MoveRow) -> list[str]:
        """The next requests that wait for the word of the rep, who left."""
        return waiting_for(session, move.rep_id, PAGE) if _has_left(session, move) else []

    def _hand_over(self, session: Session, move: MoveRow, lead_id: str, at: datetime) -> None:
        lead = session.get_one(LeadRow, lead_id)
        before = Settlement.model_validate(lead.settlement)
        waiting = before.answer.waiting
        if waiting is None or move.rep_id not in waiting.asked:
            return
        instead = self._instead(session, move.rep_id, [candidate.id for candidate in before.answer.candidates])
        others = [rep_id for rep_id in waiting.asked if rep_id != move.rep_id]
        asked = tuple(dict.fromkeys((*others, *instead)))
        event_id = lead_event_id(lead_id, LeadEventKind.HANDED_OVER, move.id)
        decision_id = record_decision(
            session,
            id=self._ids.make("dec", event_id),
            kind=LeadEventKind.HANDED_OVER,
            policy_version=self._policies.in_force(session, at).fingerprint,
            at=at,
            lead_id=lead_id,
            trace={"change": LeadEventKind.HANDED_OVER, "move_id": move.id, "left": move.rep_id, "asked": [*asked]},
        )
        told = LeadEvent(
            LeadEventKind.HANDED_OVER, SYSTEM, {"left": move.rep_id, "asked": [*asked], "move_id": move.id}, move.id
        )
        record_lead_events(session, lead_id, [told], at=at, decision_id=decision_id)
        after = waiting.model_copy(update={"asked": asked})
        settlement = before.model_copy(update={"answer": before.answer.model_copy(update={"waiting": after})})
        lead.settlement = settlement.model_dump(mode="json")
        ask(session, lead_id, asked)

    def _instead(self, session: Session, rep_id: str, candidates: Sequence[str]) -> tuple[str, ...]:
        """Whom to ask in place of a rep who left. Nobody who is leaving at this moment, too."""
        self._database.lock_shared(session, "reps")
        rep = session.get_one(RepRow, rep_id)
        team = session.get(TeamRow, rep.team_id) if rep.team_id else None
        manager = session.get(RepRow, team.manager_id) if team and team.manager_id else None
        owners = owners_of(session, candidates)
        active = managers_of(session, owners)
        return heirs(
            rep_id,
            _active_successor(session, rep),
            manager.id if manager and manager.active else None,
            [owner for owner in owners if owner in active],
        )


def _has_left(session: Session, move: MoveRow) -> bool:
    """Whether the rep left by this move, and is not back."""
    return move.kind == MoveKind.LEAVES and not session.get_one(RepRow, move.rep_id).active


def _shared(session: Session, move: MoveRow) -> list[str]:
    return shared_with(session, move.rep_id, PAGE) if _has_left(session, move) else []


def _active_successor(session: Session, rep: RepRow) -> str | None:
    """The first in the line of successors who has not left as well; a circle has none."""
    following: RepRow | None = rep
    for _ in range(_MOST_SUCCESSORS):
        following = session.get(RepRow, following.successor_id) if following and following.successor_id else None
        if following is None or following.active:
            break
    return following.id if following and following.active else None
