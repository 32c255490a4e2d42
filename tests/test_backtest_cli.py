"""``oneowner backtest`` as a person calls it."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import cli
from domain.policy_file import parse_policy
from domain.policy_version import NewVersion
from store.database import Database
from store.intake import Intake
from store.migrate import migrate
from store.policy_versions import PolicyVersions
from tests.examples import AT, IDS, LI, POLICY, SMITH, ZHANG, edited, employ, firm, lead, registration

DRAFT = edited({"assignment.0.methods": [{"method": "designated", "rep": LI.id}]})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with four customers of three reps, and a draft beside it."""
    database = Database(f"sqlite:///{tmp_path / 'oneowner.db'}")
    migrate(database)
    employ(database, ZHANG, LI, SMITH)
    intake = Intake(database, POLICY, IDS)
    for number, region in enumerate(("CN-GD", "CN-GD", "US-CA", "DE-BE")):
        amount = {"value": "1000.00", "currency": "CNY"}
        intake.register(registration(lead(company={"name": firm(number)}, region=region, amount=amount), AT))
    database.close()
    (tmp_path / "draft.yaml").write_text(DRAFT, encoding="utf-8")
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ONEOWNER_DATABASE_URL", "")
    return tmp_path


def call(folder: Path, *more: str, begins: str = "2026-11-01", policy: str = "") -> tuple[int, str, str]:
    arguments = ["backtest", "--policy", policy or str(folder / "draft.yaml"), "--from", begins, *more]
    done = CliRunner().invoke(cli.app, arguments, env={"COLUMNS": "160"})
    return done.exit_code, done.stdout, done.stderr


def test_it_tells_who_gains_and_who_loses(folder: Path) -> None:
    code, out, _ = call(folder, "--lang", "zh")
    assert code == 0
    assert "李娜" in out
    assert "+3" in out
    assert "已核对" in out


def test_for_machines(folder: Path) -> None:
    code, out, _ = call(folder, "--json")
    result = json.loads(out)
    assert code == 0
    assert result["drafted"]["reps"] == {"li.na": {"customers": 4, "value": "4000.00"}}
    assert (result["moved"], result["unfaithful"]) == (3, 0)
    assert result["actual"]["unassigned"] == {"no_territory": 1}


def test_reports_are_written(folder: Path) -> None:
    page, table, book = folder / "r.html", folder / "r.csv", folder / "r.xlsx"
    assert call(folder, "--out", str(page), "--lang", "en")[0] == call(folder, "--out", str(table))[0] == 0
    assert call(folder, "--out", str(book))[0] == 0
    assert len(load_workbook(book).sheetnames) == 5
    assert "Back-test of a draft policy" in page.read_text(encoding="utf-8")
    assert len(list(csv.reader(StringIO(table.read_text(encoding="utf-8-sig"))))) == 1 + 3 + 3


def test_a_stored_version_is_named_by_its_id(folder: Path) -> None:
    """And the one in force is the service's, whatever the policy file says."""
    database = Database(f"sqlite:///{folder / 'oneowner.db'}")
    versions, draft = PolicyVersions(database), parse_policy(DRAFT)
    versions.add(NewVersion(policy=draft, content=DRAFT), "test")
    code, out, _ = call(folder, "--json", policy=draft.fingerprint)
    result = json.loads(out)
    assert (code, result["draft"], result["current"]) == (0, draft.fingerprint, POLICY.fingerprint)
    versions.activate(draft.fingerprint, None, "test")
    database.close()
    assert json.loads(call(folder, "--json")[1])["current"] == draft.fingerprint


def test_what_is_neither_file_nor_version_is_refused(folder: Path) -> None:
    for named in ("nowhere.yaml", "2026-11+00000000", str(folder), "=1+1"):
        code, _, told = call(folder, "--lang", "en", policy=named)
        assert (code, "neither a file nor a stored version" in told) == (1, True), told


def test_an_empty_period_is_said(folder: Path) -> None:
    code, out, _ = call(folder, "--until", "2020-02-01", "--lang", "en", begins="2020-01-01")
    assert (code, "No new customers in this period." in out) == (0, True)


@pytest.mark.parametrize(
    ("begins", "until", "said"),
    [
        ("yesterday", "2026-01-01", "--from: yesterday is no date"),
        ("2026-02-30", "2026-03-01", "--from: 2026-02-30 is no date"),
        ("2026-03-01", "=1+1", "--until: =1+1 is no date"),
        ("2026-03-01", "2026-03-01", "--until must be later"),
        ("0001-01-01", "9999-12-31", "must lie between"),
    ],
)
def test_hostile_dates_are_refused(folder: Path, begins: str, until: str, said: str) -> None:
    code, _, told = call(folder, "--until", until, "--lang", "en", begins=begins)
    assert (code, said in told) == (1, True), told


def test_a_draft_with_errors_is_told_by_line(folder: Path) -> None:
    broken = DRAFT.replace("queue: unassigned", "queue: nowhere", 1)
    (folder / "draft.yaml").write_text(broken, encoding="utf-8")
    line = broken[: broken.index("queue: nowhere")].count("\n") + 1
    code, _, told = call(folder)
    assert code == 1
    assert f"line {line}" in told
    assert f"第 {line} 行" in told


def test_without_a_database_it_says_what_to_do(folder: Path) -> None:
    (folder / "oneowner.db").unlink()
    code, _, told = call(folder, "--lang", "en")
    assert code == 1
    assert "Start OneOwner once" in told
    assert not (folder / "oneowner.db").exists()
