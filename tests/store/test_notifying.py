"""Telling people, on both databases: each is told once, in order, and sent what they wish to be sent."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import col, select, update

from domain.event import EventKind
from domain.lead_event import LeadEvent, LeadEventKind
from domain.notifying.notice import NoticeKind
from domain.notifying.settings import Channel, Digest, Settings
from domain.sealing import Seal
from store.database import Database
from store.journal import record_event, record_lead_events
from store.notification_settings import CHATS, NotificationSettings
from store.notifications import Notifications, Only
from store.notifying import Notifying, notifications_in
from store.outbox import Outbox
from store.policies import Policies
from store.rows import add
from store.tables import CustomerRow, DeliveryRow, EventRow, LeadRow, NotificationRow, OutboxRow, RepRow
from store.visibility import EVERYTHING, Viewer
from tests.approvals import staff
from tests.examples import IDS, POLICY

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 4, 10, tzinfo=UTC)


class House:
    """The organisation of ``tests.approvals`` with one customer of each of two reps, and what they are told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self.outbox = Outbox(database, [Notifying(IDS, Policies(database, POLICY), lambda: self.now)])
        self.notifications = Notifications(database)
        self.settings = NotificationSettings(database, Seal(IDS.key(CHATS)))
        staff(database)
        with database.write() as session:
            session.exec(update(RepRow).values(email=col(RepRow.id) + "@example.com"))
            for number, owner in enumerate(("li.wei", "chen.jing")):
                add(session, CustomerRow, customer(f"cus_{number}", owner))

    def happens(self, *events: dict[str, Any]) -> None:
        with self.database.write() as session:
            for event in events:
                known = {"customer_id": "cus_0", "at": AT, "actor": "system", **event}
                record_event(session, **known)

    def tell(self) -> None:
        while self.outbox.pass_on(200):
            pass

    def told(self, rep_id: str) -> list[NotificationRow]:
        """What a rep was told, in order."""
        return self.notifications.page(rep_id, Only(), None, 1000)[::-1]

    def kinds(self, rep_id: str) -> list[str]:
        return [row.kind for row in self.told(rep_id)]

    def deliveries(self, target: str | None = None) -> Sequence[DeliveryRow]:
        statement = select(DeliveryRow).order_by(col(DeliveryRow.position))
        if target:
            statement = statement.where(DeliveryRow.target == target)
        with self.database.read() as session:
            return session.exec(statement).all()

    def wish(self, rep_id: str, chats: Sequence[str] = (), **settings: Any) -> None:
        self.settings.put(rep_id, Settings.model_validate(settings), None, chats, lambda _: None)


def customer(id_: str, owner: str) -> dict[str, Any]:
    return {
        "id": id_, "name": f"远航{id_}", "customer_type": "new_registration", "region": "CN-GD", "industry": None,
        "place": "owned", "owner_id": owner, "queue": None, "seq": 1, "ownership": {}, "profile": {},
        "referrer_id": None, "created_at": AT, "updated_at": AT, "version": 1, "merged_into": None,
    }  # fmt: skip


def event(id_: str, kind: EventKind, **data: Any) -> dict[str, Any]:
    return {"id": id_, "kind": kind, "data": data}


def warning(id_: str = "event-1") -> dict[str, Any]:
    return event(id_, EventKind.FOLLOW_UP_WARNING, owner_id="li.wei")


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def test_once_and_in_order(house: House) -> None:
    house.happens(warning(), event("event-2", EventKind.FOLLOW_UP_ESCALATED, owner_id="li.wei"))
    house.happens(event("event-3", EventKind.REASSIGNED, owner_id="xu.na", previous_owner_id="li.wei"))
    house.tell()
    assert house.kinds("li.wei") == ["follow_up_due", "customer_lost"]
    assert house.kinds("zhao.min") == ["follow_up_escalated"]
    (gained,) = house.told("xu.na")
    assert (gained.kind, gained.customer_id, gained.at, gained.created_at) == ("customer_gained", "cus_0", AT, NOW)
    assert not house.outbox.waiting()


