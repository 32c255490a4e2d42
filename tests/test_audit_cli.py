"""``oneowner audit``: what an auditor sees, and the exit codes that a monitor goes by."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

import cli
from domain.audit_finding import Change, Fault
from domain.audit_proof import ProofFault
from domain.audit_record import RecordKind
from messages import LOCALES, has_message
from store.audit_publishing import HeadFolder
from store.database import Database
from tests.auditing import KEY, PEM, heads_of, record, seal
from tests.databases import tampering
from tests.test_service_client import address as address
from tests.test_service_client import database as database

PUBLIC = KEY.public.raw.hex()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["audit", *arguments])


@pytest.fixture
def sealed(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """A database that is sealed under two heads, both published in the data folder."""
    monkeypatch.setenv("ONEOWNER_DATABASE_URL", str(database.engine.url))
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ONEOWNER_AUDIT_KEY", PEM)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    for begin in (0, 4):
        record(database, begin, 4)
        seal(database)
    HeadFolder(tmp_path / "audit").write(heads_of(database), KEY.public)
    return database


def tamper(database: Database, statement: str) -> None:
    with tampering(database) as session:
        session.connection().execute(text(statement))


def test_what_is_sound_is_said_to_be(sealed: Database, tmp_path: Path) -> None:
    shown = run("verify")
    assert (shown.exit_code, shown.output.splitlines()[0]) == (
        0,
        "Sound: 61 records under 2 signed heads, 2 of them compared with what was published.",
    )
    assert run("key").output == f"{PUBLIC}\n"
    elsewhere = tmp_path / "key.txt"
    elsewhere.write_text(PUBLIC)
    for key in (PUBLIC, str(elsewhere)):
        assert run("verify", "--key", key, "--published", str(tmp_path / "audit"), "--lang", "zh").exit_code == 0


def test_an_edit_is_named_in_both_languages(sealed: Database) -> None:
    tamper(sealed, "UPDATE events SET actor = 'x' WHERE id = 'evt_5'")
    tamper(sealed, "DELETE FROM decisions WHERE id = 'dec_6'")
    shown = run("verify")
    assert shown.exit_code == 1
    first, second = shown.output.splitlines()[1:]
    assert first.startswith("  [edit] position 39 event of a customer evt_5: the record is not what was sealed")
    assert second.startswith("  [deletion] position")
    assert "[篡改] 位置 39 客户事件 evt_5" in run("verify", "--lang", "zh").output
    told = json.loads(run("verify", "--json").output)
    assert [(it["change"], it["record"]) for it in told["findings"]] == [("edit", "evt_5"), ("deletion", "dec_6")]


def test_a_cut_off_tail_is_named(sealed: Database) -> None:
    first, second = heads_of(sealed)
    tamper(sealed, f"DELETE FROM audit_log WHERE position >= {first.size}")  # noqa: S608
    tamper(sealed, f"DELETE FROM audit_heads WHERE size = {second.size}")  # noqa: S608
    shown = run("verify")
    assert shown.exit_code == 1
    where = f"  [cut-off tail] positions {first.size} to {second.size - 1}: the log ends before a signed head does"
    assert where in shown.output.splitlines()


def test_many_findings_are_counted(sealed: Database) -> None:
    tamper(sealed, "UPDATE decisions SET policy_version = 'x'")
    tamper(sealed, "UPDATE events SET actor = 'x'")
    tamper(sealed, "UPDATE lead_events SET actor = 'x'")
    assert run("verify").output.splitlines()[-1] == "  ... and 4 more"


def test_what_cannot_be_told_is_not_said_to_be_sound(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("ONEOWNER_DATABASE_URL", str(database.engine.url))
    nothing = run("verify")
    assert (nothing.exit_code, "nothing has been sealed" in nothing.stderr) == (2, True)
    assert "cannot be told from the database alone" in nothing.output
    monkeypatch.setenv("ONEOWNER_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    away = run("verify")
    assert (away.exit_code, "the database cannot be read" in away.stderr) == (2, True)
    assert run("verify", "--key", "no-key").exit_code == 2


def test_a_proof_is_checked_without_the_database(
    sealed: Database, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, growth = tmp_path / "proof.json", tmp_path / "growth.json"
    file.write_text(run("prove", "evt_5").output, encoding="utf-8")
    growth.write_text(run("prove-growth", str(heads_of(sealed)[0].size)).output, encoding="utf-8")
    monkeypatch.setenv("ONEOWNER_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    shown = run("check-proof", str(file), "--key", PUBLIC)
    assert shown.exit_code == 0
    assert shown.output.startswith("Proven: event of a customer evt_5 is at position 39 of the log of 61 records")
    assert "未被更改" in run("check-proof", str(growth), "--key", PUBLIC, "--lang", "zh").output
    forged = json.loads(file.read_text(encoding="utf-8"))
    forged["columns"]["actor"] = "li.na"
    file.write_text(json.dumps(forged), encoding="utf-8")
    assert run("check-proof", str(file), "--key", PUBLIC).exit_code == 1
    other = run("check-proof", str(growth), "--key", "00" * 32)
    assert (other.exit_code, "not signed by key" in other.output) == (1, True)
    file.write_text("{}")
    assert run("check-proof", str(file)).exit_code == 2


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_has_words(locale: str) -> None:
    names = [
        *(f"audit-fault-{it}" for it in Fault),
        *(f"audit-change-{it}" for it in Change),
        *(f"audit-proof-{it}" for it in ProofFault),
        *(f"audit-kind-{it}" for it in RecordKind),
    ]
    assert [name for name in names if not has_message(locale, name.replace("_", "-"))] == []
