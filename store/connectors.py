"""Connectors in the database: their settings, and their secrets under seal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from domain.ids import IdMaker
from domain.inbound.connectors import Connector
from store.database import Database
from store.errors import NotFound
from store.keyset import page_of
from store.sealing import Seal
from store.tables import ConnectorRow

_SETTINGS: TypeAdapter[Connector] = TypeAdapter(Connector)


@dataclass(frozen=True)
class Live:
    """A connector that counts, with the secrets that count now."""

    id: str
    connector: Connector
    secrets: tuple[str, ...]
    """None at all when the installation's key is not the one of then, so that they cannot be opened."""
    since: datetime


class Connectors:
    """Reads and changes connectors. Safe to share between threads."""

    def __init__(self, database: Database, ids: IdMaker) -> None:
        self._database = database
        self._seal = Seal(ids.key("connectors"))

    def page(self, after: Sequence[str] | None, limit: int) -> Sequence[ConnectorRow]:
        """Connectors by id, those that are over, too, and one more than asked when there are more."""
        with self._database.read() as session:
            return session.exec(page_of(select(ConnectorRow), (col(ConnectorRow.id),), after, limit)).all()

    def get(self, connector_id: str) -> ConnectorRow:
        """One connector.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            row = session.get(ConnectorRow, connector_id)
        if row is None:
            raise NotFound
        return row

    def live(self, connector_id: str, at: datetime) -> Live | None:
        """A connector that counts now, with its secrets; None for one that is not known, switched off or revoked."""
        with self._database.read() as session:
            row = session.get(ConnectorRow, connector_id)
        return self._live(row, at) if row is not None and _counts(row) else None

    def mailboxes(self, at: datetime) -> list[Live]:
        """The mailboxes that are to be read."""
        rows = select(ConnectorRow).where(ConnectorRow.kind == "mailbox", col(ConnectorRow.active))
        with self._database.read() as session:
            found = session.exec(rows.order_by(ConnectorRow.id)).all()
        return [self._live(row, at) for row in found if _counts(row)]

    def create(self, row: ConnectorRow, secret: str) -> ConnectorRow:
        """Keep a new connector with its secret."""
        row.secret = self._seal.close(secret)
        with self._database.write() as session:
            session.add(row)
            session.flush()
            session.expunge(row)
        return row

    def change(
        self, connector_id: str, check: Callable[[int], None], change: Callable[[ConnectorRow], None]
    ) -> ConnectorRow:
        """Change a connector's settings.

        Raises:
            NotFound: when there is none, or it was revoked.
            VersionMismatch: from ``check``.
        """
        with self._database.write() as session:
            row = _to_change(session, connector_id)
            check(row.version)
            change(row)
            row.version += 1
            session.flush()
            session.expunge(row)
        return row

    def rotate(self, connector_id: str, secret: str, overlap: timedelta, at: datetime) -> ConnectorRow:
        """Give a connector another secret; the one before counts for as long as they overlap, those before it no more.

        Raises:
            NotFound: when there is none, or it was revoked.
        """
        with self._database.write() as session:
            row = _to_change(session, connector_id)
            row.previous_secret, row.previous_until, row.secret = row.secret, at + overlap, self._seal.close(secret)
            session.flush()
            session.expunge(row)
        return row

    def revoke(self, connector_id: str, at: datetime) -> ConnectorRow:
        """End a connector and forget its secrets, as often as one likes.

        Raises:
            NotFound: when there is none.
        """
        with self._database.write() as session:
            row = session.get(ConnectorRow, connector_id, with_for_update=True)
            if row is None:
                raise NotFound
            row.revoked_at = row.revoked_at or at
            row.secret, row.previous_secret, row.active = "", None, False
            session.flush()
            session.expunge(row)
        return row

    def _live(self, row: ConnectorRow, at: datetime) -> Live:
        overlaps = row.previous_secret is not None and row.previous_until is not None and row.previous_until > at
        sealed = (row.secret, *((row.previous_secret or "",) if overlaps else ()))
        opened = tuple(filter(None, map(self._seal.open, sealed)))
        return Live(row.id, connector_of(row), opened, row.created_at)


def connector_of(row: ConnectorRow) -> Connector:
    """What an administrator set for a connector."""
    return _SETTINGS.validate_python(row.settings)


def _counts(row: ConnectorRow) -> bool:
    return row.active and row.revoked_at is None


def _to_change(session: Session, connector_id: str) -> ConnectorRow:
    row = session.get(ConnectorRow, connector_id, with_for_update=True)
    if row is None or row.revoked_at is not None:
        raise NotFound
    return row
