"""The demo's judgement: what is as promised passes, and every way of breaking a promise is seen."""

import pytest

from api.customers import CustomerView
from api.problems import FieldError
from demo.promise import broken_invariants, broken_promises, shared_identifiers
from demo.rows import Expect
from demo.submit import Seen
from domain.identity import Outcome
from domain.lead import Company
from domain.ownership import Place
from domain.profile import Profile
from tests.demo.views import candidate, customer, row, seen

FAULT = FieldError(field="phones.0", code="phone_invalid", value="请发邮件", rule="必须是电话号码")
NEW = seen(Expect.NEW, Outcome.NEW_CUSTOMER)
KEPT = [
    NEW,
    seen(Expect.DUPLICATE, Outcome.DUPLICATE),
    seen(Expect.RETRY, Outcome.NEW_CUSTOMER, status=200),
    seen(Expect.DOUBT, Outcome.NEEDS_CONFIRMATION, candidates=(candidate("1"), candidate("9"))),
    seen(Expect.DOUBT, Outcome.NEEDS_CONFIRMATION, entity="77", candidates=(candidate("1"),)),
    Seen(row(Expect.REFUSED), 422, faults=(FAULT,)),
]
BROKEN = [
    seen(Expect.NEW, Outcome.DUPLICATE, entity="2"),
    seen(Expect.NEW, Outcome.REJECTED, entity="2"),
    Seen(row(Expect.NEW, entity="2"), 503),
    seen(Expect.DUPLICATE, Outcome.NEW_CUSTOMER),
    seen(Expect.DUPLICATE, Outcome.DUPLICATE, customer_id="cus_9"),
    seen(Expect.DUPLICATE, Outcome.DUPLICATE, entity="never came"),
    seen(Expect.DUPLICATE, Outcome.NEEDS_CONFIRMATION, candidates=(candidate("1"),)),
    seen(Expect.RETRY, Outcome.NEW_CUSTOMER, status=201),
    seen(Expect.RETRY, Outcome.NEW_CUSTOMER, status=200, lead_id="lead_9"),
    seen(Expect.RETRY, Outcome.NEW_CUSTOMER, status=200, customer_id="cus_9"),
    seen(Expect.DOUBT, Outcome.NEW_CUSTOMER),
    seen(Expect.DOUBT, Outcome.NEEDS_CONFIRMATION),
    seen(Expect.DOUBT, Outcome.NEEDS_CONFIRMATION, candidates=(candidate("9"),)),
    seen(Expect.REFUSED, Outcome.NEW_CUSTOMER),
    Seen(row(Expect.REFUSED), 500),
    Seen(row(Expect.REFUSED), 409, faults=(FAULT,)),
    Seen(row(Expect.REFUSED), 422),
]


def test_what_is_as_promised_passes() -> None:
    assert broken_promises(KEPT) == []


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_not_is_named(broken: Seen) -> None:
    [difference] = broken_promises([NEW, broken])
    assert difference.message == "demo-row-differs"
    assert difference.facts["line"] == str(broken.row.line)
    assert difference.facts["expect"] == str(broken.row.expect)


def test_customers_as_promised_break_nothing() -> None:
    waiting = customer("2", owner=None, queue="unassigned", place=Place.QUEUE)
    answers = [NEW, seen(Expect.NEW, Outcome.NEW_CUSTOMER, entity="2"), *KEPT[1:]]
    assert broken_invariants(answers, [customer("1"), waiting]) == []


@pytest.mark.parametrize(
    ("customers", "message"),
    [
        ([], "demo-customer-lost"),
        ([customer("1"), customer("2")], "demo-customer-unasked"),
        ([customer("1", owner=None)], "demo-not-one-place"),
        ([customer("1", queue="management")], "demo-not-one-place"),
    ],
)
def test_an_invariant_that_does_not_hold_is_named(customers: list[CustomerView], message: str) -> None:
    assert [difference.message for difference in broken_invariants([NEW], customers)] == [message]


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (Profile(phones=("+8613800138000",)), Profile(phones=("138-0013-8000",)), "mobile"),
        (Profile(emails=("wang@example.com",)), Profile(emails=("Wang@EXAMPLE.com",)), "email"),
        (
            Profile(company=Company(uscc="91350100M000100Y43")),
            Profile(company=Company(uscc="91350100m000100y43")),
            "uscc",
        ),
    ],
)
def test_one_customer_two_who_share_a_strong_identifier_are_named(one: Profile, other: Profile, kind: str) -> None:
    [shared] = shared_identifiers([customer("1", profile=one), customer("2", profile=other)])
    assert shared.facts == {"kind": kind, "ids": "cus_1, cus_2"}


@pytest.mark.parametrize(
    "same",
    [
        Profile(company=Company(name="Northford Materials LLC"), region="US-CA"),
        Profile(phones=("+8675585550000",)),
        Profile(),
    ],
)
def test_a_name_or_a_fixed_line_may_be_shared(same: Profile) -> None:
    assert shared_identifiers([customer("1", profile=same), customer("2", profile=same)]) == []
