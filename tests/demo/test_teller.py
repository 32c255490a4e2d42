"""The terminal: the reader's language, plain lines where nobody looks, and a word for every code."""

import io
from collections.abc import Iterable
from itertools import chain

import pytest
from rich.console import Console

from demo.rows import Expect
from demo.teller import Teller, terminal_teller
from demo.words import Words
from domain.assignment import Assignment, Reason, Trial
from domain.follow_up import Stage
from domain.policy import KeyKind
from domain.policy_file import parse_policy
from domain.rules.methods import Method
from messages import LOCALES, has_message
from settings import PROJECT_ROOT

POLICY = parse_policy((PROJECT_ROOT / "policies" / "default.yaml").read_text(encoding="utf-8"))
DOUBTS = ("several_customers", "waiting_lead", "conflicting_identifier", "possible_match")


def telling(locale: str = "en", *, terminal: bool = False, width: int = 60) -> tuple[Teller, io.StringIO]:
    """A teller and what it prints on."""
    paper = io.StringIO()
    return Teller(Console(file=paper, force_terminal=terminal, width=width), locale), paper


@pytest.mark.parametrize(
    ("variables", "flag", "locale"),
    [
        ({"LANG": "zh_CN.UTF-8"}, None, "zh-CN"),
        ({"LANG": "zh_TW.UTF-8"}, None, "zh-CN"),
        ({"LANG": "en_GB.UTF-8"}, None, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN"}, None, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8", "LC_ALL": ""}, None, "en"),
        ({"LANG": "C.UTF-8"}, None, "en"),
        ({}, None, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "en", "en"),
        ({"LANG": "en_GB.UTF-8"}, "zh", "zh-CN"),
    ],
)
def test_the_language_is_the_flags_or_the_terminals(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], flag: str | None, locale: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert terminal_teller(flag).locale == locale


def test_without_a_terminal_there_are_lines_and_no_bar() -> None:
    teller, paper = telling("zh-CN")
    with teller.progress("demo-submitting", 3) as step:
        for _ in range(3):
            step()
    assert paper.getvalue() == "正在提交线索：3 / 3\n"


def test_a_terminal_shows_a_bar_and_takes_it_away() -> None:
    teller, paper = telling(terminal=True)
    with teller.progress("demo-submitting", 2) as step:
        step()
        step()
    assert "━" in paper.getvalue()
    assert "Submitting leads: " not in paper.getvalue()


def test_numbers_stand_right_and_marks_stay_as_they_are() -> None:
    teller, paper = telling()
    teller.table([(7, "[bold]广东"), (120, ":smile:")], "demo-leads", "demo-region")
    assert [line.rstrip() for line in paper.getvalue().splitlines()[-2:]] == ["    7   [bold]广东", "  120   :smile:"]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_words(locale: str) -> None:
    kinds: dict[str, Iterable[str]] = {
        "key": KeyKind,
        "method": Method,
        "stage": Stage,
        "reason": chain(Reason, DOUBTS),
        "demo-outcome": Expect,
    }
    for kind, codes in kinds.items():
        for code in codes:
            assert has_message(locale, f"{kind}-{code.replace('_', '-')}"), (kind, code)


@pytest.mark.parametrize(("locale", "name"), [("en", "Waiting for management"), ("zh-CN", "待管理层指定")])
def test_queues_are_named_by_the_policy(locale: str, name: str) -> None:
    words = Words(telling(locale)[0], POLICY, {})
    assert words.queue("management") == name
    assert words.queue("public") == telling(locale)[0].text("demo-pool")


def test_a_trace_in_words_says_who_was_considered_and_why_the_others_were_not() -> None:
    trials = (
        Trial(method=Method.SHOW_CONTACT, reason=Reason.NOT_NAMED),
        Trial(
            method=Method.ROTATION,
            reason=Reason.CHOSEN,
            rep_id="wang.fang",
            considered=("li.wei", "wang.fang"),
            pool="CN-GD",
        ),
    )
    chosen = Assignment(owner_id="wang.fang", queue=None, reason=Reason.CHOSEN, method=Method.ROTATION, trials=trials)
    words = Words(telling("zh-CN")[0], POLICY, {"wang.fang": "王芳", "li.wei": "李伟"})
    assert words.trace(chosen) == [("展台销售", "未指定"), ("轮流", "王芳：在李伟、王芳之中最久未轮到")]
