"""A month's figures as a workbook: numbers as numbers, so that people can compute on."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from domain.kpi.fact import Dimension
from domain.kpi.figures import DEFINITIONS, Unit
from domain.kpi.names import Kpi
from messages import message
from reports.kpis_table import IN_PARTS, MonthlyReport, formula, kpi_name, part_rows, reason_rows
from reports.spreadsheet import cell_text

_FORMATS = {Unit.SHARE: "0.0%", Unit.COUNT: "#,##0", Unit.HOURS: "#,##0.0", Unit.NUMBER: "#,##0.00"}
_WIDE, _NARROW = 30, 16
Cell = tuple[str | float | None, Unit | None]


def workbook_of(report: MonthlyReport, locale: str) -> bytes:
    """The whole report as XLSX: all figures, the months before, reasons, pairs of teams, and one sheet a dimension.

    Args:
        report: what to show.
        locale: the catalogue.
    """
    book = Workbook(write_only=True)
    _sheet(
        book,
        report.month.month,
        _heads(locale, "figure", "value", "over", "target", "now", "formula"),
        _all(report, locale),
    )
    months = [it.month for it in report.trend]
    _sheet(book, message(locale, "kpi-trend"), [*_heads(locale, "figure"), *months], _trend(report, locale))
    _sheet(book, message(locale, "kpi-reasons"), _heads(locale, "figure", "reason", "value"), _reasons(report, locale))
    teams = [*[message(locale, "kpi-team")] * 2, kpi_name(Kpi.COLLISIONS, locale)]
    _sheet(book, message(locale, "kpi-heat"), teams, _pairs(report, locale))
    for dimension in set(Dimension) - {Dimension.REASON}:
        heads = [message(locale, f"kpi-{dimension}"), *(kpi_name(kpi, locale) for kpi in IN_PARTS)]
        _sheet(book, message(locale, f"kpi-by-{dimension}"), heads, _parts(report, dimension, locale))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _heads(locale: str, *names: str) -> list[str]:
    return [message(locale, f"kpi-column-{name}") for name in names]


def _all(report: MonthlyReport, locale: str) -> Iterable[Sequence[Cell]]:
    for kpi, it in report.month.figures.overall.items():
        unit = DEFINITIONS[kpi].unit
        now = report.month.corrections.get(kpi)
        numbers = (it.value, unit), (it.over, Unit.COUNT), (report.targets.limit(kpi), unit)
        yield (kpi_name(kpi, locale), None), *numbers, (now.value if now else None, unit), (formula(kpi, locale), None)


def _trend(report: MonthlyReport, locale: str) -> Iterable[Sequence[Cell]]:
    for kpi in Kpi:
        unit = DEFINITIONS[kpi].unit
        yield (kpi_name(kpi, locale), None), *((it.figures.overall[kpi].value, unit) for it in report.trend)


def _reasons(report: MonthlyReport, locale: str) -> Iterable[Sequence[Cell]]:
    for name, reason, it, kpi in reason_rows(report, locale):
        yield (name, None), (reason, None), (it.value, DEFINITIONS[kpi].unit)


def _pairs(report: MonthlyReport, locale: str) -> Iterable[Sequence[Cell]]:
    for it in report.month.figures.team_pairs:
        names = (report.name(Dimension.TEAM, team, locale) for team in (it.one, it.other))
        yield *((name, None) for name in names), (it.cases, Unit.COUNT)


def _parts(report: MonthlyReport, dimension: Dimension, locale: str) -> Iterable[Sequence[Cell]]:
    for name, figures in part_rows(report, dimension, locale):
        yield (name, None), *((it.value, DEFINITIONS[kpi].unit) for kpi, it in figures)


def _sheet(book: Workbook, title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """A sheet with a bold first line that stays in sight."""
    sheet = book.create_sheet(cell_text(title)[:31])
    sheet.freeze_panes = "A2"
    for at in range(len(heads)):
        sheet.column_dimensions[get_column_letter(at + 1)].width = _NARROW if at else _WIDE
    heading = [WriteOnlyCell(sheet, cell_text(head)) for head in heads]
    for cell in heading:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append(heading)
    for row in rows:
        cells = []
        for value, unit in row:
            cell = WriteOnlyCell(sheet, cell_text(value) if isinstance(value, str) else value)
            if unit is not None:
                cell.number_format = _FORMATS[unit]
            cells.append(cell)
        sheet.append(cells)
