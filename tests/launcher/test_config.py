import re
import sqlite3
from pathlib import Path

import pytest
import yaml

from launcher.config import LOOPBACK, Ports, ServerFiles, choose_ports, server_command
from launcher.database import make_startable
from launcher.program import Kind, ServerProgram

SERVER = ServerProgram(Path("/opt/server"), Kind.SERVER, "1.32.1")
CLI = ServerProgram(Path("/opt/temporal"), Kind.CLI, "1.32.0")
PORTS = Ports(7001, tuple(range(7002, 7009)))


def configured(folder: Path, *, time_skipping: bool = False) -> str:
    files = ServerFiles(folder)
    server_command(SERVER, files, PORTS, time_skipping=time_skipping)
    return files.config.read_text() + files.dynamic_config.read_text()


def test_the_server_listens_on_loopback_only(tmp_path: Path) -> None:
    server_command(SERVER, ServerFiles(tmp_path), PORTS, time_skipping=False)
    config = yaml.safe_load(ServerFiles(tmp_path).config.read_text())
    assert {service["rpc"]["bindOnIP"] for service in config["services"].values()} == {LOOPBACK}
    used = [
        port for service in config["services"].values() for key, port in service["rpc"].items() if key != "bindOnIP"
    ]
    assert sorted(used) == list(range(7001, 7009))
    assert config["services"]["frontend"]["rpc"]["grpcPort"] == 7001
    assert set(re.findall(r"\d+\.\d+\.\d+\.\d+", configured(tmp_path))) == {LOOPBACK}


def test_what_was_acknowledged_survives_a_power_loss(tmp_path: Path) -> None:
    server_command(SERVER, ServerFiles(tmp_path), PORTS, time_skipping=False)
    store = yaml.safe_load(ServerFiles(tmp_path).config.read_text())["persistence"]["datastores"]["file"]["sql"]
    assert store["databaseName"] == str(tmp_path / "temporal.db")
    assert store["connectAttributes"]["journal_mode"] == "wal"
    assert store["connectAttributes"]["synchronous"] == "2"
    cli = server_command(CLI, ServerFiles(tmp_path), PORTS, time_skipping=False)
    assert {"journal_mode=wal", "synchronous=2"} <= set(cli)
    assert cli[cli.index("--db-filename") + 1] == str(tmp_path / "temporal.db")


def test_time_is_skipped_only_when_asked(tmp_path: Path) -> None:
    for wanted in (False, True):
        cli = " ".join(server_command(CLI, ServerFiles(tmp_path), PORTS, time_skipping=wanted))
        assert ("TimeSkippingEnabled=true" in cli) is wanted
        assert ("TimeSkippingEnabled" in configured(tmp_path, time_skipping=wanted)) is wanted


def test_chosen_ports_are_different_and_a_given_one_is_kept() -> None:
    ports = choose_ports(0)
    assert len({ports.frontend, *ports.others}) == 8
    assert choose_ports(7233).address == "127.0.0.1:7233"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A server's file as far as the launcher looks at it."""
    path = tmp_path / "temporal.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE namespaces (name TEXT)")
        connection.execute("CREATE TABLE cluster_membership (host TEXT)")
        connection.execute("INSERT INTO cluster_membership VALUES ('127.0.0.1:1')")
        connection.execute("INSERT INTO namespaces VALUES ('default')")
    connection.close()
    return path


def rows(database: Path, table: str) -> int:
    with sqlite3.connect(database) as connection:
        count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - a literal of ours
    connection.close()
    return count


def test_addresses_of_the_last_run_are_forgotten_and_nothing_else(database: Path) -> None:
    make_startable(database)
    assert rows(database, "cluster_membership") == 0
    assert rows(database, "namespaces") == 1


def test_a_half_made_file_is_removed(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM namespaces")
    connection.close()
    make_startable(database)
    assert not database.exists()


def test_no_file_is_fine(tmp_path: Path) -> None:
    make_startable(tmp_path / "temporal.db")
    assert not (tmp_path / "temporal.db").exists()


def test_a_damaged_file_is_never_removed(tmp_path: Path) -> None:
    path = tmp_path / "temporal.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        make_startable(path)
    assert path.exists()
