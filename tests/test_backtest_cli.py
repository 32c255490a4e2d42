"""``oneowner backtest`` as a person calls it."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from store.database import Database
from store.intake import Intake
from store.migrate import migrate
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


def call(folder: Path, *more: str, begins: str = "2026-11-01") -> tuple[int, str, str]:
    arguments = ["backtest", "--policy", str(folder / "draft.yaml"), "--from", begins, *more]
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
    page, table = folder / "r.html", folder / "r.csv"
    assert call(folder, "--out", str(page), "--lang", "en")[0] == call(folder, "--out", str(table))[0] == 0
    assert "Back-test of a draft policy" in page.read_text(encoding="utf-8")
    assert len(list(csv.reader(StringIO(table.read_text(encoding="utf-8-sig"))))) == 1 + 3 + 3


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
