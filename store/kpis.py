"""The figures of a month and the rows behind each of them, with somebody's eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel import select as select_rows
from sqlmodel.sql.expression import SelectOfScalar

from domain.kpi.fact import Dimension, Fact, Measure
from domain.kpi.figures import DEFINITIONS, Month, Stock
from domain.kpi.names import Kpi
from store.database import Database
from store.keyset import page_of
from store.kpi_counting import fact_of
from store.rows import table_of
from store.tables import KpiFactRow
from store.visibility import Viewer, people


@dataclass(frozen=True)
class Window:
    """The facts that a month's figures are made from."""

    begins: datetime
    ends: datetime
    """Where the next month begins."""
    known_by: datetime | None = None
    """Only what had been recorded by then; None for all that is known."""


@dataclass(frozen=True)
class Part:
    """One part of a figure, such as a team's."""

    dimension: Dimension
    key: str
    """Empty for what has none."""


class Kpis:
    """Reads figures; never writes. A viewer gets the figures of those for whom they answer."""

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self._database = database
        self._viewer = viewer

    def month(self, window: Window) -> Month:
        """Everything that a month's figures are made from."""
        with self._database.read() as session:
            return month_of(session, window, self._viewer)

    def rows(
        self, kpi: Kpi, window: Window, part: Part | None, after: int | None, limit: int
    ) -> Sequence[tuple[int, Fact]]:
        """A page of the facts behind a figure with their positions, and one more when there are more."""
        definition = DEFINITIONS[kpi]
        statement = select_rows(KpiFactRow).where(col(KpiFactRow.measure).in_(definition.rows))
        if definition.stock:
            statement = statement.where(*_at_end(definition.rows[0], window, part, self._viewer))
        else:
            statement = statement.where(
                *_within(window, KpiFactRow),
                col(KpiFactRow.at) >= window.begins,
                _seen_by(self._viewer, KpiFactRow),
                *([] if part is None else [_is(getattr(KpiFactRow, part.dimension), part.key)]),
            )
        return self._page(statement, after, limit)

    def _page(self, statement: SelectOfScalar[KpiFactRow], after: int | None, limit: int) -> Sequence[tuple[int, Fact]]:
        by = (col(KpiFactRow.position),)
        with self._database.read() as session:
            rows = session.exec(page_of(statement, by, None if after is None else (after,), limit)).all()
            return [(row.position or 0, fact_of(row)) for row in rows]


_FACT = [table_of(KpiFactRow).c[name] for name in Fact.model_fields]


def month_of(session: Session, window: Window, viewer: Viewer) -> Month:
    """Everything that a month's figures are made from, as far as somebody may see it."""
    statement = select(*_FACT).where(
        *_within(window, KpiFactRow), col(KpiFactRow.at) >= window.begins, _seen_by(viewer, KpiFactRow)
    )
    # They were checked when they were written; for a busy month checking them again takes seconds.
    facts = [Fact.model_construct(**row) for row in session.connection().execute(statement).mappings()]
    began = Window(window.begins, window.begins, window.known_by)
    owners = {it.rep: it.team for it in _stock(session, began, viewer) if it.rep}
    came = {it.rep: it.team for it in facts if it.measure == Measure.STANDING and it.rep}
    flow = [it for it in facts if it.measure not in (Measure.STANDING, Measure.PROFILE)]
    return Month(facts=flow, stock=_stock(session, window, viewer), reps={**owners, **came})


def _stock(session: Session, window: Window, viewer: Viewer) -> list[Stock]:
    """The live customers at the end of a window, counted by what they have in common.

    Region and completeness are what was last told of the profile, owner and team what was last told of the standing.
    """
    standing, profile = _latest(Measure.STANDING, window), _latest(Measure.PROFILE, window)
    stands, looks = aliased(KpiFactRow), aliased(KpiFactRow)
    alike: Sequence[Any] = (
        stands.rep,
        stands.team,
        func.coalesce(looks.region, stands.region),
        stands.source,
        stands.policy,
        func.coalesce(looks.value, 0.0),
    )
    statement = (
        select(*alike, func.count())
        .select_from(standing)
        .join(stands, col(stands.position) == standing.c.position)
        .outerjoin(profile, profile.c.customer_id == standing.c.customer_id)
        .outerjoin(looks, col(looks.position) == profile.c.position)
        .where(col(stands.value) == 1.0, _seen_by(viewer, stands))
        .group_by(*alike)
    )
    return [
        Stock(*row[:5], complete=row[5] == 1.0, customers=row[6]) for row in session.connection().execute(statement)
    ]


def _at_end(measure: Measure, window: Window, part: Part | None, viewer: Viewer) -> list[ColumnElement[bool]]:
    """The last facts of live customers before the window's end: those that ``_stock`` counts in a part."""
    standing, profile = _latest(Measure.STANDING, window), _latest(Measure.PROFILE, window)
    stands, looks = aliased(KpiFactRow), aliased(KpiFactRow)
    counted = (
        select(col(stands.customer_id))
        .join(standing, standing.c.position == col(stands.position))
        .outerjoin(profile, profile.c.customer_id == col(stands.customer_id))
        .outerjoin(looks, col(looks.position) == profile.c.position)
        .where(col(stands.value) == 1.0, _seen_by(viewer, stands))
    )
    if part is not None:
        regional = part.dimension is Dimension.REGION
        column = func.coalesce(looks.region, stands.region) if regional else getattr(stands, part.dimension)
        counted = counted.where(_is(column, part.key))
    latest = select(_latest(measure, window).c.position)
    return [col(KpiFactRow.position).in_(latest), col(KpiFactRow.customer_id).in_(counted)]


def _is(column: ColumnElement[Any], key: str) -> ColumnElement[bool]:
    """Whether a column has a part's key; "" is the part of what has none."""
    return column == key if key else column.is_(None)


def _latest(measure: Measure, window: Window) -> Subquery:
    """Each customer's last fact of a measure before the window's end. Events of one customer are told in order."""
    return (
        select(col(KpiFactRow.customer_id), func.max(KpiFactRow.position).label("position"))
        .where(col(KpiFactRow.measure) == measure, *_within(window, KpiFactRow))
        .group_by(col(KpiFactRow.customer_id))
        .subquery()
    )


def _within(window: Window, row: type[KpiFactRow]) -> list[ColumnElement[bool]]:
    known = [] if window.known_by is None else [col(row.recorded_at) <= window.known_by]
    return [col(row.at) < window.ends, *known]


def _seen_by(viewer: Viewer, row: type[KpiFactRow]) -> ColumnElement[bool]:
    """The facts of those for whom a viewer answers; what is nobody's is seen by those who see everything."""
    return true() if viewer.person is None else col(row.rep).in_(people(viewer))
