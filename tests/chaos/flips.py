"""``python -m tests.chaos.flips [--tries N] [--seed N]``: one byte after another is changed in a sealed database."""

import argparse
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from store.audit_heads import Published
from store.audit_verifying import verify_in
from store.database import Database
from store.migrate import migrate
from tests.auditing import KEY, Untouched, flipped, lines_of, places, record, seal
from tests.postgres import create_database, postgres_url


def missed(database: Database, tries: int, seed: int) -> list[str]:
    """The changes of sealed records, leaves, tiles and heads that the verification does not find; there should be none.

    Args:
        database: where; what was there before is changed as well.
        tries: changes, each undone before the next.
        seed: the same one, the same changes.
    """
    record(database)
    seal(database)
    record(database, 6)
    seal(database)
    lines, every, random = lines_of(database), places(database), Random(seed)
    done, found = 0, []
    while done < tries:
        place = random.choice(every)
        with suppress(Untouched), flipped(database, place, random) as session:
            done += 1
            if not verify_in(session, [KEY.public], Published(lines)).findings:
                found.append(str(place))
    return found


@contextmanager
def new_database(url: str) -> Iterator[Database]:
    """A migrated database."""
    database = Database(url)
    migrate(database)
    yield database
    database.close()


def main() -> int:
    """Try on both databases and tell; 0 when everything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.flips", description=__doc__)
    parser.add_argument("--tries", type=int, default=1000, help="on each database (default: 1000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="the same one, the same bytes")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="flips") as folder, postgres_url() as server:
        urls = {"SQLite": f"sqlite:///{Path(folder) / 'oneowner.db'}"}
        urls |= {"PostgreSQL": create_database(server)} if server else {}
        faults = 0
        for name, url in urls.items():
            with new_database(url) as database:
                lost = missed(database, given.tries, given.seed)
            faults += len(lost)
            print(f"{name}, --seed {given.seed}: {given.tries} bytes changed, {len(lost)} not found {lost[:5]}")
    return 1 if faults or len(urls) == 1 else 0


if __name__ == "__main__":
    sys.exit(main())
