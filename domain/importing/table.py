"""A file as a table: where its headings are, what its columns are called, and why a file cannot be read at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.importing.columns import MOST_COLUMNS, known_headings
from domain.normalise.text import clean

LOOKED_AT = 10
"""A title or two may stand above the headings."""
_LONGEST_HEADING = 100


class Unreadable(ValueError):
    """A file that cannot be imported: ``code`` names the reason, ``facts`` what its sentence needs."""

    def __init__(self, code: str, **facts: int | str) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Line:
    """A row of cells, and the number under which a person finds it in the file (from 1)."""

    number: int
    cells: Sequence[str]


def find_headings(lines: Sequence[Line]) -> tuple[int, list[str]]:
    """The place of the heading row among a file's first lines, and the columns' names, each once.

    It is the row with the most headings that name a field, else the first that is not empty.

    Raises:
        Unreadable: ``file_empty``, ``too_many_columns``.
    """
    filled = [at for at, line in enumerate(lines[:LOOKED_AT]) if any(map(str.strip, line.cells))]
    if not filled:
        raise Unreadable("file_empty")
    at = max(filled, key=lambda place: (known_headings(lines[place].cells), -place))
    cells = lines[at].cells
    if len(cells) > MOST_COLUMNS:
        raise Unreadable("too_many_columns", limit=MOST_COLUMNS)
    return at, _named(cells)


def _named(cells: Iterable[str]) -> list[str]:
    """The headings; a column without one is called by its place, and a second of one name gets a number."""
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = clean(cell[: _LONGEST_HEADING * 10])[:_LONGEST_HEADING] or f"#{place}"
        again = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({again + 1})" if again else name)
    return names
