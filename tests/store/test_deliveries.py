"""Deliveries: each event to each endpoint once, in order, by one process at a time, and nothing lost."""

from datetime import datetime, timedelta
from random import Random

from sqlmodel import col, update

from domain.delivery import FAILING_FOR, SCHEDULE, Attempt, Channel, Result
from domain.event import EventKind
from domain.happening import Happening
from store.database import Database
from store.deliveries import AT_ONCE, LEASE, Deliveries
from store.rows import add
from store.tables import DeliveryRow, UserRow
from store.webhooks import Webhooks
from tests.databases import at_once
from tests.deliveries import attempts, deliveries, endpoint, happens, message, states, the_endpoint
from tests.examples import AT, IDS

QUICK = timedelta(milliseconds=12)
NOW = AT + timedelta(days=400)
"""Later than the rows are written, whose times are the clock's."""


def taken(database: Database, now: datetime = NOW) -> list[str]:
    return [row.event_id for row in Deliveries(database).take(now)]


def settle(database: Database, event_id: str, result: Result, at: datetime = NOW, **more: object) -> None:
    position = next(row.position for row in deliveries(database) if row.event_id == event_id)
    assert position is not None
    attempt = Attempt(result, at, QUICK, **more)  # type: ignore[arg-type]
    Deliveries(database, jitter=lambda: 0.0).settle({position: attempt})


def test_once_an_event_is_put_down_for_each_endpoint_that_wants_it(database: Database) -> None:
    endpoint(database, "whk_all")
    endpoint(database, "whk_some", kinds=["customer.owner_assigned", "lead.settled"])
    endpoint(database, "whk_none", kinds=["customer.recycled"])
    happens(database, ("e1", "cus_1"))
    assert {(row.target, row.kind, row.customer_id) for row in deliveries(database)} == {
        ("whk_all", "customer.owner_assigned", "cus_1"),
        ("whk_some", "customer.owner_assigned", "cus_1"),
    }
    assert len({row.id for row in deliveries(database)}) == 2


def test_once_ten_thousand_events_of_which_a_third_come_again_in_any_order(database: Database) -> None:
    endpoint(database)
    happened = [
        Happening(
            position=number,
            stream="customer",
            id=f"e{number}",
            kind=EventKind.OWNER_ASSIGNED,
            subject_id=f"cus_{number % 100}",
            at=AT,
            recorded_at=AT,
            actor="system",
            decision_id=None,
            data={},
        )
        for number in range(7000)
    ]
    shown = [*happened, *Random(7).sample(happened, 3000)]
    Random(11).shuffle(shown)
    for start in range(0, len(shown), 500):
        with database.write() as session:
            Webhooks(IDS).see(session, shown[start : start + 500])
    rows = deliveries(database)
    assert len(rows) == len({row.id for row in rows}) == len({row.event_id for row in rows}) == 7000


def test_what_people_wrote_stays_in_the_house(database: Database) -> None:
    endpoint(database)
    happens(database, ("e1", "cus_1"))
    assert deliveries(database)[0].payload == {
        "subject": "cus_1",
        "time": AT.isoformat(),
        "data": {"customer_id": "cus_1", "actor": "system", "decision_id": None, "owner_id": "zhang.wei"},
    }


def test_a_later_one_waits_for_an_earlier_of_the_same_customer_only(database: Database) -> None:
    endpoint(database)
    happens(database, ("a1", "cus_a"), ("a2", "cus_a"), ("b1", "cus_b"), ("a3", "cus_a"))
    assert taken(database) == ["a1", "b1"]
    assert taken(database) == []
    settle(database, "b1", Result.DELIVERED)
    assert taken(database) == []
    settle(database, "a1", Result.AGAIN)
    assert taken(database) == []
    assert taken(database, NOW + SCHEDULE[0]) == ["a1"]
    settle(database, "a1", Result.DELIVERED, NOW + SCHEDULE[0])
    assert taken(database, NOW + SCHEDULE[0]) == ["a2"]


def test_of_two_endpoints_none_waits_for_the_other(database: Database) -> None:
    endpoint(database, "whk_a")
    endpoint(database, "whk_b")
    happens(database, ("e1", "cus_1"), ("e2", "cus_1"))
    assert [(row.target, row.event_id) for row in Deliveries(database).take(NOW)] == [("whk_a", "e1"), ("whk_b", "e1")]


