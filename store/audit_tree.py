"""The audit log's tree as it is kept: the leaves, and the hash over each 256 of them."""

from sqlmodel import Session, col, func, select

from domain.merkle import node_hash, root, split
from store.rows import add
from store.tables import AuditLogRow, AuditTileRow

TILE = 256
"""Leaves in a tile; a power of two, so that each is a whole side of every tree that has it."""


def size_of(session: Session) -> int:
    """How many leaves there are."""
    last: int | None = session.scalar(select(func.max(AuditLogRow.position)))
    return 0 if last is None else last + 1


class StoredTree:
    """Hashes of ranges of leaves, read as they are asked for, and each once."""

    def __init__(self, session: Session) -> None:
        """Read the tiles: one row for each 256 leaves."""
        self._session = session
        tiles = session.exec(select(AuditTileRow).order_by(col(AuditTileRow.number)))
        self._tiles = [row.hash for row in tiles]
        self._leaves: dict[int, list[bytes]] = {}

    def root(self, size: int) -> bytes:
        """The head over the first ``size`` leaves."""
        return root(size, self.subtree)

    def subtree(self, begin: int, end: int) -> bytes:
        """``domain.merkle.Subtree`` of this tree."""
        number, within = divmod(begin, TILE)
        if end - begin == TILE and not within and number < len(self._tiles):
            return self._tiles[number]
        if end - begin == 1:
            return self._tile(number)[within]
        middle = begin + split(end - begin)
        return node_hash(self.subtree(begin, middle), self.subtree(middle, end))

    def add_tiles(self, size: int) -> None:
        """Keep the hash over each 256 leaves that are complete now."""
        begin = len(self._tiles)
        new = [self.subtree(at * TILE, (at + 1) * TILE) for at in range(begin, size // TILE)]
        if new:
            add(self._session, AuditTileRow, *({"number": begin + at, "hash": it} for at, it in enumerate(new)))
            self._tiles += new

    def _tile(self, number: int) -> list[bytes]:
        if number not in self._leaves:
            begin = number * TILE
            theirs = select(AuditLogRow.leaf).where(
                col(AuditLogRow.position) >= begin, col(AuditLogRow.position) < begin + TILE
            )
            self._leaves[number] = list(self._session.exec(theirs.order_by(col(AuditLogRow.position))))
        return self._leaves[number]
