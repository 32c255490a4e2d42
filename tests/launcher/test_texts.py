import re
from pathlib import Path

import pytest

import launcher
from launcher import errors
from launcher.errors import LauncherError
from launcher.texts import text
from messages import LOCALES, MissingMessage, has_message

SOURCE = "\n".join(path.read_text() for path in Path(launcher.__file__).parent.glob("*.py"))
CODES = {error.code for error in vars(errors).values() if isinstance(error, type) and issubclass(error, LauncherError)}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_message_that_is_said_is_in_both_languages(locale: str) -> None:
    said = set(re.findall(r'(?:say|text|working)\("([a-z-]+)"', SOURCE)) | CODES - {LauncherError.code}
    said |= {"temporal-unreachable", "api-answers", "temporal-address", "data-folder", "admin-token"}
    assert len(said) > 15
    assert [name for name in sorted(said) if not has_message(locale, name)] == []


def test_both_languages_on_one_line_or_below_each_other() -> None:
    assert text("stopping") == "stopping / 正在停止"
    english, chinese = text("no-temporal-server", reasons="  - x").split("找不到")
    assert english.startswith("No Temporal server")
    assert "  - x" in english
    assert "  - x" in chinese


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(MissingMessage):
        text("folder-in-use", folder="x")
