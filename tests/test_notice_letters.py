"""Letters: in the receiver's language, with what they may know, and none to whom there is nothing to say."""

import pytest
from sqlmodel import col, update

from channels.letters import Letter
from domain.event import EventKind
from domain.sealing import Seal
from notice_letters import NoticeLetters
from store.database import Database
from store.notification_settings import CHATS
from store.tables import RepRow
from tests.examples import IDS
from tests.store.test_notifying import NOW, House, event, warning


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def letters(house: House, target: str = "li.wei") -> list[Letter | None]:
    writer = NoticeLetters(house.database, Seal(IDS.key(CHATS)))
    return [writer.write(delivery) for delivery in house.deliveries(target)]


def test_in_the_receivers_language_where_they_wish_to_be_reached(house: House) -> None:
    house.wish("li.wei", chats=["dingtalk://token"], language="en")
    house.happens(warning())
    house.tell()
    (letter,) = letters(house)
    assert letter == Letter(
        subject="Follow-up almost overdue: 远航cus_0",
        plain="Log an effective follow-up with 远航cus_0 soon, or the customer goes to somebody else.",
        html="<p><b>Follow-up almost overdue: 远航cus_0</b><br>Log an effective follow-up with 远航cus_0 soon, "
        "or the customer goes to somebody else.</p>",
        language="en",
        email="li.wei@example.com",
        chats=("dingtalk://token",),
    )


def test_a_digest_tells_several_as_one(house: House) -> None:
    house.happens(*(event(f"event-{number}", EventKind.LEAD_RECEIVED) for number in range(3)))
    house.tell()
    (letter,) = letters(house)
    assert letter is not None
    assert letter.subject == "3 条通知"
    assert letter.plain.count("远航cus_0 又来了一条线索") == 3
    assert letter.html.count("<p>") == 3


def test_existence_not_content_in_letters_too(house: House) -> None:
    house.happens(event("event-1", EventKind.COLLISION_OPENED, told=["xu.na", "zhao.min"], risk=False))
    house.tell()
    (stranger,), (manager,) = letters(house, "xu.na"), letters(house, "zhao.min")
    assert stranger is not None
    assert stranger.subject == "撞单：某客户"
    assert manager is not None
    assert manager.subject == "撞单：远航cus_0"


def test_nothing_to_who_has_left_or_has_read_it(house: House) -> None:
    house.happens(warning(), event("event-2", EventKind.LEAD_RECEIVED))
    house.tell()
    house.notifications.mark_read("li.wei", [], 10**6, NOW)
    urgent, digest = letters(house)
    assert urgent is not None
    assert digest is None
    with house.database.write() as session:
        session.exec(update(RepRow).where(col(RepRow.id) == "li.wei").values(active=False))
    assert letters(house) == [None, None]


def test_names_cannot_break_a_letter(house: House) -> None:
    with house.database.write() as session:
        session.connection().exec_driver_sql("UPDATE customers SET name = '<b>甲\n乙</b>'")
    house.happens(warning())
    house.tell()
    (letter,) = letters(house)
    assert letter is not None
    assert "\n" not in letter.subject
    assert "<b>甲" not in letter.html
