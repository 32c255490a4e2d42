"""Claims out of a public pool: who may, how many, when again, and what protects them afterwards."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.assignment import Case, Rep
from domain.change import Claim, ClockDue, Refused, Release
from domain.event import EventKind
from domain.lead import CustomerType
from domain.ownership import Ownership, Place
from domain.policy import Policy
from domain.transition import birth, decide
from tests.examples import AT, LI, POLICY, SMITH, WANG, ZHANG

DAY = timedelta(days=1)
STAFF = [ZHANG, LI, WANG, SMITH]
SOUTH = {"region": {"within": "CN-GD"}}


def pools(**claim: Any) -> Policy:
    """A pool with these rules for Guangdong, and one for the rest of the world."""
    south = {"pool": "south", "zh": "华南公海", "en": "South China", "when": SOUTH, "claim": claim}
    rest = {"pool": "public", "zh": "公海", "en": "Public pool"}
    return Policy.model_validate(POLICY.model_dump() | {"pools": [south, rest]})


def owned(policy: Policy, region: str | None = "CN-GD", owner: Rep = ZHANG) -> Ownership:
    case = Case(customer_type=CustomerType.TRADE_SHOW, region=region, show_contact=owner.id)
    return birth("cus_1", case, policy, STAFF, AT).ownership


def free(policy: Policy, region: str | None = "CN-GD") -> Ownership:
    step = decide(owned(policy, region), Release(rep_id=ZHANG.id, reason="不在我的行业"), policy, STAFF, AT)
    assert step is not None
    return step.ownership


def claimed(policy: Policy, before: Ownership, rep: Rep, at: datetime = AT) -> Ownership:
    step = decide(before, Claim(rep_id=rep.id), policy, [rep], at)
    assert step is not None
    return step.ownership


def refusal(policy: Policy, before: Ownership, rep: Rep, at: datetime = AT) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(before, Claim(rep_id=rep.id), policy, [rep], at)
    return caught.value


@pytest.mark.parametrize(("region", "pool"), [("CN-GD", "south"), ("CN-BJ", "public"), ("US-CA", "public")])
def test_a_customer_comes_into_the_first_pool_that_takes_it(region: str, pool: str) -> None:
    assert (free(pools(), region).place, free(pools(), region).queue) == (Place.POOL, pool)
    assert free(POLICY, region).queue == "public"


def test_a_pool_that_the_policy_has_no_more_is_under_the_rules_of_the_next() -> None:
    strict = pools(per_day=1)
    old = free(pools()).model_copy(update={"queue": "of last year"})
    assert refusal(strict, old, LI.model_copy(update={"claimed_today": 1})).facts["pool"] == "south"


@pytest.mark.parametrize(
    ("rules", "has", "period"),
    [
        ({"per_day": 2}, {"claimed_today": 2}, "day"),
        ({"total": 2}, {"claimed_open": 2}, "total"),
        ({"per_day": 2, "total": 2}, {"claimed_today": 3, "claimed_open": 1}, "day"),
    ],
)
def test_nobody_claims_more_than_the_pool_allows(rules: dict[str, int], has: dict[str, int], period: str) -> None:
    policy = pools(**rules)
    refused = refusal(policy, free(policy), LI.model_copy(update=has))
    assert (refused.code, refused.facts) == ("claim_cap_reached", {"pool": "south", "period": period, "limit": 2})
    assert refusal(pools(per_day=2), free(policy), SMITH.model_copy(update={"on_leave": True})).code == (
        "rep_not_available"
    )
    under = LI.model_copy(update=dict.fromkeys(has, 1))
    assert claimed(policy, free(policy), under).owner_id == LI.id


def test_the_previous_owner_cools_off_and_others_do_not() -> None:
    policy = pools(cool_off_days=7)
    back = free(policy)
    until = AT + 7 * DAY
    refused = refusal(policy, back, ZHANG, until - timedelta(seconds=1))
    assert (refused.code, refused.facts) == ("cooling_off", {"pool": "south", "until": until.isoformat()})
    assert claimed(policy, back, ZHANG, until).owner_id == ZHANG.id
    assert claimed(policy, back, LI).owner_id == LI.id
    assert claimed(POLICY, free(POLICY), ZHANG).owner_id == ZHANG.id


def test_a_release_says_from_when_the_owner_may_have_it_again() -> None:
    policy = pools(cool_off_days=7)
    step = decide(owned(policy), Release(rep_id=ZHANG.id, reason="客户在外地"), policy, STAFF, AT)
    assert step is not None
    assert step.data == {"reason": "客户在外地", "cool_off_until": (AT + 7 * DAY).isoformat()}


def test_only_those_who_cover_the_region_when_the_policy_says_so() -> None:
    policy = pools(covering_only=True)
    refused = refusal(policy, free(policy), SMITH)
    assert (refused.code, refused.facts) == ("not_your_pool", {"pool": "south", "region": "CN-GD"})
    assert claimed(policy, free(policy), LI).owner_id == LI.id
    assert claimed(pools(), free(pools()), SMITH).owner_id == SMITH.id


class TestProtectionPeriod:
    """Whoever claimed a customer keeps it for some days, whatever the clock says."""

    POLICY = pools(protection_days=45)

    def ring(self, before: Ownership, at: datetime | None = None) -> tuple[Ownership, EventKind]:
        assert before.clock is not None
        due = before.clock.due[0]
        step = decide(before, ClockDue(stage=due.stage, due_at=due.at), self.POLICY, STAFF, at or due.at)
        assert step is not None
        return step.ownership, step.event

    def test_holds_the_clock_until_it_is_over(self) -> None:
        ownership = claimed(self.POLICY, free(self.POLICY), LI)
        assert (ownership.claimed_from, ownership.protected_until) == ("south", AT + 45 * DAY)
        told = []
        for _ in range(5):
            ownership, event = self.ring(ownership)
            told.append(event)
        assert told[-2:] == [EventKind.RECYCLING_HELD, EventKind.REASSIGNED]
        assert ownership.since == AT + 45 * DAY
        assert (ownership.claimed_from, ownership.protected_until) == (None, None)

    def test_ends_with_the_ownership(self) -> None:
        ownership = claimed(self.POLICY, free(self.POLICY), LI)
        step = decide(ownership, Release(rep_id=LI.id, reason="x"), self.POLICY, STAFF, AT)
        assert step is not None
        assert (step.ownership.claimed_from, step.ownership.protected_until) == (None, None)


FULL = LI.model_copy(update={"claimed_today": 1, "claimed_open": 3, "total_cap": 3, "load": 3})


def test_an_exception_waives_caps_and_cool_off_and_is_explained() -> None:
    strict = pools(per_day=1, total=3, cool_off_days=7)
    before = free(strict)
    for rep, code in ((FULL, "rep_at_cap"), (ZHANG, "cooling_off")):
        assert refusal(strict, before, rep).code == code
        step = decide(before, Claim(rep_id=rep.id, exception="apr_7"), strict, [rep], AT)
        assert step is not None
        assert (step.ownership.owner_id, step.ownership.claimed_from) == (rep.id, "south")
        assert (step.event, step.data["exception"]) == (EventKind.CLAIMED, "apr_7")


@pytest.mark.parametrize(
    ("rep", "code"),
    [
        (FULL.model_copy(update={"on_leave": True}), "rep_not_available"),
        (FULL.model_copy(update={"regions": ("CN-BJ",)}), "not_your_pool"),
    ],
)
def test_an_exception_waives_nothing_else(rep: Rep, code: str) -> None:
    strict = pools(per_day=1, covering_only=True)
    with pytest.raises(Refused, match=code):
        decide(free(strict), Claim(rep_id=rep.id, exception="apr_7"), strict, [rep], AT)
