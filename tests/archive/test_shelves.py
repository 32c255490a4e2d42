"""The archive in a folder: written once, listed, and never taken for what it is not."""

from datetime import date
from pathlib import Path

import pytest

from archive.manifest import Damaged
from archive.shelves import Archive, place_of
from tests.archive.archived import RECORDED, kept_of


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive((tmp_path / "archive").as_uri())


def test_once_a_run_put_twice_is_there_once(archive: Archive) -> None:
    it = kept_of(RECORDED[0])
    place, _ = archive.put(it)
    assert archive.put(it)[0] == place
    assert list(archive.places()) == [place]
    assert archive.get(place) == it


def test_a_workflow_with_several_runs_and_an_id_of_any_letters(archive: Archive) -> None:
    runs = [kept_of(RECORDED[0], number) for number in range(3)]
    odd = [it._replace(manifest=it.manifest.model_copy(update={"workflow_id": "客户/甲 乙"})) for it in runs]
    places = {archive.put(it)[0] for it in odd}
    archive.put(kept_of(RECORDED[1]))
    assert set(archive.places("客户/甲 乙")) == places
    assert {place_of(place.name) for place in places} == places


def test_a_damaged_object_is_found_when_read_and_when_put_again(archive: Archive, tmp_path: Path) -> None:
    it = kept_of(RECORDED[0])
    place, _ = archive.put(it)
    file = tmp_path / "archive" / place.name
    content = bytearray(file.read_bytes())
    content[50] ^= 1
    file.write_bytes(content)
    with pytest.raises(Damaged, match=place.run_id):
        archive.get(place)
    with pytest.raises(Damaged):
        archive.put(it)
    assert file.read_bytes() == content, "it was overwritten"


def test_what_was_removed_is_gone(archive: Archive) -> None:
    place, _ = archive.put(kept_of(RECORDED[0]))
    archive.remove(place)
    archive.remove(place)
    assert not list(archive.places())
    with pytest.raises(FileNotFoundError):
        archive.get(place)


def test_snapshots_are_apart_and_by_day(archive: Archive) -> None:
    days = [date(2026, 11, 24), date(2026, 11, 25)]
    places = [archive.put_snapshot(day, kept_of(RECORDED[0])) for day in days]
    assert archive.snapshot_days() == days
    assert list(archive.snapshots(days[1])) == [places[1]]
    assert not list(archive.places())
