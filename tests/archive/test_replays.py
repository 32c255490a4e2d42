"""Invariant replayable: archived histories replay on today's code, in a process of their own, and not on other code."""

import random
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from archive.replays import ReplayerDied, ReplayProcess, replay_places
from archive.shelves import Archive, Place
from domain.replay import Fault, Replayed, ReplayResult
from tests.archive.archived import RECORDED, kept_of
from tests.histories.record import FOLDER, release
from tests.workflows import changed

CHANGED = (sys.executable, "-m", "tests.archive.careless")
HISTORIES = 50


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive((tmp_path / "archive").as_uri())


async def outcomes(archive: Archive, places: Iterable[Place], process: ReplayProcess) -> list[Replayed]:
    async with process:
        return [replayed async for replayed in replay_places(archive, places, process)]


async def test_replayable_50_archived_histories(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.replays.RENEW_AFTER", 40)
    for number in range(HISTORIES):
        archive.put(kept_of(RECORDED[number % len(RECORDED)], number))
    found = await outcomes(archive, archive.places(), ReplayProcess())
    assert len(found) == HISTORIES
    assert [it for it in found if it.fault] == []


@pytest.mark.parametrize(
    ("change", "event"),
    [(changed.IntakeThatPauses, 6), (changed.RetryThatLooksOnceMore, 24)],
    ids=lambda it: getattr(it, "__name__", None),
)
async def test_changed_code_is_found_at_the_event_where_it_first_differs(
    archive: Archive, change: type, event: int
) -> None:
    """A local activity that is not asked for any more, and an end that does not come."""
    place, _ = archive.put(kept_of(FOLDER / release() / f"{changed.SEEN_BY[change]}.json"))
    [found] = await outcomes(archive, [place], ReplayProcess((*CHANGED, change.__name__)))
    assert (found.fault, found.event_id) == (Fault.DIFFERS, event), found.reason


async def test_code_without_such_a_workflow_is_told(archive: Archive) -> None:
    place, _ = archive.put(kept_of(FOLDER / release() / "backtest_done-1.json"))
    [found] = await outcomes(archive, [place], ReplayProcess((*CHANGED, "MoveThatLooksOnceMore")))
    assert (found.fault, found.workflow_type) == (Fault.UNKNOWN_WORKFLOW, "Backtest")


@pytest.mark.parametrize("seed", range(2))
async def test_a_flipped_byte_and_a_lost_object_are_results(archive: Archive, tmp_path: Path, seed: int) -> None:
    drawn = random.Random(seed)
    places = [archive.put(kept_of(recorded))[0] for recorded in RECORDED[:3]]
    file = tmp_path / "archive" / places[0].name
    content = bytearray(file.read_bytes())
    content[drawn.randrange(len(content))] ^= drawn.randrange(1, 256)
    file.write_bytes(content)
    archive.remove(places[1])
    found = await outcomes(archive, places, ReplayProcess())
    assert [it.fault for it in found] == [Fault.DAMAGED, Fault.LOST, None]


async def test_a_process_that_dies_is_told(archive: Archive) -> None:
    place, _ = archive.put(kept_of(RECORDED[0]))
    with pytest.raises(ReplayerDied, match=RECORDED[0].stem):
        await outcomes(archive, [place], ReplayProcess((sys.executable, "-c", "")))


async def test_a_process_that_is_silent_is_not_waited_for(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.replays.PATIENCE", 0.2)
    place, _ = archive.put(kept_of(RECORDED[0]))
    with pytest.raises(ReplayerDied):
        await outcomes(archive, [place], ReplayProcess((sys.executable, "-c", "import time; time.sleep(60)")))


def test_of_many_faults_the_first_are_kept() -> None:
    result = ReplayResult()
    for number in range(5):
        fault = Fault.DIFFERS if number else None
        result = result.counted(Replayed(workflow_id=str(number), run_id="r", fault=fault), most=2)
    assert (result.same, result.faults) == (1, 4)
    assert [it.workflow_id for it in result.first_faults] == ["1", "2"]
