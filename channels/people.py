"""Whom messages to people reach, and in what words: what the channels ask of the notifications."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Addressee:
    """How a person may be reached. Personal data: kept out of logs and of the database's deliveries."""

    email: str | None
    chats: tuple[str, ...]
    """Apprise URLs of chat tools."""
    language: str
    """One of ``messages.LOCALES``."""


@dataclass(frozen=True)
class Text:
    """A message in a person's language."""

    subject: str
    plain: str
    html: str


class People(Protocol):
    """Knows how people may be reached, and what to say to them."""

    def addressee(self, rep_id: str) -> Addressee | None:
        """How a rep may be reached now; None for one who is not to be told anything: unknown, or no longer here."""

    def text(self, kind: str, payload: dict[str, Any], language: str) -> Text:
        """What a message of a kind says.

        Args:
            kind: the delivery's.
            payload: the delivery's facts.
            language: one of ``messages.LOCALES``.
        """
