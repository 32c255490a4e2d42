"""What tests of collisions do: let things happen, have them seen, and look at the cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlmodel import col, select

from domain.change import Asked, Change, Request
from domain.policy import Policy
from domain.submission import Choice
from domain.touch import TouchKind
from store.changes import Changes
from store.database import Database
from store.detection import Detection
from store.intake import Intake
from store.outbox import Outbox
from store.tables import (
    CollisionCustomerRow,
    CollisionRepRow,
    CollisionRow,
    EventRow,
    RepRow,
    SightingRow,
    TeamRow,
)
from store.touches import record_touch
from tests.examples import AT, BROWN, IDS, LI, POLICY, WANG, ZHANG, employ, lead, registration

DAY = timedelta(days=1)
MANAGER = "chen.jing"


@dataclass(frozen=True)
class Case:
    """A case as a test compares it."""

    risk: bool
    cause: str
    customers: frozenset[str]
    reps: frozenset[str]
    detectors: tuple[str, ...]


class Field:
    """A store with three reps in Guangdong, their manager, and somebody who watches."""

    def __init__(self, database: Database, policy: Policy = POLICY) -> None:
        self.database = database
        employ(database, ZHANG, LI, WANG, BROWN)
        with database.write() as session:
            session.add(RepRow(id=MANAGER, name="陈静"))
            session.add(TeamRow(id="south", name="华南", manager_id=MANAGER))
            for rep_id in (ZHANG.id, LI.id, WANG.id):
                session.get_one(RepRow, rep_id).team_id = "south"
        self.intake = Intake(database, policy, IDS)
        self.changes = Changes(database, policy, IDS)
        self.outbox = Outbox(database, [Detection(database, policy, IDS)])
        self._numbers = count(1)

    def customer(self, owner: str | None = ZHANG.id, at: datetime = AT, **fields: Any) -> str:
        """A new customer with this owner; its id."""
        return self.lead(at=at, named_contact=owner, region="CN-GD", **fields)[1] or ""

    def lead(self, at: datetime = AT, choice: Choice | None = None, **fields: Any) -> tuple[str, str | None]:
        """A lead; its id and its customer's."""
        answer = self.intake.register(registration(lead(**fields), at, choice)).answer
        return answer.lead_id, answer.customer_id

    def ask(self, customer_id: str, change: Change, at: datetime = AT, actor: str = "crm") -> str:
        """Have a change carried out; the request's id."""
        asked = Asked(id=f"req_{next(self._numbers)}", actor=actor, change=change)
        self.changes.carry_out(Request(customer_id=customer_id, at=at, asked=asked))
        return asked.id

    def touch(self, customer_id: str, rep_id: str | None, at: datetime = AT, kind: TouchKind = TouchKind.CALL) -> str:
        """A contact that the telephone system reports; its id."""
        id_ = f"touch_{next(self._numbers)}"
        with self.database.write() as session:
            record_touch(
                session,
                id=id_,
                customer_id=customer_id,
                rep_id=rep_id,
                kind=kind,
                source="telephony",
                occurred_at=at,
                at=at,
            )
        return id_

    def watch(self) -> None:
        """Pass on everything that waits to be."""
        while self.outbox.pass_on(200):
            continue

    def settle(self, case_id: str, at: datetime) -> None:
        """End a case, as its workflow does."""
        with self.database.write() as session:
            row = session.get_one(CollisionRow, case_id)
            row.status, row.settled_at = "settled", at

    def cases(self) -> list[Case]:
        """All cases, in the order in which they were opened."""
        with self.database.read() as session:
            rows = session.exec(select(CollisionRow).order_by(col(CollisionRow.opened_at), CollisionRow.id)).all()
            return [
                Case(
                    risk=row.risk,
                    cause=row.cause,
                    customers=frozenset(session.exec(_of(CollisionCustomerRow.customer_id, CollisionCustomerRow, row))),
                    reps=frozenset(session.exec(_of(CollisionRepRow.rep_id, CollisionRepRow, row))),
                    detectors=tuple(sorted(session.exec(_of(SightingRow.detector, SightingRow, row)))),
                )
                for row in rows
            ]

    def case_ids(self) -> list[str]:
        """The ids of all cases, in the order in which they were opened."""
        with self.database.read() as session:
            order = (col(CollisionRow.opened_at), CollisionRow.id)
            return list(session.exec(select(CollisionRow.id).order_by(*order)))

    def sightings(self) -> list[SightingRow]:
        """Everything that was seen, by time."""
        with self.database.read() as session:
            return list(session.exec(select(SightingRow).order_by(col(SightingRow.at), SightingRow.id)))

    def told(self, *kinds: str) -> list[EventRow]:
        """The events of these kinds."""
        with self.database.read() as session:
            events = select(EventRow).where(col(EventRow.kind).in_(kinds))
            return list(session.exec(events.order_by(col(EventRow.position))))


def _of(column: Any, table: Any, case: CollisionRow) -> Any:
    return select(column).where(table.case_id == case.id)


def names(cases: Sequence[Case]) -> list[str]:
    """The detectors that opened the cases."""
    return [case.cause for case in cases]
