"""A back-test's report: a page that opens anywhere and tells what the comparison tells."""

import csv
import re
from io import BytesIO, StringIO
from xml.etree.ElementTree import fromstring

import pytest
from openpyxl import load_workbook

from domain.assignment import Rep
from domain.backtest import Comparison, compare
from messages import LOCALES
from reports.backtest import html_of
from reports.backtest_sheet import workbook_of
from reports.backtest_table import csv_of, rep_rows, widest
from reports.elements import document, element
from reports.plots import Pair, bars, lorenz
from tests.domain.backtest.happenings import PERIOD, born, compared, opening
from tests.examples import POLICY, ruled


def hostile() -> Comparison:
    reps = (
        Rep(id="a", name='=HYPERLINK("http://example.com")', regions=("CN-GD",)),
        Rep(id="b", name="<script>x</script>"),
    )
    draft = ruled({"methods": [{"method": "designated", "rep": "b"}]})
    happened = [born(0, "a", (), ("a",), region="CN-GD")]
    compared = compare((opening(*reps), happened), draft, POLICY, PERIOD)
    return compared.model_copy(update={"regions": {"CN-GD": "广东"}})


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_needs_nothing_from_elsewhere(locale: str) -> None:
    page = html_of(compared(1, 80), locale)
    assert page.startswith("<!DOCTYPE html>")
    assert (page.count("<svg"), page.count('class="bars"')) == (2, 2)
    assert not re.search(r"<script|<link|<img|src=|https?://", page)
    assert "销售0" in page
    assert ("策略草案回测" in page) == (locale == "zh-CN")


def test_no_name_becomes_markup() -> None:
    page = html_of(hostile(), "en")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_an_empty_period_has_a_page() -> None:
    assert "<svg" in html_of(compare((opening(), []), POLICY, POLICY, PERIOD), "zh-CN")


def test_the_table_has_every_rep_and_region_and_no_formula() -> None:
    result = hostile()
    rows = list(csv.reader(StringIO(csv_of(result, "en").removeprefix("\ufeff"))))
    assert rows[0][:4] == ["kind", "id", "name", "customers, happened"]
    assert [row[:6] for row in rows[1:]] == [
        ["rep", "b", "<script>x</script>", "0", "1", "1"],
        ["rep", "a", '\'=HYPERLINK("http://example.com")', "1", "0", "-1"],
        ["region", "CN-GD", "广东", "1", "1", "0"],
    ]


def test_rows_add_up() -> None:
    result = compared(2, 120)
    rows = rep_rows(result)
    assert sum(row.would_be.customers for row in rows) == result.drafted.owned
    assert [row.customers for row in rows] == sorted((row.customers for row in rows), reverse=True)
    most = widest(rows, 2)
    assert len(most) == 2
    assert min(abs(row.customers) for row in most) >= max(abs(row.customers) for row in rows if row not in most)


def test_bars_are_as_long_as_their_numbers() -> None:
    plot = bars([Pair("一", 10, 20), Pair("二", 0, 5)], "t")
    widths = [bar.get("style") for bar in plot.iter("span") if bar.get("class") in ("was", "draft")]
    assert widths == ["width:50.00%", "width:100.00%", "width:0.00%", "width:25.00%"]
    assert [number.text for number in plot.iter("span") if number.get("class") == "number"] == ["10", "20", "0", "5"]


def test_whoever_is_left_out_of_a_plot_is_counted() -> None:
    reps = tuple(Rep(id=f"rep{at}", name=f"销售{at}") for at in range(300))
    page = html_of(compare((opening(*reps), [born(0, "rep0")]), POLICY, POLICY, PERIOD), "zh-CN")
    assert page.count('class="row"') == 30 + 1
    assert "共 300 项，列出最重要的 30 项。" in page
    assert page.count("销售299") == 1, "the table has everybody"


@pytest.mark.parametrize("locale", LOCALES)
def test_the_workbook_has_numbers_and_no_formula(locale: str) -> None:
    book = load_workbook(BytesIO(workbook_of(hostile(), locale)))
    assert len(book.sheetnames) == 5
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert not any(str(cell.value).startswith(("=", "+", "@")) for cell in cells)
    reps = list(book.worksheets[1].iter_rows(min_row=2, values_only=True))
    assert [row[:5] for row in reps] == [
        ("b", "<script>x</script>", 0, 1, 1),
        ("a", '\'=HYPERLINK("http://example.com")', 1, 0, -1),
    ]


def test_workbook_and_page_tell_what_the_comparison_tells() -> None:
    result = compared(4, 90)
    book = load_workbook(BytesIO(workbook_of(result, "en")))
    lines = {row[0]: row[1:] for row in book.worksheets[0].iter_rows(values_only=True) if row[0]}
    assert lines["customers with an owner"] == (result.actual.owned, result.simulated.owned, result.drafted.owned)
    assert lines["customers with another owner"] == (None, result.unfaithful, result.moved)
    waiting = list(book.worksheets[3].iter_rows(min_row=2, values_only=True))
    assert [sum(column) for column in zip(*(row[1:] for row in waiting), strict=True)] == [
        sum(it.unassigned.values()) for it in (result.actual, result.simulated, result.drafted)
    ]
    assert f"{result.drafted.value:,.0f} CNY" in html_of(result, "en")


def test_a_lorenz_curve_rises_to_all() -> None:
    was, would_be = (
        line.get("points", "").split() for line in lorenz([1, 3], [0, 0], "t", ("x", "y")).iter("polyline")
    )
    assert was == ["60.0,256.0", "180.0,196.0", "300.0,16.0"]
    assert would_be[-1] == "300.0,256.0"


def test_elements_keep_text_and_order() -> None:
    made = element("p", "a", element("b", "c"), "d", "e", class_="x", stroke_width=1.5)
    html = document(made)
    assert html == '<!DOCTYPE html>\n<p class="x" stroke-width="1.5">a<b>c</b>de</p>\n'
    assert fromstring(html.partition("\n")[2]).get("class") == "x"  # noqa: S314 - our own text
