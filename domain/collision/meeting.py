"""Putting down that reps meet: what every detector ends with."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import JsonValue

from domain.collision.detector import Detector
from domain.collision.scene import Known
from domain.collision.sighting import Sighting
from domain.happening import Happening


def meeting(
    detector: Detector,
    happened: Happening,
    customers: Iterable[Known | str],
    reps: Iterable[str | None],
    **evidence: JsonValue,
) -> Iterator[Sighting]:
    """What was seen, once, or nothing where there are no two reps, or no customer on whom they meet.

    Args:
        detector: who sees it.
        happened: the event.
        customers: on whom they meet, the most concerned first.
        reps: who meet, the owner first.
        evidence: what shows it.
    """
    met = tuple(dict.fromkeys(rep_id for rep_id in reps if rep_id is not None))
    on = tuple(dict.fromkeys(it if isinstance(it, str) else it.id for it in customers))
    if len(met) > 1 and on:
        yield Sighting(
            detector=detector, customer_ids=on, rep_ids=met, event_id=happened.id, at=happened.at, evidence=evidence
        )


def named(happened: Happening, name: str) -> str | None:
    """A text that an event tells, if it does."""
    value = happened.data.get(name)
    return value if isinstance(value, str) else None


def time_of(happened: Happening, name: str) -> datetime:
    """A time that an event tells; the event's own where it tells none."""
    told = named(happened, name)
    return datetime.fromisoformat(told) if told else happened.at
