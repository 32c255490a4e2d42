"""Made-up periods: a few reps, births and what comes between them, and a digest of what comes of them."""

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from domain.assignment import Case, Reason, Referral, Rep
from domain.backtest import Comparison, Period, compare
from domain.backtest.happened import Born, CameAgain, Happening, LeaveTurned, Moved, Opening, Seen, Won
from domain.lead import CustomerType
from tests.examples import POLICY, ruled

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
PERIOD = Period.model_validate({"begins": "2026-03-02", "until": "2026-04-02"})
DRAFT = ruled(
    {
        "when": {"amount": {"at_least": 5000}},
        "methods": [{"method": "best_match", "weights": {"load": 1, "success": 1}}],
    },
    {"methods": ["referrer_owner", "least_loaded"]},
)


def staff(number: int) -> tuple[Rep, ...]:
    return tuple(
        Rep(id=f"rep{at}", name=f"销售{at}", regions=("CN-GD", "CN-BJ")[at % 2 :], total_cap=9 if at == 1 else None)
        for at in range(number)
    )


def born(number: int, owner_id: str | None, stakes: tuple[str, ...] = (), available: Any = (), **case: Any) -> Born:
    """A birth, an hour after the one before; everybody is as the directory says unless others are named."""
    facts = Case.model_validate({"customer_type": CustomerType.NEW_REGISTRATION, "currency": "CNY", **case})
    reason = Reason.CHOSEN if owner_id else Reason.NO_REGION
    seen = Seen(available=frozenset(available), on_leave=frozenset(), group_looked_at=False)
    at = AT + timedelta(hours=number)
    return Born(at, f"cus{number}", facts, owner_id, reason, stakes, seen, POLICY.fingerprint)


def opening(*reps: Rep, **owners: str) -> Opening:
    return Opening(reps=reps, owners=owners, industries={}, won=frozenset())


def random_period(seed: int, leads: int) -> tuple[Opening, list[Happening]]:
    """Births and everything else that can happen, at random."""
    random, reps = Random(seed), staff(4)
    ids = [rep.id for rep in reps]
    happened: list[Happening] = []
    for number in range(leads):
        owner = random.choice((*ids, None))
        referrals = (Referral(customer_id=f"cus{random.randrange(leads)}", owner_id=random.choice(ids)),)
        happened.append(
            born(
                number, owner, tuple(random.sample(ids, random.randrange(2))), random.sample(ids, 3),
                region=random.choice(("CN-GD", "CN-BJ", "US-NY", None)), amount=Decimal(random.randrange(9000)),
                industry=random.choice(("软件", None)), referrals=random.choice((referrals, ())),
                named_contact=random.choice((*ids, None, None)),
            )
        )  # fmt: skip
        at, customer_id = happened[-1].at, f"cus{random.randrange(number + 1)}"
        others: tuple[Happening, ...] = (
            Moved(at, customer_id, random.choice((*ids, None)), random.random() < 0.5, random.choice(("CN-GD", None))),
            CameAgain(at, customer_id, tuple(random.sample(ids, 1))),
            Won(at, customer_id),
            LeaveTurned(at, random.choice(ids), random.random() < 0.5),
        )
        happened += random.sample(others, random.randrange(3))
    return opening(*reps, old1="rep0", old2="rep2"), happened


def compared(seed: int, leads: int) -> Comparison:
    return compare(random_period(seed, leads), DRAFT, POLICY, PERIOD)


def digest() -> str:
    """The SHA-256 of a comparison as JSON."""
    return hashlib.sha256(compared(3, 150).model_dump_json().encode()).hexdigest()
