"""What happens in a chaos run, drawn from a seed before it begins: leads, what follows each, and who is killed when."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bench.leads import lead as unlike_all_others
from tests.chaos.site import Part

REPS = {"CN-GD": ("li.wei", "zhao.min", "wu.di"), "CN-SH": ("chen.jing", "sun.li"), "US-CA": ("amy.lee", "bob.ray")}
"""In the fourth region from which leads come, CN-ZJ, nobody works."""
SOURCES = ("website", "advertising", "hotline", "crm", "partner", "fair")
NEARBY = 8
"""Half of the duplicates come within this many leads of each other, so that some are under way at once."""


class Then(StrEnum):
    """What is done with a customer once its lead is answered."""

    NOTHING = "nothing"
    FOLLOW_UP = "follow_up"
    RELEASE = "release"
    RELEASE_AND_CLAIM = "release_and_claim"
    CONFIRM = "confirm"
    """Two people say at once who the lead is, when it is in doubt."""


@dataclass(frozen=True)
class Journey:
    """One lead, who the customer really is, and what follows."""

    lead: Mapping[str, Any]
    entity: int
    then: Then
    keyed: bool
    """Whether the lead is sent with an Idempotency-Key."""

    @property
    def name(self) -> str:
        """What the lead is known as for ever."""
        return f"{self.lead['source']}/{self.lead['external_id']}"


class Trouble(StrEnum):
    """What a strike does."""

    KILL = "kill -9"
    FREEZE = "freeze"
    DATABASE_DOWN = "database down"


@dataclass(frozen=True)
class Strike:
    """Trouble for some processes, some seconds after so many leads were answered."""

    after: int
    delay: float
    trouble: Trouble
    parts: tuple[Part, ...] = ()
    lasts: float = 0.0
    """Seconds, unless it is over at once."""


@dataclass(frozen=True)
class Plan:
    """A whole run."""

    journeys: tuple[Journey, ...]
    strikes: tuple[Strike, ...]


def kills(leads: int, seed: int) -> Plan:
    """Each process is killed a few times, and all of them at once in every 200 leads. A seed gives the same always.

    The worker dies some more times by itself: ``dying_worker``.
    """
    rng = random.Random(seed)
    times = {Part.API: max(2, leads // 80), Part.TEMPORAL: max(2, leads // 80), Part.WORKER: max(1, leads // 120)}
    victims = [(part,) for part in Part for _ in range(times[part])] + [tuple(Part)] * max(1, leads // 200)
    rng.shuffle(victims)
    moments = sorted(rng.randrange(leads // 20, leads * 19 // 20) for _ in victims)
    strikes = tuple(
        Strike(moment, round(rng.uniform(0, 1), 3), Trouble.KILL, parts)
        for moment, parts in zip(moments, victims, strict=True)
    )
    return Plan(_journeys(rng, leads), strikes)


def outages(leads: int, seed: int, *, down: float, frozen: float) -> Plan:
    """The read model's database is away for ``down`` seconds, and later the worker stands still for ``frozen``."""
    strikes = (
        Strike(leads // 4, 0.0, Trouble.DATABASE_DOWN, lasts=down),
        Strike(leads * 3 // 4, 0.0, Trouble.FREEZE, (Part.WORKER,), lasts=frozen),
    )
    return Plan(_journeys(random.Random(seed), leads), strikes)


def _journeys(rng: random.Random, leads: int) -> tuple[Journey, ...]:
    """A fifth are duplicates of others, each under another source; who is in doubt or given back has none."""
    firsts = [(rng.uniform(0, leads), _first(rng, entity)) for entity in range(leads - leads // 5)]
    repeatable = [
        (at, journey)
        for at, journey in firsts
        if not _shares_a_line(journey.entity) and journey.then in (Then.NOTHING, Then.FOLLOW_UP)
    ]
    placed = list(firsts)
    for number in range(leads // 5):
        at, first = rng.choice(repeatable)
        near = rng.random() < 0.5
        moment = at + rng.uniform(-NEARBY, NEARBY) if near else rng.uniform(0, leads)
        placed.append((moment, _duplicate(rng, first, number)))
    return tuple(journey for _, journey in sorted(placed, key=lambda it: it[0]))


def _shares_a_line(entity: int) -> bool:
    """Two of twenty have one fixed line: the second to come is in doubt."""
    return entity % 20 < 2


def _first(rng: random.Random, entity: int) -> Journey:
    """A lead that nobody takes for another's: who is only alike would be in doubt."""
    lead = unlike_all_others(entity)
    region = lead["region"]
    lead |= {
        "source": rng.choice(SOURCES),
        "external_id": str(entity),
        "phones": [f"+86 139 {entity // 10000:04} {entity % 10000:04}"],
    }
    then, kind = Then.NOTHING, rng.random()
    if _shares_a_line(entity):
        lead["phones"] = [f"+86 20 8{entity // 20:03} 0000"]
        then = Then.CONFIRM if entity % 40 < 20 else Then.NOTHING
    elif kind < 0.2 and region in REPS:
        show = {"name": "广交会", "date": "2026-10-15", "contact": rng.choice(REPS[region])}
        lead |= {"customer_type": "trade_show", "show": show}
        then = rng.choice([Then.NOTHING, Then.FOLLOW_UP, Then.RELEASE])
    elif kind < 0.3:
        lead["customer_type"] = "key_account"
    elif kind < 0.4 and region in REPS:
        then = Then.RELEASE_AND_CLAIM
    return Journey(lead, entity, then, keyed=rng.random() < 0.3)


def _duplicate(rng: random.Random, first: Journey, number: int) -> Journey:
    known = first.lead
    lead: dict[str, Any] = {
        "source": rng.choice([source for source in SOURCES if source != known["source"]]),
        "external_id": f"again-{number}",
        "phones": [known["phones"][0].replace(" ", "-")],
        "region": known["region"],
    }
    if rng.random() < 0.5:
        lead |= {"company": known["company"], "emails": [known["emails"][0].upper()]}
    return Journey(lead, first.entity, Then.NOTHING, keyed=rng.random() < 0.3)
