"""Every finding says in both languages what is wrong and what to do."""

import re

import pytest

from doctor.finding import Level, error, fine, warning
from messages import LOCALES, has_message
from settings import PROJECT_ROOT

MADE = re.compile(r'\b(fine|warning|error)\(\s*"([a-z-]+)"')
SOURCES = [*(PROJECT_ROOT / "doctor").glob("*.py"), PROJECT_ROOT / "upkeep_cli.py"]
CODES = sorted({found for path in SOURCES for found in MADE.findall(path.read_text(encoding="utf-8"))})


@pytest.mark.parametrize(("level", "code"), CODES)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_its_texts(locale: str, level: str, code: str) -> None:
    assert has_message(locale, f"doctor-{code}")
    assert has_message(locale, f"doctor-{code}.do") is (level != "fine")


def test_the_worst_level_is_the_exit_code() -> None:
    assert [level.value for level in (fine("key-there").level, warning("schema-none").level, error("x").level)] == [
        Level.FINE,
        Level.WARNING,
        Level.ERROR,
    ]


def test_plain_findings_have_facts_and_texts() -> None:
    found = warning("disk-low", folder="/数据", free=900)
    assert found.plain("zh-CN") == {
        "code": "disk-low",
        "level": "warning",
        "facts": {"folder": "/数据", "free": "900"},
        "found": "/数据 所在磁盘只剩 900 MiB",
        "do": "腾出空间，或把数据目录移到更大的磁盘",
    }
    assert fine("key-there").plain("en")["do"] is None
