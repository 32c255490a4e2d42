"""Share grants as rows, beside the ownership that holds them: to find what is shared with a rep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from domain.share import Share
from store.asking import managers_of
from store.database import Database
from store.directory import found
from store.errors import NotFound
from store.keyset import page_of
from store.lineage import live_id
from store.tables import CustomerRow, RepRow, ShareRow


@dataclass(frozen=True)
class Shared:
    """A customer that is shared with a rep."""

    share: ShareRow
    name: str
    owner_id: str | None


class Shares:
    """Reads; the customers' workflows write. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_rep(self, rep_id: str, at: datetime, after: Sequence[str] | None, limit: int) -> list[Shared]:
        """A page of what is shared with a rep at an instant, what ends first before the rest, and one more when there
        are more.

        Raises:
            NotFound: when there is no such rep.
        """
        last = (datetime.fromisoformat(after[0]), *after[1:]) if after else None
        order = (col(ShareRow.expires_at), col(ShareRow.customer_id), col(ShareRow.access))
        open_ = (col(ShareRow.ended_at).is_(None), col(ShareRow.expires_at) > at)
        theirs = select(ShareRow).where(ShareRow.rep_id == rep_id, *open_)
        with self._database.read() as session:
            found(session, RepRow, rep_id)
            rows = session.exec(page_of(theirs, order, last, limit)).all()
            ids = {row.customer_id for row in rows}
            customers = {row.id: row for row in session.exec(select(CustomerRow).where(col(CustomerRow.id).in_(ids)))}
        return [Shared(row, customers[row.customer_id].name, customers[row.customer_id].owner_id) for row in rows]

    def responsible(self, customer_id: str) -> frozenset[str]:
        """Who says with whom a customer is shared: its owner and the manager of the owner's team.

        Raises:
            NotFound: when there is no such customer.
        """
        with self._database.read() as session:
            customer = session.get(CustomerRow, live_id(session, customer_id))
            if customer is None:
                raise NotFound
            managers = managers_of(session, [customer.owner_id] if customer.owner_id else [])
            return frozenset(rep_id for rep_id in (*managers, *managers.values()) if rep_id is not None)


def shared_with(session: Session, rep_id: str, limit: int) -> list[str]:
    """Customers of which a rep has a grant that has not ended, by id."""
    theirs = select(ShareRow.customer_id).where(ShareRow.rep_id == rep_id, col(ShareRow.ended_at).is_(None))
    return list(session.exec(theirs.distinct().order_by(col(ShareRow.customer_id)).limit(limit)))


def write_shares(
    session: Session, customer_id: str, before: Sequence[Share], after: Sequence[Share], at: datetime
) -> list[Share]:
    """Write what became of a customer's grants, in the transaction that writes its ownership; returns those that ended.

    A grant that comes back by the undoing of a merge is the same again.
    """
    for share in after:
        if share not in before:
            session.merge(
                ShareRow(
                    customer_id=customer_id,
                    rep_id=share.rep_id,
                    access=share.access,
                    granted_at=share.since,
                    expires_at=share.until,
                    approval_id=share.approval_id,
                )
            )
    going_on = {(*share.what, share.since) for share in after}
    ended = [share for share in before if (*share.what, share.since) not in going_on]
    for share in ended:
        session.get_one(ShareRow, (customer_id, *share.what, share.since)).ended_at = at
    return ended
