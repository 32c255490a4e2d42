"""A simulated year: the same for the same seed, sound at its end, and honest about a detector that sees nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.collision import detecting
from domain.collision.detector import Detector
from settings import PROJECT_ROOT
from simulator.result import DetectorScore, Result, Size
from simulator.simulation import played, simulate
from store.database import Database
from store.migrate import migrate
from tests.examples import POLICY
from tests.invariants import read_model, violations

SMALL = Size(seed=3, reps=10, customers=60, months=4)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'year.db'}")
    migrate(database)
    yield database
    database.close()


def score(result: Result, detector: Detector) -> DetectorScore:
    return next(it for it in result.detectors if it.detector is detector)


@pytest.mark.timeout(600)
def test_one_customer_one_owner_once_and_explained_after_a_year(empty: Database) -> None:
    progress: list[float] = []
    result = played(SMALL, POLICY, empty, progress.append)
    assert violations(read_model(empty)) == []
    assert progress == sorted(progress)
    assert 0 <= progress[0] <= progress[-1] <= 1
    consistent(result)


def consistent(result: Result) -> None:
    """What the result says in one place, it says in the others."""
    assert [it.detector for it in result.detectors] == list(Detector)
    assert len(result.months) == result.size.months
    for it in result.detectors:
        assert it.right + sum(it.wrong.values()) == it.sightings
        assert it.found + it.silenced + it.found_by_others <= it.meetings
    for month in result.months:
        assert month.collided_without <= month.customers_without <= result.size.customers
    for world in ("without", "with_"):
        chases = sum(getattr(it, world) for it in result.chases)
        assert chases >= sum(getattr(it, f"collided_{world.strip('_')}") for it in result.months)
    assert result.real <= result.size.customers
    assert result.leads <= result.approaches
    assert sum(it.sightings for it in result.detectors) > 0


@pytest.mark.timeout(600)
def test_the_same_seed_gives_the_same_bytes_in_every_process_and_another_one_others() -> None:
    tiny = SMALL.model_copy(update={"customers": 25, "months": 3})
    code = (
        "from simulator.result import Size; from simulator.simulation import simulate; "
        "from tests.examples import POLICY; "
        f"print(simulate(Size.model_validate({tiny.model_dump()!r}), POLICY).model_dump_json(indent=1))"
    )
    written = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=PROJECT_ROOT,
            env={**os.environ, "PYTHONHASHSEED": hashes},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for hashes in ("1", "2")
    ]
    assert written[0] == written[1]
    other = simulate(tiny.model_copy(update={"seed": 4}), POLICY)
    assert other.model_dump_json(indent=1) + "\n" != written[0]


@pytest.mark.timeout(600)
def test_a_detector_that_sees_nothing_has_no_recall(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = Detector.SECOND_LEAD
    sound = score(simulate(SMALL, POLICY), detector)
    blind = detecting._EYES[detector]._replace(see=lambda happened, scene: iter(()))
    monkeypatch.setattr(detecting, "_EYES", {**detecting._EYES, detector: blind})
    broken = score(simulate(SMALL, POLICY), detector)
    assert sound.recall is not None
    assert sound.recall > 0.8
    assert broken.meetings > 0
    assert (broken.sightings, broken.found, broken.recall) == (0, 0, 0.0)
