"""Candidate pairs of a file as the product finds them: each record is looked up in the index, then entered."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.matching.keys import blocking_keys
from domain.matching.record import Record
from store.candidates import candidates, keep
from store.database import Database
from store.migrate import migrate


@contextmanager
def empty_database() -> Iterator[Database]:
    """A database in a folder of its own, gone with it afterwards."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'lab.db'}")
        migrate(database)
        try:
            yield database
        finally:
            database.close()


def candidate_pairs(records: Sequence[Record]) -> list[tuple[int, int]]:
    """Returns the pairs of positions, the lower first, of which the later record finds the earlier one.

    As if the records came in one after the other and were all kept apart: the earlier half of a pair stands in the
    index when the later one is looked up.
    """
    found: list[tuple[int, int]] = []
    with empty_database() as database, database.write() as session:
        for at, record in enumerate(records):
            keys = blocking_keys(record)
            found += sorted((int(kept.holder), at) for kept in candidates(session, keys))
            keep(session, str(at), record, keys)
    return found
