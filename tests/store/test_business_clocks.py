"""A clock in business time as it is written down: its times, why they are what they are, and a restart later on."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import select

from domain.change import Asked, Changed, LogFollowUp, Request
from domain.follow_up import FollowUp
from domain.policy import Policy
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.tables import DecisionRow
from tests.calendars import OFFICE, at_home, shanghai
from tests.examples import IDS, POLICY, ZHANG, employ, lead, registration

AT = shanghai("2034-12-20 16:45")
CALL = {"kind": "call", "content": "客户同意下周来看样机并谈价格", "customer_answered": True}


def in_working_days(**calendars: Any) -> Policy:
    rules = POLICY.model_dump()
    rules["clocks"]["stand_lead"] |= {"days": 5, "warn_days_before": [1], "escalate_days_before": None}
    rules["clocks"]["stand_lead"]["calendar"] = "office"
    return Policy.model_validate(rules | calendars)


def customer(database: Database, policy: Policy) -> str:
    employ(database, ZHANG)
    show = {"name": "2034华南工业装备展", "date": "2034-12-20", "contact": ZHANG.id}
    new = lead(company={"name": "珠江精密机械有限公司"}, region="CN-GD", customer_type="trade_show", show=show)
    return Intake(database, policy, IDS).register(registration(new, AT)).answer.customer_id or ""


def call(database: Database, policy: Policy, customer_id: str, at: datetime) -> Changed:
    change = LogFollowUp(follow_up=FollowUp.model_validate({"rep_id": ZHANG.id, **CALL}))
    asked = Asked(id=f"call-{at.isoformat()}", actor="system", change=change)
    return Changes(database, policy, IDS).carry_out(Request(customer_id=customer_id, at=at, asked=asked))


def clocks(database: Database) -> list[dict[str, Any]]:
    """The clock in each decision trace, in the order of the decisions."""
    with database.read() as session:
        rows = sorted(session.exec(select(DecisionRow)), key=lambda row: row.at)
        return [row.trace["clock"] for row in rows]


def ends(clock: dict[str, Any]) -> list[str]:
    return [at_home(OFFICE, datetime.fromisoformat(due["at"])) for due in clock["due"]]


def test_a_deadline_is_explained_with_its_calendar_and_what_that_did_not_know(database: Database) -> None:
    customer(database, in_working_days())
    (clock,) = clocks(database)
    assert ends(clock) == ["2034-12-26 16:45", "2034-12-27 16:45"]
    assert clock["calendar"] == "office"
    assert clock["warnings"] == [{"year": 2034, "gap": "make_up_days_unknown"}]


def test_a_restart_goes_by_the_calendar_as_it_is_then_and_leaves_what_was_given_alone(database: Database) -> None:
    customer_id = customer(database, in_working_days())
    office = OFFICE.model_dump() | {"overrides": {"2034-12-29": "off"}, "complete_years": [2034, 2035]}
    later = in_working_days(calendars={"office": office})
    assert Changes(database, later, IDS).current(customer_id).clock is not None
    call(database, later, customer_id, AT + timedelta(days=1))
    given, restarted = clocks(database)
    assert ends(given) == ["2034-12-26 16:45", "2034-12-27 16:45"]
    assert ends(restarted) == ["2034-12-27 16:45", "2034-12-28 16:45"]
    assert restarted["warnings"] == []
    call(database, later, customer_id, AT + timedelta(days=2))
    assert ends(clocks(database)[2]) == ["2034-12-28 16:45", "2035-01-02 16:45"]


def test_a_calendar_that_is_gone_stops_no_customer(database: Database) -> None:
    customer_id = customer(database, in_working_days())
    without = POLICY.model_dump() | {"calendars": {}, "default_calendar": None}
    changed = call(database, Policy.model_validate(without), customer_id, AT + timedelta(days=1))
    assert changed.data["effective"]
    restarted = clocks(database)[1]
    assert ends(restarted) == ["2034-12-25 16:45", "2034-12-26 16:45"]
    assert (restarted["calendar"], restarted["rule"]["calendar"]) == (None, "office")


def test_the_shipped_clock_stays_at_thirty_calendar_days(database: Database) -> None:
    customer(database, POLICY)
    (clock,) = clocks(database)
    assert ends(clock)[-1] == "2035-01-19 16:45"
    assert (clock["calendar"], clock["warnings"]) == (None, [])
