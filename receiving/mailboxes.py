"""Mailboxes read when their time comes, message by message, from where the last reading ended."""

import asyncio
from datetime import UTC, datetime

from domain.ids import IdMaker
from logs import log
from receiving.imap import MailboxUnreadable, opened
from store.database import Database
from store.mailboxes import Due, Mailboxes

_AT_A_TIME = 50
"""After so many messages it is kept how far one has come."""


class MailboxReader:
    """Reads mailboxes. Several processes may have one each: a mailbox is read by one at a time."""

    def __init__(self, database: Database, ids: IdMaker) -> None:
        self._mailboxes = Mailboxes(database, ids)

    async def read(self, limit: int) -> int:
        """Read the mailboxes that are due, at most so many; how many there were.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails.
        """
        for count in range(limit):
            due = await asyncio.to_thread(self._mailboxes.claim, datetime.now(UTC))
            if due is None:
                return count
            await asyncio.to_thread(self._read, due)
        return limit

    def _read(self, due: Due) -> None:
        """Read one. What cannot be read now is read when the server is well again; nothing is passed over."""
        error = None
        try:
            self._read_all(due)
        except MailboxUnreadable as fault:
            error = str(fault)
            log.warning("mailbox_unreadable", connector=due.connector_id, error=error)
        self._mailboxes.done(due, error, datetime.now(UTC))

    def _read_all(self, due: Due) -> None:
        with opened(due.connector, due.password) as mailbox:
            last = due.last_uid if mailbox.uid_validity == due.uid_validity else 0
            uids = mailbox.after(last, due.since)
            for start in range(0, len(uids), _AT_A_TIME):
                batch = uids[start : start + _AT_A_TIME]
                messages = (mailbox.message(uid) for uid in batch)
                reports = [it for raw in messages if raw for it in due.connector.read(raw)]
                at = datetime.now(UTC)
                self._mailboxes.keep(due, mailbox.uid_validity, batch[-1], reports, at)
