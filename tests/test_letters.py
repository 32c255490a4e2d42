"""What is said to people, in their language, to those who are still here."""

import pytest

from channels.letters import Letter
from domain.delivery import Channel
from letters import Letters, letter
from store.database import Database
from store.disabling import DISABLED
from store.rows import add
from store.tables import DeliveryRow, RepRow
from tests.examples import AT


def delivery(kind: str = DISABLED, reason: str = "gone") -> DeliveryRow:
    return DeliveryRow(
        id="dlv:1",
        channel=Channel.EMAIL,
        target="wang.fang",
        event_id="e1",
        kind=kind,
        payload={"webhook_id": "whk_crm", "reason": reason},
        created_at=AT,
        next_at=AT,
    )


def rep(database: Database, **fields: object) -> None:
    with database.write() as session:
        known = {"id": "wang.fang", "name": "王芳", "email": "wang@example.com", "active": True, "on_leave": False}
        add(session, RepRow, known | {"version": 1, "weight": 1, "languages": ""} | fields)


@pytest.mark.parametrize(
    ("languages", "reason", "said"),
    [
        ("zh en", "gone", "410"),
        ("zh", "failing", "三天"),
        ("en", "failing", "three days"),
        ("", "gone", "no longer exists"),
    ],
)
def test_a_webhooks_owner_is_told_in_their_language(database: Database, languages: str, reason: str, said: str) -> None:
    rep(database, languages=languages)
    written = Letters(database).write(delivery(reason=reason))
    assert written is not None
    assert said in written.plain
    assert "whk_crm" in written.plain
    assert written.email == "wang@example.com"
    assert (written.language == "zh-CN") == ("zh" in languages)


def test_a_person_who_has_left_is_never_told(database: Database) -> None:
    assert Letters(database).write(delivery()) is None
    rep(database, active=False)
    assert Letters(database).write(delivery()) is None


def test_what_is_not_about_webhooks_others_write(database: Database) -> None:
    class Notices:
        def write(self, delivery: DeliveryRow) -> Letter:
            return letter("en", delivery.kind, "", None, ())

    written = Letters(database, Notices()).write(delivery("customer_gained"))
    assert written is not None
    assert written.subject == "customer_gained"
    assert Letters(database).write(delivery("customer_gained")) is None


def test_no_text_becomes_markup_or_a_header() -> None:
    written = letter("en", "Hello\r\nBcc: x", "<script>alert(1)</script>\n& more", None, ())
    assert written == Letter(
        "Hello Bcc: x",
        "<script>alert(1)</script>\n& more",
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;<br>\n&amp; more</p>\n</html>\n",
        "en",
    )
