"""The reps that assignment chooses from, and turns that are exact however many customers come at once."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from time import sleep
from typing import Any

import pytest

from domain.answer import Answer
from domain.assignment import Assignment, Case, Reason, Referral, Rep, assign
from domain.assignment.roster import MAX_WEIGHT
from domain.lead import CustomerType
from domain.policy import Policy
from domain.rules.methods import Method
from store.database import Database
from store.intake import Intake
from store.reps import Reps
from store.rotation import reps_for, take_turn
from store.rows import add
from store.tables import CustomerRow, FollowUpRow, RepRow
from tests.databases import at_once
from tests.examples import AT, BROWN, IDS, LI, POLICY, SMITH, WANG, ZHANG, employ, firm, lead, registration, ruled
from tests.invariants import read_model, violations

NEW = CustomerType.NEW_REGISTRATION
DAY = POLICY.day_of(AT)


def reps(database: Database, policy: Policy = POLICY, **case: object) -> list[Rep]:
    with database.write() as session:
        return reps_for(database, session, Case.model_validate({"customer_type": NEW} | case), policy, AT)


def turn(database: Database, rep_id: str, pool: str) -> None:
    given = Assignment(
        owner_id=rep_id, queue=None, reason=Reason.CHOSEN, method=Method.ROTATION, rotation_pool=pool, trials=()
    )
    with database.write() as session:
        take_turn(session, given, DAY)


def test_reps_are_those_who_cover_the_region_and_those_named(database: Database) -> None:
    china = Rep(id="all.china", name="全国", regions=("CN", "CN-GD"))
    employ(database, ZHANG, LI, SMITH, BROWN, china)
    assert [rep.id for rep in reps(database, region="CN-GD")] == [china.id, LI.id, ZHANG.id]
    assert [rep.id for rep in reps(database, region="CN-BJ")] == [china.id]
    assert [rep.id for rep in reps(database, region="US-NY")] == [BROWN.id]
    assert reps(database) == []
    named = reps(
        database,
        region="US-NY",
        named_contact=LI.id,
        show_contact="nobody",
        referrals=(Referral(customer_id="cus_1", owner_id=SMITH.id), Referral(customer_id="cus_2", owner_id=None)),
    )
    assert [(rep.id, rep.covers("US-NY")) for rep in named] == [(SMITH.id, False), (LI.id, False), (BROWN.id, True)]


def test_reps_come_with_their_standing(database: Database) -> None:
    employ(database, ZHANG.model_copy(update={"active": False}), LI.model_copy(update={"on_leave": True}))
    assert [(rep.id, rep.active, rep.on_leave) for rep in reps(database, region="CN-GD")] == [
        (LI.id, True, True),
        (ZHANG.id, False, False),
    ]


def test_every_pool_has_its_own_turns(database: Database) -> None:
    employ(database, SMITH.model_copy(update={"weight": 3}), BROWN)
    for rep_id, pool in ((SMITH.id, "US-CA"), (BROWN.id, "US-CA"), (BROWN.id, "US-NY"), (SMITH.id, "US-CA")):
        turn(database, rep_id, pool)
    assert {rep.id: rep.turns for rep in reps(database, region="US-CA")} == {
        SMITH.id: {"US-CA": (3, 1)},
        BROWN.id: {"US-CA": (2,)},
    }
    assert {rep.id: rep.turns for rep in reps(database, region="US-NY")} == {BROWN.id: {"US-NY": (1,)}}


def test_only_rotation_takes_turns(database: Database) -> None:
    employ(database, ZHANG)
    named = Assignment(owner_id=ZHANG.id, queue=None, reason=Reason.CHOSEN, method=Method.NAMED_CONTACT, trials=())
    with database.write() as session:
        take_turn(session, named, DAY)
        take_turn(session, None, DAY)
    assert [rep.turns for rep in reps(database, region="CN-GD")] == [{}]


def test_who_is_leaving_waits_until_customers_are_given(database: Database) -> None:
    """Else a customer could be given to somebody of whom it was just asked who their customers are."""
    employ(database, ZHANG)
    with ThreadPoolExecutor(1) as thread:
        with database.write() as session:
            given_to = reps_for(database, session, Case(customer_type=NEW, region="CN-GD"), POLICY, AT)
            leaving = thread.submit(Reps(database).activate, ZHANG.id, False)
            assert not wait([leaving], timeout=0.3).done
        assert leaving.result().active is False
    assert [rep.active for rep in given_to] == [True]
    assert [rep.active for rep in reps(database, region="CN-GD")] == [False]


@pytest.mark.parametrize("staff", [3, 7])
def test_rotation_is_exact_under_concurrency(database: Database, staff: int) -> None:
    """16 threads register customers of one region, some of whom ask for somebody, which is nobody's turn."""
    employ(database, *(Rep(id=f"rep{n}", name=f"销售{n}", regions=("CN-GD",)) for n in range(staff)))
    intake = Intake(database, POLICY, IDS)

    def register(thread: int) -> list[str]:
        mine = [lead(company={"name": firm(thread * 3 + n)}, region="CN-GD") for n in range(3)]
        if thread % 4 == 0:
            intake.register(
                registration(lead(company={"name": firm(100 + thread)}, region="CN-GD", named_contact="rep0"))
            )
        owners = [intake.register(registration(of)).answer.owner for of in mine]
        return [owner.id for owner in owners if owner]

    threads = at_once([partial(register, thread) for thread in range(16)])
    counts = Counter(owner for owners in threads for owner in owners)
    assert (len(counts), counts.total()) == (staff, 48)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert violations(read_model(database)) == []


