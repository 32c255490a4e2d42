"""The audit sample: a fixed share of the leads, and questions only where likeness alone had decided."""

import pytest

from domain.audit import AUDITED, LEAST_LIKELY, audited, drawn
from domain.identity import Candidate, Identification, Outcome
from domain.matching.decision import Match, Reason, Verdict
from domain.policy import KeyKind

NEW = Identification(outcome=Outcome.NEW_CUSTOMER, reason="no_match", confidence=1.0)


def duplicate(*matched_on: KeyKind) -> Identification:
    candidate = Candidate(id="cus_1", matched_on=matched_on, confidence=0.99, certain=True, reasons=(Reason.MODEL,))
    return Identification(outcome=Outcome.DUPLICATE, reason="certain_match", confidence=0.99, candidates=(candidate,))


def unlike(probability: float) -> Match:
    return Match(Verdict.NEW, probability, (Reason.MODEL,), ())


def test_a_lead_is_drawn_each_time_or_never_and_the_share_holds() -> None:
    leads = [f"lead_{number}" for number in range(4000)]
    sample = {lead for lead in leads if drawn(lead, 0.1)}
    assert sample == {lead for lead in leads if drawn(lead, 0.1)}
    assert 320 < len(sample) < 480
    assert sample <= {lead for lead in leads if drawn(lead, 0.2)}
    assert (sum(drawn(lead, 0.0) for lead in leads), sum(drawn(lead, 1.0) for lead in leads)) == (0, 4000)


def test_a_duplicate_by_likeness_becomes_a_question_with_its_candidates() -> None:
    found = audited(duplicate(), {}, frozenset())
    assert (found.outcome, found.reason) == (Outcome.NEEDS_CONFIRMATION, AUDITED)
    assert found.candidates == duplicate().candidates


def test_what_an_exact_key_decided_is_left_alone() -> None:
    by_mobile = duplicate(KeyKind.MOBILE)
    assert audited(by_mobile, {}, frozenset()) is by_mobile


def test_a_new_customer_is_asked_about_beside_the_most_alike() -> None:
    found = audited(NEW, {"cus_1": unlike(0.01), "cus_2": unlike(0.03), "lead_3": unlike(0.04)}, frozenset({"lead_3"}))
    assert (found.outcome, found.reason, found.confidence) == (Outcome.NEEDS_CONFIRMATION, AUDITED, 0.03)
    assert [(candidate.id, candidate.certain) for candidate in found.candidates] == [("cus_2", False)]


@pytest.mark.parametrize("likeness", [{}, {"cus_1": unlike(LEAST_LIKELY / 2)}])
def test_a_new_customer_like_nobody_is_not_asked_about(likeness: dict[str, Match]) -> None:
    assert audited(NEW, likeness, frozenset()) is NEW


def test_a_question_stays_the_question_that_it_was() -> None:
    asked = NEW.model_copy(update={"outcome": Outcome.NEEDS_CONFIRMATION, "reason": "possible_match"})
    assert audited(asked, {"cus_1": unlike(0.5)}, frozenset()) is asked
