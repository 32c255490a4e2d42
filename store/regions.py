"""Regions in the database."""

from collections.abc import Sequence

from domain.directory import NewRegion, Region, RegionChange
from store.database import Database
from store.directory import VersionCheck, change, changing, found, listed, made_before, paged, require
from store.idempotency import Mark
from store.tables import RegionRow, RepRow


class Regions:
    """Reads and changes regions. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, active: bool | None, after: Sequence[str] | None, limit: int) -> list[Region]:
        """Regions by code, and one more than asked when there are more."""
        with self._database.read() as session:
            rows = paged(session, listed(RegionRow, {"active": active}), RegionRow, after, limit)
            return [_region(row) for row in rows]

    def get(self, code: str) -> Region:
        """One region.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            return _region(found(session, RegionRow, code))

    def create(self, new: NewRegion, mark: Mark | None) -> Region:
        """Create a region. The same request with the same key again finds it made.

        Raises:
            AlreadyExists: when the code is taken.
            KeyReused: when the key came with another request.
            UnusableReference: when the head is unknown or inactive.
        """
        with changing(self._database) as session:
            row = made_before(self._database, session, RegionRow, new.code, mark)
            if row is None:
                require(session, RepRow, new.head_id, "head_id", "rep")
                row = RegionRow(id=new.code, name=new.name, head_id=new.head_id)
                session.add(row)
            return _region(row)

    def change(self, code: str, fields: RegionChange, check: VersionCheck) -> Region:
        """Change a region whose version ``check`` accepts. A head who stays may have become inactive.

        Raises:
            NotFound: when there is none.
            UnusableReference: when the new head is unknown or inactive.
        """
        with changing(self._database) as session:
            row = found(session, RegionRow, code)
            check(row.version)
            head_id = row.head_id
            change(row, fields.model_dump())
            if row.head_id != head_id:
                require(session, RepRow, row.head_id, "head_id", "rep")
            return _region(row)

    def activate(self, code: str, active: bool) -> Region:
        """Activate or deactivate a region, as often as one likes.

        Raises:
            NotFound: when there is none.
        """
        with changing(self._database) as session:
            return _region(change(found(session, RegionRow, code), {"active": active}))


def _region(row: RegionRow) -> Region:
    return Region(code=row.id, name=row.name, active=row.active, head_id=row.head_id, version=row.version)
