"""The small tables that ship in ``domain/data`` (origins and licences in its README.md)."""

from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Returns the tab-separated rows of a bundled table, without empty lines and comments (``#``)."""
    text = files("domain").joinpath("data", name).read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@cache
def entries(name: str) -> frozenset[str]:
    """Returns the words of a bundled list, which may stand several to a line."""
    return frozenset(word for row in rows(name) for cell in row for word in cell.split())
