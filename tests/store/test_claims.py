"""Claims in the database: caps that hold at any concurrency, and one owner of those who claim, give back and lose."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from domain.change import Asked, Change, Changed, Claim, ClockDue, Refused, Release, Request
from domain.follow_up import Stage
from domain.ownership import Place
from domain.policy import Policy
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.rows import table_of
from store.tables import RepClaimDayRow
from tests.databases import at_once
from tests.examples import AT, IDS, LI, POLICY, WANG, ZHANG, employ, firm, lead, registration, ruled
from tests.invariants import read_model, violations

DAY = timedelta(days=1)
CUSTOMERS = 20


def with_claims(**claim: Any) -> Policy:
    """One pool with these rules, and no rotation, whose locks would hide that of the caps."""
    pools = [POLICY.model_dump()["pools"][0] | {"claim": claim}]
    return ruled({"methods": ["show_contact"], "clock": "stand_lead"}, pools=pools)


def ask(changes: Changes, customer_id: str, change: Change, id_: str, at: Any = AT) -> Changed:
    asked = Asked(id=id_, actor="system", change=change)
    return changes.carry_out(Request(customer_id=customer_id, at=at, asked=asked))


def told(changes: Changes, customer_id: str, change: Change, id_: str, at: Any = AT) -> str:
    """Who owns the customer after a change, or the code of the refusal."""
    try:
        return ask(changes, customer_id, change, id_, at).ownership.owner_id or "nobody"
    except Refused as refused:
        return refused.code


def pooled(database: Database, policy: Policy, count: int) -> list[str]:
    """So many customers of the stand's that Zhang gave back."""
    employ(database, ZHANG, LI, WANG)
    intake, changes = Intake(database, policy, IDS), Changes(database, policy, IDS)
    show = {"name": "广交会", "date": "2026-10-15", "contact": ZHANG.id}
    ids = []
    for n in range(count):
        new = lead(company={"name": firm(n)}, region="CN-GD", customer_type="trade_show", show=show)
        customer_id = intake.register(registration(new)).answer.customer_id or ""
        ask(changes, customer_id, Release(rep_id=ZHANG.id, reason="不在我的行业"), f"back {n}")
        ids.append(customer_id)
    return ids


@pytest.mark.parametrize("rules", [{"per_day": 3}, {"total": 3}, {"per_day": 3, "total": 5}])
def test_caps_hold_when_20_claims_come_at_once(database: Database, rules: dict[str, int]) -> None:
    policy = with_claims(**rules)
    customers = pooled(database, policy, CUSTOMERS)
    changes = Changes(database, policy, IDS)
    answers = Counter(
        at_once(
            [partial(told, changes, it, Claim(rep_id=[LI, WANG][n % 2].id), f"c{n}") for n, it in enumerate(customers)]
        )
    )
    assert answers == {LI.id: 3, WANG.id: 3, "claim_cap_reached": CUSTOMERS - 6}
    model = read_model(database)
    assert Counter(row.owner_id for row in model.customers if row.place == Place.OWNED) == {LI.id: 3, WANG.id: 3}
    assert {row.claimed_from for row in model.customers if row.owner_id} == {"public"}
    assert violations(model) == []


def test_a_days_cap_is_over_with_the_day_and_giving_back_does_not_help(database: Database) -> None:
    policy = with_claims(per_day=1)
    one, other = pooled(database, policy, 2)
    changes = Changes(database, policy, IDS)
    assert told(changes, one, Claim(rep_id=LI.id), "1") == LI.id
    assert told(changes, one, Release(rep_id=LI.id, reason="x"), "2") == "nobody"
    assert told(changes, other, Claim(rep_id=LI.id), "3") == "claim_cap_reached"
    assert told(changes, other, Claim(rep_id=LI.id), "4", AT + DAY) == LI.id
    with database.read() as session:
        days = session.connection().execute(table_of(RepClaimDayRow).select()).all()
    assert sorted((row.rep_id, row.pool, row.claimed) for row in days) == [(LI.id, "public", 1)] * 2


def test_giving_back_makes_room_under_the_total(database: Database) -> None:
    policy = with_claims(total=1)
    one, other = pooled(database, policy, 2)
    changes = Changes(database, policy, IDS)
    assert told(changes, one, Claim(rep_id=LI.id), "1") == LI.id
    assert told(changes, other, Claim(rep_id=LI.id), "2") == "claim_cap_reached"
    told(changes, one, Release(rep_id=LI.id, reason="x"), "3")
    assert told(changes, other, Claim(rep_id=LI.id), "4") == LI.id


def test_a_claim_is_explained_with_what_counted(database: Database) -> None:
    policy = with_claims(per_day=5)
    [customer] = pooled(database, policy, 1)
    changes = Changes(database, policy, IDS)
    changed = ask(changes, customer, Claim(rep_id=LI.id), "claim")
    counted = {"pool": "public", "claimed_today": 0, "claimed_open": 0}
    assert changed.data == counted
    [decision] = [row for row in read_model(database).decisions if row.kind == "claimed"]
    assert {name: decision.trace[name] for name in counted} == counted


def test_one_owner_of_a_claim_a_release_and_the_clock_at_the_same_instant(database: Database) -> None:
    """Whatever comes first, the customer is at one place, each effect is there once, and the refused left nothing."""
    recycle = with_claims(cool_off_days=3).model_dump()
    recycle["clocks"]["stand_lead"] |= {"on_expiry": "recycle", "warn_days_before": [], "escalate_days_before": None}
    policy = Policy.model_validate(recycle)
    changes = Changes(database, policy, IDS)
    for customer in pooled(database, policy, 6):
        ask(changes, customer, Claim(rep_id=LI.id), f"{customer} first")
        end = AT + 30 * DAY
        calls: list[Callable[[], str]] = [
            partial(told, changes, customer, ClockDue(stage=Stage.EXPIRE, due_at=end), f"{customer} end", end),
            partial(told, changes, customer, Release(rep_id=LI.id, reason="x"), f"{customer} back", end),
            partial(told, changes, customer, Claim(rep_id=WANG.id), f"{customer} wang", end),
            partial(told, changes, customer, Claim(rep_id=LI.id), f"{customer} li", end),
        ]
        answers = at_once(calls)
        assert set(answers) <= {"nobody", WANG.id, "customer_already_owned", "not_the_owner", "cooling_off"}
        assert changes.current(customer).owner_id in (None, WANG.id)
    assert violations(read_model(database)) == []


class TestFreed:
    """A rep with a total cap who loses a customer may take another one out of a queue."""

    def lose(self, database: Database, **cap: int | None) -> Changed:
        employ(database, ZHANG.model_copy(update=cap))
        intake, changes = Intake(database, POLICY, IDS), Changes(database, POLICY, IDS)
        customer = intake.register(registration(lead(company={"name": firm(1)}, region="CN-GD"))).answer.customer_id
        release = Release(rep_id=ZHANG.id, reason="x")
        changed = ask(changes, customer or "", release, "back")
        assert ask(changes, customer or "", release, "back") == changed
        return changed

    def test_is_told(self, database: Database) -> None:
        assert self.lose(database, total_cap=1).freed == ZHANG.id

    def test_is_not_told_where_nothing_was_full(self, database: Database) -> None:
        assert self.lose(database).freed is None
