"""Writing what detectors saw, and the cases that it opens or joins, in the transaction that shows the events."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from domain.collision.docket import Docket, Entry, Noted, Placing, Verdict
from domain.collision.sighting import Sighting
from domain.collision_opening import Opening
from domain.event import SYSTEM, EventKind
from domain.ids import IdMaker
from domain.policy import Policy
from store.asking import managers_of
from store.journal import record_decision, record_event
from store.rows import add, add_missing
from store.tables import CollisionCustomerRow, CollisionRepRow, CollisionRow, SightingRow

OPEN = "open"


class Sightings:
    """Puts sightings down one after the other, each once."""

    def __init__(self, session: Session, docket: Docket, policy: Policy, ids: IdMaker) -> None:
        self._session = session
        self._docket = docket
        self._policy = policy
        self._ids = ids
        self._asked: set[str] = set()
        self._managers: dict[str, str | None] = {}
        """Of the reps who were asked after, those who are there."""

    def put(self, sighting: Sighting) -> None:
        """Write a sighting with what comes of it: a case, more to one that is open, or nothing but a count."""
        quiet = timedelta(days=self._policy.collisions.of(sighting.detector).quiet_days)
        id_ = self._ids.make("see", *sighting.name(quiet))
        placing = self._docket.place(id_, sighting)
        if placing.verdict is Verdict.OPENS:
            self._open(id_, sighting, placing)
        elif placing.verdict is Verdict.JOINS and placing.entry is not None:
            self._join(id_, sighting, placing, placing.entry)
        elif placing.verdict is Verdict.COUNTED:
            self._note(id_, sighting, None)

    def _open(self, id_: str, sighting: Sighting, placing: Placing) -> None:
        together = (sighting, *(it.sighting for it in placing.earlier))
        opening = Opening(
            case_id=self._ids.make("col", id_),
            risk=all(it.risk for it in together),
            detector=sighting.detector,
            customer_ids=tuple(dict.fromkeys(it for seen in together for it in seen.customer_ids)),
            rep_ids=tuple(dict.fromkeys(it for seen in together for it in seen.rep_ids)),
            sighting_id=id_,
            event_id=sighting.event_id,
            at=sighting.at,
        )
        row = {
            "id": opening.case_id,
            "status": OPEN,
            "risk": opening.risk,
            "cause": sighting.detector,
            "outcome": None,
            "state": {"opening": opening.model_dump(mode="json")},
            "opened_at": sighting.at,
            "settled_at": None,
        }
        add(self._session, CollisionRow, row)
        entry = Entry(opening.case_id, opening.risk, sighting.at, None, set(), set(), {it.event_id for it in together})
        self._add(entry, opening.customer_ids, opening.rep_ids)
        self._note(id_, sighting, entry.case_id)
        if placing.earlier:
            belong = update(SightingRow).where(col(SightingRow.id).in_([it.id for it in placing.earlier]))
            self._session.connection().execute(belong.values(case_id=entry.case_id))
            for noted in placing.earlier:
                self._docket.note(Noted(noted.id, noted.sighting, entry.case_id))
        self._tell(EventKind.COLLISION_OPENED, id_, sighting, placing, entry)

    def _join(self, id_: str, sighting: Sighting, placing: Placing, entry: Entry) -> None:
        self._add(entry, sighting.customer_ids, sighting.rep_ids)
        entry.event_ids.add(sighting.event_id)
        if placing.turns:
            entry.risk = False
            turned = update(CollisionRow).where(col(CollisionRow.id) == entry.case_id).values(risk=False)
            self._session.connection().execute(turned)
        self._note(id_, sighting, entry.case_id)
        if placing.alerts:
            self._tell(EventKind.COLLISION_SEEN_AGAIN, id_, sighting, placing, entry)

    def _add(self, entry: Entry, customer_ids: Iterable[str], rep_ids: Iterable[str]) -> None:
        """More customers and reps of a case."""
        customers = [it for it in dict.fromkeys(customer_ids) if it not in entry.customer_ids]
        reps = [it for it in dict.fromkeys(rep_ids) if it not in entry.rep_ids]
        entry.customer_ids.update(customers)
        entry.rep_ids.update(reps)
        self._docket.take_up(entry)
        case_id = entry.case_id
        add_missing(self._session, CollisionCustomerRow, [{"case_id": case_id, "customer_id": it} for it in customers])
        add_missing(self._session, CollisionRepRow, [{"case_id": case_id, "rep_id": it} for it in reps])

    def _note(self, id_: str, sighting: Sighting, case_id: str | None) -> None:
        row = {
            "id": id_,
            "case_id": case_id,
            "detector": sighting.detector,
            "customer_id": sighting.customer_ids[0],
            "event_id": sighting.event_id,
            "at": sighting.at,
            "data": {
                "customers": [*sighting.customer_ids],
                "reps": [*sighting.rep_ids],
                "evidence": sighting.evidence,
            },
            "false_alarm": False,
        }
        add(self._session, SightingRow, row)
        self._docket.note(Noted(id_, sighting, case_id))

    def _tell(self, kind: EventKind, id_: str, sighting: Sighting, placing: Placing, entry: Entry) -> None:
        """The event on every customer of the case, explained."""
        rules = self._policy.collisions
        data: dict[str, Any] = {
            "case_id": entry.case_id,
            "cause": id_,
            "risk": entry.risk,
            "told": self._told(entry),
            "detector": sighting.detector,
            "sighting_id": id_,
            "reps": [*sighting.rep_ids],
        }
        decision_id = record_decision(
            self._session,
            id=self._ids.make("dec", id_),
            kind=kind,
            policy_version=self._policy.fingerprint,
            at=sighting.at,
            customer_id=sighting.customer_ids[0],
            trace={
                **{name: value for name, value in data.items() if name != "told"},
                "customers": [*sighting.customer_ids],
                "evidence": sighting.evidence,
                "rule": rules.of(sighting.detector).model_dump(mode="json"),
                "opens_at": rules.opens_at,
                "weight": placing.weight,
                "earlier": [it.id for it in placing.earlier],
            },
        )
        for customer_id in sorted(entry.customer_ids):
            record_event(
                self._session,
                id=f"{id_}:{kind}:{customer_id}",
                customer_id=customer_id,
                kind=kind,
                at=sighting.at,
                actor=SYSTEM,
                decision_id=decision_id,
                data=data,
            )

    def _told(self, entry: Entry) -> list[str]:
        """Who is told: the reps on the case who are still there and, by the policy, their managers."""
        unknown = entry.rep_ids - self._asked
        if unknown:
            self._asked |= unknown
            self._managers.update(managers_of(self._session, unknown))
        there = entry.rep_ids & self._managers.keys()
        managers = {self._managers[rep_id] for rep_id in there} if self._policy.collisions.tell_managers else set()
        return sorted(rep_id for rep_id in {*there, *managers} if rep_id is not None)
