"""What an import comes to in numbers, for the report: verdicts, what was completed, completeness before and after."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from domain.importing.completeness import filled
from domain.importing.row import Row, Verdict
from domain.profile import Profile


class Counts(BaseModel):
    """The numbers of a dry run."""

    model_config = ConfigDict(frozen=True)
    rows: int = 0
    """Rows of the file that say something."""
    verdicts: dict[Verdict, int] = {}
    completed: dict[str, int] = {}
    """How many rows got each detail that they lacked."""
    before: dict[str, int] = {}
    """How many of the rows that could be read had each required field, as they came."""
    after: dict[str, int] = {}
    """How many of the customers that are loaded will have it."""


def counted(
    rows: Sequence[Row], came: Iterable[Profile], verdicts: Iterable[Verdict], loaded: Iterable[Profile]
) -> Counts:
    """The numbers of a dry run.

    Args:
        rows: all rows, cleaned and completed.
        came: the profiles of those that could be read, before anything was completed.
        verdicts: what becomes of each row.
        loaded: the profiles of the customers that will be loaded.
    """
    return Counts(
        rows=len(rows),
        verdicts={**dict.fromkeys(Verdict, 0), **Counter(verdicts)},
        completed=dict(Counter(field for row in rows for field in row.completed)),
        before=dict(filled(came)),
        after=dict(filled(loaded)),
    )
