"""The organisation as a policy is checked against it."""

from collections import defaultdict

from sqlalchemy import select
from sqlmodel import Session

from domain.assignment import Rep
from domain.policy_checks import Directory
from store.rows import table_of
from store.tables import RegionRow, RepRegionRow, RepRow

_rep, _covered, _region = (table_of(model).c for model in (RepRow, RepRegionRow, RegionRow))


def directory_of(session: Session) -> Directory:
    """The reps and the active regions, for checking a policy against them."""
    rows = session.connection().execute(select(_rep.id, _rep.name, _rep.active)).all()
    regions: defaultdict[str, list[str]] = defaultdict(list)
    for rep_id, region in session.connection().execute(select(_covered.rep_id, _covered.region)):
        regions[rep_id].append(region)
    active = session.connection().scalars(select(_region.id).where(_region.active))
    reps = [Rep(id=row.id, name=row.name, active=row.active, regions=tuple(regions[row.id])) for row in rows]
    return Directory(reps, frozenset(active))