def test_who_is_away_keeps_their_place(database: Database) -> None:
    """Away for three turns and back: first in line, and after that one by one as before."""
    employ(database, ZHANG, LI, WANG)
    intake, numbers = Intake(database, POLICY, IDS), count()

    def next_owner() -> str:
        name = firm(next(numbers))
        owner = intake.register(registration(lead(company={"name": name}, region="CN-GD"))).answer.owner
        return owner.id if owner else "nobody"

    def away(on_leave: bool) -> None:
        with database.write() as session:
            session.get_one(RepRow, LI.id).on_leave = on_leave

    assert [next_owner() for _ in range(3)] == [LI.id, WANG.id, ZHANG.id]
    away(True)
    assert [next_owner() for _ in range(3)] == [WANG.id, ZHANG.id, WANG.id]
    away(False)
    assert [next_owner() for _ in range(4)] == [LI.id, ZHANG.id, WANG.id, LI.id]


def test_no_more_turns_are_remembered_than_a_weight_can_count(database: Database) -> None:
    employ(database, SMITH.model_copy(update={"weight": MAX_WEIGHT}))
    for _ in range(MAX_WEIGHT + 5):
        turn(database, SMITH.id, "US-CA")
    (rep,) = reps(database, region="US-CA")
    assert rep.turns == {"US-CA": tuple(range(MAX_WEIGHT + 5, 5, -1))}


def test_successors_of_those_who_left_are_within_reach(database: Database) -> None:
    left = {"active": False}
    employ(
        database,
        ZHANG.model_copy(update={**left, "successor_id": LI.id}),
        LI.model_copy(update={**left, "successor_id": SMITH.id}),
        SMITH.model_copy(update={"successor_id": BROWN.id}),
        BROWN,
    )
    assert [rep.id for rep in reps(database, named_contact=ZHANG.id)] == [SMITH.id, LI.id, ZHANG.id]


