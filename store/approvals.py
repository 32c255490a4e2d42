"""Every step of an approval as one transaction, on behalf of its workflow: each happens once.

What is refused is written down as well, and leaves the approval as it is.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session, col, delete, select

from domain.approval.acting import act
from domain.approval.chain import opened
from domain.approval.deed import Acted, Acting
from domain.approval.passing import concluded, fallen_due
from domain.approval.people import Scene
from domain.approval.request import Actor, Order
from domain.approval.seats import refreshed
from domain.approval.state import ApprovalState, Due, Result, Status
from domain.change import Refused
from domain.event import SYSTEM
from domain.ids import IdMaker
from domain.policy import Policy
from store.approval_checks import check
from store.approval_journal import tell
from store.approval_scene import scene_of
from store.database import Database
from store.journal import Cause
from store.policies import Policies
from store.rows import add, add_missing, upsert
from store.tables import ApprovalActRow, ApprovalCustomerRow, ApprovalPersonRow, ApprovalRow

HANDED_OVER = "handed_over"


class Approvals:
    """Carries approvals on. One per process; safe to share between threads."""

    def __init__(self, database: Database, policies: Policies, ids: IdMaker) -> None:
        self._database = database
        self._policies = policies
        self._ids = ids

    def open(self, order: Order, at: datetime) -> ApprovalState:
        """Begin an approval; one that has begun is found as it stands.

        Raises:
            Refused: as ``store.approval_checks`` does, and ``approval_not_offered`` or ``no_approver``.
        """
        with self._database.write() as session:
            self._hold(session, order.id)
            row = session.get(ApprovalRow, order.id)
            if row is not None:
                return ApprovalState.model_validate(row.state)
            scene = scene_of(session, order.customer_ids, order.wanted.gains, at)
            check(session, order, scene, at)
            policy = self._policies.in_force(session, at)
            state = opened(order, policy, scene, at)
            customers = [{"approval_id": order.id, "customer_id": id_} for id_ in order.customer_ids]
            add_missing(session, ApprovalCustomerRow, customers)
            self._keep(session, None, state, policy, Cause(f"{order.id}:opened", _name(order.requester)), at)
            return state

    def act(self, acting: Acting) -> Acted:
        """Do what somebody asks about an approval, or write down by which rule it was refused."""
        deed = acting.act
        with self._database.write() as session:
            self._hold(session, acting.approval_id)
            state = _state(session, acting.approval_id)
            done = session.exec(select(ApprovalActRow).where(ApprovalActRow.id == deed.id)).first()
            told = deed.deed.model_dump(mode="json")
            if done is not None:
                refusal = done.refusal if done.deed == told else "link_used"
                return Acted(state=state, refusal=refusal, facts=done.facts)
            policy, scene = self._seen(session, state, acting.at)
            after, refused = state, None
            try:
                after = act(state, deed, policy, scene, acting.at)
            except Refused as error:
                refused = error
            acted = Acted(state=after, refusal=refused and refused.code, facts=refused.facts if refused else {})
            _note(session, acting, state, acted)
            if refused is None:
                self._keep(session, state, after, policy, Cause(deed.id, _name(deed.by)), acting.at)
            return acted

    def fall_due(self, approval_id: str, due: Due, at: datetime) -> ApprovalState:
        """Do what fell due, unless the approval moved on meanwhile; how it stands after it."""
        with self._database.write() as session:
            self._hold(session, approval_id)
            state = _state(session, approval_id)
            policy, scene = self._seen(session, state, at)
            after = fallen_due(state, due, policy, scene, at)
            if after is None:
                return state
            cause = f"{approval_id}:{due.stage}:{due.at.isoformat()}"
            _note_system(session, cause, state, after, due.stage, at)
            self._keep(session, state, after, policy, Cause(cause), at)
            return after

    def hand_over(self, approval_id: str, cause: str, at: datetime) -> None:
        """Ask somebody else in place of who has left; the workflow need not be told, for every step reads it here.

        Args:
            approval_id: which approval.
            cause: the id of the move by which somebody left; each hands an approval over once.
            at: that workflow's time.
        """
        act_id = f"{approval_id}:{HANDED_OVER}:{cause}"
        with self._database.write() as session:
            self._hold(session, approval_id)
            state = _state(session, approval_id)
            if session.exec(select(ApprovalActRow.id).where(ApprovalActRow.id == act_id)).first() is not None:
                return
            policy, scene = self._seen(session, state, at)
            after = refreshed(state, policy, scene)
            _note_system(session, act_id, state, after, HANDED_OVER, at)
            self._keep(session, state, after, policy, Cause(act_id), at)

    def conclude(self, approval_id: str, results: Sequence[Result], at: datetime) -> ApprovalState:
        """Close an approval with what became of each customer."""
        with self._database.write() as session:
            self._hold(session, approval_id)
            state = _state(session, approval_id)
            if state.status is not Status.APPROVED:
                return state
            after = concluded(state, results, at)
            policy = self._policies.followed(session, at, state.policy)
            self._keep(session, state, after, policy, Cause(f"{approval_id}:concluded"), at)
            return after

    def refusal(self, approval_id: str) -> str | None:
        """Why an approval that has ended came to nothing: the rule that refused it or its effect, or how it ended; None
        when it was applied."""
        with self._database.read() as session:
            row = session.get(ApprovalRow, approval_id)
            if row is None:
                return "no_approver"
            refused = [it.refusal for it in ApprovalState.model_validate(row.state).results if it.refusal]
            return None if row.status == Status.APPLIED else next(iter(refused), f"approval_{row.status}")

    def _hold(self, session: Session, approval_id: str) -> None:
        """Have the approval to oneself; nobody is asked who is leaving at this moment."""
        self._policies.hold(session)
        self._database.lock(session, f"approval:{approval_id}")
        self._database.lock_shared(session, "reps")

    def _seen(self, session: Session, state: ApprovalState, at: datetime) -> tuple[Policy, Scene]:
        policy = self._policies.followed(session, at, state.policy)
        customer_ids = [subject.customer_id for subject in state.subjects]
        return policy, scene_of(session, customer_ids, state.wanted.gains, at)

    def _keep(
        self,
        session: Session,
        before: ApprovalState | None,
        after: ApprovalState,
        policy: Policy,
        cause: Cause,
        at: datetime,
    ) -> None:
        """Write an approval as it stands, whom it concerns, and what the customers' timelines tell of it."""
        if after == before:
            return
        row = {
            "id": after.id,
            "kind": after.wanted.kind,
            "status": after.status,
            "requester": after.requester.person,
            "state": after.model_dump(mode="json"),
            "opened_at": after.opened_at,
            "ended_at": after.ended_at,
        }
        upsert(session, ApprovalRow, row)
        session.exec(delete(ApprovalPersonRow).where(col(ApprovalPersonRow.approval_id) == after.id))
        people = dict.fromkeys((*after.concerned, *after.asked))
        rows = [{"approval_id": after.id, "rep_id": rep_id, "asked": rep_id in after.asked} for rep_id in people]
        if rows:
            add(session, ApprovalPersonRow, *rows)
        tell(session, self._ids, before, after, policy.fingerprint, cause, at)


