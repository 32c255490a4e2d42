"""API keys of backend systems, in the database: what they may do and digests, never a secret."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from store.database import Database
from store.errors import NotFound
from store.keyset import page_of
from store.tables import ApiKeyRow


class ApiKeys:
    """Reads and changes API keys. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, after: Sequence[str] | None, limit: int) -> Sequence[ApiKeyRow]:
        """Keys by id, those that are over, too, and one more than asked when there are more."""
        with self._database.read() as session:
            return session.exec(page_of(select(ApiKeyRow), (col(ApiKeyRow.id),), after, limit)).all()

    def create(self, row: ApiKeyRow) -> ApiKeyRow:
        """Keep a new key."""
        with self._database.write() as session:
            session.add(row)
            session.flush()
            session.expunge(row)
        return row

    def rotate(self, key_id: str, digest: str, overlap: timedelta, at: datetime) -> ApiKeyRow:
        """Give a key another secret; the one before counts for as long as they overlap, those before it no more.

        Raises:
            NotFound: when there is no such key, or it was revoked.
        """
        with self._database.write() as session:
            row = session.get(ApiKeyRow, key_id, with_for_update=True)
            if row is None or row.revoked_at is not None:
                raise NotFound
            row.previous_digest, row.previous_until, row.digest = row.digest, at + overlap, digest
            session.flush()
            session.expunge(row)
        return row

    def revoke(self, key_id: str, at: datetime) -> ApiKeyRow:
        """End a key, as often as one likes.

        Raises:
            NotFound: when there is none.
        """
        with self._database.write() as session:
            row = session.get(ApiKeyRow, key_id, with_for_update=True)
            if row is None:
                raise NotFound
            row.revoked_at = row.revoked_at or at
            session.flush()
            session.expunge(row)
        return row
