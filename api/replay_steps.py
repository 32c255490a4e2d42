"""A history told step by step: what the workflow did, what was decided there and why, in words."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from api.explanations import explanation_view
from archive.steps import HistoryStep, StepKind
from messages import has_message, message
from store.recorded import Recorded

_ROUNDING = timedelta(milliseconds=1)


class RecordedView(BaseModel):
    """What was written down in a step."""

    id: str
    kind: str
    text: str
    decision_id: str | None
    policy_version: str | None
    explanation: str | None = Field(description="Why the customer went where it went, when that was decided here.")


class StepView(BaseModel):
    """A step of a workflow."""

    event_id: int = Field(description="Of the history's event, counted from 1.")
    at: datetime
    kind: StepKind
    name: str
    text: str
    recorded: tuple[RecordedView, ...]


def steps_told(steps: Sequence[HistoryStep], recorded: Sequence[Recorded], locale: str) -> Iterator[StepView]:
    """The steps of one run in words, each with what was written down in it.

    Args:
        steps: of one run, in order.
        recorded: what its workflow wrote, in all of its runs, by time.
        locale: the language.
    """
    begins = steps[0].at - _ROUNDING
    waiting = [it for it in recorded if it.at >= begins]
    for step in steps:
        here: list[Recorded] = []
        if step.kind is StepKind.DONE:  # an activity's rows carry the time at which it was asked for
            here = [it for it in waiting if it.at <= step.at + _ROUNDING]
            waiting = waiting[len(here) :]
        yield StepView(
            event_id=step.event_id,
            at=step.at,
            kind=step.kind,
            name=step.name,
            text=message(locale, f"replay-step-{step.kind.replace('_', '-')}", name=step.name),
            recorded=tuple(_told(it, locale) for it in here),
        )


def _told(it: Recorded, locale: str) -> RecordedView:
    entry = f"{it.source}-{it.kind}".replace("_", "-")
    assignment = (it.trace or {}).get("assignment")
    return RecordedView(
        id=it.id,
        kind=it.kind,
        text=message(locale, entry) if has_message(locale, entry) else it.kind,
        decision_id=it.decision_id,
        policy_version=it.policy_version,
        explanation=explanation_view(assignment, locale).text if assignment else None,
    )
