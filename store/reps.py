"""Reps in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from domain.assignment.roster import folded
from domain.directory import NewRep, Rep, RepChange
from store.database import Database
from store.directory import VersionCheck, change, changing, found, listed, made_before, paged, require
from store.errors import UnusableReference
from store.idempotency import Mark
from store.tables import RegionRow, RepRegionRow, RepRow, RepVerticalRow, TeamRow


@dataclass(frozen=True)
class RepFilter:
    """What a list of reps is narrowed to; None means any."""

    active: bool | None = None
    team_id: str | None = None
    region: str | None = None


class Reps:
    """Reads and changes reps. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, only: RepFilter, after: Sequence[str] | None, limit: int) -> list[Rep]:
        """Reps by id, and one more than asked when there are more."""
        statement = listed(RepRow, {"active": only.active, "team_id": only.team_id})
        if only.region is not None:
            covering = select(RepRegionRow.rep_id).where(RepRegionRow.region == only.region)
            statement = statement.where(col(RepRow.id).in_(covering))
        with self._database.read() as session:
            rows = paged(session, statement, RepRow, after, limit)
            ids = [row.id for row in rows]
            regions, verticals = _regions(session, ids), _verticals(session, ids)
            return [_rep(row, regions[row.id], verticals[row.id]) for row in rows]

    def get(self, rep_id: str) -> Rep:
        """One rep.

        Raises:
            NotFound: when there is none.
        """
        with self._database.read() as session:
            return _known(session, found(session, RepRow, rep_id))

    def create(self, rep_id: str, new: NewRep, mark: Mark | None) -> Rep:
        """Create a rep. The same request with the same key again finds them made.

        Raises:
            AlreadyExists: when the id is taken.
            KeyReused: when the key came with another request.
            UnusableReference: when the team, a region or the successor is unknown or inactive.
        """
        with changing(self._database) as session:
            row = made_before(self._database, session, RepRow, rep_id, mark)
            if row is None:
                require(session, TeamRow, new.team_id, "team_id", "team")
                _require_successor(session, rep_id, new.successor_id)
                fields = new.model_dump(exclude={"id", "regions", "verticals"})
                row = RepRow(id=rep_id, **fields | {"languages": " ".join(new.languages)})
                session.add(row)
                _cover(session, rep_id, new.regions)
                _know(session, rep_id, new.verticals)
            return _known(session, row)

    def change(self, rep_id: str, fields: RepChange, check: VersionCheck) -> Rep:
        """Change a rep whose version ``check`` accepts. Team and regions that stay may have become inactive.

        Raises:
            NotFound: when there is none.
            UnusableReference: when the new team, a new region or the new successor is unknown or inactive.
        """
        given = fields.model_dump()
        regions, verticals = given.pop("regions", None), given.pop("verticals", None)
        if "languages" in given:
            given["languages"] = " ".join(given["languages"])
        with changing(self._database) as session:
            row = found(session, RepRow, rep_id)
            check(row.version)
            version, team_id, successor_id = row.version, row.team_id, row.successor_id
            change(row, given)
            if row.team_id != team_id:
                require(session, TeamRow, row.team_id, "team_id", "team")
            if row.successor_id != successor_id:
                _require_successor(session, rep_id, row.successor_id)
            covers_others = regions is not None and _cover(session, rep_id, regions)
            knows_others = verticals is not None and _know(session, rep_id, verticals)
            if covers_others or knows_others:
                row.version = version + 1
            return _known(session, row)

    def activate(self, rep_id: str, active: bool) -> Rep:
        """Activate or deactivate a rep, as often as one likes.

        Raises:
            NotFound: when there is none.
        """
        with changing(self._database) as session:
            return _known(session, change(found(session, RepRow, rep_id), {"active": active}))


def _regions(session: Session, rep_ids: Iterable[str]) -> dict[str, list[str]]:
    regions: dict[str, list[str]] = {rep_id: [] for rep_id in rep_ids}
    statement = select(RepRegionRow).where(col(RepRegionRow.rep_id).in_(regions)).order_by(col(RepRegionRow.region))
    for row in session.exec(statement):
        regions[row.rep_id].append(row.region)
    return regions


def _cover(session: Session, rep_id: str, codes: Sequence[str]) -> bool:
    """Make these the rep's regions, and tell whether that changed any.

    Raises:
        UnusableReference: when a new one is unknown or inactive.
    """
    before = set(_regions(session, [rep_id])[rep_id])
    for position, code in enumerate(codes):
        if code not in before:
            require(session, RegionRow, code, f"regions.{position}", "region")
    session.exec(delete(RepRegionRow).where(col(RepRegionRow.rep_id) == rep_id))
    session.add_all(RepRegionRow(rep_id=rep_id, region=code) for code in set(codes))
    return before != set(codes)


def _verticals(session: Session, rep_ids: Iterable[str]) -> dict[str, list[str]]:
    verticals: dict[str, list[str]] = {rep_id: [] for rep_id in rep_ids}
    statement = select(RepVerticalRow).where(col(RepVerticalRow.rep_id).in_(verticals))
    for row in session.exec(statement.order_by(col(RepVerticalRow.vertical))):
        verticals[row.rep_id].append(row.name)
    return verticals


def _know(session: Session, rep_id: str, names: Sequence[str]) -> bool:
    """Make these the industries that the rep knows, and tell whether that changed any."""
    before = _verticals(session, [rep_id])[rep_id]
    session.exec(delete(RepVerticalRow).where(col(RepVerticalRow.rep_id) == rep_id))
    known = {folded(name): name for name in names}
    session.add_all(RepVerticalRow(rep_id=rep_id, vertical=vertical, name=name) for vertical, name in known.items())
    return set(before) != set(known.values())


def _require_successor(session: Session, rep_id: str, successor_id: str | None) -> None:
    """Refuse a successor who is the rep, unknown or inactive.

    Raises:
        UnusableReference: ``rep_own_successor``, ``rep_unknown`` or ``rep_inactive``.
    """
    if successor_id == rep_id:
        raise UnusableReference("successor_id", "rep_own_successor", rep_id)
    require(session, RepRow, successor_id, "successor_id", "rep")


def _known(session: Session, row: RepRow) -> Rep:
    return _rep(row, _regions(session, [row.id])[row.id], _verticals(session, [row.id])[row.id])


def _rep(row: RepRow, regions: Sequence[str], verticals: Sequence[str]) -> Rep:
    return Rep(
        id=row.id,
        name=row.name,
        email=row.email,
        team_id=row.team_id,
        regions=tuple(regions),
        active=row.active,
        on_leave=row.on_leave,
        calendar=row.calendar,
        verticals=tuple(verticals),
        languages=tuple(row.languages.split()),
        weight=row.weight,
        daily_cap=row.daily_cap,
        total_cap=row.total_cap,
        deal_min=row.deal_min,
        deal_max=row.deal_max,
        successor_id=row.successor_id,
        version=row.version,
    )