def test_only_what_the_rule_asks_for_is_read(database: Database) -> None:
    """Specialists elsewhere, pools, territories and loads only where a method looks at them."""
    machines = BROWN.model_copy(update={"verticals": ("機械", "食品"), "languages": ("en",), "deal_min": 10**12})
    employ(database, ZHANG, LI, machines, WANG)
    case = {"region": "CN-GD", "industry": "机械", "division": "440305"}
    assert {rep.id for rep in reps(database, **case)} == {ZHANG.id, LI.id, WANG.id}
    policy = ruled(
        {"methods": ["territory", {"method": "vertical", "within_region": False}, "least_loaded"]},
        territories={"nanshan": {"divisions": ["440305"], "reps": [SMITH.id]}},
    )
    employ(database, SMITH)
    asked = reps(database, policy, **case)
    assert {rep.id for rep in asked} == {ZHANG.id, LI.id, WANG.id, SMITH.id, machines.id}
    (expert,) = [rep for rep in asked if rep.id == machines.id]
    assert (set(expert.verticals), expert.languages) == ({"机械", "食品"}, ("en",))
    assert expert.deal_min == 10**12


def registered(intake: Intake, number: int, at: datetime = AT, **fields: Any) -> Answer:
    body = {"company": {"name": firm(number)}, "region": "CN-GD", **fields}
    return intake.register(registration(lead(**body), at)).answer


def owners(intake: Intake, numbers: Iterable[int], at: datetime = AT, **fields: Any) -> list[str | None]:
    answers = [registered(intake, number, at, **fields) for number in numbers]
    return [answer.owner.id if answer.owner else None for answer in answers]


def test_weighted_rotation_is_exact_under_concurrency(database: Database) -> None:
    weights = {"a": 1, "b": 2, "c": 5}
    employ(database, *(Rep(id=id_, name=id_, regions=("CN-GD",), weight=weight) for id_, weight in weights.items()))
    intake = Intake(database, POLICY, IDS)
    threads = at_once([partial(owners, intake, range(thread * 4, thread * 4 + 4)) for thread in range(12)])
    assert Counter(owner for given in threads for owner in given) == {"a": 6, "b": 12, "c": 30}
    assert violations(read_model(database)) == []


CAPS = ruled(
    {"when": {"level": "A"}, "methods": [{"method": "rotation", "pool": "key"}]},
    {"when": {"region": "CN-BJ"}, "methods": ["least_loaded"]},
    {"methods": ["named_contact", "rotation"]},
    rotation_pools={"key": {"reps": ["a", "b"]}},
)


def give(database: Database, policy: Policy, number: int, **case: Any) -> str | None:
    """A customer assigned as intake does it, but with no key in common with others, so that only our locks count."""
    asked = Case.model_validate({"customer_type": NEW, "region": "CN-GD"} | case)
    with database.write() as session:
        decision = assign(asked, policy, reps_for(database, session, asked, policy, AT))
        sleep(0.002)
        take_turn(session, decision, DAY)
        row = dict.fromkeys(("region", "industry", "referrer_id")) | {
            "id": f"cus_{number}", "name": "客户", "customer_type": NEW, "place": "owned",
            "owner_id": decision.owner_id,
            "queue": decision.queue, "seq": 1, "ownership": {}, "profile": {}, "created_at": AT, "updated_at": AT,
            "version": 1,
        }  # fmt: skip
        add(session, CustomerRow, row)
    return decision.owner_id


def test_no_two_customers_get_one_turn(database: Database) -> None:
    weights = {"a": 1, "b": 2, "c": 5}
    employ(database, *(Rep(id=id_, name=id_, regions=("CN-GD",), weight=weight) for id_, weight in weights.items()))
    given = at_once([partial(give, database, POLICY, number) for number in range(16)])
    assert Counter(given) == {"a": 2, "b": 4, "c": 10}


