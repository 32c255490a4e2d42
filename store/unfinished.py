"""What the database says must be going on, so that workflows can be begun for whatever has none.

After a restore the database may be newer than Temporal: it remembers things whose workflows are gone.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from domain.approval.request import Order
from domain.approval.state import ApprovalState, Status
from domain.change import Asked, MergeInto, Unmerge
from domain.importing.batch import ENDED, Batch, Doubtful, Stage
from domain.lead import Lead
from domain.merge_order import MergeOrder
from domain.ownership import Ownership, Place
from domain.pending import next_change
from domain.profile import Profile
from domain.submission import Submission
from domain.survivorship import Side
from store.database import Database
from store.import_asking import ASKED
from store.merging import Half
from store.tables import (
    ApprovalRow,
    ChangeRow,
    CollisionRow,
    CustomerRow,
    ImportLineRow,
    ImportRow,
    LeadRow,
    MergeRow,
    MoveRow,
    RepRow,
)

PAGE = 500
_UNDECIDED = (Status.PENDING, Status.RETURNED, Status.APPROVED)
_NOBODYS_TURN = (*ENDED, Stage.FAILED)


class Unfinished:
    """Reads; never writes. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting_leads(self) -> list[Submission]:
        """Leads that wait for a person's word."""
        with self._database.read() as session:
            rows = session.exec(select(LeadRow).where(col(LeadRow.settled_at).is_(None)).order_by(LeadRow.id))
            return [_submission(session, row) for row in rows]

    def settled_leads(self, since: datetime) -> list[Submission]:
        """Leads that were settled at or after an instant: what follows from them may not have been done."""
        with self._database.read() as session:
            rows = session.exec(select(LeadRow).where(col(LeadRow.settled_at) >= since).order_by(LeadRow.id))
            return [_submission(session, row) for row in rows]

    def unknown_leads(self, lead_ids: Collection[str]) -> set[str]:
        """Those of these leads that the database does not know."""
        return self._unknown(LeadRow, lead_ids)

    def undone(self, request_ids: Collection[str]) -> set[str]:
        """Those of these requests to customers that the database does not know."""
        return self._unknown(ChangeRow, request_ids)

    def _unknown(self, model: type[LeadRow] | type[ChangeRow], ids: Collection[str]) -> set[str]:
        unknown = set(ids)
        with self._database.read() as session:
            for some in _batched(sorted(ids), PAGE):
                known = session.exec(select(col(model.id)).where(col(model.id).in_(some))).all()
                unknown.difference_update(known)
        return unknown

    def watched_customers(self) -> Iterator[list[str]]:
        """Customers with a clock, a wait or a grant that their workflow must watch, some at a time."""
        live, after = col(CustomerRow.place) != Place.MERGED, ""
        while True:
            page = select(CustomerRow.id, CustomerRow.ownership).where(live, col(CustomerRow.id) > after)
            with self._database.read() as session:
                rows = session.exec(page.order_by(col(CustomerRow.id)).limit(PAGE)).all()
            yield [id_ for id_, ownership in rows if next_change(Ownership.model_validate(ownership))]
            if len(rows) < PAGE:
                return
            after = rows[-1][0]

    def approvals(self) -> list[Order]:
        """Requests that are not decided, or decided and not yet done."""
        with self._database.read() as session:
            rows = session.exec(select(ApprovalRow).where(col(ApprovalRow.status).in_(_UNDECIDED)))
            return [ApprovalState.model_validate(row.state).order for row in rows]

    def cases(self) -> Sequence[str]:
        """Collision cases that are not settled, or settled and not yet done."""
        done = CollisionRow.state["concluded"].as_boolean()
        with self._database.read() as session:
            return session.exec(
                select(CollisionRow.id).where(or_(col(CollisionRow.settled_at).is_(None), done.is_(False)))
            ).all()

    def moves(self) -> Sequence[str]:
        """Moves of reps that are not seen through."""
        with self._database.read() as session:
            return session.exec(select(MoveRow.id).where(col(MoveRow.finished_at).is_(None))).all()

    def imports(self) -> list[tuple[Batch, Stage]]:
        """Imports in a stage in which their workflow has something to do."""
        with self._database.read() as session:
            rows = session.exec(select(ImportRow).where(col(ImportRow.stage).not_in(_NOBODYS_TURN)))
            return [(_batch(row), Stage(row.stage)) for row in rows]

    def merges(self) -> list[MergeOrder]:
        """Merges, and undone ones, about which the survivor was not asked."""
        with self._database.read() as session:
            orders = [_order(row) for row in session.exec(select(MergeRow))]
        follow_ups = {f"{it.asked.id}:{_then(it)}": it for it in orders if it}
        undone = self.undone(follow_ups)
        return [order for follow_up, order in follow_ups.items() if follow_up in undone]

    def reps(self) -> Sequence[str]:
        """Who may be given customers that wait in queues."""
        with self._database.read() as session:
            return session.exec(select(RepRow.id).where(col(RepRow.active)).order_by(RepRow.id)).all()


def _batched(things: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Some of them at a time, for a database takes only so many parameters."""
    return (things[first : first + size] for first in range(0, len(things), size))


def _submission(session: Session, row: LeadRow) -> Submission:
    """A lead as it was submitted; one of a row of a file is described by the file's lines."""
    asked = select(ImportLineRow).where(ImportLineRow.lead_id == row.id, ImportLineRow.state == ASKED).limit(1)
    line = session.exec(asked).first() if row.fingerprint.startswith(f"{ASKED}.") else None
    return Submission(
        lead_id=row.id,
        fingerprint=row.fingerprint,
        lead=Lead.model_validate(row.lead),
        profile=Profile.model_validate(line.profile) if line else None,
        doubted=line is not None,
        imported=line is not None,
    )


def _batch(row: ImportRow) -> Batch:
    return Batch(import_id=row.id, attempt=row.attempt, doubtful=Doubtful(row.doubtful))


def _order(row: MergeRow) -> MergeOrder | None:
    """The merge or its undoing as it was ordered; None when the survivor has nothing to decide about it."""
    if row.unmerge_id is None:
        merge = MergeInto(survivor_id=row.survivor_id, by=row.by, reason=row.reason, owner=row.owner)
        asked = Asked(id=row.id, actor=row.by, change=merge)
    elif row.taken_over is not None and row.unmerged_by:
        restored = Half.model_validate(row.halves[Side.ABSORBED]).ownership
        undo = Unmerge(merge_id=row.id, restored=restored, by=row.unmerged_by, reason=row.unmerge_reason or row.reason)
        asked = Asked(id=row.unmerge_id, actor=row.unmerged_by, change=undo)
    else:
        return None
    return MergeOrder(absorbed_id=row.absorbed_id, survivor_id=row.survivor_id, asked=asked)


def _then(order: MergeOrder) -> str:
    return "take_over" if isinstance(order.asked.change, MergeInto) else "give_back"
