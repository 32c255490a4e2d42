"""A back-test reads what happened through the real intake, and under the policy in force gives just that."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from domain.assignment import Rep
from domain.backtest import Period
from domain.backtest.happened import Born, Happening, LeaveTurned, Moved, Opening, Won
from domain.backtest.presence import Presence
from domain.backtest.simulation import Simulation
from domain.change import Asked, Claim, LogFollowUp, OwnerLeft, Release, Request
from domain.event import APART_FROM_OWNERSHIP
from domain.follow_up import FollowUp
from domain.leave import NewLeave
from domain.policy import FollowUpKind, Policy
from store.backtest import backtest, happenings, opening_of
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.leaves import Leaves
from store.tables import RepRow
from tests.examples import BROWN, IDS, LI, POLICY, SMITH, WANG, ZHANG, employ, firm, lead, registration, ruled
from tests.invariants import read_model

DAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
UNTIL = DAY + timedelta(days=40)
INDUSTRIES = ("制造业", "软件", "零售")
EVERYTHING = ruled(
    {
        "when": {"industry": "制造业"},
        "methods": ["referrer_owner", {"method": "vertical", "choose": "least_loaded"}, "rotation"],
    },
    {
        "when": {"industry": "软件"},
        "methods": [
            {"method": "best_match", "weights": {"region": 3, "success": 2, "load": 2, "deal_size": 1}, "at_least": 0.2}
        ],
    },
    {"when": {"need": {"matches": "报价"}}, "methods": [{"method": "rotation", "pool": "pair"}], "skip_off_duty": True},
    {"methods": ["named_contact", "referrer_owner", "show_contact", "rotation"]},
    rotation_pools={"pair": {"reps": [LI.id, SMITH.id, WANG.id]}},
)
HAN = Rep(
    id="han.mei", name="韩梅", regions=("CN",), weight=3, verticals=INDUSTRIES[:2], daily_cap=2, total_cap=9,
    deal_min=1_000, languages=("zh",), calendar="office",
)  # fmt: skip
STAFF = (
    ZHANG.model_copy(update={"verticals": INDUSTRIES}), LI.model_copy(update={"weight": 2, "daily_cap": 3}),
    WANG.model_copy(update={"total_cap": 12}), SMITH, BROWN, HAN,
)  # fmt: skip


class Company:
    """Takes leads in through the real intake, with customers that move and reps that come and go meanwhile."""

    def __init__(self, database: Database, policy: Policy, seed: int = 7) -> None:
        self.database, self.random, self.number = database, Random(seed), 0
        self.intake, self.changes = Intake(database, policy, IDS), Changes(database, policy, IDS)
        self.at = DAY
        self.known: list[tuple[str, str]] = []
        self.owners: list[str | None] = []

    def live(self, leads: int) -> None:
        """So many new customers, and after each, perhaps, something else."""
        for _ in range(leads):
            self.at += timedelta(minutes=self.random.randrange(5, 600))
            self.new_lead()
            self.random.choice((self.nothing, self.follow_up, self.change_hands, self.come_again, self.turn))()

    def new_lead(self) -> None:
        name = firm(self.number)
        self.number += 1
        answer = self.intake.register(registration(lead(company={"name": name}, **self.drawn()), self.at)).answer
        assert answer.customer_id
        self.owners.append(answer.owner.id if answer.owner else None)
        self.known.append((answer.customer_id, name))

    def drawn(self) -> dict[str, Any]:
        random = self.random
        drawn: dict[str, Any] = {
            "region": random.choice(("CN-GD", "CN-GD", "CN-BJ", "US-CA", "US-NY", "DE-BE")),
            "industry": random.choice((*INDUSTRIES, None)),
            "need": random.choice(("想了解产品报价", "Please call", None)),
            "named_contact": random.choice((None, None, None, ZHANG.id, "nobody")),
            "submitted_by": random.choice((None, None, LI.id)),
        }
        if random.random() < 0.5:
            drawn["amount"] = {"value": f"{random.randrange(1, 9000)}.50", "currency": random.choice(("CNY", "USD"))}
        if self.known and random.random() < 0.3:
            drawn["referrer"] = {"customer_id": random.choice(self.known)[0]}
        return drawn

    def nothing(self) -> None:
        """A quiet day."""

    def change(self, customer_id: str, change: Any) -> None:
        asked = Asked(id=f"chg_{self.random.randrange(10**12)}", actor="system", change=change)
        self.changes.carry_out(Request(customer_id=customer_id, asked=asked, at=self.at))

    def owner(self, customer_id: str) -> str | None:
        return self.changes.current(customer_id).owner_id

    def follow_up(self) -> None:
        customer_id, _ = self.random.choice(self.known)
        owner = self.owner(customer_id)
        if owner:
            said = FollowUp(
                rep_id=owner, kind=FollowUpKind.CALL, content="谈了很久的价格和交期问题", customer_answered=True
            )
            self.change(customer_id, LogFollowUp(follow_up=said))

    def change_hands(self) -> None:
        customer_id, _ = self.random.choice(self.known)
        owner = self.owner(customer_id)
        if owner is None:
            return
        if self.random.random() < 0.5:
            self.change(customer_id, OwnerLeft(rep_id=owner))
            return
        self.change(customer_id, Release(rep_id=owner, reason="太忙"))
        if self.random.random() < 0.7:
            self.change(customer_id, Claim(rep_id=SMITH.id))

    def come_again(self) -> None:
        _, name = self.random.choice(self.known)
        self.intake.register(registration(lead(company={"name": name}, region="CN-GD", submitted_by=LI.id), self.at))

    def turn(self) -> None:
        rep_id, what = self.random.choice((LI.id, BROWN.id, HAN.id)), self.random.random()
        with self.database.write() as session:
            row = session.get_one(RepRow, rep_id)
            if what < 0.4:
                row.on_leave = not row.on_leave
            elif what < 0.6:
                row.active = not row.active
        if what >= 0.6:
            leave = NewLeave.model_validate({"from": self.at, "until": self.at + timedelta(days=2)})
            Leaves(self.database).enter(f"leave_{self.random.randrange(10**12)}", rep_id, leave, None)


def read(database: Database, begins: datetime, until: datetime = UNTIL) -> tuple[Opening, list[Happening]]:
    with database.read() as session:
        return opening_of(session, begins), list(happenings(session, begins, until))


def replayed(database: Database, policy: Policy, begins: datetime) -> tuple[list[str | None], list[str | None]]:
    """Whom each new customer was given really, and under this policy in the simulation."""
    opening, happened = read(database, begins)
    simulation, presence, given, really = Simulation(policy, opening), Presence(opening.reps, policy), [], []
    for happening in happened:
        for present in presence.told_by(happening) if isinstance(happening, Born | LeaveTurned) else ():
            simulation.follow(present)
        if isinstance(happening, Born):
            given.append(simulation.decide(happening).owner_id)
            really.append(happening.owner_id)
        elif isinstance(happening, Moved | Won):
            simulation.follow(happening)
    return really, given


@pytest.mark.parametrize("policy", [POLICY, EVERYTHING], ids=["shipped", "everything"])
def test_the_policy_in_force_gives_what_happened(database: Database, policy: Policy) -> None:
    employ(database, *STAFF)
    company = Company(database, policy)
    company.live(120)
    really, given = replayed(database, policy, DAY)
    assert really == company.owners
    assert len(set(really)) > 5
    assert given == really


def test_a_period_that_begins_amid_things_gives_what_happened(database: Database) -> None:
    """Turns, loads, and what was won come from before the period."""
    employ(database, *STAFF)
    company = Company(database, EVERYTHING, seed=8)
    company.live(70)
    begins, before = company.at.replace(hour=16, minute=0) + timedelta(days=1), len(company.owners)
    company.at = begins
    company.live(50)
    really, given = replayed(database, EVERYTHING, begins)
    assert really == company.owners[before:]
    assert given == really


def test_the_comparison_says_that_nothing_differs(database: Database) -> None:
    """Intake to comparison: the policy in force against itself, with further leads and what they are worth."""
    employ(database, *STAFF)
    company = Company(database, POLICY, seed=9)
    company.live(60)
    said: list[tuple[int, int]] = []
    period = Period.model_validate({"begins": "2026-03-02", "until": "2026-04-30"})
    result = backtest(database, POLICY, POLICY, period, lambda done, of: said.append((done, of)))
    assert result.actual == result.simulated == result.drafted
    assert (result.actual.customers, result.moved, result.unfaithful) == (60, 0, 0)
    assert result.actual.value > 0 < result.actual.collisions
    assert result.versions == (POLICY.fingerprint,)
    assert said[0][0] == 0 < said[-1][0] == said[-1][1]
    empty = Period.model_validate({"begins": "2025-01-01", "until": "2025-02-01"})
    assert backtest(database, POLICY, POLICY, empty, lambda _done, _of: None).actual.customers == 0


def test_what_is_apart_from_ownership_leaves_it_alone(database: Database) -> None:
    """Invariant explained: whatever else happened, the owner is the one before."""
    employ(database, *STAFF)
    Company(database, EVERYTHING, seed=10).live(60)
    owners: dict[str, str | None] = {}
    kinds = set()
    for event in sorted(read_model(database).events, key=lambda it: it.position or 0):
        if event.kind in APART_FROM_OWNERSHIP and "owner_id" in event.data and event.customer_id in owners:
            assert event.data["owner_id"] == owners[event.customer_id], event.kind
            kinds.add(event.kind)
        owners[event.customer_id] = event.data.get("owner_id", owners.get(event.customer_id))
    assert kinds


def test_no_personal_data_leaves(database: Database) -> None:
    employ(database, *STAFF)
    secret = lead(
        company={"name": firm(3)},
        region="CN-GD",
        need="联系王小明",
        phones=["+86 13800138000"],
        person={"name": "王小明"},
    )
    Intake(database, POLICY, IDS).register(registration(secret, DAY))
    period = Period.model_validate({"begins": "2026-03-02", "until": "2026-04-30"})
    told = backtest(database, EVERYTHING, POLICY, period, lambda _done, _of: None).model_dump_json()
    for private in ("王小明", "13800138000", firm(3), "cus_"):
        assert private not in told
