"""Open event streams: one poller in each process looks for what is new and wakes those whom it concerns.

A stream keeps no messages: it knows how far it has come, and reads on when it is woken and its reader has taken what
came before, out of the newest notifications, which all streams share, or, when it is further behind, out of the
database. So a reader who is slow, or gone without a word, holds no more memory than one who is quick.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError

from logs import log
from store.accounts import Account, Accounts
from store.database import Database
from store.notifications import Notifications
from store.tables import NotificationRow

POLL_SECONDS, PAUSE_AFTER_FAILURE = 0.1, 2.0
HEARTBEAT_SECONDS = 15.0
"""After so much silence a comment is sent, so that nothing on the way takes the connection for dead."""
SWEEP_SECONDS = 5.0
"""How soon a stream ends after its token or after its person has left."""
PAGE, RECENT = 100, 1000
"""Notifications that a stream reads at a time, and that all streams share."""


class Listener:
    """One open stream: whose it is, and how far it has come."""

    __slots__ = ("account", "ended", "person", "position", "until", "user_id", "woken")

    def __init__(self, user_id: str, account: Account | None, until: datetime | None, position: int) -> None:
        self.user_id = user_id
        self.account = account
        self.person = (account and account.person) or ""
        self.until = until
        self.position = position
        self.woken = asyncio.Event()
        self.ended = False

    def still_theirs(self, account: Account | None, now: datetime) -> bool:
        """Whether the same user, in the same role and with the same password, would still be let in."""
        return account is not None and account == self.account and (self.until is None or now < self.until)

    def end(self) -> None:
        """Let the stream come to its end."""
        self.ended = True
        self.woken.set()


class Streams:
    """The open streams of one process. For the event loop's thread only."""

    def __init__(self, database: Database) -> None:
        self._notifications = Notifications(database)
        self._accounts = Accounts(database)
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._recent: deque[NotificationRow] = deque(maxlen=RECENT)
        self._complete_after = 0
        """All notifications after this position that were seen are among the recent ones."""
        self._newest = 0
        self._starting = asyncio.Lock()
        self._poller: asyncio.Task[None] | None = None
        self._closed = False

    async def open(self, user_id: str, until: datetime | None, after: int | None) -> Listener:
        """Begin to listen.

        Args:
            user_id: who listens.
            until: when their token ends.
            after: the position of the last message that they have; None for what comes from now on.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: when the database fails.
        """
        account = (await to_thread.run_sync(self._accounts.users, {user_id})).get(user_id)
        async with self._starting:
            if self._poller is None:
                self._newest = self._complete_after = await to_thread.run_sync(self._notifications.newest)
                self._recent.clear()
            listener = Listener(user_id, account, until, self._newest if after is None else after)
            self._listeners[listener.person].add(listener)
            if self._poller is None:
                self._poller = asyncio.create_task(self._poll())
        if listener.position < self._newest:
            listener.woken.set()
        if self._closed or not listener.still_theirs(account, datetime.now(UTC)):
            listener.end()
        return listener

    def leave(self, listener: Listener) -> None:
        """End listening."""
        theirs = self._listeners[listener.person]
        theirs.discard(listener)
        if not theirs:
            del self._listeners[listener.person]

    def close(self) -> None:
        """End every stream, now and from now on: the process stops."""
        self._closed = True
        for listener in self._all():
            listener.end()

    def __len__(self) -> int:
        return sum(map(len, self._listeners.values()))

    async def next(self, listener: Listener) -> Sequence[NotificationRow] | None:
        """What is new for a stream, at most a page; empty after ``HEARTBEAT_SECONDS`` of silence, None at its end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await listener.woken.wait()
        if listener.ended:
            return None
        if not listener.woken.is_set():
            return ()
        listener.woken.clear()
        if listener.position >= self._complete_after:
            rows = self._recent_of(listener)
        else:
            try:
                rows = await to_thread.run_sync(self._notifications.since, listener.position, PAGE, listener.person)
            except SQLAlchemyError:
                return None  # they come again, and say how far they have come
        if len(rows) == PAGE:
            listener.woken.set()
        if rows:
            listener.position = rows[-1].position or 0
        return rows

    def _recent_of(self, listener: Listener) -> list[NotificationRow]:
        found: list[NotificationRow] = []
        for row in reversed(self._recent):
            if (row.position or 0) <= listener.position:
                break
            if row.rep_id == listener.person:
                found.append(row)
        return found[::-1][:PAGE]

    async def _poll(self) -> None:
        """Look for what is new as long as anybody listens."""
        swept = monotonic()
        while self._listeners:
            pause = POLL_SECONDS
            try:
                if self._take(await to_thread.run_sync(self._notifications.since, self._newest, RECENT)):
                    pause = 0.0
                if monotonic() - swept >= SWEEP_SECONDS:
                    await self._sweep()
                    swept = monotonic()
            except SQLAlchemyError as error:
                log.warning("streams_wait", error=type(error).__name__)
                pause = PAUSE_AFTER_FAILURE
            await asyncio.sleep(pause)
        self._poller = None

    def _take(self, rows: Sequence[NotificationRow]) -> bool:
        """Keep what is new and wake whom it is for; whether there may be more."""
        for row in rows:
            if len(self._recent) == RECENT:
                self._complete_after = self._recent[0].position or 0
            self._recent.append(row)
            self._newest = row.position or 0
        for person in {row.rep_id for row in rows}.intersection(self._listeners):
            for listener in self._listeners[person]:
                listener.woken.set()
        return len(rows) == RECENT

    async def _sweep(self) -> None:
        """End the streams of those who would no longer be let in, or as somebody else."""
        now = datetime.now(UTC)
        users = {listener.user_id for listener in self._all()}
        accounts = await to_thread.run_sync(self._accounts.users, users)
        for listener in self._all():
            if not listener.still_theirs(accounts.get(listener.user_id), now):
                listener.end()

    def _all(self) -> list[Listener]:
        return [listener for theirs in self._listeners.values() for listener in theirs]
