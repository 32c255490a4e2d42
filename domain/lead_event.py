"""What may happen to a lead. Each kind has a sentence in the catalogues: ``lead-event-`` and the kind in kebab-case."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import JsonValue

from domain.answer import Answer, Settlement
from domain.event import SYSTEM
from domain.submission import Choice, Registration


class LeadEventKind(StrEnum):
    """The kinds of events on a lead's timeline. Those of a stage are named as the stage is."""

    RECEIVED = "received"
    ASKED = "asked"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    UNSURE = "unsure"
    HANDED_OVER = "handed_over"
    ANSWERED = "answered"
    TIME_UP = "time_up"
    SETTLED = "settled"


@dataclass(frozen=True)
class LeadEvent:
    """One thing that happened to a lead, and by whom."""

    kind: LeadEventKind
    actor: str
    data: dict[str, JsonValue] = field(default_factory=dict)
    cause: str | None = None
    """The id of what brought it about, of what may happen to a lead more than once."""


def events_of(registration: Registration, before: Settlement | None, answer: Answer) -> Iterator[LeadEvent]:
    """What a pass over a lead puts on its timeline, in order.

    Args:
        registration: the pass.
        before: how the lead stood before it; None on the first.
        answer: how it stands now.
    """
    lead, choice, waiting = registration.submission.lead, registration.choice, answer.waiting
    actor = choice.by if choice else SYSTEM
    if before is None:
        yield LeadEvent(LeadEventKind.RECEIVED, lead.submitted_by or SYSTEM, {"source": lead.source})
        if waiting:
            yield LeadEvent(LeadEventKind.ASKED, SYSTEM, {"asked": [*waiting.asked]})
    if choice:
        yield LeadEvent(LeadEventKind.ANSWERED, actor, answer_of(choice))
    if registration.time_up and before and before.answer.waiting:
        yield LeadEvent(LeadEventKind.TIME_UP, SYSTEM, {"default": before.answer.waiting.default})
    if not waiting:
        data: dict[str, JsonValue] = {
            "outcome": answer.outcome, "reason": answer.reason, "customer_id": answer.customer_id,
        }  # fmt: skip
        yield LeadEvent(LeadEventKind.SETTLED, actor, data)


def answer_of(choice: Choice) -> dict[str, JsonValue]:
    """What a person said, as they said it."""
    answer = "unsure" if choice.unsure else "new" if choice.customer_id is None else "same"
    return {"answer": answer, "customer_id": choice.customer_id, "comment": choice.comment}