def test_once_however_often_an_event_is_shown(house: House) -> None:
    house.happens(warning())
    house.tell()
    with house.database.write() as session:
        add(session, OutboxRow, {"stream": "customer", "event_id": "event-1"})
    house.tell()
    assert house.kinds("li.wei") == ["follow_up_due"]
    assert len(house.deliveries()) == 1


def test_one_cause_on_several_customers_is_told_once(house: House) -> None:
    data = {"cause": "sig_1", "case_id": "col_1", "risk": False, "told": ["li.wei", "chen.jing"]}
    for customer_id in ("cus_0", "cus_1"):
        about = event(f"sig_1:{customer_id}", EventKind.COLLISION_OPENED, **data)
        house.happens({**about, "customer_id": customer_id})
        house.tell()
    for rep_id in ("li.wei", "chen.jing"):
        (row,) = house.told(rep_id)
        assert (row.kind, row.case_id, row.urgent, row.customer_id) == ("collision_opened", "col_1", True, "cus_0")


def test_no_double_for_10000_events_with_repeats_in_random_order(house: House) -> None:
    """Every third is shown twice, in batches cut anywhere: each person is told of each cause once, and in its order."""
    random = Random(7)
    kinds = [EventKind.FOLLOW_UP_WARNING, EventKind.LEAD_RECEIVED, EventKind.COLLISION_OPENED, EventKind.TOUCH_LOGGED]
    data = {"owner_id": "li.wei", "told": ["li.wei", "chen.jing"], "risk": False}
    ids = [f"event-{number}" for number in range(7000)]
    with house.database.write() as session:
        rows = [
            {
                "id": id_, "customer_id": f"cus_{number % 2}", "kind": kinds[number % 4], "at": AT, "recorded_at": AT,
                "actor": "system", "decision_id": None, "data": {**data, "cause": f"cause-{number // 8}"},
            }
            for number, id_ in enumerate(ids)
        ]  # fmt: skip
        add(session, EventRow, *rows)
        shown = [*ids, *random.sample(ids, 3000)]
        random.shuffle(shown)
        add(session, OutboxRow, *({"stream": "customer", "event_id": id_} for id_ in shown))
    while house.outbox.pass_on(random.randint(1, 400)):
        pass
    with house.database.read() as session:
        told = session.exec(select(NotificationRow)).all()
    causes = {row.event_id: f"cause-{int(row.event_id.removeprefix('event-')) // 8}" for row in told}
    counts = Counter((row.rep_id, row.kind, causes[row.event_id]) for row in told)
    assert set(counts.values()) == {1}
    assert counts.keys() >= {("li.wei", "collision_opened", f"cause-{number}") for number in range(7000 // 8)}
    sent = Counter(row.notification_id for row in house.deliveries() if row.notification_id)
    assert set(sent.values()) == {1}
    assert sent.keys() == {row.id for row in told if row.urgent}


def test_an_import_is_told_once_to_each_owner(house: House) -> None:
    def row(number: int) -> dict[str, Any]:
        return {
            "id": f"lead_{number}", "source": "import", "external_id": str(number), "fingerprint": f"imp_7.{number}",
            "outcome": "new_customer", "customer_id": None, "decision_id": "dec", "submitted_by": None, "lead": {},
            "settlement": {}, "received_at": AT, "settled_at": AT,
        }  # fmt: skip

    with house.database.write() as session:
        add(session, LeadRow, *map(row, range(450)))
    owners = ("li.wei", "chen.jing", "j.smith")
    house.happens(
        *(
            event(f"lead_{at}:owner_assigned", EventKind.OWNER_ASSIGNED, owner_id=owners[at % 3], lead_id=f"lead_{at}")
            for at in range(450)
        )
    )
    house.tell()
    for owner in owners:
        (told,) = house.told(owner)
        assert (told.kind, told.facts, told.customer_id) == ("customers_imported", {"import_id": "imp_7"}, None)
    assert len(house.deliveries()) == 3


def test_the_users_own_act_is_not_told_to_the_rep_whom_they_are(house: House) -> None:
    house.happens({**event("event-1", EventKind.PROFILE_CHANGED, owner_id="li.wei"), "actor": "li.wei"})
    house.happens({**event("event-2", EventKind.PROFILE_CHANGED, owner_id="li.wei"), "actor": "administrator"})
    house.tell()
    assert [row.event_id for row in house.told("li.wei")] == ["event-2"]


def test_a_person_who_left_is_never_told(house: House) -> None:
    with house.database.write() as session:
        session.exec(update(RepRow).where(col(RepRow.id) == "li.wei").values(active=False))
    house.happens(warning(), event("event-2", EventKind.APPROVAL_GRANTED, told=["li.wei", "xu.na"]))
    house.tell()
    assert house.told("li.wei") == []
    assert house.kinds("xu.na") == ["approval_granted"]


def test_who_leaves_before_it_is_sent_is_sent_nothing(house: House) -> None:
    house.happens(warning())
    house.tell()
    (delivery,) = house.deliveries()
    with house.database.write() as session:
        assert len(notifications_in(session, delivery)) == 1
        session.exec(update(RepRow).where(col(RepRow.id) == "li.wei").values(active=False))
        assert notifications_in(session, delivery) == []


def test_leads_are_told_to_those_who_are_asked(house: House) -> None:
    asked = LeadEvent(LeadEventKind.ASKED, "system", {"asked": ["li.wei"]})
    with house.database.write() as session:
        record_lead_events(session, "lead_1", [asked], at=AT, decision_id="dec_1")
    house.tell()
    (told,) = house.told("li.wei")
    assert (told.kind, told.lead_id, told.customer_id) == ("lead_asked", "lead_1", None)


class TestSending:
    def test_urgent_ones_each_by_itself_and_at_once(self, house: House) -> None:
        house.happens(warning())
        house.tell()
        (sent,) = house.deliveries()
        (told,) = house.told("li.wei")
        assert (sent.channel, sent.target, sent.kind, sent.notification_id, sent.next_at, sent.state) == (
            "email", "li.wei", "follow_up_due", told.id, NOW, "pending",
        )  # fmt: skip
        assert sent.payload == {"facts": {"owner_id": "li.wei"}}

    def test_the_others_together_by_the_hour(self, house: House) -> None:
        for number in range(3):
            house.happens(event(f"event-{number}", EventKind.LEAD_RECEIVED, lead_id=f"lead_{number}"))
            house.tell()
        house.now += timedelta(hours=1)
        house.happens(event("event-3", EventKind.LEAD_RECEIVED, lead_id="lead_3"))
        house.tell()
        first, second = house.deliveries("li.wei")
        hour = NOW.replace(minute=0)
        assert [it.next_at for it in (first, second)] == [hour + timedelta(hours=1), hour + timedelta(hours=2)]
        with house.database.read() as session:
            assert [row.event_id for row in notifications_in(session, first)] == ["event-0", "event-1", "event-2"]
            assert [row.event_id for row in notifications_in(session, second)] == ["event-3"]

    def test_a_digest_leaves_out_what_was_read_meanwhile(self, house: House) -> None:
        house.happens(*(event(f"event-{number}", EventKind.LEAD_RECEIVED) for number in range(2)))
        house.tell()
        read = house.told("li.wei")[0]
        assert house.notifications.mark_read("li.wei", [read.id], None, NOW) == 1
        with house.database.read() as session:
            assert [it.event_id for it in notifications_in(session, house.deliveries()[0])] == ["event-1"]

    def test_by_every_channel_that_a_person_wishes(self, house: House) -> None:
        house.wish("li.wei", chats=["dingtalk://token"], digest="none", channels=["email", "chat"])
        house.happens(warning())
        house.tell()
        assert {it.channel for it in house.deliveries("li.wei")} == {"email", "chat"}

    def test_what_is_off_is_in_the_application_only(self, house: House) -> None:
        house.wish("li.wei", kinds={NoticeKind.FOLLOW_UP_DUE: []})
        house.happens(warning())
        house.tell()
        assert house.deliveries("li.wei") == []
        assert house.kinds("li.wei") == ["follow_up_due"]

    def test_who_has_no_address_is_sent_nothing(self, house: House) -> None:
        with house.database.write() as session:
            session.exec(update(RepRow).values(email=None))
        house.happens(warning())
        house.tell()
        assert house.deliveries() == []

    def test_quiet_hours_are_in_the_policys_zone_unless_they_have_one(self, house: House) -> None:
        house.now = datetime(2026, 11, 23, 14, tzinfo=UTC)
        house.wish("li.wei", digest="none", quiet_hours={"begins": "21:00", "ends": "08:00"})
        house.happens(event("event-1", EventKind.LEAD_RECEIVED))
        house.tell()
        assert [it.next_at for it in house.deliveries("li.wei")] == [datetime(2026, 11, 24, 0, tzinfo=UTC)]


class TestSettings:
    def test_as_entered_with_addresses_sealed(self, house: House) -> None:
        kept = house.settings.get("li.wei")
        assert (kept.version, kept.email, kept.reached_at) == (0, None, "li.wei@example.com")
        wishes = Settings(digest=Digest.DAILY, channels=frozenset(Channel))
        house.settings.put("li.wei", wishes, "li@example.net", ["feishu://secret"], lambda _: None)
        kept = house.settings.get("li.wei")
        assert (kept.settings, kept.reached_at, kept.chats, kept.version) == (
            wishes, "li@example.net", ("feishu://secret",), 1,
        )  # fmt: skip
        with house.database.read() as session:
            chats = session.connection().exec_driver_sql("SELECT chats FROM notification_settings").scalar()
        assert "secret" not in chats
        assert house.settings.put("li.wei", wishes, None, None, lambda _: None).chats == ("feishu://secret",)
        assert house.settings.put("li.wei", wishes, None, [], lambda _: None).chats == ()


class TestReading:
    def test_lists_counts_and_marks_are_a_persons_own(self, house: House) -> None:
        house.happens(*(warning(f"event-{number}") for number in range(3)), event("event-3", EventKind.LEAD_RECEIVED))
        house.tell()
        first, *_, last = house.told("li.wei")
        assert house.notifications.unread("li.wei") == {("follow_up_due", True): 3, ("lead_received", False): 1}
        assert house.notifications.mark_read("xu.na", [first.id], None, NOW) == 0
        assert house.notifications.mark_read("li.wei", [first.id, first.id], None, NOW) == 1
        assert house.notifications.mark_read("li.wei", [], last.position, NOW) == 3
        assert house.notifications.mark_read("li.wei", [], last.position, NOW) == 0
        assert house.notifications.page("li.wei", Only(unread=True), None, 10) == []
        assert [it.kind for it in house.notifications.page("li.wei", Only(urgent=True), None, 2)] == [
            "follow_up_due"
        ] * 3
        only = Only(kinds=frozenset({"lead_received"}))
        assert [it.id for it in house.notifications.page("li.wei", only, None, 10)] == [last.id]

    def test_existence_not_content_a_customer_that_one_does_not_see_has_no_name(self, house: House) -> None:
        house.happens(event("event-1", EventKind.COLLISION_OPENED, told=["xu.na", "li.wei"], risk=False))
        house.tell()
        (row,) = house.told("xu.na")
        assert house.notifications.names([row], Viewer("xu.na")).customers == {}
        assert house.notifications.names([row], Viewer("li.wei")).customers == {"cus_0": "远航cus_0"}
        assert house.notifications.names([row], Viewer("zhao.min", tree=True)).customers == {"cus_0": "远航cus_0"}
        assert house.notifications.names([row], EVERYTHING).customers == {"cus_0": "远航cus_0"}
