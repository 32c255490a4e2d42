"""The troubles of a machine, each made in earnest."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from doctor import machine
from doctor.finding import Finding, Level
from keys import admin_token, id_secret
from launcher.config import free_ports
from settings import Settings
from tests.examples import POLICY_TEXT


def settings(folder: Path, **fields: object) -> Settings:
    return Settings(data_dir=folder, **fields)  # type: ignore[arg-type]


def codes(found: Iterator[Finding]) -> dict[str, Level]:
    return {finding.code: finding.level for finding in found}


class Usage(NamedTuple):
    """As ``shutil.disk_usage`` answers."""

    total: int
    used: int
    free: int


def test_a_port_is_free_or_taken(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    assert codes(machine.port(settings(tmp_path, port=port))) == {"port-free": Level.FINE}
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        machine_patience, machine.PATIENCE = machine.PATIENCE, 0.2
        try:
            assert codes(machine.port(settings(tmp_path, port=port))) == {"port-taken": Level.ERROR}
        finally:
            machine.PATIENCE = machine_patience


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self").exists(), reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    assert codes(machine.folder(settings(tmp_path / "not" / "yet")))["folder-writable"] is Level.FINE
    # /proc refuses even root
    assert codes(machine.folder(settings(Path("/proc/oneowner")))) == {"folder-not-writable": Level.ERROR}
    assert not (tmp_path / "not").exists()


@pytest.mark.parametrize(
    ("free", "code", "level"),
    [(2**40, "disk-room", Level.FINE), (2**30, "disk-low", Level.WARNING), (2**20, "disk-full", Level.ERROR)],
)
def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, code: str, level: Level) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: Usage(2**41, 0, free))
    assert codes(machine.folder(settings(tmp_path)))[code] is level


def test_keys_missing_short_or_open(tmp_path: Path) -> None:
    site = settings(tmp_path)
    assert codes(machine.keys(site)) == {"key-to-be-made": Level.FINE}
    (tmp_path / "oneowner.db").touch()
    assert codes(machine.keys(site)) == {"key-missing": Level.ERROR}
    id_secret(site)
    admin_token(site)
    assert codes(machine.keys(site)) == {"key-there": Level.FINE}
    (tmp_path / "admin.token").chmod(0o640)
    found = list(machine.keys(site))
    assert found[-1].code == "key-open"
    assert found[-1].facts == {"file": str(tmp_path / "admin.token"), "mode": "640"}
    assert str(stat.S_IMODE((tmp_path / "secret.key").stat().st_mode)) not in found[-1].facts.values()
    (tmp_path / "secret.key").write_text("short")
    assert "key-too-short" in codes(machine.keys(site))
    assert "key-there" in codes(machine.keys(settings(tmp_path, secret="x" * 32)))


def test_a_policy_that_breaks_a_rule_or_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "规则.yaml"
    assert codes(machine.policy(settings(tmp_path, policy_file=file))) == {"policy-unreadable": Level.ERROR}
    file.write_text("version: 1\nassignment: none\n", encoding="utf-8")
    (wrong,) = machine.policy(settings(tmp_path, policy_file=file))
    assert (wrong.code, wrong.level) == ("policy-wrong", Level.ERROR)
    file.write_text(POLICY_TEXT, encoding="utf-8")
    assert codes(machine.policy(settings(tmp_path, policy_file=file)))["policy-holds"] is Level.FINE


def test_a_year_that_a_calendar_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(machine.datetime):
        """It is 2034."""

        @classmethod
        def now(cls, tz: object = None) -> "Later":
            return cls(2034, 6, 1)

    monkeypatch.setattr(machine, "datetime", Later)
    gaps = [it for it in machine.policy(settings(tmp_path)) if it.code == "calendar-gap"]
    assert [(gap.level, gap.facts["year"]) for gap in gaps] == [(Level.WARNING, "2034"), (Level.WARNING, "2035")]
