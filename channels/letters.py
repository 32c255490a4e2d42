"""What is said to people, and where: what the channels ask of whoever knows people's addresses and finds the words."""

from dataclasses import dataclass
from typing import Protocol

from store.tables import DeliveryRow


@dataclass(frozen=True)
class Letter:
    """A message in its reader's language, and where they can be reached. Personal data: made when it is sent, and kept
    out of logs and of the deliveries' rows."""

    subject: str
    """One line."""
    plain: str
    html: str
    language: str
    """One of ``messages.LOCALES``."""
    email: str | None = None
    chats: tuple[str, ...] = ()
    """Apprise URLs of chat tools."""


class Writer(Protocol):
    """Writes letters."""

    def write(self, delivery: DeliveryRow) -> Letter | None:
        """The letter that a delivery by e-mail or chat comes to now.

        None when there is nothing to say to anybody any more: whom it was for has left, or has read it elsewhere.
        """
