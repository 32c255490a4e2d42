"""Reading CSV as it comes: UTF-8, GBK or UTF-16, commas, semicolons, tabs or bars, line by line in bounded memory."""

import codecs
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from domain.importing.table import Line, Unreadable

_PIECE = 2**20
_DELIMITERS = ",;\t|"
_SNIFFED = 20
_NULS = 0.02
"""No text has NUL but UTF-16, in which half of every comma is one; elsewhere they are rubbish."""
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_csv(path: Path) -> Iterator[Line]:
    """Every line of a file, numbered as an editor numbers them; one of several lines has its first one's number.

    Raises:
        Unreadable: ``encoding_unknown``, ``cell_too_large`` (above 131,072 characters, as after a lost quote).
    """
    encoding = encoding_of(path)
    delimiter = _delimiter(path, encoding)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, skipinitialspace=True)
        number = 1
        try:
            for cells in reader:
                yield Line(number, cells)
                number = reader.line_num + 1
        except csv.Error as error:
            raise Unreadable("cell_too_large", line=number) from error


def encoding_of(path: Path) -> str:
    """The first of the usual encodings that the whole file is valid in.

    Raises:
        Unreadable: ``encoding_unknown`` when there is none.
    """
    with path.open("rb") as file:
        start = file.read(_PIECE)
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return _valid(path, (encoding,))
    if start.count(0) > _NULS * len(start):
        return _valid(path, ("utf-16-le", "utf-16-be") if start[1:2] == b"\x00" else ("utf-16-be", "utf-16-le"))
    return _valid(path, ("utf-8", "gb18030"))


def _valid(path: Path, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable("encoding_unknown")


def _delimiter(path: Path, encoding: str) -> str:
    """The one that makes the most columns of the first rows, each row counted with its neighbours' least."""

    def columns(delimiter: str) -> int:
        with path.open(encoding=encoding, newline="") as file:
            try:
                rows = [row for row in islice(csv.reader(file, delimiter=delimiter), _SNIFFED) if len(row) > 1]
            except csv.Error:
                return 0
        widths = sorted(len(row) for row in rows)
        return widths[len(widths) // 2] * len(rows) if widths else 0

    return max(_DELIMITERS, key=columns)
