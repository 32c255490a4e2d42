"""How many decisions a second the pure engine makes: 200 rules, 2,000 reps, cases of every kind."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from time import process_time
from typing import Any

import yaml

from bench.effort import Effort
from domain.assignment import Case, Referral, Rep, Roster, assign
from domain.lead import CustomerType
from domain.policy import Policy
from domain.policy_file import check_policy
from settings import PROJECT_ROOT

RULES, REPS, CASES = 200, 2_000, 2_000
SHIPPED = PROJECT_ROOT / "policies" / "default.yaml"
REGIONS = tuple(f"CN-{code}" for code in ("BJ", "SH", "GD", "ZJ", "JS", "SC", "HB", "FJ", "SD", "TJ", "HN", "AH", "LN"))
INDUSTRIES = tuple(f"行业{number}" for number in range(40))
DIVISIONS = ("440305", "440306", "440303", "440106", "310115", "110105", None)


@dataclass(frozen=True)
class Rate:
    """What was measured."""

    what: str
    rules: int
    reps: int
    rate: float
    """Decisions a second of CPU of one core; the best round, for others disturb and nothing helps."""


def measure(effort: Effort) -> list[Rate]:
    """Decisions with everything at once, and with the shipped policy; nothing is remembered from case to case but
    the indexes over the rules and the reps."""
    random = Random(20261124)
    roster = Roster(_rep(random, number) for number in range(REPS))
    cases = [_case(random) for _ in range(CASES)]
    shipped = Policy.model_validate(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))
    return [
        Rate("every method", RULES, REPS, _rate(cases, many_rules(RULES), roster, effort)),
        Rate("the shipped policy", len(shipped.assignment), REPS, _rate(cases, shipped, roster, effort)),
    ]


def many_rules(number: int) -> Policy:
    """A policy with so many rules: all but the last four by industry, region, amount and what the customer wrote.

    Raises:
        ValueError: when it would be refused.
    """
    policy = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    special = [_rule(at) for at in range(number - len(policy["assignment"]))]
    policy["assignment"] = special + policy["assignment"]
    policy["rotation_pools"] = {f"pool{at}": {"reps": [f"rep{at * 20 + n}" for n in range(20)]} for at in range(20)}
    policy["territories"] = {
        f"{area}": {"divisions": [area], "reps": [f"rep{at * 40 + n}" for n in range(40)]}
        for at, area in enumerate(("440300", "440305", "440306", "440100", "310000", "110000"))
    }
    made, findings = check_policy(yaml.safe_dump(policy, allow_unicode=True))
    if made is None or findings:
        raise ValueError(findings)
    return made


def _rule(at: int) -> dict[str, Any]:
    methods: tuple[list[str | dict[str, Any]], ...] = (
        ["named_contact", "territory", "rotation"],
        ["sticky", {"method": "vertical", "within_region": False}],
        [{"method": "best_match", "weights": {"vertical": 3, "load": 2, "region": 1}, "pool": f"pool{at // 5 % 20}"}],
        ["referrer_owner", {"method": "least_loaded", "pool": f"pool{at // 5 % 20}"}],
        [{"method": "rotation", "pool": f"pool{at // 5 % 20}"}],
    )
    conditions: tuple[dict[str, Any], ...] = (
        {"region": {"within": REGIONS[at % len(REGIONS)]}, "amount": {"at_least": 400_000 + 1_000 * at}},
        {"any": [{"level": f"L{at}"}, {"all": [{"source": "show"}, {"division": {"within": "440300"}}]}]},
        {"source": ["phone", "partner"], "not": {"region": {"within": "CN-GD"}}, "level": [f"L{at}", f"L{at + 1}"]},
        {"customer_type": "key_account", "need": {"matches": "报价|quote"}, "source": f"s{at}"},
    )
    when = {"industry": INDUSTRIES[at % len(INDUSTRIES)], **conditions[at % len(conditions)]}
    if at >= len(INDUSTRIES):
        when["postcode"] = {"within": str(100 + at)}
    return {"rule": f"special{at}", "when": when, "methods": methods[at % len(methods)], "queue": "unassigned"}


def _rep(random: Random, number: int) -> Rep:
    capped = random.random() < 0.3
    return Rep(
        id=f"rep{number}", name=f"销售{number}", regions=(random.choice(REGIONS),), weight=random.randrange(1, 4),
        verticals=tuple(random.sample(INDUSTRIES, 3)), languages=("zh",), on_leave=random.random() < 0.1,
        load=random.randrange(200), total_cap=150 if capped else None, daily_cap=5 if capped else None,
        turns={region: (random.randrange(10_000),) for region in REGIONS},
    )  # fmt: skip


def _case(random: Random) -> Case:
    return Case(
        customer_type=random.choice(tuple(CustomerType)), region=random.choice(REGIONS),
        industry=random.choice(INDUSTRIES), division=random.choice(DIVISIONS), source=random.choice(("web", "show")),
        amount=Decimal(random.randrange(1_000_000)), currency="CNY", level=f"L{random.randrange(300)}",
        need="想了解产品报价", postcode=str(random.randrange(100_000, 999_999)), language="zh",
        named_contact=f"rep{random.randrange(REPS)}" if random.random() < 0.2 else None,
        referrals=(Referral(customer_id="cus_1", owner_id=f"rep{random.randrange(REPS)}"),),
        excluded=(f"rep{random.randrange(REPS)}",) if random.random() < 0.1 else (),
    )  # fmt: skip


def _rate(cases: list[Case], policy: Policy, roster: Roster, effort: Effort) -> float:
    best, done = 0.0, 0
    until = process_time() + effort.seconds * effort.rounds / 2
    while process_time() < until or not done:
        begun = process_time()
        for case in cases:
            assign(case, policy, roster)
        best = max(best, len(cases) / (process_time() - begun))
        done += 1
    return best
