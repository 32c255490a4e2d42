"""An import's report as a workbook with all rows; those that were left out with their cells as they came."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from api.import_words import became, beside, faults, lines_of, who, word
from domain.importing.completeness import REQUIRED
from domain.importing.counts import Counts
from domain.importing.row import Verdict
from messages import message
from reports.spreadsheet import cell_text
from store.imports import AskedLead, Imports
from store.tables import ImportLineRow, ImportRow

_WIDTH = 24


def workbook(store: Imports, row: ImportRow, locale: str) -> bytes:
    """The whole report as XLSX; every cell is a text that no spreadsheet computes.

    Args:
        store: reads the rows.
        row: the import.
        locale: the catalogue.
    """
    book = Workbook(write_only=True)
    _sheet(book, message(locale, "import-report-summary"), (), _summary(row, locale))
    for verdict in (Verdict.DOUBT, Verdict.BAD, Verdict.SAME_ROW, Verdict.KNOWN, Verdict.NEW):
        lines = (_cells(line, lead, verdict, locale) for line, lead in lines_of(store, row, verdict))
        _sheet(book, word(locale, "verdict", verdict), _headings(row, verdict, locale), lines)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _summary(row: ImportRow, locale: str) -> Iterable[Sequence[str]]:
    counts = Counts.model_validate(row.counts)
    yield message(locale, "import-report-file"), row.filename
    yield message(locale, "import-report-state"), word(locale, "stage", row.stage)
    yield message(locale, "import-report-rows"), str(counts.rows)
    yield from ((word(locale, "verdict", verdict), str(number)) for verdict, number in counts.verdicts.items())
    for moment, numbers in (("before", counts.before), ("after", counts.after)):
        yield ("",)
        yield (message(locale, f"import-report-{moment}", count=numbers.get("all", 0)),)
        yield from ((word(locale, "field", name), str(numbers.get(name, 0))) for name in (*REQUIRED, "complete"))


def _headings(row: ImportRow, verdict: Verdict, locale: str) -> Sequence[str]:
    names = {
        Verdict.DOUBT: ("line", "who", "reason", "beside", "became"),
        Verdict.BAD: ("line", "reason"),
        Verdict.SAME_ROW: ("line", "who", "kept"),
    }.get(verdict, ("line", "who", "customer", "state"))
    came = row.headings if verdict in (Verdict.DOUBT, Verdict.BAD) else ()
    return (*(message(locale, f"import-report-{name}") for name in names), *came)


def _cells(line: ImportLineRow, lead: AskedLead | None, verdict: Verdict, locale: str) -> Sequence[str]:
    number = str(line.line)
    match verdict:
        case Verdict.DOUBT:
            why = word(locale, "why", line.why) if line.why else ""
            return number, who(line), why, beside(line, locale), became(lead, locale), *line.cells
        case Verdict.BAD:
            reasons = "; ".join(f"{column}: {text}" if column else text for column, _, text in faults(line, locale))
            return number, reasons, *line.cells
        case Verdict.SAME_ROW:
            return number, who(line), message(locale, "import-report-row-number", line=str(line.head))
        case _:
            return number, who(line), line.customer_id or "", line.state


def _sheet(book: Workbook, title: str, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    sheet = book.create_sheet(title[:31])
    for letter in "BCDEFGH":
        sheet.column_dimensions[letter].width = _WIDTH
    if headings:
        sheet.freeze_panes = "A2"
        bold = [WriteOnlyCell(sheet, cell_text(heading)) for heading in headings]
        for cell in bold:
            cell.font = Font(bold=True)
        sheet.append(bold)
    for line in lines:
        sheet.append([cell_text(text) for text in line])