def test_an_endpoint_gets_only_so_many_at_a_time_and_leaves_the_others_their_room(database: Database) -> None:
    endpoint(database, "whk_busy")
    happens(database, *((f"e{number}", f"cus_{number}") for number in range(50)))
    endpoint(database, "whk_late")
    happens(database, ("late", "cus_late"))
    rows = Deliveries(database).take(NOW)
    assert [row.target for row in rows].count("whk_busy") == AT_ONCE[Channel.WEBHOOK]
    assert [row.event_id for row in rows if row.target == "whk_late"] == ["late"]
    settle(database, "e0", Result.DELIVERED)
    assert taken(database) == [f"e{AT_ONCE[Channel.WEBHOOK]}"]


def test_once_processes_that_take_at_once_share_what_there_is(database: Database) -> None:
    endpoint(database)
    happens(database, *((f"e{number}", f"cus_{number}") for number in range(AT_ONCE[Channel.WEBHOOK])))
    shares = at_once([lambda: taken(database)] * 6)
    assert sorted(event for share in shares for event in share) == sorted(states(database))


def test_nothing_lost_when_a_process_dies(database: Database) -> None:
    endpoint(database)
    happens(database, ("e1", "cus_1"))
    assert taken(database) == ["e1"]
    assert taken(database, NOW + LEASE - QUICK) == []
    assert taken(database, NOW + LEASE) == ["e1"]


def test_an_attempt_is_logged_and_an_outcome_kept(database: Database) -> None:
    endpoint(database)
    happens(database, ("e1", "cus_1"))
    settle(database, "e1", Result.AGAIN, status=500, error="http")
    row = deliveries(database)[0]
    assert (row.state, row.attempts, row.last_error, row.leased_until) == ("pending", 1, "http", None)
    assert row.next_at == NOW + SCHEDULE[0]
    settle(database, "e1", Result.DELIVERED, NOW + SCHEDULE[0], status=204)
    row = deliveries(database)[0]
    assert (row.state, row.attempts, row.last_error, row.delivered_at) == ("delivered", 2, None, NOW + SCHEDULE[0])
    assert [(it.delivery_id, it.status, it.error, it.took_ms) for it in attempts(database)] == [
        (row.id, 500, "http", 12),
        (row.id, 204, None, 12),
    ]


def test_two_processes_that_delivered_the_same_agree(database: Database) -> None:
    endpoint(database)
    happens(database, ("e1", "cus_1"))
    settle(database, "e1", Result.DELIVERED)
    settle(database, "e1", Result.AGAIN, error="timeout")
    assert states(database) == {"e1": "delivered"}
    assert len(attempts(database)) == 2


def test_an_endpoint_that_asks_for_patience_is_left_alone_and_others_are_not(database: Database) -> None:
    endpoint(database, "whk_busy")
    happens(database, ("e1", "cus_1"), ("e2", "cus_2"))
    settle(database, "e1", Result.AGAIN, status=429, retry_after=timedelta(minutes=10))
    assert taken(database, NOW + timedelta(minutes=9)) == []
    assert taken(database, NOW + timedelta(minutes=10)) == ["e1", "e2"]


def test_410_turns_an_endpoint_off_and_parks_what_waits(database: Database) -> None:
    endpoint(database)
    happens(database, ("e1", "cus_1"), ("e2", "cus_1"), ("e3", "cus_3"))
    settle(database, "e1", Result.GONE, status=410)
    assert states(database) == {"e1": "parked", "e2": "parked", "e3": "parked"}
    after = the_endpoint(database)
    assert (after.enabled, after.disabled_because, after.version) == (False, "gone", 2)
    happens(database, ("e4", "cus_4"))
    assert states(database)["e4"] == "parked", "nothing_lost: it can be delivered later"
    assert taken(database) == []


