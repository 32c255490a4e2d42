"""Decisions on a few hundred made-up cases, told as one digest, for comparing processes."""

import hashlib
from random import Random

from domain.assignment import Case, Referral, Rep, assign
from domain.lead import CustomerType
from tests.examples import ruled

TERRITORIES = {
    "south": {"regions": ["CN-GD"], "reps": ["rep3", "rep1", "rep2"]},
    "nanshan": {"divisions": ["440305"], "reps": ["rep5", "rep4"], "precedence": 1},
}
METHODS = [
    ["sticky", "territory", "vertical", "least_loaded"],
    ["named_contact", {"method": "best_match", "weights": {"vertical": 2, "load": 1, "language": 1}}],
    ["referrer_owner", {"method": "rotation", "pool": "pair"}],
    ["rotation"],
]


def digest() -> str:
    """The SHA-256 of all decisions as JSON."""
    random = Random(20261124)
    rules = [
        {"rule": f"r{at}", "when": {"any": [{"industry": industry}, {"level": {"in": ["A", "B"]}}]}, "methods": methods}
        for at, (industry, methods) in enumerate(zip(("制造业", "软件", "零售"), METHODS, strict=False))
    ]
    policy = ruled(
        *rules, {"methods": METHODS[3]}, territories=TERRITORIES, rotation_pools={"pair": {"reps": ["rep8", "rep7"]}}
    )
    told = hashlib.sha256()
    for _ in range(300):
        staff = [_rep(random, number) for number in range(12)]
        told.update(assign(_case(random), policy, staff).model_dump_json().encode())
    return told.hexdigest()


def _rep(random: Random, number: int) -> Rep:
    return Rep(
        id=f"rep{number}", name="销售", regions=("CN-GD",), load=random.randrange(5), weight=random.randrange(1, 4),
        verticals=tuple(random.sample(["制造业", "软件", "零售"], 2)), on_leave=random.random() < 0.2,
        turns={pool: (random.randrange(50),) for pool in ("CN-GD", "pool:pair", "territory:south")},
    )  # fmt: skip


def _case(random: Random) -> Case:
    return Case(
        customer_type=random.choice(list(CustomerType)), region="CN-GD",
        division=random.choice((None, "440305")), industry=random.choice((None, "制造业", "软件", "零售")),
        level=random.choice((None, "A", "C")), language=random.choice((None, "zh")),
        group_owners=tuple(random.sample(["rep1", "rep2", "nobody"], random.randrange(3))),
        referrals=(Referral(customer_id="cus_1", owner_id=random.choice((None, "rep9"))),),
    )  # fmt: skip
