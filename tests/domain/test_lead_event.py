"""A lead's timeline: what each pass puts on it."""

import pytest

from domain.answer import Answer, Settlement
from domain.confirmation import Stage, begin_waiting
from domain.identity import Outcome
from domain.lead_event import LeadEventKind, answer_of, events_of
from domain.submission import Choice, Registration
from messages import LOCALES, has_message
from tests.examples import AT, LI, POLICY, lead, registration

WAITING = begin_waiting(POLICY.confirmation, AT, [LI.id])
IN_DOUBT = Answer(
    lead_id="lead_1", outcome=Outcome.NEEDS_CONFIRMATION, reason="possible_match", confidence=0.6, decision_id="dec_1",
    waiting=WAITING,
)  # fmt: skip
CLEAR = IN_DOUBT.model_copy(update={"outcome": Outcome.NEW_CUSTOMER, "customer_id": "cus_1", "waiting": None})
BEFORE = Settlement(answer=IN_DOUBT)
FIRST = registration(lead(phones=["13800138000"], submitted_by=LI.id))


@pytest.mark.parametrize(
    ("step", "before", "answer", "happened"),
    [
        (FIRST, None, CLEAR, [("received", LI.id), ("settled", "system")]),
        (FIRST, None, IN_DOUBT, [("received", LI.id), ("asked", "system")]),
        (FIRST, BEFORE, IN_DOUBT, []),
        (FIRST, BEFORE, CLEAR, [("settled", "system")]),
        (FIRST.model_copy(update={"choice": Choice(customer_id=None, by="zhang.wei")}), BEFORE, CLEAR,
         [("answered", "zhang.wei"), ("settled", "zhang.wei")]),
        (FIRST.model_copy(update={"time_up": True}), BEFORE, CLEAR, [("time_up", "system"), ("settled", "system")]),
        (FIRST.model_copy(update={"time_up": True}), BEFORE, IN_DOUBT, [("time_up", "system")]),
    ],
    ids=["clear", "in doubt", "looked again", "clear now", "answered", "decided", "kept waiting"],
)  # fmt: skip
def test_what_a_pass_brings_about(
    step: Registration, before: Settlement | None, answer: Answer, happened: list[tuple[str, str]]
) -> None:
    assert [(event.kind.value, event.actor) for event in events_of(step, before, answer)] == happened


def test_a_settled_lead_says_what_it_came_to() -> None:
    *_, settled = events_of(FIRST, None, CLEAR)
    assert settled.data == {"outcome": "new_customer", "reason": "possible_match", "customer_id": "cus_1"}


@pytest.mark.parametrize(
    ("choice", "answer"),
    [
        (Choice(customer_id="cus_1", by=LI.id), "same"),
        (Choice(customer_id=None, by=LI.id), "new"),
        (Choice(customer_id=None, by=LI.id, unsure=True, comment="不清楚"), "unsure"),
    ],
)
def test_a_word_is_told_as_it_was_said(choice: Choice, answer: str) -> None:
    said = answer_of(choice)
    assert said == {"answer": answer, "customer_id": choice.customer_id, "comment": choice.comment}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_has_its_sentence_and_every_stage_its_kind(locale: str) -> None:
    assert {stage.value for stage in Stage} <= {kind.value for kind in LeadEventKind}
    for kind in LeadEventKind:
        assert has_message(locale, f"lead-event-{kind.value.replace('_', '-')}")
