"""What becomes of a sighting: it opens a case, joins one, is counted, or is nothing new."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from domain.collision.rules import CollisionRules
from domain.collision.sighting import Sighting
from domain.collision.weighing import together

T = TypeVar("T")


class Verdict(StrEnum):
    """What becomes of a sighting."""

    OPENS = "opens"
    JOINS = "joins"
    COUNTED = "counted"
    """It weighs too little to open a case, and weighs in with what is seen later."""
    KNOWN = "known"
    """The same thing was seen within the quiet period."""
    QUIET = "quiet"
    """A case of these reps was settled within the quiet period."""


@dataclass
class Entry:
    """A case as it stands."""

    case_id: str
    risk: bool
    opened_at: datetime
    settled_at: datetime | None
    customer_ids: set[str]
    rep_ids: set[str]
    event_ids: set[str] = field(default_factory=set)
    """The events in which its sightings were seen."""


@dataclass(frozen=True)
class Noted:
    """A sighting that is on record, and its case if it belongs to one."""

    id: str
    sighting: Sighting
    case_id: str | None


@dataclass(frozen=True)
class Placing:
    """What becomes of one sighting, and why."""

    verdict: Verdict
    entry: Entry | None = None
    """The case that it joins, or that keeps it quiet."""
    weight: float = 0.0
    """What it and what was counted before weigh together."""
    earlier: tuple[Noted, ...] = ()
    """What was counted before and belongs to the case that is opened."""
    turns: bool = False
    """Whether a risk becomes a collision by it."""
    alerts: bool = True
    """Whether somebody learns something: not of a second look at one event, nor of a sign too light for a case."""


class Docket:
    """Cases and sightings about certain customers, as they are and as they become while sightings are placed."""

    def __init__(self, rules: CollisionRules) -> None:
        self._rules = rules
        self._entries: dict[str, dict[str, Entry]] = defaultdict(dict)
        self._noted: dict[str, dict[str, Noted]] = defaultdict(dict)

    def take_up(self, entry: Entry) -> None:
        """Put a case on it."""
        for customer_id in entry.customer_ids:
            self._entries[customer_id][entry.case_id] = entry

    def note(self, noted: Noted) -> None:
        """Put a sighting on it, or what case it belongs to by now."""
        for customer_id in noted.sighting.customer_ids:
            self._noted[customer_id][noted.id] = noted

    def place(self, id_: str, sighting: Sighting) -> Placing:
        """What becomes of a sighting with this id. Nothing is put down by it."""
        rule = self._rules.of(sighting.detector)
        quiet = timedelta(days=rule.quiet_days)
        noted = self._about(self._noted, sighting)
        if id_ in noted or any(
            it.sighting.like(sighting) and it.sighting.near(sighting, quiet) for it in noted.values()
        ):
            return Placing(Verdict.KNOWN)
        entries = self._about(self._entries, sighting).values()
        met = [entry for entry in entries if not entry.rep_ids.isdisjoint(sighting.rep_ids)]
        open_ = [entry for entry in met if entry.settled_at is None]
        if open_:
            entry = min(open_, key=lambda it: (it.opened_at, it.case_id))
            heavy = rule.weight >= self._rules.opens_at
            turns = entry.risk and not sighting.risk and heavy
            somebody_new = not entry.rep_ids >= set(sighting.rep_ids)
            alerts = turns or somebody_new or (heavy and sighting.event_id not in entry.event_ids)
            return Placing(Verdict.JOINS, entry, rule.weight, turns=turns, alerts=alerts)
        for entry in met:
            if _keeps_quiet(entry, sighting, quiet):
                return Placing(Verdict.QUIET, entry)
        return self._weighed(sighting, noted.values())

    def _weighed(self, sighting: Sighting, noted: Iterable[Noted]) -> Placing:
        counted = tuple(
            it
            for it in noted
            if it.case_id is None
            and it.sighting.meets(sighting)
            and it.sighting.near(sighting, timedelta(days=self._rules.of(it.sighting.detector).quiet_days))
        )
        signs = {it.sighting.detector for it in counted} | {sighting.detector}
        weight = together(self._rules.of(sign).weight for sign in signs)
        opens = weight >= self._rules.opens_at
        return Placing(Verdict.OPENS if opens else Verdict.COUNTED, weight=weight, earlier=counted if opens else ())

    @staticmethod
    def _about(known: Mapping[str, dict[str, T]], sighting: Sighting) -> dict[str, T]:
        return {id_: it for customer_id in sighting.customer_ids for id_, it in known.get(customer_id, {}).items()}


def _keeps_quiet(entry: Entry, sighting: Sighting, quiet: timedelta) -> bool:
    """Whether a case that is over speaks for its reps. A risk that nobody took up says nothing of a collision."""
    if entry.settled_at is None or sighting.at >= entry.settled_at + quiet:
        return False
    return entry.rep_ids >= set(sighting.rep_ids) and (sighting.risk or not entry.risk)