def test_caps_hold_whatever_pools_a_rep_is_in(database: Database) -> None:
    """Customers come at once by four ways that have no rotation pool in common."""
    capped = {"a": {"daily_cap": 5}, "b": {"total_cap": 3}, "c": {"daily_cap": 4, "total_cap": 4}}
    both = ("CN-GD", "CN-BJ")
    employ(
        database, *(Rep.model_validate({"id": id_, "name": id_, "regions": both} | cap) for id_, cap in capped.items())
    )
    ways: list[dict[str, Any]] = [{}, {"level": "A"}, {"region": "CN-BJ"}, {"named_contact": "c"}]
    given = at_once([partial(give, database, CAPS, number, **ways[number % 4]) for number in range(32)])
    assert Counter(given) == {"a": 5, "b": 3, "c": 4, None: 20}


def test_caps_are_never_exceeded_at_any_concurrency(database: Database) -> None:
    """16 threads by four ways that have no rotation pool in common: the region's turns, a named pool's, another
    region's least loaded, and names."""
    capped = {"a": {"daily_cap": 5}, "b": {"total_cap": 3}, "c": {"daily_cap": 4, "total_cap": 4}}
    both = ("CN-GD", "CN-BJ")
    employ(
        database, *(Rep.model_validate({"id": id_, "name": id_, "regions": both} | cap) for id_, cap in capped.items())
    )
    intake = Intake(database, CAPS, IDS)
    ways: list[dict[str, Any]] = [{}, {"attributes": {"level": "A"}}, {"region": "CN-BJ"}, {"named_contact": "c"}]

    def register(thread: int) -> list[str | None]:
        return owners(intake, range(thread * 3, thread * 3 + 3), **ways[thread % 4])

    threads = at_once([partial(register, thread) for thread in range(16)])
    counts = Counter(owner for given in threads for owner in given)
    assert (counts["a"], counts["b"], counts["c"]) == (5, 3, 4)
    assert counts[None] == 48 - 12
    waiting = [row for row in read_model(database).customers if row.owner_id is None]
    assert {row.ownership["reason"] for row in waiting} <= {Reason.ALL_AT_CAP, Reason.AT_DAILY_CAP}
    assert violations(read_model(database)) == []


def test_a_new_day_begins_at_midnight_where_the_policy_says(database: Database) -> None:
    employ(database, ZHANG.model_copy(update={"daily_cap": 2}))
    intake = Intake(database, POLICY, IDS)
    evening = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # one minute to midnight in Shanghai
    assert owners(intake, range(3), evening) == [ZHANG.id, ZHANG.id, None]
    assert owners(intake, range(3, 6), evening + timedelta(minutes=1)) == [ZHANG.id, ZHANG.id, None]


def test_a_repeat_counts_once(database: Database) -> None:
    employ(database, ZHANG.model_copy(update={"daily_cap": 2}))
    intake = Intake(database, POLICY, IDS)
    first = registration(lead(company={"name": firm(1)}, region="CN-GD"))
    assert intake.register(first) == intake.register(first)
    assert owners(intake, [2, 3]) == [ZHANG.id, None]


def test_best_match_looks_at_past_success_with_similar_customers(database: Database) -> None:
    employ(database, ZHANG, LI)
    use = {"method": "best_match", "weights": {"success": 1}}
    intake = Intake(database, ruled({"methods": ["named_contact", use]}), IDS)
    first = registered(intake, 0, industry="机械", named_contact=ZHANG.id)
    other = registered(intake, 1, industry="食品", named_contact=LI.id)
    with database.write() as session:
        for answer, rep in ((first, ZHANG.id), (other, LI.id)):
            session.add(
                FollowUpRow(
                    id=f"f-{rep}", customer_id=answer.customer_id or "", rep_id=rep, kind="call", content="签约",
                    customer_answered=True, effective=True, occurred_at=AT, logged_at=AT,
                )
            )  # fmt: skip
    assert owners(intake, [2], industry="机械") == [ZHANG.id]
    decided = registered(intake, 3, industry="食品")
    (why,) = [row.trace["assignment"] for row in read_model(database).decisions if row.id == decided.decision_id]
    assert why["owner_id"] == LI.id
    assert why["trials"][-1]["scores"] == {LI.id: {"success": 1.0}, ZHANG.id: {"success": 0.0}}
