import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests import postgres
from tests.postgres import PostgresCluster, create_database, find_binaries, postgres_url

BINARIES = find_binaries()
needs_postgres = pytest.mark.skipif(BINARIES is None, reason="no PostgreSQL on this machine")


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    assert BINARIES
    with PostgresCluster(BINARIES) as cluster:
        yield cluster


@needs_postgres
def test_new_databases_are_empty_and_speak_chinese(cluster: PostgresCluster) -> None:
    first, second = create_database(cluster.url), create_database(cluster.url)
    assert first != second
    engine = create_engine(first)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE customer (name TEXT)"))
        connection.execute(text("INSERT INTO customer VALUES ('深圳市远航科技有限公司')"))
        assert connection.scalar(text("SELECT name FROM customer")) == "深圳市远航科技有限公司"
    engine.dispose()
    engine = create_engine(second)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0
    engine.dispose()


@needs_postgres
def test_a_killed_server_comes_back_on_the_same_port_with_its_data(cluster: PostgresCluster) -> None:
    url = create_database(cluster.url)
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept ()")
        cluster.kill()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(plain, connect_timeout=2)
    cluster.start()
    with psycopg.connect(plain) as connection:
        connection.execute("TABLE kept")


@needs_postgres
def test_a_frozen_server_hangs_and_goes_on(cluster: PostgresCluster) -> None:
    plain = cluster.url.replace("+psycopg", "")
    cluster.freeze()
    with pytest.raises(psycopg.OperationalError, match="timeout"):
        psycopg.connect(plain, connect_timeout=2)
    cluster.thaw()
    psycopg.connect(plain).close()


@needs_postgres
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_it_dies_with_a_killed_parent() -> None:
    code = (
        "from tests.postgres import *\nimport time\n"
        "with PostgresCluster(find_binaries()) as c: print(c._server.pid, c._folder, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid, folder = parent.stdout.readline().split()
        server = int(pid)
        assert Path(f"/proc/{server}").exists()
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{server}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{server}").exists()
    shutil.rmtree(folder)  # which nobody could do for a killed parent


def test_a_given_server_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.GIVEN, "postgresql://ann:secret@db/x")
    with postgres_url() as url:
        assert url == "postgresql+psycopg://ann:secret@db/x"


def test_no_server_is_said_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(postgres.GIVEN, raising=False)
    monkeypatch.setattr(postgres, "find_binaries", lambda: None)
    with pytest.warns(UserWarning, match="NO POSTGRESQL HERE"), postgres_url() as url:
        assert url is None
