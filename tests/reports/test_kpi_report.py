"""A month's report: a page that opens anywhere, and a workbook with the same figures."""

import re
from datetime import UTC, datetime
from io import BytesIO
from xml.etree.ElementTree import tostring

import pytest
from openpyxl import load_workbook

from domain.kpi.fact import Dimension, Fact, Measure
from domain.kpi.figures import Figure, Month, Stock
from domain.kpi.names import Kpi
from domain.kpi.report import MonthFigures, figures_of
from domain.kpi.rules import TargetRules
from messages import LOCALES
from reports.charts import Point, heat_map, line_chart
from reports.kpis import html_of
from reports.kpis_sheet import workbook_of
from reports.kpis_table import MonthlyReport

AT = datetime(2026, 10, 5, tzinfo=UTC)
NAMES = {Dimension.TEAM: {"s": "华南", "w": "<b>West</b>"}, Dimension.REP: {"a": '=HYPERLINK("http://x")'}}


def met(case: str, rep: str, team: str) -> Fact:
    return Fact(
        id=f"{case}{rep}",
        measure=Measure.COLLISION,
        at=AT,
        event_id="e",
        customer_id="c",
        subject_id=case,
        rep=rep,
        team=team,
        reason="second_lead",
    )


def report(*facts: Fact, corrections: dict[Kpi, Figure] | None = None) -> MonthlyReport:
    stock = [
        Stock("a", "s", "CN-GD", "web", "p", complete=True, customers=30),
        Stock("b", "w", None, None, None, False, 9),
    ]
    month = Month(facts=facts, stock=stock, reps={"a": "s", "b": "w", "c": None})
    told = MonthFigures(
        month="2026-10",
        closed_at=AT if corrections else None,
        time_zone="Asia/Shanghai",
        figures=figures_of(month),
        corrections=corrections or {},
    )
    return MonthlyReport(month=told, trend=[told] * 12, names=NAMES, targets=TargetRules(), made_at=AT)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_needs_nothing_from_elsewhere_and_names_everything(locale: str) -> None:
    page = html_of(report(met("1", "a", "s"), met("1", "b", "w"), met("2", "a", "s"), met("2", "b", "w")), locale)
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<svg") == 4
    assert not re.search(r"<script|<link|<img|src=|https?://(?!x)", page)
    assert 'name="viewport"' in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert ("撞单频率" in page) == (locale == "zh-CN")
    assert "华南" in page
    assert "&lt;b&gt;West&lt;/b&gt;" in page
    assert "5.1%" in page  # 2 cases over 39 customers


def test_the_two_percent_line_is_drawn() -> None:
    page = html_of(report(), "en")
    assert 'class="limit"' in page
    assert "Target: below 2.0%" in page


def test_corrections_stand_beside_what_was_closed() -> None:
    page = html_of(report(corrections={Kpi.COLLISIONS: Figure(value=7, over=7)}), "en")
    assert "Corrections" in page
    assert re.search(r"<td>0</td><td>7</td>", page)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_workbook_has_numbers_and_no_formula(locale: str) -> None:
    made = report(met("1", "a", "s"), met("1", "b", "w"))
    book = load_workbook(BytesIO(workbook_of(made, locale)))
    first = book.worksheets[0]
    assert (first.title, first.freeze_panes) == ("2026-10", "A2")
    assert first["B2"].value == pytest.approx(1 / 39)
    assert first["B2"].number_format == "0.0%"
    values = [cell.value for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert not [it for it in values if isinstance(it, str) and it.startswith("=")]
    assert {"华南", '\'=HYPERLINK("http://x")'} <= set(values)


def test_an_empty_month_has_a_page_and_a_workbook() -> None:
    empty = MonthFigures(
        month="2026-10",
        closed_at=None,
        time_zone="UTC",
        figures=figures_of(Month(facts=(), stock=(), reps={})),
        corrections={},
    )
    made = MonthlyReport(month=empty, trend=[empty], names={}, targets=TargetRules(), made_at=AT)
    assert "<svg" in html_of(made, "zh-CN")
    assert workbook_of(made, "en").startswith(b"PK")


def test_a_gap_breaks_the_line_and_the_target_lies_where_it_belongs() -> None:
    points = [Point(str(at), value) for at, value in enumerate((0.1, 0.2, None, 0.2, 0.1))]
    drawn = tostring(line_chart(points, "t", str, str, (0.2, "limit")), encoding="unicode")
    assert drawn.count("<polyline") == 2
    assert drawn.count("<circle") == 4
    fifth_from_above = 18 + (190 - 18 - 26) * (1 - 0.2 / 0.25)
    assert f'y1="{fifth_from_above:.1f}"' in drawn


def test_each_pair_of_teams_has_one_cell() -> None:
    drawn = tostring(heat_map([("s", "S"), ("w", "W")], {("s", "w"): 4, ("w", "w"): 2}, "t"), encoding="unicode")
    assert re.findall(r'--heat:([\d.]+)">([^<]+)<', drawn) == [("0.00", "·"), ("1.00", "4"), ("0.50", "2")]
