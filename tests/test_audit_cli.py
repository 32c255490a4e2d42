"""``oneowner audit``: what an auditor sees, and the exit codes that a monitor goes by."""

import json
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

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
from store.intake import Intake
from tests.auditing import KEY, PEM, heads_of, record, seal
from tests.databases import tampering
from tests.examples import IDS, LI, POLICY, ZHANG, employ, firm, lead, registration
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


@pytest.fixture
def customer(address: str, database: Database) -> str:
    """A customer with an owner."""
    employ(database, ZHANG, LI.model_copy(update={"on_leave": True}))
    new = lead(company={"name": "深圳市远航科技有限公司"}, region="CN-GD", customer_type="referral")
    return Intake(database, POLICY, IDS).register(registration(new)).answer.customer_id or ""


def test_why_somebody_had_a_customer_on_a_day(customer: str) -> None:
    shown = run("why", customer, "--at", "2026-11-24")
    first, second, *_ = shown.output.splitlines()
    assert first.startswith("zhang.wei has had the customer since 2026-11-2")
    assert first.endswith(f"(An owner was assigned, by system), decided by version {POLICY.fingerprint} of the policy.")
    assert second == "zhang.wei got it by the method “rotation” of the rule referral"
    assert "        ✗ li.na: on leave" in shown.output.splitlines()
    assert "起客户归 zhang.wei 所有" in run("why", customer, "--lang", "zh").output
    before = run("why", customer, "--at", "2026-11-20")
    assert (before.exit_code, before.output) == (1, "Nothing was ever assigned\n")


def test_a_sample_is_the_same_for_the_same_seed(customer: str, database: Database) -> None:
    for number in range(12):
        new = lead(company={"name": firm(number)}, region="CN-GD")
        Intake(database, POLICY, IDS).register(registration(new))
    arguments = ("sample", "--kind", "owner_assigned", "--month", "2026-11", "--count", "4")
    drawn = [json.loads(run(*arguments, "--seed", seed).output) for seed in ("7", "7", "8")]
    ids = [[chain["event_id"] for chain in sample["chains"]] for sample in drawn]
    assert ids[0] == ids[1] != ids[2]
    assert len(set(ids[0])) == 4
    assert drawn[0]["drawn_from"] == 13
    for chain in drawn[0]["chains"]:
        assert chain["decision"]["policy_version"] == POLICY.fingerprint
        assert chain["event_id"] in [it["id"] for it in chain["timeline"]]
        assert {"customer_registered", "owner_assigned"} <= {it["kind"] for it in chain["timeline"]}
    other_month = json.loads(run("sample", "--kind", "owner_assigned", "--month", "2026-12", "--seed", "7").output)
    assert other_month == {"drawn_from": 0, "chains": []}
    assert run("sample", "--kind", "owner_assigned", "--month", "2026-13", "--seed", "7").exit_code == 1


def test_a_timeline_is_exported_with_its_manifest(customer: str, tmp_path: Path) -> None:
    for form in ("csv", "jsonl"):
        file = tmp_path / f"{form}.zip"
        assert run("export", str(file), "--customer", customer, "--format", form, "--lang", "zh").exit_code == 0
        with ZipFile(file) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            assert manifest["sha256"] == sha256(archive.read(manifest["file"])).hexdigest()
            assert (manifest["filters"], manifest["language"]) == ({"customer_id": customer}, "zh-CN")
    nobody = run("export", str(tmp_path / "x.zip"), "--customer", "nobody")
    assert (nobody.exit_code, "Not found" in nobody.stderr, (tmp_path / "x.zip").exists()) == (1, True, False)
