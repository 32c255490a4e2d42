"""The uploaded files: kept in the data folder under what they contain, and read as tables whatever their format."""

import hashlib
import os
from collections.abc import AsyncIterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from anyio import to_thread

from domain.importing.table import LOOKED_AT, Line, Unreadable, find_headings
from store.import_csv import read_csv
from store.import_xlsx import read_xlsx

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SAMPLE = 200
"""Rows by which columns are guessed."""


@dataclass(frozen=True)
class Kept:
    """A file that is kept.

    Attributes:
        digest: SHA-256 of its content in hex, by which it is found again.
        size: in bytes.
    """

    digest: str
    size: int


class ImportFiles:
    """The folder of uploaded files. API and workers must see the same one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Where a file with this content is."""
        return self._folder / digest

    async def keep(self, content: AsyncIterable[bytes]) -> Kept:
        """Write what comes to the disk as it comes; a file that is there already is kept once.

        When the content breaks off or is refused while it comes, nothing stays.
        """
        await to_thread.run_sync(lambda: self._folder.mkdir(parents=True, exist_ok=True))
        draft = self._folder / f".{uuid4().hex}"
        digest, size = hashlib.sha256(), 0
        try:
            with await to_thread.run_sync(_private, draft) as file:
                async for piece in content:
                    digest.update(piece)
                    size += len(piece)
                    await to_thread.run_sync(file.write, piece)
                await to_thread.run_sync(_to_disk, file)
            draft.replace(self.path(digest.hexdigest()))
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
        return Kept(digest.hexdigest(), size)


def _private(path: Path) -> BinaryIO:
    """A new file that only its owner can read: it is full of customers."""
    return open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")  # noqa: PTH123 - for the mode


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


@dataclass(frozen=True)
class Table:
    """A file as a table.

    Attributes:
        headings: the columns' names.
        sample: the first rows, to guess from.
        lines: all rows below the headings, once.
    """

    headings: list[str]
    sample: list[list[str]]
    lines: Iterator[Line]


def read_table(path: Path, max_rows: int) -> Table:
    """Read a file, CSV or XLSX by what it begins with.

    Raises:
        Unreadable: also while ``lines`` are read; ``too_many_rows`` when there are more than ``max_rows``.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLE:
        raise Unreadable("old_excel")
    lines = read_xlsx(path) if start == _ZIP else read_csv(path)
    first = list(islice(lines, LOOKED_AT + SAMPLE))
    at, headings = find_headings(first)
    sample = [list(line.cells) for line in first[at + 1 :]]
    return Table(headings, sample, _at_most(chain(first[at + 1 :], lines), max_rows))


def _at_most(lines: Iterator[Line], most: int) -> Iterator[Line]:
    count = 0
    for line in lines:
        count += any(line.cells)
        if count > most:
            raise Unreadable("too_many_rows", limit=most)
        yield line
