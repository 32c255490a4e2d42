"""What people answered when they were asked whether two are one customer, read from the decision traces."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from domain.audit import AUDITED
from domain.identity import Candidate, Identification, Outcome
from domain.matching.decision import HELD_BACK
from store.rows import table_of
from store.tables import DecisionRow

CONFIRMED = "confirmed"
"""The reason of a decision that is a person's word."""

_decision = table_of(DecisionRow).c
_AT_LEAST_TWO = (
    select(_decision.lead_id).where(_decision.lead_id.is_not(None)).group_by(_decision.lead_id).having(func.count() > 1)
)
_TRACES = (
    select(_decision.lead_id, _decision.trace)
    .where(_decision.lead_id.in_(_AT_LEAST_TWO))
    .order_by(_decision.lead_id, _decision.at)
    .execution_options(yield_per=1000)
)


@dataclass(frozen=True, slots=True)
class PersonsAnswer:
    """A lead and a customer of whom a person said whether they are one.

    Attributes:
        score: what the model had said, 0 to 1.
        same: the person's word.
        audited: whether it was asked by chance, and not because it was in doubt.
    """

    score: float
    same: bool
    audited: bool


def persons_answers(session: Session) -> Iterator[PersonsAnswer]:
    """Yields every answer about a customer who was only alike; where a key was shared, the model did not decide."""
    for _lead_id, decisions in groupby(session.connection().execute(_TRACES), key=attrgetter("lead_id")):
        question: Identification | None = None
        for decision in decisions:
            found = _identification(decision.trace)
            if found and found.outcome is Outcome.NEEDS_CONFIRMATION:
                question = found
            elif found and question and found.reason == CONFIRMED:
                chosen = found.candidates[0].id if found.candidates else None
                yield from _answered(question, chosen)
                question = None


def _identification(trace: dict[str, Any]) -> Identification | None:
    kept = trace.get("identification")
    return Identification.model_validate(kept) if kept else None


def _answered(question: Identification, chosen: str | None) -> Iterator[PersonsAnswer]:
    for candidate in question.candidates:
        if _by_the_model(candidate):
            yield PersonsAnswer(candidate.confidence, candidate.id == chosen, question.reason == AUDITED)


def _by_the_model(candidate: Candidate) -> bool:
    return not candidate.matched_on and not candidate.conflicts_on and HELD_BACK.isdisjoint(candidate.reasons)
