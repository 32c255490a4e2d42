"""What an import comes to in numbers, for the report: verdicts, what was completed, completeness before and after."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from domain.importing.completeness import filled
from domain.importing.row import Verdict


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
    completed: Iterable[Iterable[str]],
    came: Iterable[frozenset[str]],
    verdicts: Sequence[Verdict],
    loaded: Iterable[frozenset[str]],
) -> Counts:
    """The numbers of a dry run.

    Args:
        completed: the details that each row got.
        came: the required fields that each row that could be read had, before anything was completed.
        verdicts: what becomes of each row.
        loaded: the required fields of each customer that will be loaded.
    """
    return Counts(
        rows=len(verdicts),
        verdicts={**dict.fromkeys(Verdict, 0), **Counter(verdicts)},
        completed=dict(Counter(field for fields in completed for field in fields)),
        before=dict(filled(came)),
        after=dict(filled(loaded)),
    )
