"""How far mailboxes have been read: together with what their messages report, so that none is lost or read twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from domain.ids import IdMaker
from domain.inbound.mailbox import MailboxConnector
from domain.inbound.reported import Reported
from store.connectors import Connectors
from store.database import Database
from store.inbound import InboundReports
from store.tables import MailboxRow

LEASE = timedelta(minutes=5)
"""So long nobody else reads a mailbox that one process has begun to read."""


@dataclass(frozen=True)
class Due:
    """A mailbox that is to be read now, and from where."""

    connector_id: str
    connector: MailboxConnector
    password: str | None
    """None when it cannot be opened any more."""
    since: datetime
    uid_validity: int
    last_uid: int


class Mailboxes:
    """Keeps the places. Safe to share between threads."""

    def __init__(self, database: Database, ids: IdMaker) -> None:
        self._database = database
        self._connectors = Connectors(database, ids)
        self._reports = InboundReports(database, ids)

    def claim(self, at: datetime) -> Due | None:
        """A mailbox whose time has come, for this process alone to read within five minutes; None when none has."""
        with self._database.read() as session:
            places = {row.connector_id: row.next_at for row in session.exec(select(MailboxRow))}
        for live in self._connectors.mailboxes(at):
            if places.get(live.id, at) > at or not isinstance(live.connector, MailboxConnector):
                continue
            with self._database.write() as session:
                self._database.lock(session, f"mailbox:{live.id}")
                row = session.get(MailboxRow, live.id) or MailboxRow(connector_id=live.id, next_at=at)
                if row.next_at > at:
                    continue
                row.next_at = at + LEASE
                session.add(row)
                place = row.uid_validity, row.last_uid
            return Due(live.id, live.connector, next(iter(live.secrets), None), live.since, *place)
        return None

    def keep(self, due: Due, uid_validity: int, last_uid: int, reports: Sequence[Reported], at: datetime) -> None:
        """Keep what messages report and that they have been read, in one transaction."""
        with self._database.write() as session:
            self._reports.take_in_within(session, due.connector_id, reports, at)
            row = session.get_one(MailboxRow, due.connector_id, with_for_update=True)
            row.uid_validity, row.last_uid = uid_validity, last_uid

    def done(self, due: Due, error: str | None, at: datetime) -> None:
        """Note how the reading went, and when it is read next."""
        with self._database.write() as session:
            row = session.get_one(MailboxRow, due.connector_id, with_for_update=True)
            row.error, row.read_at = error, row.read_at if error else at
            row.next_at = at + timedelta(seconds=due.connector.every_seconds)

    def states(self, connector_ids: Iterable[str]) -> Mapping[str, MailboxRow]:
        """How the reading of these goes, by the connector's id."""
        theirs = select(MailboxRow).where(col(MailboxRow.connector_id).in_(list(connector_ids)))
        with self._database.read() as session:
            return {row.connector_id: row for row in session.exec(theirs)}
