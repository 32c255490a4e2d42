"""Which side of a call or a message is ours: whatever the system that reports it calls its direction."""

import pytest

from domain.inbound.line import Party, line_of, party_of
from domain.inbound.reported import CallEnded, CampaignTouched, Direction, EmailSeen, FormFilled
from domain.inbound.sides import Sides, lines_in, sides_of

REPS = {"8001": "li.wei", "+8613900139000": "li.na", "chen@ours.cn": "chen.jing"}
WANG = Party(phones=("+8613800138000",))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("+86 138 0013 8000", "+8613800138000"),
        ("13800138000", "+8613800138000"),
        ("0755-26581234", "+8675526581234"),
        ("8001", "8001"),
        ("分机8001", "8001"),
        ("ext. 8001", "8001"),
        ("sip:8001@pbx.example.com", "8001"),
        ("SIP:+8613800138000@trunk.example.com", "+8613800138000"),
        ("client:Li.Wei", "li.wei"),
        ("Li.Wei+crm@Example.com", "li.wei@example.com"),
        ("", None),
        ("   ", None),
        ("!!", None),
        ("王小明", None),
    ],
)
def test_a_line_has_one_form(text: str, line: str | None) -> None:
    assert line_of(text) == line


@pytest.mark.parametrize("text", ["anonymous", "8001", "client:li.wei", "", "sip:8001@pbx.example.com", "a@b@c"])
def test_what_reaches_nobody_outside_is_no_party(text: str) -> None:
    assert party_of(text) is None


def call(caller: str, called: str, direction: Direction = Direction.INBOUND) -> CallEnded:
    return CallEnded(source_id="c", caller=caller, called=called, direction=direction, answered=True)


@pytest.mark.parametrize(
    ("reported", "sides"),
    [
        (call("13800138000", "8001"), Sides(("li.wei",), WANG)),
        (call("8001", "13800138000", Direction.OUTBOUND), Sides(("li.wei",), WANG)),
        (call("13800138000", "139 0013 9000", Direction.OUTBOUND), Sides(("li.na",), WANG)),
        (call("13800138000", "4008123123"), Sides((), WANG)),
        (call("4008123123", "13800138000", Direction.OUTBOUND), Sides((), WANG)),
        (call("anonymous", "8001"), Sides(("li.wei",), None)),
        (call("8001", "13900139000"), Sides(("li.wei", "li.na"), None, internal=True)),
    ],
)
def test_the_end_that_is_a_reps_is_ours(reported: CallEnded, sides: Sides) -> None:
    assert sides_of(reported, REPS) == sides


def test_the_rep_whom_the_system_names_comes_first() -> None:
    named = call("13800138000", "8001").model_copy(update={"rep_id": "zhang.wei"})
    assert sides_of(named, REPS).rep_ids == ("zhang.wei", "li.wei")


def test_a_message_names_colleagues_and_one_other() -> None:
    seen = EmailSeen(
        source_id="m", theirs="Wang@Example.com", ours=("Chen@ours.cn", "sales@ours.cn"),
        direction=Direction.INBOUND, name="王小明",
    )  # fmt: skip
    assert lines_in(seen) == {"wang@example.com", "chen@ours.cn", "sales@ours.cn"}
    assert sides_of(seen, REPS) == Sides(("chen.jing",), Party(emails=("Wang@example.com",), name="王小明"))
    assert sides_of(seen.model_copy(update={"theirs": "chen@ours.cn"}), REPS).internal


def test_campaigns_and_forms_have_one_side() -> None:
    touched = CampaignTouched(source_id="k", theirs="13800138000", campaign="x", action="open", rep_id="li.na")
    assert sides_of(touched, REPS) == Sides(("li.na",), WANG)
    assert sides_of(FormFilled(source_id="f"), REPS) == Sides((), None)
    assert lines_in(FormFilled(source_id="f")) == frozenset()
