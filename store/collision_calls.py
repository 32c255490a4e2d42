"""What the workflows of collision cases must look at: noted in one transaction with it, told afterwards."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select

from domain.collision_case.state import Status
from domain.event import EventKind
from domain.happening import Happening
from store.database import Database
from store.journal import CUSTOMER
from store.lineage import absorbed_by
from store.rows import add_missing
from store.tables import CollisionCallRow, CollisionCustomerRow, CollisionRow

_OF_CASES = frozenset({EventKind.COLLISION_OPENED, EventKind.COLLISION_SEEN_AGAIN})
_MOVES = frozenset(
    {
        EventKind.OWNER_ASSIGNED,
        EventKind.REASSIGNED,
        EventKind.RECYCLED,
        EventKind.OWNER_CHANGED,
        EventKind.CLAIMED,
        EventKind.RELEASED,
        EventKind.DESIGNATED,
        EventKind.TRANSFERRED,
        EventKind.CUSTOMER_MERGED,
        EventKind.CUSTOMER_ABSORBED,
        EventKind.CUSTOMER_UNMERGED,
        EventKind.CUSTOMER_SEPARATED,
    }
)
"""What may overtake a case about the customer, or change what is proposed."""


class CollisionCalls:
    """A watcher of events that notes which cases they concern. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def see(self, session: Session, happened: Sequence[Happening]) -> None:
        """Note which workflows are to look: of cases that were opened or seen again, and of open cases whose customer
        went another way."""
        calls = [
            {"event_id": it.id, "case_id": it.data["case_id"]}
            for it in happened
            if it.kind in _OF_CASES and it.stream == CUSTOMER
        ]
        moved = [it for it in happened if it.kind in _MOVES and it.stream == CUSTOMER]
        about = _open_cases(session, {it.subject_id for it in moved}) if moved else {}
        calls += [{"event_id": it.id, "case_id": id_} for it in moved for id_ in about.get(it.subject_id, ())]
        add_missing(session, CollisionCallRow, calls)

    def waiting(self, limit: int) -> list[tuple[str, str]]:
        """The first calls that nobody was told of: the event and the case."""
        with self._database.read() as session:
            rows = session.exec(select(CollisionCallRow).order_by(col(CollisionCallRow.case_id)).limit(limit))
            return [(row.event_id, row.case_id) for row in rows]

    def told(self, calls: Sequence[tuple[str, str]]) -> None:
        """Forget calls of which the workflows know."""
        with self._database.write() as session:
            for event_id, case_id in calls:
                session.connection().execute(
                    delete(CollisionCallRow).where(
                        col(CollisionCallRow.event_id) == event_id, col(CollisionCallRow.case_id) == case_id
                    )
                )


def _open_cases(session: Session, customer_ids: set[str]) -> dict[str, list[str]]:
    """The open cases about each of these customers, or about one for which it stands."""
    live = {customer_id: customer_id for customer_id in customer_ids}
    live |= {id_: root for root, ids in absorbed_by(session, customer_ids).items() for id_ in ids}
    open_ = (
        select(CollisionCustomerRow.customer_id, CollisionCustomerRow.case_id)
        .join(CollisionRow, col(CollisionRow.id) == col(CollisionCustomerRow.case_id))
        .where(CollisionRow.status == Status.OPEN, col(CollisionCustomerRow.customer_id).in_(live))
    )
    found: dict[str, list[str]] = {}
    for customer_id, case_id in session.exec(open_):
        for id_ in {customer_id, live[customer_id]} & customer_ids:
            found.setdefault(id_, []).append(case_id)
    return found
