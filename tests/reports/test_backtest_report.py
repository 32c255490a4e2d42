"""A back-test's report: a page that opens anywhere and tells what the comparison tells."""

import csv
import re
from io import StringIO
from xml.etree.ElementTree import fromstring

import pytest

from domain.assignment import Rep
from domain.backtest import Comparison, compare
from messages import LOCALES
from reports.backtest import html_of
from reports.backtest_table import csv_of, rep_rows, widest
from reports.elements import document, element
from reports.plots import Pair, bars, lorenz, shortened
from tests.domain.backtest.happenings import PERIOD, born, compared, opening
from tests.examples import POLICY, ruled


def hostile() -> Comparison:
    reps = (
        Rep(id="a", name='=HYPERLINK("http://example.com")', regions=("CN-GD",)),
        Rep(id="b", name="<script>x</script>"),
    )
    draft = ruled({"methods": [{"method": "designated", "rep": "b"}]})
    happened = [born(0, "a", (), ("a",), region="CN-GD")]
    return compare((opening(*reps), happened), draft, POLICY, PERIOD)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_needs_nothing_from_elsewhere(locale: str) -> None:
    page = html_of(compared(1, 80), locale)
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<svg") == 4
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
        ["region", "CN-GD", "CN-GD", "1", "1", "0"],
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
    widths = [float(rect.get("width", "")) for rect in plot.iter("rect")]
    assert widths[0] * 2 == pytest.approx(widths[1])
    assert (widths[2], widths[3] * 4) == (0, pytest.approx(widths[1]))


def test_a_lorenz_curve_rises_to_all() -> None:
    was, would_be = (
        line.get("points", "").split() for line in lorenz([1, 3], [0, 0], "t", ("x", "y")).iter("polyline")
    )
    assert was == ["60.0,256.0", "180.0,196.0", "300.0,16.0"]
    assert would_be[-1] == "300.0,256.0"


def test_labels_fit() -> None:
    assert shortened("张伟") == "张伟"
    assert shortened("张" * 30) == "张" * 11 + "…"


def test_elements_keep_text_and_order() -> None:
    made = element("p", "a", element("b", "c"), "d", "e", class_="x", stroke_width=1.5)
    html = document(made)
    assert html == '<!DOCTYPE html>\n<p class="x" stroke-width="1.5">a<b>c</b>de</p>\n'
    assert fromstring(html.partition("\n")[2]).get("class") == "x"  # noqa: S314 - our own text
