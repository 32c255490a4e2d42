"""Transactions and locks mean the same on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import func, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, col, select

from store.database import Database
from store.tables import IdempotencyRow, RegionRow
from tests.databases import at_once


def add(session: Session, region: str, name: str = "广东") -> None:
    session.add(RegionRow(id=region, name=name))
    session.flush()


def regions(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.exec(select(RegionRow.id).order_by(RegionRow.id)))


def test_a_write_is_all_or_nothing(database: Database) -> None:
    with database.write() as session:
        add(session, "CN-GD")

    def fail() -> None:
        with database.write() as session:
            add(session, "US-CA", "California")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert regions(database) == ["CN-GD"]
    with database.write() as session:
        add(session, "CN-BJ", "北京")
    assert regions(database) == ["CN-BJ", "CN-GD"]


def test_a_read_leaves_nothing_behind(database: Database) -> None:
    with database.read() as session:
        add(session, "CN-GD")
    assert regions(database) == []


def test_a_read_sees_one_state(database: Database) -> None:
    """What others commit meanwhile is not seen by the later half of a read."""
    count = select(func.count()).select_from(RegionRow)
    with database.read() as session:
        assert session.exec(count).one() == 0
        with ThreadPoolExecutor(1) as other:
            other.submit(_write_one, database).result()
        assert session.exec(count).one() == 0
    assert regions(database) == ["CN-GD"]


def _write_one(database: Database) -> None:
    with database.write() as session:
        add(session, "CN-GD")


def test_a_read_does_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as session, ThreadPoolExecutor(1) as other:
        add(session, "CN-GD")
        started = monotonic()
        assert other.submit(regions, database).result() == []
        assert monotonic() - started < 2


def test_who_holds_a_name_is_alone_with_it(database: Database) -> None:
    """The second sees what the first wrote, although it asked before that was committed."""
    locked, asked = Event(), Event()

    def first() -> None:
        with database.write() as session:
            database.lock(session, "mobile:+8613800138000", "email:wang@example.com")
            locked.set()
            assert asked.wait(5)
            add(session, "CN-GD")

    def second() -> list[str]:
        assert locked.wait(5)
        asked.set()
        with database.write() as session:
            database.lock(session, "email:wang@example.com", "名称:远航")
            return list(session.exec(select(RegionRow.id)))

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.submit(first), threads.submit(second)
        one.result()
        assert other.result() == ["CN-GD"]


def test_counting_under_a_lock_is_exact(database: Database) -> None:
    """Read, then write: without the lock two would read the same on PostgreSQL."""
    with database.write() as session:
        add(session, "CN-GD", "0")

    def count() -> None:
        with database.write() as session:
            database.lock(session, "count")
            row = session.exec(select(RegionRow)).one()
            row.name = str(int(row.name) + 1)

    at_once([count] * 16)
    with database.read() as session:
        assert session.exec(select(RegionRow.name)).one() == "16"


def test_names_in_any_order_do_not_block_each_other_for_ever(database: Database) -> None:
    names = [f"名{n}" for n in range(6)]

    def hold(turn: int) -> None:
        for shift in range(4):
            with database.write() as session:
                database.lock(session, *(names[turn + shift :] + names[: turn + shift])[:: 1 if turn % 2 else -1])

    at_once([partial(hold, turn) for turn in range(6)])


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_shared_holders_exclude_only_the_one_who_wants_it_alone(database: Database) -> None:
    """On SQLite every writer is alone anyway."""
    got = Event()

    def alone() -> None:
        with database.write() as session:
            database.lock(session, "reps")
            got.set()

    with ThreadPoolExecutor(1) as thread:
        with database.write() as one, database.write() as other:
            database.lock_shared(one, "reps")
            database.lock_shared(other, "reps")
            waiting = thread.submit(alone)
            assert not got.wait(0.3)
        waiting.result()
        assert got.is_set()


def test_an_error_tells_no_personal_data(database: Database) -> None:
    def twice() -> None:
        with database.write() as session:
            add(session, "CN-GD", "王小明 13800138000")
            session.expunge_all()
            add(session, "CN-GD", "王小明 13800138000")

    with pytest.raises(IntegrityError) as caught:
        twice()
    assert "13800138000" not in str(caught.value)


class TestInstants:
    """UtcDateTime: an instant stays the same instant, whatever zone it came in."""

    def keep(self, database: Database, key: str, at: datetime) -> None:
        with database.write() as session:
            session.add(IdempotencyRow(caller="测试", key=key, fingerprint="f", created_at=at))

    @pytest.mark.parametrize(
        "at",
        [
            datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8))),
            datetime(1900, 1, 1, tzinfo=UTC),
            datetime(2999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-5))),
        ],
    )
    def test_come_back_in_utc(self, database: Database, at: datetime) -> None:
        self.keep(database, "1", at)
        with database.read() as session:
            kept = session.exec(select(IdempotencyRow)).one().created_at
        assert (kept, kept.tzinfo) == (at, UTC)

    def test_without_a_zone_are_a_mistake(self, database: Database) -> None:
        with pytest.raises(StatementError, match="zone"):
            self.keep(database, "1", datetime(2026, 11, 23))  # noqa: DTZ001 - the mistake

    def test_are_ordered_as_instants(self, database: Database) -> None:
        beijing, new_york = timezone(timedelta(hours=8)), timezone(timedelta(hours=-5))
        self.keep(database, "second", datetime(2026, 11, 23, 9, tzinfo=beijing) + timedelta(microseconds=1))
        self.keep(database, "third", datetime(2026, 11, 22, 20, 1, tzinfo=new_york))
        self.keep(database, "first", datetime(2026, 11, 23, 1, tzinfo=UTC))
        with database.read() as session:
            by_time = session.exec(select(IdempotencyRow.key).order_by(col(IdempotencyRow.created_at)))
            assert list(by_time) == ["first", "second", "third"]


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_sqlite_loses_nothing_when_the_power_fails(database: Database) -> None:
    with database.read() as session:
        told = [session.connection().scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]
    assert told == ["wal", 2]


def test_processes_take_turns(empty_url: str) -> None:
    """Two engines on one file, as two processes have, without a lock between them."""
    one, other = Database(empty_url), Database(empty_url)
    for database in (one, other):
        database.ping()
    with one.write() as session:
        session.connection().execute(text("CREATE TABLE t (n INTEGER)"))

    def add_some(database: Database) -> None:
        for _ in range(5):
            with database.write() as session:
                session.connection().execute(text("INSERT INTO t VALUES (1)"))

    at_once([partial(add_some, database) for database in (one, other)])
    with one.read() as session:
        assert session.connection().scalar(text("SELECT sum(n) FROM t")) == 10
    one.close()
    other.close()
