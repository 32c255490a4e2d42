"""Leaves on both databases: who is away when, by the workflow's time, and entered once."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select

from domain.assignment import Case, Rep
from domain.change import Asked, Claim, Refused, Release, Request
from domain.lead import CustomerType
from domain.leave import NewLeave
from domain.policy import Policy
from store.changes import Changes
from store.database import Database
from store.errors import KeyReused, NotFound
from store.idempotency import Mark
from store.intake import Intake
from store.leaves import Leaves
from store.rotation import reps_for
from store.tables import DecisionRow, RepRow
from tests.calendars import shanghai
from tests.databases import at_once
from tests.examples import AT, IDS, LI, POLICY, WANG, ZHANG, employ, firm, lead, registration

NEW = CustomerType.NEW_REGISTRATION
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def leave(begins: datetime, ends: datetime, reason: str | None = None) -> NewLeave:
    return NewLeave.model_validate({"from": begins, "until": ends, "reason": reason})


def reps(database: Database, at: datetime, policy: Policy = POLICY, **case: Any) -> list[Rep]:
    with database.write() as session:
        asked = Case.model_validate({"customer_type": NEW, "region": "CN-GD"} | case)
        return reps_for(database, session, asked, policy, at)


def away(database: Database, at: datetime) -> list[str]:
    return [rep.id for rep in reps(database, at) if not rep.available]


def skipping(**fields: Any) -> Policy:
    """The shipped policy, with rotation that passes over reps outside their hours."""
    rules = POLICY.model_dump()
    for rule in rules["assignment"]:
        rule["skip_off_duty"] = True
    return Policy.model_validate(rules | fields)


def owner_of(database: Database, at: datetime, policy: Policy, number: int, **fields: Any) -> tuple[str | None, Any]:
    new = lead(company={"name": firm(number)}, region="CN-GD", **fields)
    answer = Intake(database, policy, IDS).register(registration(new, at)).answer
    return answer.owner.id if answer.owner else None, answer.queue_reason


def test_a_rep_is_away_from_its_beginning_until_just_before_its_end(database: Database) -> None:
    employ(database, ZHANG, LI)
    Leaves(database).enter("leave_1", LI.id, leave(AT, AT + DAY), None)
    instants = (AT - timedelta(microseconds=1), AT, AT + DAY - timedelta(microseconds=1), AT + DAY)
    assert [away(database, at) for at in instants] == [[], [LI.id], [LI.id], []]


def test_a_zone_does_not_matter(database: Database) -> None:
    employ(database, LI)
    Leaves(database).enter("leave_1", LI.id, leave(shanghai("2026-12-01 00:00"), shanghai("2026-12-02 00:00")), None)
    assert away(database, datetime(2026, 11, 30, 16, tzinfo=UTC)) == [LI.id]
    assert away(database, shanghai("2026-12-02 00:00")) == []


def test_leaves_may_overlap_and_a_cancelled_one_counts_no_more(database: Database) -> None:
    employ(database, LI)
    leaves = Leaves(database)
    leaves.enter("leave_1", LI.id, leave(AT, AT + 2 * DAY), None)
    leaves.enter("leave_2", LI.id, leave(AT + DAY, AT + 3 * DAY), None)
    first = leaves.cancel(LI.id, "leave_1")
    assert first.cancelled_at is not None
    assert leaves.cancel(LI.id, "leave_1") == first
    assert [away(database, AT + n * DAY + HOUR) for n in range(4)] == [[], [LI.id], [LI.id], []]


def test_on_leave_until_further_notice_needs_no_dates(database: Database) -> None:
    employ(database, LI.model_copy(update={"on_leave": True}))
    assert away(database, AT) == [LI.id]


def test_nothing_new_is_given_to_who_is_away(database: Database) -> None:
    """Rotation passes over them and gives them their turn when they are back; whoever asks for them gets another."""
    employ(database, ZHANG, LI, WANG)
    Leaves(database).enter("leave_1", LI.id, leave(AT, AT + DAY), None)
    given = [owner_of(database, AT + HOUR, POLICY, n)[0] for n in range(2)]
    assert sorted(filter(None, given)) == [WANG.id, ZHANG.id]
    assert owner_of(database, AT + HOUR, POLICY, 3, named_contact=LI.id)[0] != LI.id
    assert owner_of(database, AT + DAY, POLICY, 4)[0] == LI.id


def test_who_is_away_cannot_claim(database: Database) -> None:
    employ(database, ZHANG, LI)
    found = Intake(database, POLICY, IDS).register(
        registration(lead(company={"name": firm(1)}, region="CN-GD", named_contact=ZHANG.id))
    )
    customer, changes = found.answer.customer_id or "", Changes(database, POLICY, IDS)
    ask = partial(Request, customer_id=customer)
    changes.carry_out(ask(at=AT, asked=Asked(id="1", actor="x", change=Release(rep_id=ZHANG.id, reason="不在本地"))))
    Leaves(database).enter("leave_1", LI.id, leave(AT, AT + DAY), None)
    with pytest.raises(Refused, match="rep_not_available"):
        changes.carry_out(ask(at=AT + HOUR, asked=Asked(id="2", actor="x", change=Claim(rep_id=LI.id))))
    later = changes.carry_out(ask(at=AT + DAY, asked=Asked(id="3", actor="x", change=Claim(rep_id=LI.id))))
    assert later.ownership.owner_id == LI.id


def test_leaves_are_listed_by_when_they_begin(database: Database) -> None:
    employ(database, LI, ZHANG)
    leaves = Leaves(database)
    for n, days in enumerate((3, 1, 2, 1)):
        leaves.enter(f"leave_{n}", LI.id, leave(AT + days * DAY, AT + 9 * DAY, "年假"), None)
    leaves.enter("leave_other", ZHANG.id, leave(AT, AT + DAY), None)
    first = leaves.page(LI.id, None, 2)
    assert [it.id for it in first] == ["leave_1", "leave_3", "leave_2"]  # one more than asked
    after = (first[1].begins.isoformat(), first[1].id)
    assert [it.id for it in leaves.page(LI.id, after, 2)] == ["leave_2", "leave_0"]
    assert first[0].reason == "年假"
    for nobody in (partial(leaves.page, "nobody", None, 2), partial(leaves.cancel, ZHANG.id, "leave_1")):
        with pytest.raises(NotFound):
            nobody()


def test_entered_once_however_often_it_is_sent(database: Database) -> None:
    employ(database, LI)
    mark, new = Mark("administrator", "key-1", "a"), leave(AT, AT + DAY)
    sent = at_once([partial(Leaves(database).enter, "leave_1", LI.id, new, mark) for _ in range(8)])
    assert len({it.model_dump_json() for it in sent}) == 1
    assert len(Leaves(database).page(LI.id, None, 50)) == 1
    with pytest.raises(KeyReused):
        Leaves(database).enter("leave_1", LI.id, new, Mark("administrator", "key-1", "b"))
    with pytest.raises(NotFound):
        Leaves(database).enter("leave_2", "nobody", new, None)


class TestOffDuty:
    """Reps outside the hours of their calendar, where the policy has rotation pass over them."""

    MORNING, NIGHT = shanghai("2026-11-24 09:30"), shanghai("2026-11-24 22:00")

    def staff(self, database: Database) -> None:
        employ(database, ZHANG, LI)
        with database.write() as session:
            session.get_one(RepRow, LI.id).calendar = "new_york"

    def policy(self) -> Policy:
        office = POLICY.calendars["office"].model_dump()
        abroad = {"time_zone": "America/New_York", "hours": {"mon-fri": ["09:00-17:00"]}}
        return skipping(calendars={"office": office, "new_york": abroad})

    def test_everybody_has_their_own_hours(self, database: Database) -> None:
        self.staff(database)
        for at, off in ((self.MORNING, LI.id), (self.NIGHT, ZHANG.id)):
            found = reps(database, at, self.policy())
            assert [rep.id for rep in found if rep.off_duty] == [off]
            assert all(rep.available for rep in found)

    def test_rotation_passes_over_them_and_the_trace_says_so(self, database: Database) -> None:
        self.staff(database)
        night = [owner_of(database, self.NIGHT, self.policy(), n)[0] for n in range(2)]
        day = [owner_of(database, self.MORNING + DAY, self.policy(), 2 + n)[0] for n in range(2)]
        assert (night, day) == ([LI.id, LI.id], [ZHANG.id, ZHANG.id])
        with database.read() as session:
            passed_over = [
                row.trace["assignment"]["trials"][-1]["passed_over"]
                for row in session.exec(select(DecisionRow).order_by(col(DecisionRow.at)))
            ]
        assert passed_over == [{rep.id: "off_duty"} for rep in (ZHANG, ZHANG, LI, LI)]

    def test_whoever_asks_for_them_gets_them(self, database: Database) -> None:
        self.staff(database)
        assert owner_of(database, self.NIGHT, self.policy(), 1, named_contact=ZHANG.id)[0] == ZHANG.id

    def test_when_everybody_is_off_duty_the_customer_waits(self, database: Database) -> None:
        self.staff(database)
        sunday = shanghai("2026-11-22 12:00")
        assert owner_of(database, sunday, self.policy(), 1) == (None, "nobody_on_duty")

    def test_hours_count_only_where_the_policy_says_so(self, database: Database) -> None:
        self.staff(database)
        assert not any(rep.off_duty for rep in reps(database, self.NIGHT))
        without = skipping(calendars={}, default_calendar=None)
        assert not any(rep.off_duty for rep in reps(database, self.NIGHT, without))

    def test_a_make_up_day_is_on_duty(self, database: Database) -> None:
        employ(database, ZHANG)
        saturday = shanghai("2026-10-10 10:00")
        assert [rep.off_duty for at in (saturday, saturday + DAY) for rep in reps(database, at, skipping())] == [
            False,
            True,
        ]
