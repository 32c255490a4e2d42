"""What people do with the archive: look at a run, check all, and take out what is old enough and not held."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from archive.manifest import Damaged, Kept
from archive.shelves import Archive, Place, place_of
from store.archived_runs import ArchivedRuns
from store.legal_holds import LegalHolds

_BATCH = 200


@dataclass(frozen=True)
class Checked:
    """What a check of the whole archive found."""

    sound: int
    damaged: Sequence[str]
    """Objects that are not what was archived."""
    lost: Sequence[str]
    """Objects that ought to be there and are not."""
    unknown: int
    """Objects that the database does not know, for example because a backup of it was restored."""


def found(archive: Archive, workflow_id: str, run_id: str | None = None) -> list[Kept]:
    """A workflow's archived runs, oldest first, or one of them; the archive alone is asked.

    Raises:
        Damaged: when one is not what was archived.
        obstore.exceptions.BaseError: when the archive fails.
    """
    places = [place for place in archive.places(workflow_id) if run_id in (None, place.run_id)]
    return sorted(map(archive.get, places), key=lambda it: it.manifest.started_at)


def check(archive: Archive, known: ArchivedRuns, tell: Callable[[int], None]) -> Checked:
    """Read every object and compare with what the database knows.

    Args:
        archive: which.
        known: what ought to be there.
        tell: told how many objects were read.

    Raises:
        obstore.exceptions.BaseError: when the archive fails.
        sqlalchemy.exc.SQLAlchemyError: when the database fails.
    """
    wanted = {place.name for place in expected(known)}
    seen, damaged = set[str](), list[str]()
    for place in archive.places():
        seen.add(place.name)
        try:
            archive.get(place)
        except Damaged as error:
            damaged.append(error.place)
        tell(len(seen))
    return Checked(len(seen) - len(damaged), damaged, sorted(wanted - seen), len(seen - wanted))


def prune(archive: Archive, known: ArchivedRuns, holds: LegalHolds, closed_before: datetime) -> tuple[int, int]:
    """Take out runs that closed before an instant, but for those that are held; how many went, and how many stayed.

    What is held is asked anew for each page, so that a hold that comes meanwhile counts.
    """
    removed, spared, after = 0, 0, None
    while page := known.page(after, closed_before):
        held = holds.held()
        for row in page:
            after = (row.closed_at, row.workflow_id, row.run_id)
            if row.workflow_id in held:
                spared += 1
                continue
            archive.remove(place_of(row.name))
            known.removed((row.workflow_id, row.run_id), datetime.now(UTC))
            removed += 1
    return removed, spared


def expected(known: ArchivedRuns) -> Iterator[Place]:
    """Where the database says that archived runs are."""
    after = None
    while page := known.page(after):
        for row in page:
            after = (row.closed_at, row.workflow_id, row.run_id)
            yield place_of(row.name)


def all_places(archive: Archive, known: ArchivedRuns) -> Iterator[Place]:
    """Every archived run: where the database says that they are, then those that the database does not know.

    A page at a time, so that the number of runs does not matter.
    """
    yield from expected(known)
    places = archive.places()
    while batch := list(islice(places, _BATCH)):
        unknown = known.missing([(place.workflow_id, place.run_id) for place in batch])
        yield from (place for place in batch if (place.workflow_id, place.run_id) in unknown)
