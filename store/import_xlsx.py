"""Reading XLSX in bounded time and memory: what it would unpack to is looked at before, formulas are not computed."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from domain.importing.columns import MOST_COLUMNS
from domain.importing.table import Line, Unreadable

MAX_UNPACKED = 2**29
"""Bytes that a workbook may unpack to; a zip archive yields no more than its directory says."""
MAX_TEXTS = 100 * 2**20
"""The same for its table of texts, which is kept in memory."""
MAX_CELL = 2**17
"""Characters of a cell, as of one in CSV; a spreadsheet itself holds a quarter of it."""
_LAST_ROW = 2**20
"""A sheet has no more rows; a file that says otherwise would have us count empty ones for ever."""
_BROKEN = (BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, IndexError, TypeError, EOFError, OSError)
"""What openpyxl and the standard library raise over a damaged workbook."""


def read_xlsx(path: Path) -> Iterator[Line]:
    """Every row of the first sheet that holds something, numbered as the sheet numbers them.

    Raises:
        Unreadable: ``sheet_too_large`` when it would unpack to more than is sensible, ``cell_too_large``,
            ``sheet_broken``.
    """
    try:
        _check_size(path)
        with path.open("rb") as file:
            sheet = load_workbook(file, read_only=True, data_only=False, keep_links=False).worksheets[0]
            rows = sheet.iter_rows(max_row=_LAST_ROW, max_col=MOST_COLUMNS + 1, values_only=True)
            for number, cells in enumerate(rows, start=1):
                if cells.count(None) == len(cells):
                    continue  # sheets often go on with a million rows that are only formatted
                yield Line(number, _texts(number, cells))
    except Unreadable:
        raise
    except _BROKEN as error:
        raise Unreadable("sheet_broken") from error


def _check_size(path: Path) -> None:
    with ZipFile(path) as archive:
        parts = archive.infolist()
    texts = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if sum(part.file_size for part in parts) > MAX_UNPACKED or texts > MAX_TEXTS:
        raise Unreadable("sheet_too_large")


def _texts(number: int, cells: Iterable[object]) -> list[str]:
    """A row's cells as texts, up to the last one that holds something."""
    texts = [_text(cell) for cell in cells]
    if max(map(len, texts)) > MAX_CELL:
        raise Unreadable("cell_too_large", line=number)
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(value: object) -> str:
    """A cell as a person reads it: numbers without the point that spreadsheets add, so that phones stay phones."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)
