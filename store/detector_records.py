"""The record of each detector: how much it saw, and how much of that was wrong."""

from dataclasses import dataclass

from sqlalchemy import case, func, select, update
from sqlmodel import Session, col

from domain.collision.detector import Detector
from store.database import Database
from store.tables import CollisionRow, SightingRow


@dataclass(frozen=True)
class Record:
    """What a detector saw so far, in numbers of sightings."""

    sightings: int = 0
    counted: int = 0
    """Those without a case, because they weighed too little."""
    judged: int = 0
    """Those whose case is over."""
    false_alarms: int = 0


class DetectorRecords:
    """Reads the records. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[Detector, Record]:
        """The record of every detector."""
        counted = func.sum(case((col(SightingRow.case_id).is_(None), 1), else_=0))
        over = col(CollisionRow.settled_at).is_not(None) | col(SightingRow.false_alarm)
        judged = func.sum(case((over, 1), else_=0))
        wrong = func.sum(case((col(SightingRow.false_alarm), 1), else_=0))
        numbers = (
            select(col(SightingRow.detector), func.count(), counted, judged, wrong)
            .outerjoin(CollisionRow, col(CollisionRow.id) == col(SightingRow.case_id))
            .where(col(SightingRow.detector).in_(list(Detector)))
            .group_by(col(SightingRow.detector))
        )
        with self._database.read() as session:
            rows = session.connection().execute(numbers)
            known = {Detector(name): Record(*map(int, figures)) for name, *figures in rows}
        return {detector: known.get(detector, Record()) for detector in Detector}


def mark_false_alarms(session: Session, case_id: str) -> None:
    """Mark everything that was seen of a case as wrong; it counts against the detectors that saw it. Once is enough."""
    of_case = update(SightingRow).where(col(SightingRow.case_id) == case_id)
    session.connection().execute(of_case.values(false_alarm=True))
