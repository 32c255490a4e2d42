"""Queries of the read model: answers as they would be given now, and pages without gaps or repeats."""

from datetime import timedelta
from typing import Any

import pytest

from domain.change import Asked, Release, Request
from domain.identity import Outcome
from domain.ownership import Owner, Place
from store.changes import Changes
from store.database import Database
from store.errors import NotFound
from store.intake import Intake
from store.reading import CustomerFilter, LeadFilter, Reading, named, profile_in
from store.visibility import EVERYTHING
from tests.examples import AT, IDS, LI, POLICY, SMITH, ZHANG, employ, firm, lead, registration

HOUR = timedelta(hours=1)


@pytest.fixture
def intake(database: Database) -> Intake:
    employ(database, ZHANG, LI, SMITH)
    return Intake(database, POLICY, IDS)


@pytest.fixture
def reading(database: Database) -> Reading:
    return Reading(database, EVERYTHING)


@pytest.fixture
def customers(intake: Intake) -> list[str]:
    """Seven customers, oldest first, two of them of the same instant: five in Guangdong, two in California."""
    made = []
    for number, hours in enumerate((0, 1, 2, 2, 3, 4, 5)):
        region = "US-CA" if number in (1, 4) else "CN-GD"
        kind = "key_account" if number == 5 else "new_registration"
        of = lead(company={"name": firm(number)}, region=region, customer_type=kind)
        made.append(intake.register(registration(of, AT + hours * HOUR)).answer.customer_id or "")
    return made


def release(database: Database, customer_id: str, rep_id: str) -> None:
    asked = Asked(id=f"release {customer_id}", actor=rep_id, change=Release(rep_id=rep_id, reason="休假"))
    Changes(database, POLICY, IDS).carry_out(Request(customer_id=customer_id, at=AT + HOUR, asked=asked))


def test_a_lead_is_answered_as_things_stand_now(database: Database, intake: Intake, reading: Reading) -> None:
    new = lead(company={"name": "深圳市远航科技有限公司"})
    given = intake.register(registration(new)).answer
    known = reading.lead(given.lead_id)
    assert known is not None
    assert (known.answer, known.fingerprint) == (given, "f")
    assert (known.received_at, known.settled_at) == (AT, AT)
    release(database, given.customer_id or "", LI.id)
    later = reading.lead(given.lead_id)
    assert later is not None
    assert (later.answer.owner, later.answer.queue) == (None, "public")
    assert later.answer.model_dump(exclude={"owner", "queue"}) == given.model_dump(exclude={"owner", "queue"})
    assert reading.lead("lead_unknown") is None


def test_a_lead_in_doubt_is_not_settled(intake: Intake, reading: Reading) -> None:
    intake.register(registration(lead(company={"name": "Acme Inc."}, region="US-CA")))
    waiting = intake.register(registration(lead(company={"name": "Acme Inc."}, region="US-NY"))).answer
    known = reading.lead(waiting.lead_id)
    assert known is not None
    assert (known.answer, known.settled_at) == (waiting, None)
    assert known.answer.candidates


def test_a_customer_comes_with_its_owner_and_profile(database: Database, intake: Intake, reading: Reading) -> None:
    answer = intake.register(registration(lead(company={"name": "华为"}, region="CN-GD"))).answer
    row, owner = reading.customer(answer.customer_id or "")
    assert (row.name, owner) == ("华为", Owner(id=LI.id, name="李娜"))
    assert profile_in(row).name == "华为"
    release(database, row.id, LI.id)
    assert reading.customer(row.id)[1] is None
    assert named(None) is None


def pages(reading: Reading, only: CustomerFilter, limit: int) -> list[str]:
    """All customers, a page after the other."""
    seen: list[str] = []
    after = None
    while rows := reading.customers(only, after, limit):
        assert len(rows) <= limit + 1
        seen += [row.id for row, _ in rows[:limit]]
        last = rows[min(limit, len(rows)) - 1][0]
        after = (last.created_at, last.id)
        if len(rows) <= limit:
            break
    return seen


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 20])
def test_pages_of_customers_come_newest_first_each_once(customers: list[str], reading: Reading, limit: int) -> None:
    newest = [*customers[:3:-1], *sorted(customers[2:4], reverse=True), *customers[1::-1]]
    assert pages(reading, CustomerFilter(), limit) == newest


