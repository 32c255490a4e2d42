"""Where kept histories lie: a folder, or a bucket of an object store, by a URL."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from urllib.parse import quote, unquote

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import ObjectStore, from_url

from archive.manifest import Kept, Sealed, seal, unseal

_RUNS, _SNAPSHOTS = "runs", "snapshots"
_ENDING = ".json.gz"
_PAGE = 500


class Place(NamedTuple):
    """Where a run is kept; the name says what the bytes must hash to."""

    workflow_id: str
    run_id: str
    sha256: str
    name: str


class Archive:
    """One object for each run, written once. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Open an archive; a folder is made when it is not there.

        Args:
            url: ``file:///folder``, or ``s3://bucket/prefix`` and others that the library knows, whose credentials
                come from the environment as their own tools read them.

        Raises:
            obstore.exceptions.BaseError: when there is no such kind of store.
        """
        folder = url.startswith("file:")
        self._store: ObjectStore = from_url(url, mkdir=True, automatic_cleanup=True) if folder else from_url(url)

    def put(self, it: Kept) -> tuple[Place, Sealed]:
        """Keep a closed run; what is kept already and sound stays as it is.

        Raises:
            Damaged: when something else lies under its name.
            obstore.exceptions.BaseError: when the store fails.
        """
        return self._put(_RUNS, it)

    def put_snapshot(self, day: date, it: Kept) -> Place:
        """Keep a run as it is on a day.

        Raises:
            Damaged, obstore.exceptions.BaseError: as ``put``.
        """
        return self._put(f"{_SNAPSHOTS}/{day.isoformat()}", it)[0]

    def _put(self, folder: str, it: Kept) -> tuple[Place, Sealed]:
        sealed = seal(it)
        workflow_id, run_id = it.manifest.workflow_id, it.manifest.run_id
        name = f"{folder}/{quote(workflow_id, safe='')}/{run_id}.{sealed.sha256}{_ENDING}"
        place = Place(workflow_id, run_id, sealed.sha256, name)
        try:
            obstore.put(self._store, name, sealed.content, mode="create")
        except AlreadyExistsError:
            self.get(place)
        return place, sealed

    def get(self, place: Place) -> Kept:
        """A kept history, whole and as it was put there.

        Raises:
            Damaged: when a byte differs.
            FileNotFoundError: when it is gone.
            obstore.exceptions.BaseError: when the store fails.
        """
        content = obstore.get(self._store, place.name).bytes().to_bytes()
        return unseal(content, place.sha256, place.name)

    def places(self, workflow_id: str | None = None) -> Iterator[Place]:
        """Every kept run, or those of one workflow; nothing of them is read."""
        yield from self._listed(_RUNS if workflow_id is None else f"{_RUNS}/{quote(workflow_id, safe='')}")

    def snapshots(self, day: date) -> Iterator[Place]:
        """The runs that were open on a day."""
        yield from self._listed(f"{_SNAPSHOTS}/{day.isoformat()}")

    def snapshot_days(self) -> list[date]:
        """The days of which there are snapshots, oldest first."""
        found = obstore.list_with_delimiter(self._store, prefix=_SNAPSHOTS)["common_prefixes"]
        return sorted(date.fromisoformat(prefix.rpartition("/")[2]) for prefix in found)

    def remove(self, place: Place) -> None:
        """Take a kept run away for good; repeated, nothing happens."""
        try:
            obstore.delete(self._store, place.name)
        except FileNotFoundError:
            return

    def _listed(self, prefix: str) -> Iterator[Place]:
        for page in obstore.list(self._store, prefix=prefix, chunk_size=_PAGE):
            for found in page:
                yield place_of(found["path"])


def place_of(name: str) -> Place:
    """The place that an object's name stands for."""
    folder, _, file = name.rpartition("/")
    run_id, sha256 = file.removesuffix(_ENDING).split(".")
    return Place(unquote(folder.rpartition("/")[2]), run_id, sha256, name)
