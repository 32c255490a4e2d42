"""A collision that a person reports: it opens a case, or joins the one that is open about the customer."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue
from sqlmodel import Session, col, select

from domain.approval.request import Actor
from domain.change import Refused
from domain.collision_case.state import Status
from domain.collision_opening import Opening
from domain.event import EventKind
from domain.ids import IdMaker
from store.asking import managers_of, owners_of, require_active
from store.collision_cases import OPENING
from store.collision_journal import note
from store.database import Database
from store.journal import record_decision, record_event
from store.lineage import family, locked_live
from store.outbox import ONE_AT_A_TIME
from store.policies import Policies
from store.rows import add_missing
from store.tables import CollisionActRow, CollisionCustomerRow, CollisionRepRow, CollisionRow, CustomerRow

REPORTED = "reported"


class Report(BaseModel):
    """Who says that reps met on which customer."""

    model_config = ConfigDict(frozen=True)
    id: str
    """It makes the report count once."""
    customer_id: str
    rep_ids: tuple[str, ...]
    """Who met there, beside the owner."""
    by: Actor
    reason: str


class CollisionReports:
    """Takes reports. Safe to share between threads."""

    def __init__(self, database: Database, policies: Policies, ids: IdMaker) -> None:
        self._database = database
        self._policies = policies
        self._ids = ids

    def take(self, report: Report, at: datetime) -> str:
        """Open a case, or add to the one that is open; its id. Nobody else opens one meanwhile.

        Raises:
            Refused: ``unknown_customer``, ``unknown_rep``, ``rep_not_available``, or ``nobody_met`` when fewer than two
                reps are concerned.
        """
        with self._database.write() as session:
            self._policies.hold(session)
            self._database.lock(session, ONE_AT_A_TIME)
            done = select(CollisionActRow.case_id).where(CollisionActRow.id == _act_id(report))
            known = session.exec(done).first()
            if known is not None:
                return known
            if session.get(CustomerRow, report.customer_id) is None:
                raise Refused("unknown_customer")
            customer_id = locked_live(session, report.customer_id).id
            for rep_id in report.rep_ids:
                require_active(session, rep_id)
            rep_ids = tuple(dict.fromkeys((*owners_of(session, [customer_id]), *report.rep_ids)))
            if len(rep_ids) < 2:
                raise Refused("nobody_met")
            return self._written(session, report, customer_id, rep_ids, at)

    def _written(
        self, session: Session, report: Report, customer_id: str, rep_ids: tuple[str, ...], at: datetime
    ) -> str:
        row = _open_case(session, customer_id)
        kind = EventKind.COLLISION_SEEN_AGAIN if row else EventKind.COLLISION_OPENED
        case_id = row.id if row else self._ids.make("col", report.id)
        event_id = f"{report.id}:{kind}:{customer_id}"
        if row is not None:
            row.risk = False
        else:
            opening = Opening(
                case_id=case_id,
                risk=False,
                detector=REPORTED,
                customer_ids=(customer_id,),
                rep_ids=rep_ids,
                sighting_id=report.id,
                event_id=event_id,
                at=at,
            )
            session.add(_opened(opening))
            session.flush()
        add_missing(session, CollisionCustomerRow, [{"case_id": case_id, "customer_id": customer_id}])
        add_missing(session, CollisionRepRow, [{"case_id": case_id, "rep_id": rep_id} for rep_id in rep_ids])
        told = self._tell(session, report, kind, event_id, case_id, customer_id, rep_ids, at)
        note(
            session,
            _act_id(report),
            case_id,
            REPORTED,
            at,
            deed={"reason": report.reason},
            told=told,
            principal=report.by.principal,
            person=report.by.person,
        )
        return case_id

    def _tell(
        self,
        session: Session,
        report: Report,
        kind: EventKind,
        event_id: str,
        case_id: str,
        customer_id: str,
        rep_ids: tuple[str, ...],
        at: datetime,
    ) -> tuple[str, ...]:
        policy = self._policies.in_force(session, at)
        managers = managers_of(session, rep_ids)
        above = managers.values() if policy.collisions.tell_managers else ()
        told = tuple(dict.fromkeys((*managers, *(it for it in above if it))))
        data: dict[str, JsonValue] = {
            "case_id": case_id,
            "cause": report.id,
            "risk": False,
            "told": [*told],
            "detector": REPORTED,
            "sighting_id": report.id,
            "reps": [*rep_ids],
        }
        decision_id = record_decision(
            session,
            id=self._ids.make("dec", event_id),
            kind=kind,
            policy_version=policy.fingerprint,
            at=at,
            customer_id=customer_id,
            trace={"change": kind, **data},
        )
        record_event(
            session,
            id=event_id,
            customer_id=customer_id,
            kind=kind,
            at=at,
            actor=report.by.person or report.by.principal,
            decision_id=decision_id,
            data=data,
        )
        return told


def _act_id(report: Report) -> str:
    """A report is something that a person did, not something that a detector saw: it stands among the acts only."""
    return f"{report.id}:{REPORTED}"


def _opened(opening: Opening) -> CollisionRow:
    return CollisionRow(
        id=opening.case_id,
        status=Status.OPEN,
        risk=opening.risk,
        cause=opening.detector,
        state={OPENING: opening.model_dump(mode="json")},
        opened_at=opening.at,
    )


def _open_case(session: Session, customer_id: str) -> CollisionRow | None:
    """The oldest open case about a customer, or about one for which it stands; its row is held."""
    about = select(CollisionCustomerRow.case_id).where(
        col(CollisionCustomerRow.customer_id).in_(family(session, customer_id))
    )
    found = select(CollisionRow).where(col(CollisionRow.id).in_(about), CollisionRow.status == Status.OPEN)
    return session.exec(found.order_by(col(CollisionRow.opened_at), col(CollisionRow.id)).with_for_update()).first()