@pytest.mark.parametrize(
    ("only", "numbers"),
    [
        ({"region": "US-CA"}, {1, 4}),
        ({"owner_id": SMITH.id}, {1, 4}),
        ({"place": Place.QUEUE}, {5}),
        ({"queue": "management", "region": "CN-GD"}, {5}),
        ({"customer_type": "new_registration", "region": "CN-GD"}, {0, 2, 3, 6}),
        ({"queue": "management", "region": "US-CA"}, set()),
    ],
)
def test_customers_are_narrowed(
    customers: list[str], reading: Reading, only: dict[str, Any], numbers: set[int]
) -> None:
    assert set(pages(reading, CustomerFilter(**only), 2)) == {customers[number] for number in numbers}


def test_customers_of_a_page_come_with_their_owners(customers: list[str], reading: Reading) -> None:
    owners = {row.id: owner for row, owner in reading.customers(CustomerFilter(), None, 10)}
    assert owners[customers[5]] is None
    assert owners[customers[1]] == owners[customers[4]] == Owner(id=SMITH.id, name="Jane Smith")
    assert {owner.name for owner in owners.values() if owner} == {"Jane Smith", "李娜", "张伟"}


def test_leads_are_listed_and_narrowed(intake: Intake, reading: Reading) -> None:
    sent = [
        lead(source="官网", phones=["13800138000"]),
        lead(source="website", phones=["13800138000"]),
        lead(source="website", person={"name": "test"}),
    ]
    answers = [intake.register(registration(of, AT + n * HOUR)).answer for n, of in enumerate(sent)]

    def ids(**only: Any) -> list[str]:
        return [lead_id for lead_id, *_ in reading.leads(LeadFilter(**only), None, 10)]

    first, second, third = (answer.lead_id for answer in answers)
    assert ids() == [third, second, first]
    assert ids(source="website") == [third, second]
    assert ids(outcome=Outcome.REJECTED) == [third]
    assert ids(customer_id=answers[0].customer_id) == [second, first]
    [(lead_id, received_at, settled_at, answer), more] = reading.leads(LeadFilter(), (AT + 2 * HOUR, third), 1)
    assert (lead_id, received_at, settled_at, answer) == (second, AT + HOUR, AT + HOUR, answers[1])
    assert more[0] == first


def test_a_timeline_comes_in_order_a_page_at_a_time(database: Database, intake: Intake, reading: Reading) -> None:
    fields: dict[str, Any] = {"phones": ["13800138000"], "region": "CN-GD"}
    customer_id = intake.register(registration(lead(**fields))).answer.customer_id or ""
    intake.register(registration(lead(phones=["13900139000"])))
    intake.register(registration(lead(**fields), AT + HOUR))
    release(database, customer_id, LI.id)
    kinds: list[str] = []
    after = None
    while rows := reading.timeline(customer_id, after, 2):
        kinds += [row.kind for row in rows[:2]]
        after = rows[min(2, len(rows)) - 1].position
    assert kinds == ["customer_registered", "owner_assigned", "lead_received", "released"]


def test_a_decision_is_read_by_its_id(intake: Intake, reading: Reading) -> None:
    answer = intake.register(registration(lead(phones=["13800138000"]))).answer
    assert reading.decision(answer.decision_id).lead_id == answer.lead_id


def test_what_is_not_there_is_not_found(reading: Reading) -> None:
    with pytest.raises(NotFound):
        reading.customer("cus_unknown")
    with pytest.raises(NotFound):
        reading.timeline("cus_unknown", None, 10)
    with pytest.raises(NotFound):
        reading.decision("dec_unknown")
    assert reading.customers(CustomerFilter(), None, 10) == []
