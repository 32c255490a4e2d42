"""Letters to people: what a delivery tells, in its receiver's language and with the names that they may know."""

from html import escape

from channels.letters import Letter
from domain.sealing import Seal
from notice_text import Text, digest_text, notice_text
from store.database import Database
from store.notification_settings import NotificationSettings
from store.notifications import Names, names_within
from store.notifying import notifications_in
from store.tables import DeliveryRow, NotificationRow
from store.visibility import Viewer


class NoticeLetters:
    """Writes letters when they are sent; a ``channels.letters.Writer``. Safe to share between threads."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._settings = NotificationSettings(database, seal)

    def write(self, delivery: DeliveryRow) -> Letter | None:
        """The letter that a delivery to a person comes to now.

        None when nothing is left to say: the person has left, or has read all of a digest in the application.

        Raises:
            domain.sealing.SealBroken: when the installation's secret is another one than that which sealed the
                addresses of chat tools.
        """
        with self._database.read() as session:
            rows = notifications_in(session, delivery)
            if not rows:
                return None
            kept = self._settings.within(session, delivery.target)
            names = names_within(session, rows, Viewer(delivery.target, tree=True))
        language = kept.settings.language
        texts = [_text(row, names, language) for row in rows]
        text = texts[0] if len(texts) == 1 else digest_text(language, texts)
        return Letter(
            subject=" ".join(text.subject.split()),
            plain=text.body,
            html=_html(texts),
            language=language,
            email=kept.reached_at,
            chats=kept.chats,
        )


def _text(row: NotificationRow, names: Names, language: str) -> Text:
    customer = names.customers.get(row.customer_id) if row.customer_id else None
    return notice_text(language, row.kind, row.facts, lead_id=row.lead_id, customer=customer, reps=names.reps)


def _html(texts: list[Text]) -> str:
    return "".join(f"<p><b>{escape(text.subject)}</b><br>{escape(text.body)}</p>" for text in texts)