def _name(actor: Actor) -> str:
    """How timelines call whoever did something."""
    return actor.person or actor.principal


def waiting_for(session: Session, rep_id: str, limit: int) -> list[str]:
    """The first approvals, by id, that wait for a rep's word."""
    asked = select(ApprovalPersonRow.approval_id).where(ApprovalPersonRow.rep_id == rep_id, ApprovalPersonRow.asked)
    pending = select(ApprovalRow.id).where(col(ApprovalRow.id).in_(asked), ApprovalRow.status == Status.PENDING)
    return list(session.exec(pending.order_by(col(ApprovalRow.id)).limit(limit)))


def _state(session: Session, approval_id: str) -> ApprovalState:
    """An approval as last written.

    Raises:
        Refused: ``unknown_approval``.
    """
    row = session.get(ApprovalRow, approval_id)
    if row is None:
        raise Refused("unknown_approval")
    return ApprovalState.model_validate(row.state)


def _note(session: Session, acting: Acting, state: ApprovalState, acted: Acted) -> None:
    row = {
        "id": acting.act.id,
        "approval_id": acting.approval_id,
        "action": acting.act.deed.action,
        "principal": acting.act.by.principal,
        "person": acting.act.by.person,
        "step": state.current.id if state.current else None,
        "at": acting.at,
        "recorded_at": datetime.now(UTC),
        "deed": acting.act.deed.model_dump(mode="json"),
        "refusal": acted.refusal,
        "facts": acted.facts,
    }
    add(session, ApprovalActRow, row)


def _note_system(
    session: Session, cause: str, state: ApprovalState, after: ApprovalState, action: str, at: datetime
) -> None:
    """What time or a departure did, with who is asked now."""
    row = {
        "id": cause,
        "approval_id": state.id,
        "action": action,
        "principal": SYSTEM,
        "person": None,
        "step": state.current.id if state.current else None,
        "at": at,
        "recorded_at": datetime.now(UTC),
        "deed": {"asked": [*after.asked]},
        "refusal": None,
        "facts": {},
    }
    add(session, ApprovalActRow, row)
