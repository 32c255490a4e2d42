"""What people do about collision cases: the reps who are told stop or do not, and somebody settles it as proposed."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from sqlmodel import col, select

from domain.approval.request import Actor
from domain.collision_case.deed import Act, Acting, Decide, Deed, Dismiss
from domain.collision_case.effect import Ask, effects_of, freezes_of, thaws_of
from domain.collision_case.resolution import Keep, Nothing, Resolution, Split
from domain.collision_case.state import CaseState, Result, Status
from domain.merge_order import MergeOrder
from simulator.agenda import Agenda
from simulator.conduct import TELLS_FALSE_ALARM
from simulator.people import Person
from simulator.system import System
from simulator.with_it import WithIt
from store.database import Database
from store.tables import CollisionRow

_ADMINISTRATOR = "administrator"
_HEEDS_RULING = 0.95


class CaseRoom:
    """Sees to every case from its opening to its end."""

    def __init__(
        self, database: Database, system: System, agenda: Agenda, play: WithIt, people: Sequence[Person], seed: int
    ) -> None:
        self._database = database
        self._system = system
        self._agenda = agenda
        self._play = play
        self._people = {person.id: person for person in people}
        self._seed = seed
        self._known: set[str] = set()

    def look(self, at: datetime) -> None:
        """Take up the cases that the detectors have opened."""
        with self._database.read() as session:
            opened = session.exec(
                select(CollisionRow.id).where(CollisionRow.status == Status.OPEN).order_by(col(CollisionRow.id))
            ).all()
        for case_id in opened:
            if case_id not in self._known:
                self._known.add(case_id)
                self._begin(case_id, at)

    def _luck(self, case_id: str, question: str) -> Random:
        return Random(f"{self._seed}/{case_id}/{question}")

    def _begin(self, case_id: str, at: datetime) -> None:
        state = self._system.cases.open(case_id, at)
        if state.risk:
            self._agenda.put(state.due[0].at, lambda now: self._expire(case_id, now))
            return
        self._freeze(state, at)
        for rep_id in state.parties:
            person = self._people.get(rep_id)
            if person and self._luck(case_id, rep_id).random() < person.conduct.heeds:
                self._stop(state, rep_id)
        days = 1 + 3 * self._luck(case_id, "days").random()
        self._agenda.after(at, days, lambda now: self._settle(case_id, now))

    def _freeze(self, state: CaseState, at: datetime) -> None:
        for ask in freezes_of(state):
            self._system.ask(ask.customer_id, ask.asked, at)

    def _stop(self, state: CaseState, rep_id: str) -> None:
        """A rep who is not entitled to any of the case's customers leaves them alone."""
        for customer_id in state.live_ids:
            standing = self._system.live(customer_id)
            if rep_id != standing.owner_id and rep_id not in {it.rep_id for it in standing.shares}:
                for number in self._play.records.real([customer_id]):
                    self._play.stopped.add((number, rep_id))
                    self._play.ledger.end(number, rep_id)

    def _expire(self, case_id: str, at: datetime) -> None:
        """A risk of which nobody has spoken; or the reps have met meanwhile."""
        state = self._system.cases.look(case_id, at.isoformat(), at)
        if state.status is not Status.OPEN:
            return
        if state.risk:
            self._system.cases.fall_due(case_id, state.due[0], at)
        else:
            self._freeze(state, at)
            self._settle(case_id, at)

    def _settle(self, case_id: str, at: datetime) -> None:
        state = self._system.cases.look(case_id, at.isoformat(), at)
        if state.status is Status.OPEN and self._is_false_alarm(state):
            owner = next((self._system.live(it).owner_id for it in state.live_ids), None)
            state = self._act(state, Actor(principal=_ADMINISTRATOR, person=owner), Dismiss(), at)
        elif state.status is Status.OPEN:
            actor = Actor(principal=_ADMINISTRATOR)
            for resolution in (_decidable(state), Keep(), Nothing()):
                state = self._act(state, actor, Decide(resolution=resolution, words="按规则处理"), at)
                if state.status is not Status.OPEN:
                    break
        if state.status is not Status.OPEN:
            self._carry_out(state, at)

    def _is_false_alarm(self, state: CaseState) -> bool:
        """Whether people say so: they are right most of the time."""
        companies, reps = self._play.records.real(state.live_ids), frozenset(state.rep_ids)
        right = any(it.overlaps(companies, reps) for it in self._play.ledger.meetings)
        return right != (self._luck(state.id, "tells").random() < TELLS_FALSE_ALARM)

    def _act(self, state: CaseState, by: Actor, deed: Deed, at: datetime) -> CaseState:
        id_ = self._system.ids.make("act", state.id, at.isoformat(), deed.model_dump_json())
        act = Act(id=id_, by=by, administrator=True, deed=deed)
        acted = self._system.cases.act(Acting(case_id=state.id, at=at, act=act))
        if acted.refusal:
            self._system.refused[acted.refusal] += 1
        return acted.state

    def _carry_out(self, state: CaseState, at: datetime) -> None:
        """What the case's workflow has done when it is over."""
        owners = {id_: self._system.live(id_).owner_id for id_ in state.live_ids}
        if state.status is Status.SETTLED and not state.concluded:
            results = [done for effect in effects_of(state) for done in self._done(effect, at)]
            self._system.cases.conclude(state.id, results, at)
        for ask in thaws_of(state):
            self._system.ask(ask.customer_id, ask.asked, at)
        self._tell(state, owners, at)

    def _done(self, effect: object, at: datetime) -> list[Result]:
        match effect:
            case Ask(customer_id=id_, asked=asked):
                refusal = None if self._system.ask(id_, asked, at) else "refused"
                return [Result(customer_id=id_, what=asked.change.kind, refusal=refusal)]
            case MergeOrder():
                refusal = None if self._system.merge(effect, at) else "refused"
                return [Result(customer_id=effect.absorbed_id, what="merge", refusal=refusal)]
        return []

    def _tell(self, state: CaseState, before: dict[str, str | None], at: datetime) -> None:
        """Everybody goes by it, but for a few."""
        for customer_id, was in before.items():
            standing = self._system.live(customer_id)
            collaborators = [share.rep_id for share in standing.shares]
            for number in sorted(self._play.records.real([customer_id])):
                if standing.owner_id:
                    self._play.ledger.share(number, standing.owner_id, *collaborators)
                if standing.owner_id and standing.owner_id != was:
                    self._play.given(number, customer_id, standing.owner_id, at)
        for rep_id in state.rep_ids:
            if state.status is Status.SETTLED and self._luck(state.id, f"ruling{rep_id}").random() < _HEEDS_RULING:
                self._stop(state, rep_id)


def _decidable(state: CaseState) -> Resolution:
    """What is proposed; who sells what is left to people whom nobody simulates."""
    proposed = state.proposal.resolution if state.proposal else Keep()
    return Keep() if isinstance(proposed, Split) else proposed
