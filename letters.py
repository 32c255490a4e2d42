"""What is said to people by e-mail and in chat tools, in their language, at the moment when it is sent."""

from html import escape

from channels.letters import Letter, Writer
from messages import message, negotiate
from store.database import Database
from store.disabling import DISABLED
from store.surveys import SURVEY
from store.tables import DeliveryRow, RepRow


class Letters:
    """Writes letters; a ``channels.letters.Writer``. Safe to share between threads."""

    def __init__(self, database: Database, notices: Writer | None = None, surveys: Writer | None = None) -> None:
        """Write of webhooks that were turned off; ``surveys`` writes to customers, ``notices`` of everything else."""
        self._database = database
        self._notices = notices
        self._surveys = surveys

    def write(self, delivery: DeliveryRow) -> Letter | None:
        """The letter that a delivery comes to now; None for somebody who has left, or when nothing is to be said."""
        if delivery.kind != DISABLED:
            writer = self._surveys if delivery.kind == SURVEY else self._notices
            return writer.write(delivery) if writer else None
        with self._database.read() as session:
            rep = session.get(RepRow, delivery.target)
        if rep is None or not rep.active:
            return None
        locale = negotiate(", ".join(rep.languages.split()))
        facts = {"webhook": str(delivery.payload["webhook_id"]), "reason": str(delivery.payload["reason"])}
        name = "webhook-disabled"
        return letter(locale, message(locale, name), message(locale, f"{name}.body", **facts), rep.email, ())


def letter(locale: str, subject: str, body: str, email: str | None, chats: tuple[str, ...]) -> Letter:
    """A letter of plain text, and the same as HTML.

    Args:
        locale: one of ``messages.LOCALES``.
        subject: one line; line breaks in it become spaces.
        body: plain text.
        email: where e-mail goes.
        chats: where chat messages go.
    """
    lines = "<br>\n".join(escape(line) for line in body.splitlines())
    html = f'<!doctype html>\n<html lang="{locale}">\n<meta charset="utf-8">\n<p>{lines}</p>\n</html>\n'
    return Letter(" ".join(subject.split()), body, html, locale, email, chats)
