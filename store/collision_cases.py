"""Every step of a collision case as one transaction, on behalf of its workflow: each happens once.

What is refused is written down as well. Every step looks anew at who and what the case is about, so that nothing that
happens meanwhile, a merge or a transfer for example, leaves a case behind.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, select

from domain.change import Refused
from domain.collision_case.acting import act
from domain.collision_case.deed import Acted, Acting
from domain.collision_case.passing import concluded, fallen_due, opened, refreshed
from domain.collision_case.scene import CaseScene
from domain.collision_case.state import CaseState, Due, Result, Status
from domain.collision_opening import Opening
from domain.event import EventKind
from domain.ids import IdMaker
from domain.policy import Policy
from store.collision_journal import note, tell
from store.collision_scene import case_scene
from store.database import Database
from store.detector_records import mark_false_alarms
from store.journal import Cause
from store.policies import Policies
from store.rows import add
from store.tables import CollisionActRow, CollisionPersonRow, CollisionRow, EventRow

OPENING = "opening"


class CollisionCases:
    """Carries cases on. One per process; safe to share between threads."""

    def __init__(self, database: Database, policies: Policies, ids: IdMaker) -> None:
        self._database = database
        self._policies = policies
        self._ids = ids

    def open(self, case_id: str, at: datetime) -> CaseState:
        """Begin a case that a detector or a person opened; one that has begun is found as it stands.

        Raises:
            Refused: ``unknown_case``.
        """
        with self._database.write() as session:
            row = self._hold(session, case_id)
            state = state_in(row)
            if state is not None:
                return state
            opening = Opening.model_validate(row.state[OPENING])
            policy = self._policies.in_force(session, at)
            scene = case_scene(session, row, opening.rep_ids, policy, at)
            state = opened(opening, policy, scene, at)
            self._keep(session, None, state, policy, scene, Cause(f"{case_id}:begun"), at)
            return state

    def look(self, case_id: str, event_id: str, at: datetime) -> CaseState:
        """Look at a case anew because something happened: another sighting, or a customer that went another way."""
        with self._database.write() as session:
            state, policy, scene = self._seen(session, case_id, at)
            kind = session.exec(select(EventRow.kind).where(EventRow.id == event_id)).first()
            after = refreshed(state, policy, scene, at, restored=kind == EventKind.CUSTOMER_UNMERGED)
            self._keep(session, state, after, policy, scene, Cause(f"{case_id}:{event_id}"), at)
            return after

    def act(self, acting: Acting) -> Acted:
        """Do what somebody asks about a case, or write down by which rule it was refused."""
        deed = acting.act
        with self._database.write() as session:
            state, policy, scene = self._seen(session, acting.case_id, acting.at)
            done = session.exec(select(CollisionActRow).where(CollisionActRow.id == deed.id)).first()
            if done is not None:
                return Acted(state=state, refusal=done.refusal, facts=done.facts)
            fresh = after = refreshed(state, policy, scene, acting.at)
            refused: Refused | None = None
            try:
                after = act(fresh, deed, policy, scene, acting.at)
            except Refused as error:
                refused = error
            acted = Acted(
                state=after, refusal=refused.code if refused else None, facts=refused.facts if refused else {}
            )
            note(
                session,
                deed.id,
                acting.case_id,
                deed.deed.action,
                acting.at,
                deed=deed.deed.model_dump(mode="json"),
                principal=deed.by.principal,
                person=deed.by.person,
                refusal=acted.refusal,
                facts=acted.facts,
            )
            cause = Cause(deed.id, deed.by.person or deed.by.principal)
            self._keep(session, state, after, policy, scene, cause, acting.at)
            return acted

    def fall_due(self, case_id: str, due: Due, at: datetime) -> CaseState:
        """Do what fell due, unless the case moved on meanwhile; how it stands after it."""
        with self._database.write() as session:
            state, policy, scene = self._seen(session, case_id, at)
            after = fallen_due(state, due, policy, scene, at)
            if after is None:
                return state
            cause = Cause(f"{case_id}:{due.stage}:{due.at.isoformat()}")
            self._keep(session, state, after, policy, scene, cause, at)
            return after

    def conclude(self, case_id: str, results: Sequence[Result], at: datetime) -> CaseState:
        """Write down what became of everything that was to be done."""
        with self._database.write() as session:
            state, policy, scene = self._seen(session, case_id, at)
            if state.status is not Status.SETTLED or state.concluded:
                return state
            after = concluded(state, results, policy, scene, at)
            cause = Cause(f"{case_id}.{state.round}:concluded")
            self._keep(session, state, after, policy, scene, cause, at)
            return after

    def _hold(self, session: Session, case_id: str) -> CollisionRow:
        """Have the case to oneself; nobody is asked who is leaving at this moment."""
        self._policies.hold(session)
        self._database.lock(session, f"case:{case_id}")
        self._database.lock_shared(session, "reps")
        row = session.get(CollisionRow, case_id, with_for_update=True)
        if row is None:
            raise Refused("unknown_case")
        return row

    def _seen(self, session: Session, case_id: str, at: datetime) -> tuple[CaseState, Policy, CaseScene]:
        row = self._hold(session, case_id)
        state = state_in(row)
        if state is None:
            raise Refused("unknown_case")
        policy = self._policies.followed(session, at, state.policy)
        return state, policy, case_scene(session, row, state.rep_ids, policy, at)

    def _keep(
        self,
        session: Session,
        before: CaseState | None,
        after: CaseState,
        policy: Policy,
        scene: CaseScene,
        cause: Cause,
        at: datetime,
    ) -> None:
        """Write a case as it stands, whose word it waits for, and what the timelines tell of it.

        Whether it is a risk is left alone: that is for whoever sees the reps meet.
        """
        if after == before:
            return
        row = session.get_one(CollisionRow, after.id)
        row.status, row.outcome, row.state = after.status, after.outcome, after.model_dump(mode="json")
        open_ = after.status is Status.OPEN
        row.settled_at = None if open_ else (row.settled_at or at)
        session.flush()
        session.connection().execute(delete(CollisionPersonRow).where(col(CollisionPersonRow.case_id) == after.id))
        people = [
            {"case_id": after.id, "rep_id": rep_id, "decides": rep_id in after.deciders}
            for rep_id in dict.fromkeys((*after.asked, *after.deciders))
        ]
        if people:
            add(session, CollisionPersonRow, *people)
        if after.status is Status.DISMISSED:
            mark_false_alarms(session, after.id)
        tell(session, self._ids, before, after, policy, scene, cause, at)


def state_in(row: CollisionRow) -> CaseState | None:
    """A case as last written; None before it has begun."""
    return None if OPENING in row.state else CaseState.model_validate(row.state)
