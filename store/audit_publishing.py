"""Signed heads outside the database: a folder of files that are written once, and what has been told to whom."""

import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from sqlmodel import col, select

from domain.tree_head import PublicKey, TreeHead
from store.audit_heads import told_until
from store.audit_sealing import head_of
from store.database import Database
from store.rows import upsert
from store.tables import AuditHeadRow, AuditPublishedRow

BATCH = 100


class Publications:
    """Knows which heads a place has not been told. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def untold(self, place: str) -> Sequence[TreeHead]:
        """Some heads that a place has not been told, the smallest first; none when it knows them all."""
        with self._database.read() as session:
            later = select(AuditHeadRow).where(col(AuditHeadRow.size) > told_until(session, place))
            return [head_of(row) for row in session.exec(later.order_by(col(AuditHeadRow.size)).limit(BATCH))]

    def told(self, place: str, head: TreeHead) -> None:
        """Remember that it knows this one and all before it."""
        with self._database.write() as session:
            upsert(session, AuditPublishedRow, {"place": place, "size": max(head.size, told_until(session, place))})


class HeadFolder:
    """A folder with a file for each head, by month, and one for each key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def place(self) -> str:
        """What the database knows it by; addresses may tell too much."""
        return place_of(str(self._folder.resolve()))

    def write(self, heads: Sequence[TreeHead], key: PublicKey) -> None:
        """Add heads, each whole or not at all. What is there stays: if it is another one, verifying will tell.

        Raises:
            OSError: when the folder cannot be written.
        """
        _add(self._folder / "keys" / f"{key.id}.txt", key.raw.hex())
        for head in heads:
            _add(self._folder / f"{head.at:%Y-%m}" / f"{head.size:012}.json", head.line)

    def lines(self) -> list[str]:
        """Every head that is there, as it is written."""
        return [_text(path) for path in sorted(self._folder.glob("*/*.json"))]

    def public_keys(self) -> Iterator[PublicKey]:
        """Every key that was written beside the heads. Whoever can write there can add one: compare them with yours.

        Raises:
            ValueError: when one of them is no key.
        """
        for path in sorted((self._folder / "keys").glob("*.txt")):
            yield PublicKey.of_hex(_text(path))


def place_of(address: str) -> str:
    """What the database knows a place by."""
    return sha256(address.encode()).hexdigest()[:16]


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace").removesuffix("\n")


def _add(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
