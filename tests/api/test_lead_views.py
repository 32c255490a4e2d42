"""Leads as callers see them: codes for programs, sentences for people, in both languages."""

import pytest

from api.lead_views import LeadStatus, lead_view
from domain.answer import Answer
from domain.confirmation import begin_waiting
from domain.identity import Candidate, Evidence, Outcome
from domain.matching.decision import Reason
from domain.matching.features import FEATURES
from domain.policy import KeyKind
from messages import LOCALES, message
from tests.examples import AT, POLICY

DOUBT = Answer(
    lead_id="lead_1",
    outcome=Outcome.NEEDS_CONFIRMATION,
    reason="possible_match",
    confidence=0.6,
    decision_id="dec_1",
    waiting=begin_waiting(POLICY.confirmation, AT, ["li.na"]),
    candidates=(
        Candidate(
            id="cus_1",
            matched_on=(KeyKind.PHONE,),
            confidence=0.7,
            certain=False,
            reasons=(Reason.NOTHING_TIES,),
            evidence=(Evidence(feature="phone", adds=2.5), Evidence(feature="name_words_conflict", adds=-3.0)),
            probability=0.2,
        ),
    ),
)


def chinese(text: str) -> bool:
    return any("一" <= character <= "鿿" for character in text)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_feature_and_every_rule_has_its_words(locale: str) -> None:
    names = [f"feature-{name.replace('_', '-')}" for name in FEATURES]
    names += [f"match-{reason.value.replace('_', '-')}" for reason in Reason]
    texts = [message(locale, name) for name in names]
    assert all(chinese(text) == (locale == "zh-CN") for text in texts)
    assert len(set(texts)) == len(texts), "no two sound the same"


@pytest.mark.parametrize(("locale", "phone"), [("zh-CN", "电话相同"), ("en", "The same phone number")])
def test_a_doubt_says_who_is_asked_when_what_happens_and_what_speaks_for_whom(locale: str, phone: str) -> None:
    view = lead_view(DOUBT, locale)
    assert (view.status, view.asked, len(view.due)) == (LeadStatus.WAITING, ("li.na",), 3)
    [candidate] = view.candidates
    assert [(one.feature, one.adds) for one in candidate.evidence] == [("phone", 2.5), ("name_words_conflict", -3.0)]
    assert candidate.evidence[0].text == phone
    assert candidate.reasons[0].code is Reason.NOTHING_TIES
    assert chinese(candidate.reasons[0].text) == (locale == "zh-CN")


def test_a_settled_lead_asks_nobody() -> None:
    settled = DOUBT.model_copy(update={"outcome": Outcome.NEW_CUSTOMER, "waiting": None, "candidates": ()})
    view = lead_view(settled, "en")
    assert (view.status, view.asked, view.due, view.candidates) == (LeadStatus.SETTLED, (), (), ())
