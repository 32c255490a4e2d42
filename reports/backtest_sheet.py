"""A back-test's figures as a workbook: numbers are numbers, and no text is a formula."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from domain.backtest import Comparison
from messages import message
from reports.backtest_table import (
    faithfulness,
    figures,
    heads,
    notes,
    reason_rows,
    region_rows,
    rep_rows,
    summary,
    trade_rows,
)
from reports.spreadsheet import cell_text

Value = str | int | float | Decimal | None

_WIDTH, _NARROW = 28, 16
_COUNT, _MONEY, _SHARE = "#,##0", "#,##0.00", "0.000"
_CHANGE, _MONEY_CHANGE = "+#,##0;[Red]-#,##0;0", "+#,##0.00;[Red]-#,##0.00;0.00"
_OF_ROW = ("", "", _COUNT, _COUNT, _CHANGE, _MONEY, _MONEY, _MONEY_CHANGE)


def workbook_of(result: Comparison, locale: str) -> bytes:
    """The whole result as XLSX: a summary, every rep, every region, who waits and why, whose customers go to whom.

    Args:
        result: what to show.
        locale: the catalogue.
    """
    say: Callable[..., str] = partial(message, locale)
    book = Workbook(write_only=True)
    runs = [say(f"backtest-{name}") for name in ("was", "simulated", "draft")]
    _sheet(book, say("backtest-summary"), ["", *runs], _summary(result, say))
    for kind, rows in (("rep", rep_rows(result)), ("region", region_rows(result, locale))):
        _sheet(
            book,
            say(f"backtest-{kind}"),
            heads(result, locale, "id", "name"),
            ((row.id, row.name, *figures(row)) for row in rows),
            _OF_ROW,
        )
    waiting = [say("backtest-reason"), *runs]
    _sheet(book, say("backtest-unassigned"), waiting, reason_rows(result, locale), ("", _COUNT, _COUNT, _COUNT))
    traded = [say(f"backtest-{name}") for name in ("trade-was", "trade-draft", "customers")]
    _sheet(book, say("backtest-trades"), traded, trade_rows(result, locale), ("", "", _COUNT))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _summary(result: Comparison, say: Callable[..., str]) -> Iterable[Sequence[Value]]:
    for name, values in summary(result):
        yield say(f"backtest-{name}"), *values
    facts = {"from": str(result.period.begins), "until": str(result.period.until)}
    yield ()
    yield (say("backtest-about", draft=result.draft, current=result.current, **facts),)
    yield from ((note,) for note in (faithfulness(result, say), *notes(result, say)))


def _sheet(
    book: Workbook, title: str, columns: Sequence[str], rows: Iterable[Sequence[Value]], formats: Sequence[str] = ()
) -> None:
    """A sheet with a bold first line that stays in sight; a number without a format of its column has its own."""
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for at in range(len(columns)):
        sheet.column_dimensions[get_column_letter(at + 1)].width = _NARROW if at else _WIDTH
    heading = [WriteOnlyCell(sheet, cell_text(column)) for column in columns]
    for cell in heading:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append(heading)
    for row in rows:
        cells = [WriteOnlyCell(sheet, _shown(it)) for it in row]
        for at, cell in enumerate(cells):
            if not isinstance(row[at], str):
                cell.number_format = formats[at] if formats else _format_of(row[at])
        sheet.append(cells)


def _format_of(value: Value) -> str:
    return _SHARE if isinstance(value, float) else _MONEY if isinstance(value, Decimal) else _COUNT


def _shown(value: Value) -> str | float | None:
    return cell_text(value) if isinstance(value, str) else float(value) if isinstance(value, Decimal) else value
