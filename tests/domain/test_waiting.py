"""Waiting in a queue: nothing falls through, and nobody is tried again for nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.assignment import Case, Reason, Rep
from domain.change import Change, ChangeProfile, ChangeStanding, Designate, OwnerLeft, Refused, Release, TryAgain
from domain.event import EventKind
from domain.lead import CustomerType
from domain.ownership import Ownership, Place
from domain.pending import next_change, request_id
from domain.policy import Policy
from domain.policy_file import parse_policy
from domain.profile import Profile
from domain.step import Step
from domain.transition import birth, case_for, decide
from domain.waiting import concerns, decided_otherwise
from tests.calendars import shanghai
from tests.examples import AT, LI, POLICY, SMITH, WANG, ZHANG, edited, ruled

NEW, KEY_ACCOUNT = CustomerType.NEW_REGISTRATION, CustomerType.KEY_ACCOUNT
DAY = timedelta(days=1)


def queued(
    staff: list[Rep], policy: Policy = POLICY, at: datetime = AT, customer_type: CustomerType = NEW, **case: Any
) -> Ownership:
    """A customer in Guangdong for whom nobody was found."""
    full = {"region": "CN-GD", **case}
    ownership = birth("cus_1", Case(customer_type=customer_type, **full), policy, staff, at).ownership
    assert ownership.place is Place.QUEUE
    return ownership


def retry_at(staff: list[Rep], policy: Policy = POLICY, at: datetime = AT, **case: Any) -> datetime | None:
    wait = queued(staff, policy, at, **case).wait
    assert wait is not None
    return wait.retry_at


def step(before: Ownership, change: Change, staff: list[Rep], at: datetime = AT, policy: Policy = POLICY) -> Step:
    found = decide(before, change, policy, staff, at)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("edit", "otherwise"),
    [
        ({"version": "2026.12"}, False),
        ({"assignment.1.queue": "unassigned"}, False),
        ({"protect": []}, False),
        ({"queues.unassigned.sla_hours": 3}, False),
        ({"assignment.0.methods": ["least_loaded"]}, True),
        ({"assignment.0.skip_off_duty": True}, True),
        ({"time_zone": "Europe/Berlin"}, True),
        ({"exchange_rates": {"USD": 7}}, True),
    ],
)
def test_a_version_decides_otherwise_only_where_it_says_otherwise(edit: dict[str, Any], otherwise: bool) -> None:
    draft = parse_policy(edited(edit))
    assert decided_otherwise(queued([]), POLICY, draft) is otherwise
    owned = birth("cus_1", Case(customer_type=NEW, region="CN-GD"), POLICY, [ZHANG], AT).ownership
    assert not decided_otherwise(owned, POLICY, draft)


class TestRetryAt:
    """When time alone takes the reason away."""

    def test_the_first_leave_that_ends(self) -> None:
        away = [
            rep.model_copy(update={"on_leave": True, "back_at": AT + days * DAY}) for rep, days in ((ZHANG, 9), (LI, 4))
        ]
        assert retry_at(away) == AT + 4 * DAY
        for_good = ZHANG.model_copy(update={"on_leave": True})
        assert retry_at([for_good]) is None

    def test_the_next_day_when_a_days_cap_is_reached(self) -> None:
        full = ZHANG.model_copy(update={"daily_cap": 3, "given_today": 3})
        assert retry_at([full]) == shanghai("2026-11-24 00:00")
        assert retry_at([ZHANG.model_copy(update={"daily_cap": 0})]) is None
        assert retry_at([ZHANG.model_copy(update={"total_cap": 3, "load": 3})]) is None

    def test_when_office_hours_begin(self) -> None:
        policy = ruled({"methods": ["rotation"], "skip_off_duty": True})
        saturday = shanghai("2026-11-28 15:00")
        off = ZHANG.model_copy(update={"off_duty": True})
        assert retry_at([off], policy, saturday) == shanghai("2026-11-30 09:00")

    def test_of_whoever_the_customer_asked_for(self) -> None:
        away = ZHANG.model_copy(update={"on_leave": True, "back_at": AT + DAY, "regions": ()})
        waiting = queued([away], named_contact=ZHANG.id)
        assert waiting.reason is Reason.NO_TERRITORY
        assert next_change(waiting) == TryAgain(due_at=AT + DAY)  # and not the queue's time, which ends at that moment
        found = step(waiting, TryAgain(due_at=AT + DAY), [ZHANG], AT + DAY)
        assert (found.event, found.ownership.owner_id, found.ownership.wait) == (
            EventKind.OWNER_ASSIGNED,
            ZHANG.id,
            None,
        )

    def test_never_for_what_only_people_can_change(self) -> None:
        assert retry_at([], customer_type=KEY_ACCOUNT) is None
        assert retry_at([], region=None) is None


class TestSla:
    """A queue's time: absolute, told once, and a last try before."""

    def test_is_counted_from_when_the_customer_came_into_the_queue(self) -> None:
        assert next_change(queued([])) == TryAgain(due_at=AT + DAY)
        office = {"queues.unassigned.sla_hours": 8, "queues.unassigned.calendar": "office"}
        friday = shanghai("2026-11-27 17:00")
        waiting = queued([], parse_policy(edited(office)), friday)
        assert next_change(waiting) == TryAgain(due_at=shanghai("2026-11-30 17:30"))
        assert (
            next_change(queued([], ruled({"methods": ["rotation"]}, queues={"unassigned": {"zh": "a", "en": "b"}})))
            is None
        )

    def test_tells_the_queues_owner_once(self) -> None:
        policy = parse_policy(edited({"queues.unassigned.owner": "li.na"}))
        found = step(queued([], policy), TryAgain(due_at=AT + DAY), [], AT + DAY, policy)
        assert (found.event, found.data) == (EventKind.QUEUE_OVERDUE, {"told": "li.na"})
        assert (found.ownership.seq, found.ownership.queue, found.ownership.since) == (1, "unassigned", AT)
        assert next_change(found.ownership) is None
        assert decide(found.ownership, TryAgain(due_at=AT + DAY), policy, [], AT + DAY) is None

    def test_is_nobodys_concern_when_an_owner_is_found_at_the_last_moment(self) -> None:
        found = step(queued([]), TryAgain(due_at=AT + DAY), [LI], AT + DAY)
        assert (found.event, found.ownership.owner_id) == (EventKind.OWNER_ASSIGNED, LI.id)

    def test_goes_on_through_tries_in_vain(self) -> None:
        full = ZHANG.model_copy(update={"daily_cap": 3, "given_today": 3})
        waiting = queued([full])
        midnight = shanghai("2026-11-24 00:00")
        found = step(waiting, TryAgain(due_at=midnight), [full], midnight)
        assert found.event is EventKind.QUEUE_RETRIED
        assert found.ownership.wait is not None
        assert (found.ownership.wait.overdue_at, found.ownership.wait.retry_at) == (AT + DAY, midnight + DAY)


