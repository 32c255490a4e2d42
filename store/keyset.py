"""Reading a long list page by page, by the last row seen instead of by counting (keyset)."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import tuple_
from sqlalchemy.orm import Mapped
from sqlmodel.sql.expression import SelectOfScalar

Row = TypeVar("Row")


def page_of(
    statement: SelectOfScalar[Row],
    by: Sequence[Mapped[Any]],
    after: Sequence[Any] | None,
    limit: int,
    *,
    descending: bool = False,
) -> SelectOfScalar[Row]:
    """The statement for the rows after one row, in order, and one row more than asked, to tell whether there are more.

    Args:
        statement: what to read, with its filters.
        by: the columns of the order, which together are unique (``sqlmodel.col``).
        after: their values in the last row of the page before; None for the first page.
        limit: rows in a page.
        descending: the largest first.
    """
    if after is not None:
        here, there = tuple_(*by), tuple(after)
        statement = statement.where(here < there if descending else here > there)
    return statement.order_by(*(column.desc() if descending else column.asc() for column in by)).limit(limit + 1)
