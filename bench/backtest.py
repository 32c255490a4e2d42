"""How long a back-test of so many new customers takes: read from SQLite, two policies simulated, one process."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

import yaml
from sqlmodel import SQLModel

from bench.decisions import INDUSTRIES, REGIONS, SHIPPED
from domain.assignment import Case, Rep, assign, inputs_of, reach_of
from domain.backtest import Period
from domain.backtest.standings import Standings
from domain.event import EventKind
from domain.lead import CustomerType
from domain.policy import Policy
from store.backtest import backtest
from store.database import Database
from store.migrate import migrate
from store.rows import add
from store.tables import DecisionRow, EventRow, LeadRow, RepRegionRow, RepRow

_BEGINS = datetime(2025, 1, 1, tzinfo=UTC)
_AT_ONCE = 1_000
Rows = dict[type[SQLModel], dict[str, Any]]


@dataclass(frozen=True)
class Lap:
    """What was measured."""

    leads: int
    reps: int
    draft: str
    seconds: float
    cpu: float


def measure(folder: Path, leads: int, reps: int) -> list[Lap]:
    """Back-tests of the shipped policy against itself, and of one that chooses by load and by fit.

    Raises:
        AssertionError: when the simulation of the policy in force is not what happened.
    """
    policy = Policy.model_validate(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))
    database = Database(f"sqlite:///{folder / 'backtest.db'}")
    migrate(database)
    _fill(database, policy, leads, reps)
    drafts = {"the shipped policy": policy, "best match and least loaded": by_load_and_fit(policy)}
    laps = [_lap(database, name, draft, policy, (leads, reps)) for name, draft in drafts.items()]
    database.close()
    return laps


def by_load_and_fit(policy: Policy) -> Policy:
    """A draft in which everybody in the region is weighed for every customer."""
    best = {"method": "best_match", "weights": {"load": 2, "vertical": 1, "deal_size": 1}}
    rules = [
        {"rule": "large", "when": {"amount": {"at_least": 400_000}}, "methods": [best], "queue": "unassigned"},
        {"rule": "rest", "methods": ["named_contact", "least_loaded"], "queue": "unassigned"},
    ]
    return Policy.model_validate(policy.model_dump() | {"assignment": rules})


def _lap(database: Database, name: str, draft: Policy, policy: Policy, size: tuple[int, int]) -> Lap:
    began, cpu = perf_counter(), process_time()
    period = Period.model_validate({"begins": "2025-01-01", "until": "2027-01-01"})
    result = backtest(database, draft, policy, period, lambda _done, _of: None)
    assert result.actual.customers == size[0]
    assert result.unfaithful == 0
    return Lap(*size, name, perf_counter() - began, process_time() - cpu)


def _fill(database: Database, policy: Policy, leads: int, reps: int) -> None:
    random = Random(20261124)
    staff = [
        Rep(id=f"rep{at}", name=f"销售{at}", regions=(REGIONS[at % len(REGIONS)],), weight=random.randrange(1, 4))
        for at in range(reps)
    ]
    with database.write() as session:
        add(
            session,
            RepRow,
            *(
                {
                    "id": rep.id,
                    "name": rep.name,
                    "active": True,
                    "on_leave": False,
                    "weight": rep.weight,
                    "languages": "",
                    "version": 1,
                }
                for rep in staff
            ),
        )
        add(session, RepRegionRow, *({"rep_id": rep.id, "region": region} for rep in staff for region in rep.regions))
    rows = _rows(policy, staff, leads, random)
    while chunk := list(islice(rows, _AT_ONCE)):
        with database.write() as session:
            for model in (LeadRow, DecisionRow, EventRow):
                add(session, model, *(row[model] for row in chunk))


def _rows(policy: Policy, staff: list[Rep], leads: int, random: Random) -> Iterator[Rows]:
    """What intake would have written of each lead, as far as a back-test reads it."""
    standings = Standings(staff, policy)
    by_region = {region: [rep for rep in staff if region in rep.regions] for region in REGIONS}
    for number in range(leads):
        at = _BEGINS + timedelta(minutes=5 * number)
        case = _case(random)
        decision = assign(case, policy, standings.roster(reach_of(case, policy), at))
        if decision.owner_id is not None:
            standings.count(decision.owner_id, decision.rotation_pool, at)
        inputs = inputs_of(case, by_region[case.region or ""])
        trace = {"assignment": decision.model_dump(mode="json"), "inputs": inputs}
        own = {"id": f"lead{number}", "customer_id": f"cus{number}", "decision_id": f"dec{number}"}
        lead = {"need": "想了解产品报价", "submitted_by": None, "named_contact": None, "show": None}
        yield {
            LeadRow: {
                **own, "source": "web", "external_id": str(number), "fingerprint": "f", "outcome": "new_customer",
                "lead": lead, "settlement": {}, "received_at": at, "settled_at": at,
            },
            DecisionRow: {
                "id": own["decision_id"], "kind": "intake", "customer_id": own["customer_id"], "lead_id": own["id"],
                "policy_version": policy.fingerprint, "at": at, "trace": trace,
            },
            EventRow: {
                "id": f"event{number}", "customer_id": own["customer_id"], "kind": EventKind.OWNER_ASSIGNED, "at": at,
                "recorded_at": at, "actor": "system", "decision_id": own["decision_id"],
                "data": {"owner_id": decision.owner_id, "queue": decision.queue},
            },
        }  # fmt: skip


def _case(random: Random) -> Case:
    return Case(
        customer_type=CustomerType.NEW_REGISTRATION,
        region=random.choice(REGIONS),
        industry=random.choice(INDUSTRIES),
        amount=Decimal(random.randrange(1_000_000)),
        currency="CNY",
        source="web",
    )