class TestTryingAgain:
    """By a change of a rep, or by what becomes known of the customer."""

    def test_in_vain_changes_nothing(self) -> None:
        assert decide(queued([]), TryAgain(), POLICY, [], AT + timedelta(hours=1)) is None

    def test_tells_the_reason_as_it_is_now(self) -> None:
        away = LI.model_copy(update={"on_leave": True})
        found = step(queued([]), TryAgain(), [away], AT + timedelta(hours=1))
        assert (found.event, found.ownership.reason) == (EventKind.QUEUE_RETRIED, Reason.NOBODY_ON_DUTY)
        assert found.assignment is not None

    def test_is_for_those_in_queues_only(self) -> None:
        owned = birth("cus_1", Case(customer_type=NEW, region="CN-GD"), POLICY, [LI], AT).ownership
        pooled = step(owned, Release(rep_id=LI.id, reason="x"), [LI]).ownership
        assert decide(owned, TryAgain(), POLICY, [WANG], AT) is None
        assert decide(pooled, TryAgain(), POLICY, [WANG], AT) is None

    def test_of_a_time_that_is_not_the_customers_any_more_does_nothing(self) -> None:
        assert decide(queued([]), TryAgain(due_at=AT + 2 * DAY), POLICY, [LI], AT + 2 * DAY) is None

    def test_leaves_out_nobody_who_was_left_out_once(self) -> None:
        """A rep who left and came back may have the customer again."""
        owned = birth("cus_1", Case(customer_type=NEW, region="CN-GD"), POLICY, [LI], AT).ownership
        left = step(owned, OwnerLeft(rep_id=LI.id), [LI]).ownership
        assert left.place is Place.QUEUE
        assert step(left, TryAgain(), [LI]).ownership.owner_id == LI.id

    def test_comes_at_once_when_the_region_becomes_known(self) -> None:
        nowhere = queued([LI], region=None)
        assert nowhere.reason is Reason.NO_REGION
        located = step(nowhere, ChangeProfile(profile=Profile(region="CN-GD"), expected_version=1), [LI]).ownership
        assert next_change(located) == TryAgain(due_at=AT)
        assert case_for(located, TryAgain(due_at=AT)).region == "CN-GD"
        assert step(located, TryAgain(due_at=AT), [LI]).ownership.owner_id == LI.id

    def test_comes_at_once_when_the_level_becomes_known(self) -> None:
        policy = ruled(
            {"when": {"level": "A"}, "methods": [{"method": "designated", "rep": LI.id}]}, {"methods": ["rotation"]}
        )
        raised = step(queued([], policy), ChangeStanding(level="A", stage=None), [], policy=policy).ownership
        assert step(raised, TryAgain(due_at=AT), [LI], policy=policy).ownership.owner_id == LI.id

    def test_goes_on_in_another_queue_only_when_the_old_one_is_no_more(self) -> None:
        lost = queued([]).model_copy(update={"queue": "of last year"})
        found = step(lost, TryAgain(), [])
        assert (found.event, found.ownership.queue, found.ownership.seq) == (EventKind.QUEUED, "unassigned", 2)

    def test_works_for_those_who_waited_before_there_was_a_wait(self) -> None:
        kept = queued([]).model_dump(mode="json", exclude={"wait", "commitments", "claimed_from", "protected_until"})
        old = Ownership.model_validate(kept)
        assert (old.wait, next_change(old)) == (None, None)
        assert concerns(old, LI, POLICY)
        assert step(old, TryAgain(), [LI]).ownership.owner_id == LI.id
        fresh = step(old, TryAgain(), [], AT + DAY).ownership
        assert next_change(fresh) == TryAgain(due_at=AT + 2 * DAY)


