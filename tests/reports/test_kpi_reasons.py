"""Every cause, outcome and access by which figures are broken down is said in words."""

import pytest

from domain.collision.detector import Detector
from domain.collision_case.resolution import Option
from domain.collision_case.state import Status
from domain.share import Access
from messages import LOCALES, has_message
from reports.kpis_table import reason_name
from store.collision_report import REPORTED
from store.surveys import Occasion

CODES = (
    *Detector,
    REPORTED,
    *Option,
    *(it for it in Status if it not in (Status.OPEN, Status.SETTLED)),  # a settled case's outcome is its option
    *Access,
    *Occasion,
    "not_followed_up",
    "released",
    "granted",
    "rejected",
)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_words(locale: str) -> None:
    for code in CODES:
        words = reason_name(code, locale)
        assert has_message(locale, f"kpi-reason-{code.lower().replace('_', '-')}"), code
        assert "_" not in words
        assert any("一" <= it <= "鿿" for it in words) == (locale == "zh-CN"), code


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert reason_name("of_old", "en") == "of_old"
