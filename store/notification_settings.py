"""How people wish to be told and where they can be reached, in the database."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from domain.notifying.settings import Channel, Settings
from domain.sealing import Seal
from store.database import Database
from store.directory import VersionCheck
from store.errors import NotFound
from store.tables import NotificationSettingsRow, RepRow

CHATS = "chat-addresses"
"""What the key is for that seals the addresses of chat tools."""


@dataclass(frozen=True)
class Wishes:
    """How one person wishes to be told, and by which channels they can be reached."""

    settings: Settings = field(default_factory=Settings)
    channels: frozenset[Channel] = frozenset()
    calendar: str | None = None
    """The name of their working calendar."""


@dataclass(frozen=True)
class KeptSettings:
    """A person's settings with where they can be reached. Personal: for themselves, and to send them something."""

    settings: Settings
    email: str | None
    """The one that they entered; None where that of the directory counts."""
    reached_at: str | None
    """The address to which e-mail goes."""
    chats: tuple[str, ...]
    version: int
    """0 as long as nothing was entered."""


class NotificationSettings:
    """Reads and writes people's settings. Safe to share between threads."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def get(self, rep_id: str) -> KeptSettings:
        """How a rep wishes to be told.

        Raises:
            NotFound: when there is no such rep.
        """
        with self._database.read() as session:
            return self.within(session, rep_id)

    def within(self, session: Session, rep_id: str) -> KeptSettings:
        """The same in a session of the caller's."""
        rep = session.get(RepRow, rep_id)
        if rep is None:
            raise NotFound
        row = session.get(NotificationSettingsRow, rep_id)
        if row is None:
            return KeptSettings(Settings(), None, rep.email, (), 0)
        chats = tuple(self._seal.open(row.chats).split("\n")) if row.chats else ()
        return KeptSettings(
            Settings.model_validate(row.settings), row.email, row.email or rep.email, chats, row.version
        )

    def put(
        self, rep_id: str, settings: Settings, email: str | None, chats: Collection[str] | None, check: VersionCheck
    ) -> KeptSettings:
        """Replace a rep's settings, whose version ``check`` accepts.

        Args:
            rep_id: whose.
            settings: the wishes.
            email: an address instead of the directory's; None for that.
            chats: addresses of chat tools; None keeps those that are there.
            check: raises when it is not the version that the caller saw.

        Raises:
            NotFound: when there is no such rep.
        """
        with self._database.write() as session:
            if session.get(RepRow, rep_id, with_for_update=True) is None:
                raise NotFound
            row = session.get(NotificationSettingsRow, rep_id)
            check(row.version if row else 0)
            if row is None:
                row = NotificationSettingsRow(rep_id=rep_id, settings={}, version=0)
                session.add(row)
            row.settings = settings.model_dump(mode="json")
            row.email = email
            if chats is not None:
                row.chats = self._seal.close("\n".join(chats)) if chats else None
            row.version += 1
            session.flush()
            return self.within(session, rep_id)


def wishes_of(session: Session, rep_ids: Collection[str]) -> dict[str, Wishes]:
    """How these reps wish to be told."""
    reps = session.exec(select(RepRow.id, RepRow.email, RepRow.calendar).where(col(RepRow.id).in_(rep_ids))).all()
    entered = select(NotificationSettingsRow).where(col(NotificationSettingsRow.rep_id).in_(rep_ids))
    rows = {row.rep_id: row for row in session.exec(entered)}
    return {rep_id: _wishes(rows.get(rep_id), email, calendar) for rep_id, email, calendar in reps}


def _wishes(row: NotificationSettingsRow | None, email: str | None, calendar: str | None) -> Wishes:
    reached = {Channel.EMAIL: bool(email or (row and row.email)), Channel.CHAT: bool(row and row.chats)}
    return Wishes(
        settings=Settings.model_validate(row.settings) if row else Settings(),
        channels=frozenset(channel for channel, there in reached.items() if there),
        calendar=calendar,
    )
