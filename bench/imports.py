"""Figure (e): how fast a file is read, cleaned and grouped on one core, and how fast its customers are loaded."""

import csv
import gc
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import Any

from bench.effort import Effort
from domain.ids import IdMaker
from domain.importing.batch import Batch, Step
from domain.policy_file import parse_policy
from matching_lab.customers import Fields
from matching_lab.lookups import customers
from matching_lab.noise import KINDS, noised
from settings import PROJECT_ROOT
from store.database import Database
from store.import_analysis import Analysis
from store.import_files import ImportFiles, Kept
from store.import_loading import Loading
from store.imports import Imports
from store.intake import Intake
from store.migrate import migrate

HEADINGS = (
    "company", "person", "family name", "given name", "phone", "email", "website", "uscc", "region", "address",
    "industry",
)  # fmt: skip
_FIELDS = ("company", "person", "family", "given", "phone", "email", "website", "uscc", "region", "address", "industry")
_PLACES = ("street_number", "street", "city", "state")
_DUPLICATES = 0.25
_MOST_LOADED = 2_000
_AT = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass(frozen=True)
class Imported:
    """What importing a file took.

    Attributes:
        rows: rows of the file; four of five are customers of their own, the others one of them written otherwise.
        reading: microseconds of CPU a row for reading, cleaning and completing.
        grouping: the same for finding duplicates in the file.
        writing: the same for keeping the lines of the dry run.
        to_clustered: rows a second of CPU, from the file to its groups.
        by_the_clock: the same by the clock, on a machine that may be busy with other things.
        memory: MiB at most.
        loading: customers loaded a second, by the clock.
    """

    rows: int
    reading: float
    grouping: float
    writing: float
    to_clustered: float
    by_the_clock: float
    memory: float
    loading: float


def measure(folder: Path, effort: Effort) -> list[Imported]:
    """Import made-up files of several sizes, each in a new process that is held on one core."""
    found = []
    for rows in effort.rows:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            found.append(process.submit(_import, folder / str(rows), rows).result())
    return found


def write_file(path: Path, rows: int) -> None:
    """A CSV file of made-up customers in Chinese and English, a fifth of the rows written down again."""
    rng = Random(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = list(_lines(rows, rng))[:rows]
        rng.shuffle(lines)
        csv.writer(file).writerows((HEADINGS, *lines))


def _lines(rows: int, rng: Random) -> Iterator[Sequence[str]]:
    for fields, language, kind, _ in customers(range(max(rows, 10))):
        yield _cells(fields)
        if rng.random() < _DUPLICATES:
            yield _cells(noised(fields, [rng.choice(list(KINDS[language, kind]))], language, kind, rng))


def _cells(fields: Fields) -> Sequence[str]:
    address = fields.get("address") or " ".join(fields[name] for name in _PLACES if name in fields)
    return [address if name == "address" else fields.get(name, "") for name in _FIELDS]


class _Timed(Analysis):
    """The analysis, with a look at the clocks between its parts."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.clocks: list[tuple[float, float]] = []

    def look(self) -> None:
        """Take the times of CPU and of the clock."""
        self.clocks.append((process_time(), perf_counter()))

    def _read(self, *arguments: Any) -> Any:
        self.look()
        found = super()._read(*arguments)
        self.look()
        return found

    def _judge(self, *arguments: Any) -> None:
        super()._judge(*arguments)
        self.look()


def _import(folder: Path, rows: int) -> Imported:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    gc.disable()  # as the product's process for this does
    folder.mkdir()
    write_file(folder / "file", rows)
    database = Database(f"sqlite:///{folder / 'oneowner.db'}")
    migrate(database)
    policy = parse_policy((PROJECT_ROOT / "policies" / "default.yaml").read_text(encoding="utf-8"))
    ids, imports = IdMaker(b"a secret that is for measuring.." * 2), Imports(database)
    imports.begin("imp_bench", Kept("file", (folder / "file").stat().st_size), "bench.csv", "bench", _AT)
    analysis = _Timed(database, policy, ImportFiles(folder), imports, rows)
    step = Step(batch=Batch(import_id="imp_bench", attempt=1), at=_AT)
    analysis.analyse(step)
    analysis.look()
    loading = _loaded_a_second(Loading(database, Intake(database, policy, ids), ids), step)
    database.close()
    (begun, began), (read, _), (grouped, ended), (written, _) = analysis.clocks
    return Imported(
        rows=rows,
        reading=(read - begun) / rows * 1e6,
        grouping=(grouped - read) / rows * 1e6,
        writing=(written - grouped) / rows * 1e6,
        to_clustered=rows / (grouped - begun),
        by_the_clock=rows / (ended - began),
        memory=getrusage(RUSAGE_SELF).ru_maxrss / 1024,
        loading=loading,
    )


def _loaded_a_second(loading: Loading, step: Step) -> float:
    count, began = 0, perf_counter()
    while count < _MOST_LOADED:
        done = loading.load_some(step)
        count += done.count
        if done.finished:
            break
    return count / (perf_counter() - began)
