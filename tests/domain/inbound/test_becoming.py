"""What becomes of a report, by who is on either side of it."""

from typing import Any

import pytest

from domain.inbound.becoming import Becoming, Outcome, Reason, Rules, Scene, Unknown, Who, what_becomes
from domain.inbound.line import Party
from domain.inbound.reported import (
    CallEnded,
    CallStarted,
    CampaignTouched,
    Direction,
    EmailSeen,
    FormFilled,
    Reported,
    ReportedLead,
)

WANG = Party(phones=("+8613800138000",))
KNOWN = {"party": WANG, "who": Who.CERTAIN, "customer_id": "cus_1", "owner_id": "li.wei"}
CALL = {"source_id": "c1", "caller": "13800138000", "called": "8001", "direction": Direction.INBOUND}


def ended(seconds: int = 95, *, answered: bool = True) -> CallEnded:
    return CallEnded(**CALL, answered=answered, seconds=seconds)


def mail(direction: Direction = Direction.INBOUND, **fields: Any) -> EmailSeen:
    return EmailSeen(source_id="m1", theirs="wang@example.com", ours=("li@ours.cn",), direction=direction, **fields)


def became(reported: Reported, rules: Rules | None = None, **scene: Any) -> tuple[Outcome, Reason, str | None]:
    found = what_becomes(reported, Scene(**scene), rules or Rules())
    return found.outcome, found.reason, found.rep_id


@pytest.mark.parametrize(
    ("reported", "reps", "expected"),
    [
        (ended(), ("li.wei",), (Outcome.FOLLOW_UP, Reason.BY_THE_OWNER, "li.wei")),
        (ended(30), ("li.wei",), (Outcome.FOLLOW_UP, Reason.BY_THE_OWNER, "li.wei")),
        (ended(29), ("li.wei",), (Outcome.TOUCH, Reason.TOO_SHORT, "li.wei")),
        (ended(answered=False), ("li.wei",), (Outcome.TOUCH, Reason.NOT_ANSWERED, "li.wei")),
        (ended(), ("li.na",), (Outcome.TOUCH, Reason.NOT_BY_THE_OWNER, "li.na")),
        (ended(), ("li.na", "li.wei"), (Outcome.FOLLOW_UP, Reason.BY_THE_OWNER, "li.wei")),
        (ended(), (), (Outcome.TOUCH, Reason.NO_REP_KNOWN, None)),
        (CallStarted(**CALL), ("li.wei",), (Outcome.NOTHING, Reason.CALL_GOES_ON, None)),
        (CallStarted(**CALL), ("li.na",), (Outcome.TOUCH, Reason.NOT_BY_THE_OWNER, "li.na")),
        (mail(answer=True), ("li.wei",), (Outcome.FOLLOW_UP, Reason.BY_THE_OWNER, "li.wei")),
        (mail(), ("li.wei",), (Outcome.TOUCH, Reason.NOT_ANSWERED, "li.wei")),
        (mail(Direction.OUTBOUND, answer=True), ("li.wei",), (Outcome.TOUCH, Reason.NOT_ANSWERED, "li.wei")),
        (mail(answer=True), ("li.na",), (Outcome.TOUCH, Reason.NOT_BY_THE_OWNER, "li.na")),
        (mail(answer=True, automatic=True), ("li.wei",), (Outcome.NOTHING, Reason.AUTOMATIC, None)),
        (
            CampaignTouched(source_id="k", theirs="wang@example.com", campaign="双十一", action="click"),
            (),
            (Outcome.TOUCH, Reason.CAMPAIGN, None),
        ),
    ],
)
def test_of_a_known_customer(reported: Reported, reps: tuple[str, ...], expected: tuple[Any, ...]) -> None:
    assert became(reported, rep_ids=reps, **KNOWN) == expected


def test_a_collaborators_call_is_a_follow_up() -> None:
    scene = {**KNOWN, "rep_ids": ("chen.jing",), "collaborators": frozenset({"chen.jing"})}
    assert became(ended(), **scene) == (Outcome.FOLLOW_UP, Reason.BY_THE_OWNER, "chen.jing")


@pytest.mark.parametrize(
    ("unknown", "outcome", "reason"),
    [
        (Unknown.LEAD, Outcome.LEAD, Reason.NOBODY_KNOWN),
        (Unknown.KEEP, Outcome.UNMATCHED, Reason.NOBODY_KNOWN),
        (Unknown.DROP, Outcome.NOTHING, Reason.NOT_A_CUSTOMER),
    ],
)
def test_of_somebody_unknown_by_the_connectors_rule(unknown: Unknown, outcome: Outcome, reason: Reason) -> None:
    rules = Rules(unknown=unknown)
    for reported in (ended(), ended(answered=False), mail()):
        assert became(reported, rules, party=WANG, rep_ids=("li.wei",))[:2] == (outcome, reason)


def test_whom_our_people_write_to_is_nobodys_business() -> None:
    for unknown in Unknown:
        found = became(mail(Direction.OUTBOUND), Rules(unknown=unknown), party=WANG)
        assert found == (Outcome.NOTHING, Reason.NOT_A_CUSTOMER, None)


def test_a_call_of_an_unknown_number_waits_for_its_end() -> None:
    found = became(CallStarted(**CALL), Rules(unknown=Unknown.LEAD), party=WANG)
    assert found == (Outcome.NOTHING, Reason.CALL_GOES_ON, None)


def test_a_beginning_after_the_end_says_nothing_more() -> None:
    found = became(CallStarted(**CALL), over=True, rep_ids=("li.na",), **KNOWN)
    assert found == (Outcome.NOTHING, Reason.CALL_IS_OVER, None)


def test_who_is_not_certain_is_asked_about() -> None:
    scene = Scene(party=WANG, who=Who.POSSIBLE, candidates=("cus_1", "cus_2"), rep_ids=("li.wei",))
    assert what_becomes(ended(), scene, Rules(unknown=Unknown.LEAD)) == Becoming(
        Outcome.UNMATCHED, Reason.SEVERAL_POSSIBLE, "li.wei", candidates=("cus_1", "cus_2")
    )


def test_colleagues_among_themselves_and_withheld_numbers_are_passed_over() -> None:
    assert became(ended(), internal=True, rep_ids=("li.wei", "li.na")) == (Outcome.NOTHING, Reason.INTERNAL, None)
    assert became(ended(), rep_ids=("li.wei",)) == (Outcome.NOTHING, Reason.NOBODY_NAMED, None)


def test_a_form_is_a_lead_or_a_question() -> None:
    lead = ReportedLead.model_validate({"emails": ["wang@example.com"]})
    assert became(FormFilled(source_id="f", lead=lead))[:2] == (Outcome.LEAD, Reason.SUBMITTED)
    assert became(FormFilled(source_id="f"))[:2] == (Outcome.UNMATCHED, Reason.NOBODY_NAMED)
    assert became(FormFilled(source_id="f"), **KNOWN)[:2] == (Outcome.TOUCH, Reason.SUBMITTED)


def test_a_persons_word_makes_a_lead() -> None:
    assert became(ended(), chosen=Outcome.LEAD, party=WANG)[:2] == (Outcome.LEAD, Reason.SUBMITTED)
