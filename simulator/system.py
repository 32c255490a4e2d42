"""OneOwner without its servers: the very functions that decide and write, called in the order of the virtual clock.

What Temporal's workflows do is when and whom to ask; here the agenda does it, as the import and the back-test do.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from domain.answer import Answer
from domain.change import Asked, Change, Changed, Refused, Request
from domain.event import SYSTEM
from domain.ids import IdMaker
from domain.lead import Lead
from domain.merge_order import MergeOrder
from domain.ownership import Ownership
from domain.pending import next_change, request_id
from domain.policy import Policy
from domain.submission import Choice, Registration, Submission
from domain.submitted import SubmittedLead
from domain.touch import TouchKind
from simulator.agenda import Agenda
from store.changes import Changes
from store.collision_cases import CollisionCases
from store.database import Database
from store.detection import Detection
from store.intake import Intake
from store.merges import Merges
from store.outbox import Outbox
from store.policies import Policies
from store.touches import record_touch

_AT_ONCE = 200


class System:
    """Takes in what happens, and remembers how every customer stands."""

    def __init__(self, database: Database, policy: Policy, ids: IdMaker, agenda: Agenda) -> None:
        policies = Policies(database, policy)
        self._database = database
        self._agenda = agenda
        self._intake = Intake(database, policy, ids)
        self._changes = Changes(database, policy, ids)
        self._merges = Merges(database, policies)
        self._submissions: dict[str, Submission] = {}
        self._watched: set[str] = set()
        self._now = datetime.min.replace(tzinfo=UTC)
        self._outbox = Outbox(database, [Detection(database, policy, ids)], lambda: self._now)
        self.cases = CollisionCases(database, policies, ids)
        self.ids = ids
        self.standing: dict[str, Ownership] = {}
        self.refused: Counter[str] = Counter()
        """How often something was asked that the rules do not allow, by the rule."""
        self.settled_by_itself: Callable[[Answer, datetime], None] = lambda answer, at: None
        """Told of a lead that waited and is clear by now."""

    def live(self, customer_id: str) -> Ownership:
        """Whoever stands for a customer now."""
        standing = self.standing[customer_id]
        while standing.merged_into is not None:
            standing = self.standing[standing.merged_into]
        return standing

    def submit(self, lead: dict[str, object], at: datetime) -> Answer:
        """Take a lead in."""
        checked = SubmittedLead.model_validate(lead)
        kept = Lead.model_validate(checked.model_dump())
        lead_id = self.ids.lead_id(kept.source, kept.external_id)
        self._submissions[lead_id] = Submission(lead_id=lead_id, fingerprint=kept.external_id, lead=kept)
        return self._register(Registration(submission=self._submissions[lead_id], at=at))

    def choose(self, lead_id: str, choice: Choice, at: datetime) -> Answer:
        """A person says who a lead in doubt is."""
        return self._register(Registration(submission=self._submissions[lead_id], at=at, choice=choice))

    def _register(self, registration: Registration) -> Answer:
        settlement = self._intake.register(registration)
        answer, at = settlement.answer, registration.at
        for lead_id in settlement.recheck:
            seen = self._register(Registration(submission=self._submissions[lead_id], at=at))
            if seen.waiting is None:
                self.settled_by_itself(seen, at)
        if answer.customer_id is not None:
            self._keep(self._changes.current(answer.customer_id))
        if settlement.arrived is not None and answer.customer_id is not None:
            asked = Asked(id=f"{answer.lead_id}:arrived", actor=SYSTEM, change=settlement.arrived)
            changed = self.ask(answer.customer_id, asked, at)
            answer = answer.under(changed.ownership, changed.owner) if changed else answer
        return answer

    def ask(self, customer_id: str, asked: Asked, at: datetime) -> Changed | None:
        """Have a change carried out on whoever stands for a customer; None where the rules do not allow it."""
        id_ = self.live(customer_id).customer_id if asked.change.follows else customer_id
        try:
            changed = self._changes.carry_out(Request(customer_id=id_, at=at, asked=asked))
        except Refused as refused:
            self.refused[refused.code] += 1
            return None
        self._keep(changed.ownership)
        return changed

    def change(self, customer_id: str, change: Change, at: datetime, actor: str, *name: str) -> Changed | None:
        """The same for a change whose id is made of what it is."""
        id_ = self.ids.make("req", change.kind, customer_id, at.isoformat(), actor, *name)
        return self.ask(customer_id, Asked(id=id_, actor=actor, change=change), at)

    def merge(self, order: MergeOrder, at: datetime) -> bool:
        """Merge two customers; whether it was done."""
        if self.ask(order.absorbed_id, order.asked, at) is None:
            return False
        asked = self._merges.handover(order)
        if asked is not None:
            self.ask(order.survivor_id, asked, at)
        return True

    def touch(self, customer_id: str, rep_id: str, kind: TouchKind, at: datetime) -> None:
        """A system reports a contact."""
        with self._database.write() as session:
            record_touch(
                session,
                id=self.ids.make("touch", customer_id, rep_id, kind, at.isoformat()),
                customer_id=customer_id,
                rep_id=rep_id,
                kind=kind,
                source="telephony" if kind is TouchKind.CALL else "contacts",
                occurred_at=at,
                at=at,
            )

    def watch(self, at: datetime) -> bool:
        """Show the detectors everything that they have not seen yet; whether there was anything."""
        self._now = at
        passed = dealt_with = self._outbox.pass_on(_AT_ONCE)
        while dealt_with == _AT_ONCE:
            dealt_with = self._outbox.pass_on(_AT_ONCE)
        return passed > 0

    def _keep(self, ownership: Ownership) -> None:
        """Remember how a customer stands, and put on the agenda what time alone will bring."""
        self.standing[ownership.customer_id] = ownership
        change = next_change(ownership)
        if change is None or change.due_at is None:
            return
        asked = Asked(id=request_id(ownership, change), actor=SYSTEM, change=change)
        if asked.id not in self._watched:
            self._watched.add(asked.id)
            self._agenda.put(change.due_at, lambda at: self._fall_due(ownership.customer_id, asked, at))

    def _fall_due(self, customer_id: str, asked: Asked, at: datetime) -> None:
        if self.standing[customer_id].merged_into is None:
            self.ask(customer_id, asked, at)
