"""Moving on a lead that waits without settling it: it is reminded of, or somebody else is asked. Each happens once."""

from sqlmodel import Session, col, exists, select

from domain.answer import Settlement
from domain.confirmation import Nudge, Stage, Waiting, asked_next
from domain.event import SYSTEM
from domain.ids import IdMaker
from domain.lead_event import LeadEvent, LeadEventKind, answer_of
from domain.policy import Policy
from store.asking import ask, managers_of, owners_of, require_active
from store.database import Database
from store.identity_index import lock_keys
from store.journal import lead_event_id, record_decision, record_lead_events
from store.policies import Policies
from store.tables import LeadEventRow, LeadRow


class Confirmations:
    """Moves waiting leads on. One per process; safe to share between threads."""

    def __init__(self, database: Database, policy: Policy, ids: IdMaker) -> None:
        self._database = database
        self._policies = Policies(database, policy)
        self._ids = ids

    def nudge(self, nudge: Nudge) -> Settlement:
        """Do what falls due, or ask the next when a person is not sure; how the lead stands after it.

        One that is settled by now stays as it is, and so does one that was nudged in this way before.

        Raises:
            Refused: ``unknown_rep`` or ``rep_not_available`` when the person who is not sure may not answer.
            sqlalchemy.exc.SQLAlchemyError: when the database fails; nothing is half-written, the step may be repeated.
        """
        with self._database.write() as session:
            self._policies.hold(session)
            lock_keys(self._database, session, (), nudge.lead_id)
            lead = session.get_one(LeadRow, nudge.lead_id)
            before = Settlement.model_validate(lead.settlement)
            waiting = before.answer.waiting
            if nudge.unsure:
                require_active(session, nudge.unsure.by)
            kind, actor = _cause(nudge)
            event_id = lead_event_id(nudge.lead_id, kind, actor)
            if waiting is None or session.scalar(select(exists().where(col(LeadEventRow.id) == event_id))):
                return before
            policy = self._policies.followed(session, nudge.at, waiting.policy)
            waiting = waiting.under(policy)
            owners = owners_of(session, [candidate.id for candidate in before.answer.candidates])
            self._database.lock_shared(session, "reps")  # nobody is asked who is leaving at this moment
            after = waiting.after(nudge.stage, _next(session, nudge, waiting, owners))
            event = LeadEvent(
                kind, actor, {"asked": [*after.asked], **(answer_of(nudge.unsure) if nudge.unsure else {})}
            )
            decision_id = self._explain(session, nudge, before, event, policy.fingerprint)
            record_lead_events(session, nudge.lead_id, [event], at=nudge.at, decision_id=decision_id)
            settlement = before.model_copy(update={"answer": before.answer.model_copy(update={"waiting": after})})
            lead.settlement = settlement.model_dump(mode="json")
            ask(session, nudge.lead_id, after.asked)
            return settlement

    def _explain(
        self, session: Session, nudge: Nudge, before: Settlement, event: LeadEvent, policy_version: str
    ) -> str:
        """What was done to whom by which rule; for an answer, about which candidates with which probability."""
        waiting = before.answer.waiting
        said = {name: value for name, value in event.data.items() if name != "comment"}
        return record_decision(
            session,
            id=self._ids.make("dec", lead_event_id(nudge.lead_id, event.kind, event.actor)),
            kind=event.kind,
            policy_version=policy_version,
            at=nudge.at,
            lead_id=nudge.lead_id,
            trace={
                "change": event.kind,
                "waiting": waiting.model_dump(mode="json") if waiting else None,
                "confirmation": said
                | {"by": event.actor, "candidates": [one.model_dump(mode="json") for one in before.answer.candidates]},
            },
        )


def _cause(nudge: Nudge) -> tuple[LeadEventKind, str]:
    return (LeadEventKind.UNSURE, nudge.unsure.by) if nudge.unsure else (LeadEventKind(nudge.stage), SYSTEM)


def _next(session: Session, nudge: Nudge, waiting: Waiting, owners: list[str]) -> tuple[str, ...]:
    """Whoever is asked when somebody is not sure or silent; a reminder goes to those who are asked already."""
    if nudge.stage is not Stage.ESCALATE:
        return ()
    asked = (nudge.unsure.by,) if nudge.unsure else waiting.asked
    return asked_next(asked, owners, managers_of(session, (*asked, *owners)))
