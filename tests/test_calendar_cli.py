"""``oneowner calendar``: a year that people can check, in their language."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from tests.examples import POLICY_TEXT

RUNNER = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})


def printed(*arguments: str, code: int = 0) -> str:
    """What the command prints."""
    result = RUNNER.invoke(app, ["calendar", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def weeks(output: str, heading: str) -> list[list[str]]:
    """The weeks of a month, a word a day."""
    lines = output.partition(heading)[2].splitlines()[2:]
    return [line.split() for line in lines[: lines.index(next(line for line in lines if not line.strip()))]]


def test_a_year_in_chinese() -> None:
    output = printed("office", "--year", "2026", "--lang", "zh")
    assert weeks(output, "2026-02：16 个工作日") == [
        ["1·"],
        ["2", "3", "4", "5", "6", "7·", "8·"],
        ["9", "10", "11", "12", "13", "14班", "15·"],
        ["16休", "17休", "18休", "19休", "20休", "21·", "22·"],
        ["23休", "24", "25", "26", "27", "28班"],
    ]
    assert output.count("个工作日") == 12
    assert "Asia/Shanghai" in output
    assert "调休安排未知" not in output


def test_a_year_of_which_not_everything_is_known_in_english() -> None:
    output = printed("office", "--year", "2035", "--lang", "en")
    assert weeks(output, "2035-10: 20 working days")[0] == ["1H", "2H", "3H", "4", "5", "6·", "7·"]
    assert "2035: the make-up days are not known" in output


def test_an_override_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY_TEXT.replace("overrides: {}", "overrides: {2026-12-31: off, 2026-12-26: working}"))
    monkeypatch.setenv("ONEOWNER_POLICY_FILE", str(policy))
    last = weeks(printed("office", "--year", "2026", "--lang", "en"), "2026-12: 23 working days")
    assert (last[-2][-2:], last[-1]) == (["26W", "27·"], ["28", "29", "30", "31H"])


@pytest.mark.parametrize(("lang", "said"), [("en", "no calendar factory; it has: office"), ("zh", "没有日历 factory")])
def test_a_calendar_that_does_not_exist(lang: str, said: str) -> None:
    assert said in printed("factory", "--lang", lang, code=1)


def test_a_policy_that_breaks_a_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY_TEXT.replace("Asia/Shanghai", "Asia/Shenzhen"))
    monkeypatch.setenv("ONEOWNER_POLICY_FILE", str(policy))
    assert "calendars.office.time_zone" in printed("office", code=1)