class TestConcerns:
    """Whom a rep's change concerns."""

    @pytest.mark.parametrize(
        ("rep", "concerned"),
        [
            (LI, True),
            (SMITH, False),
            (Rep(id="new", name="新人", regions=("CN",)), True),
            (Rep(id="x", name="x"), False),
        ],
    )
    def test_by_region(self, rep: Rep, concerned: bool) -> None:
        assert concerns(queued([]), rep, POLICY) is concerned

    def test_by_name_vertical_and_pool(self) -> None:
        nobody = Rep(id="nobody", name="x")
        assert concerns(queued([], named_contact="nobody"), nobody, POLICY)
        policy = ruled({"methods": [{"method": "vertical", "within_region": False}]})
        assert concerns(
            queued([], policy, industry="製造業"), nobody.model_copy(update={"verticals": ("制造业",)}), policy
        )
        pool = ruled({"methods": [{"method": "rotation", "pool": "vip"}]}, rotation_pools={"vip": {"reps": ["nobody"]}})
        assert concerns(queued([], pool), nobody, pool)

    def test_nobody_who_waits_for_management_or_for_a_region(self) -> None:
        assert not concerns(queued([], customer_type=KEY_ACCOUNT), LI, POLICY)
        assert not concerns(queued([], region=None), LI, POLICY)


class TestDesignation:
    """Management decides."""

    def test_gives_a_waiting_customer_to_a_rep(self) -> None:
        found = step(queued([], customer_type=KEY_ACCOUNT), Designate(rep_id=LI.id, reason="大客户，由李娜负责"), [LI])
        assert (found.event, found.ownership.owner_id) == (EventKind.DESIGNATED, LI.id)
        assert (found.ownership.seq, found.ownership.rule, found.ownership.wait) == (2, "key_account", None)
        assert found.data == {"reason": "大客户，由李娜负责"}

    @pytest.mark.parametrize(
        ("rep", "code"),
        [
            (SMITH.model_copy(update={"on_leave": True}), "rep_not_available"),
            (LI.model_copy(update={"total_cap": 1, "load": 1}), "rep_at_cap"),
        ],
    )
    def test_to_nobody_who_cannot_take_it(self, rep: Rep, code: str) -> None:
        with pytest.raises(Refused, match=code):
            decide(queued([]), Designate(rep_id=rep.id, reason="x"), POLICY, [rep], AT)

    def test_of_a_customer_in_a_queue_only(self) -> None:
        owned = birth("cus_1", Case(customer_type=NEW, region="CN-GD"), POLICY, [LI], AT).ownership
        pooled = step(owned, Release(rep_id=LI.id, reason="x"), [LI]).ownership
        for before, code in ((owned, "customer_already_owned"), (pooled, "customer_in_pool")):
            with pytest.raises(Refused, match=code):
                decide(before, Designate(rep_id=WANG.id, reason="x"), POLICY, [WANG], AT)


def test_each_thing_that_time_brings_has_an_id_of_its_own() -> None:
    waiting = queued([])
    due = next_change(waiting)
    assert due is not None
    assert request_id(waiting, due) == f"cus_1:try_again:1:{(AT + DAY).isoformat()}"
