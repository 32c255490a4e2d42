"""``python -m tests.chaos [--leads N] [--seed N]``: the long chaos runs; ends with 0 when nothing was wrong."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.flips import missed, new_database
from tests.chaos.plan import Plan, kills, outages
from tests.chaos.run import run
from tests.chaos.sqlite_lock import LockedSqlite
from tests.postgres import PostgresCluster, find_binaries

DOWN, FROZEN = 30.0, 15.0
FLIPS = 1000


def main() -> int:
    """Run, tell, and say whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--leads", type=int, default=500, help="how many go in (default: 500)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="the same one, the same plan")
    given = parser.parse_args()
    print(f"{given.leads} leads, --seed {given.seed}", flush=True)
    return 0 if all(list(_runs(given.leads, given.seed))) else 1


def _runs(leads: int, seed: int) -> Iterator[bool]:
    """Each run, whether it went well."""
    yield _bytes_are_found(seed)
    yield _carry_out("kill -9 of API, worker and Temporal server (SQLite)", kills(leads, seed))
    plan = outages(leads // 5, seed, down=DOWN, frozen=FROZEN)
    with TemporaryDirectory(prefix="chaos") as folder:
        file = LockedSqlite(Path(folder) / "oneowner.db")
        yield _carry_out(f"read model locked for {DOWN:g} s, worker frozen (SQLite)", plan, file)
    binaries = find_binaries()
    if binaries is None:
        print("NOT DONE: no PostgreSQL on this machine that could be taken down")
        yield False
        return
    with PostgresCluster(binaries) as cluster:
        yield _carry_out(f"read model killed for {DOWN:g} s, worker frozen (PostgreSQL)", plan, cluster)


def _bytes_are_found(seed: int) -> bool:
    with TemporaryDirectory(prefix="chaos") as folder, new_database(f"sqlite:///{folder}/oneowner.db") as database:
        lost = missed(database, FLIPS, seed)
    print(f"one byte changed in what is sealed, {FLIPS} times: {len(lost)} not found {lost[:5]}", flush=True)
    return not lost


def _carry_out(name: str, plan: Plan, database: PostgresCluster | LockedSqlite | None = None) -> bool:
    with TemporaryDirectory(prefix="chaos") as folder:
        report = asyncio.run(run(plan, Path(folder), database))
    print(f"{name}: {report.answered} leads answered, {report.strikes} strikes, {report.seconds:.0f} s;")
    print(f"  asked again because of {report.retries}; settled {report.settled_after:.0f} s after the last restart")
    for fault in report.faults:
        print(f"  FAULT {fault}")
    print(end="", flush=True)
    return not report.faults


if __name__ == "__main__":
    sys.exit(main())