def test_an_endpoint_that_fails_for_three_days_is_turned_off_and_its_owner_told(database: Database) -> None:
    with database.write() as session:
        user = {"id": "admin", "name": "管理员", "role": "administrator", "person": "wang.fang", "version": 1}
        add(session, UserRow, user | {"active": True, "valid_from": AT})
    endpoint(database, created_by="admin")
    happens(database, ("e1", "cus_1"))
    settle(database, "e1", Result.AGAIN, error="connect")
    settle(database, "e1", Result.AGAIN, NOW + FAILING_FOR - QUICK, error="connect")
    assert the_endpoint(database).enabled
    settle(database, "e1", Result.AGAIN, NOW + FAILING_FOR, error="connect")
    assert the_endpoint(database).disabled_because == "failing"
    told = [row for row in deliveries(database) if row.kind == "webhook_disabled"]
    assert {(row.channel, row.target) for row in told} == {("email", "wang.fang"), ("chat", "wang.fang")}
    assert told[0].payload == {"webhook_id": "whk_crm", "reason": "failing"}


def test_what_waits_for_an_endpoint_that_is_back_waits_no_more(database: Database) -> None:
    endpoint(database)
    happens(database, ("e1", "cus_1"), ("e2", "cus_2"))
    settle(database, "e1", Result.AGAIN, error="connect")
    settle(database, "e2", Result.AGAIN, error="connect")
    for later in (timedelta(minutes=10), timedelta(hours=1)):
        settle(database, "e1", Result.AGAIN, NOW + later, error="connect")
    noon = NOW + timedelta(hours=3)
    settle(database, "e2", Result.DELIVERED, noon)
    assert taken(database, noon) == ["e1"]


def test_a_failed_message_does_not_hurry_others_of_a_healthy_endpoint(database: Database) -> None:
    endpoint(database)
    happens(database, ("e1", "cus_1"), ("e2", "cus_2"))
    settle(database, "e1", Result.AGAIN, status=400, error="http")
    settle(database, "e2", Result.DELIVERED, NOW + QUICK)
    assert taken(database, NOW + QUICK * 2) == []


def test_a_person_gets_one_message_at_a_time_and_none_waits_for_another_person(database: Database) -> None:
    for number in range(3):
        message(database, Channel.EMAIL, number, "li.na")
    message(database, Channel.EMAIL, 3, "zhang.wei")
    message(database, Channel.CHAT, 4, "li.na")
    assert taken(database) == ["e0", "e3", "e4"]
    assert taken(database) == []
    settle(database, "e0", Result.AGAIN)
    assert taken(database) == ["e1"], "an urgent one does not wait behind one that is tried again"


def test_what_is_put_off_is_not_taken_early(database: Database) -> None:
    message(database, Channel.EMAIL, 1)
    with database.write() as session:
        tomorrow = NOW + timedelta(days=1)
        session.connection().execute(
            update(DeliveryRow).where(col(DeliveryRow.id) == "email:1").values(next_at=tomorrow)
        )
    assert taken(database) == []
    assert taken(database, tomorrow) == ["e1"]


def test_what_will_never_work_is_given_up_at_once(database: Database) -> None:
    message(database, Channel.EMAIL, 1)
    settle(database, "e1", Result.REFUSED, status=550, error="smtp")
    assert states(database) == {"e1": "failed"}


def test_settling_what_was_deleted_meanwhile_does_nothing(database: Database) -> None:
    Deliveries(database).settle({999: Attempt(Result.DELIVERED, NOW, QUICK)})
    assert attempts(database) == []


def test_processes_that_settle_and_turn_off_at_once_do_not_block_each_other(database: Database) -> None:
    endpoint(database, "whk_a")
    endpoint(database, "whk_b")
    happens(database, *((f"e{number}", f"cus_{number}") for number in range(20)))
    rows = deliveries(database)
    gone = Attempt(Result.GONE, NOW, QUICK, 410)
    fine = Attempt(Result.DELIVERED, NOW, QUICK, 200)

    def part(number: int) -> None:
        mine = [row.position or 0 for row in rows if (row.position or 0) % 5 == number]
        Deliveries(database).settle({it: gone if at % 2 else fine for at, it in enumerate(reversed(mine))})

    at_once([lambda number=number: part(number) for number in range(5)])  # type: ignore[misc]
    assert not the_endpoint(database, "whk_a").enabled
    assert len(attempts(database)) == len(rows)
