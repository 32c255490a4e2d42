"""``python -m tests.chaos [--leads N] [--seed N]``: the long chaos runs; ends with 0 when nothing was wrong."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from store.database import Database
from store.migrate import migrate
from tests.chaos.flips import missed, new_database
from tests.chaos.plan import Plan, kills, outages
from tests.chaos.run import run
from tests.chaos.sqlite_lock import LockedSqlite
from tests.pipeline import blow
from tests.postgres import PostgresCluster, create_database, find_binaries, postgres_url

DOWN, FROZEN = 30.0, 15.0
FLIPS = 1000


def main() -> int:
    """Run, tell, and say whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--leads", type=int, default=500, help="how many go in (default: 500)")
    parser.add_argument("--events", type=int, default=10_000, help="how many events a storm has (default: 10000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="the same one, the same plan")
    given = parser.parse_args()
    print(f"{given.leads} leads, --seed {given.seed}", flush=True)
    well = [*_runs(given.leads, given.seed), *_storms(given.events, given.seed)]
    return 0 if all(well) else 1


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


def _storms(events: int, seed: int) -> Iterator[bool]:
    """Events with repeats in any order through all watchers, on each database; whether each went well."""
    with TemporaryDirectory(prefix="chaos") as folder, postgres_url() as server:
        urls = [f"sqlite:///{folder}/storm.db", *([create_database(server)] if server else [])]
        for url in urls:
            database = Database(url)
            migrate(database)
            try:
                storm = asyncio.run(blow(database, events, seed))
            except AssertionError as fault:
                print(f"storm of {events} events: FAULT {fault}", flush=True)
                yield False
                continue
            finally:
                database.close()
            rate = storm.events / storm.relayed_in
            print(f"storm of {storm.events} events ({database.engine.dialect.name}): {rate:.0f} passed on a second;")
            print(f"  {storm.cases} cases, {storm.notified} notifications, {storm.sent} messages sent", flush=True)
            yield True


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
