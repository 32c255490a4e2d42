"""Touches: written once, each with its event, for whoever stands for the customer."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.exc import NoResultFound
from sqlmodel import col, select

from domain.event import EventKind
from domain.touch import TouchKind
from store.database import Database
from store.intake import Intake
from store.tables import CustomerRow, EventRow, OutboxRow, TouchRow
from store.touches import record_touch
from tests.databases import at_once
from tests.examples import AT, IDS, LI, POLICY, ZHANG, employ, firm, lead, registration


@pytest.fixture
def customer(database: Database) -> str:
    """Zhang's customer."""
    employ(database, ZHANG, LI)
    of = lead(company={"name": firm(0)}, region="CN-GD", named_contact=ZHANG.id)
    return Intake(database, POLICY, IDS).register(registration(of)).answer.customer_id or ""


def touch(database: Database, customer_id: str, id_: str = "touch_1") -> bool:
    with database.write() as session:
        return record_touch(
            session,
            id=id_,
            customer_id=customer_id,
            rep_id=LI.id,
            kind=TouchKind.CALL,
            source="telephony",
            occurred_at=AT,
            at=AT + timedelta(minutes=5),
            data={"seconds": 65},
        )


def told(database: Database) -> list[EventRow]:
    about = select(EventRow).where(EventRow.kind == EventKind.TOUCH_LOGGED)
    with database.read() as session:
        return list(session.exec(about.order_by(col(EventRow.position))))


def test_a_touch_is_told_with_who_owned_the_customer(database: Database, customer: str) -> None:
    assert touch(database, customer)
    (event,) = told(database)
    assert (event.id, event.customer_id, event.actor) == ("touch_1:touch_logged", customer, LI.id)
    assert event.at == AT + timedelta(minutes=5)
    assert event.data == {
        "touch_id": "touch_1",
        "kind": "call",
        "source": "telephony",
        "rep_id": LI.id,
        "owner_id": ZHANG.id,
        "occurred_at": AT.isoformat(),
        "seconds": 65,
    }
    with database.read() as session:
        row = session.get_one(TouchRow, "touch_1")
        assert (row.customer_id, row.rep_id, row.kind, row.occurred_at) == (customer, LI.id, "call", AT)
        assert "touch_1:touch_logged" in session.exec(select(OutboxRow.event_id)).all()


def test_once_however_often_it_is_reported_at_one_moment(database: Database, customer: str) -> None:
    written = at_once([partial(touch, database, customer) for _ in range(6)])
    assert sorted(written) == [False] * 5 + [True]
    assert len(told(database)) == 1


def test_a_touch_of_a_merged_customer_belongs_to_its_survivor(database: Database, customer: str) -> None:
    with database.write() as session:
        row = session.get_one(CustomerRow, customer)
        session.add(CustomerRow(**row.model_dump(exclude={"id", "merged_into"}), id="cus_old", merged_into=customer))
    assert touch(database, "cus_old")
    assert told(database)[0].customer_id == customer


def test_nothing_is_written_of_a_customer_that_there_is_not(database: Database) -> None:
    with pytest.raises(NoResultFound):
        touch(database, "cus_none")
    assert told(database) == []
