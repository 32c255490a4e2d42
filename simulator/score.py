"""How good the detectors were: what they saw, beside what was really the case."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.collision.detector import Detector
from domain.collision.rules import CollisionRules
from simulator.result import DetectorScore
from simulator.truth import Meeting


@dataclass(frozen=True)
class Seen:
    """A sighting, as real customers."""

    detector: Detector
    at: datetime
    companies: frozenset[int]
    reps: frozenset[str]
    in_good_faith: bool
    """Whether a colleague did it, or something before it, for whoever has the customer."""
    mistaken: bool
    """Whether its lead is about another customer, or its record stands for several."""


@dataclass(frozen=True)
class Settled:
    """A case that was over, after which its reps are left alone for a while."""

    at: datetime
    companies: frozenset[int]
    reps: frozenset[str]


def scores(
    seen: Sequence[Seen], meetings: Sequence[Meeting], settled: Sequence[Settled], rules: CollisionRules
) -> list[DetectorScore]:
    """Every detector's precision and recall.

    What a detector saw is right when two of its reps were really on one of its customers within its quiet period. A
    meeting is found when the detector that ought to saw two of its reps on its customer within that time; the same
    reps on the same customer in the same way count once in that time, as they do for the detector. One soon after a
    case of the same reps was settled is silenced, as the policy wants it, and is not counted against a detector.
    """
    quiet = {it: timedelta(days=rules.of(it).quiet_days) for it in Detector}
    once = _once(meetings, quiet)
    return [_score(it, seen, once, meetings, settled, quiet[it]) for it in Detector]


def _score(
    detector: Detector,
    seen: Sequence[Seen],
    once: Sequence[Meeting],
    meetings: Sequence[Meeting],
    settled: Sequence[Settled],
    quiet: timedelta,
) -> DetectorScore:
    own = [it for it in seen if it.detector is detector]
    wrong = [it for it in own if not any(_about(meeting, it, quiet) for meeting in meetings)]
    due = [it for it in once if it.way is detector]
    missed = [it for it in due if not any(_about(it, sight, quiet) for sight in own)]
    silenced = [it for it in missed if any(_silences(case, it, quiet) for case in settled)]
    by_others = [it for it in missed if it not in silenced and any(_about(it, sight, quiet) for sight in seen)]
    return DetectorScore(
        detector=detector,
        sightings=len(own),
        right=len(own) - len(wrong),
        wrong=dict(sorted(Counter(_reason(it) for it in wrong).items())),
        meetings=len(due),
        found=len(due) - len(missed),
        silenced=len(silenced),
        found_by_others=len(by_others),
    )


def _once(meetings: Sequence[Meeting], quiet: Mapping[Detector, timedelta]) -> list[Meeting]:
    kept: list[Meeting] = []
    last: dict[tuple[object, ...], datetime] = {}
    for it in sorted(meetings, key=lambda it: it.at):
        about = (it.way, it.companies, it.reps)
        if about not in last or it.at - last[about] >= quiet[it.way]:
            last[about] = it.at
            kept.append(it)
    return kept


def _about(meeting: Meeting, sight: Seen, quiet: timedelta) -> bool:
    near = meeting.at - quiet < sight.at and sight.at - quiet < meeting.until
    return near and meeting.overlaps(sight.companies, sight.reps)


def _silences(case: Settled, meeting: Meeting, quiet: timedelta) -> bool:
    soon = case.at <= meeting.at < case.at + quiet
    return soon and bool(case.companies & meeting.companies) and case.reps >= meeting.reps


def _reason(sight: Seen) -> str:
    if sight.mistaken:
        return "other_customer"
    return "good_faith" if sight.in_good_faith else "nobody_chased"
