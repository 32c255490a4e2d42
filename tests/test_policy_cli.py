"""``oneowner policy``: what a manager sees who has written a policy file, and what an editor needs to help them."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from domain.policy_file import check_policy
from messages import LOCALES, has_message
from policy_cli import app, schema_text, told
from settings import PROJECT_ROOT
from store.database import Database
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import POLICY_TEXT, SHIPPED, ZHANG, edited, employ

SHIPPED_FILE = PROJECT_ROOT / "policies" / "default.yaml"
SCHEMA = json.loads((PROJECT_ROOT / "policies" / "policy.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY_TEXT.replace("queue: management", "queue: managment"), encoding="utf-8")
    return path


def test_a_sound_file(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(SHIPPED_FILE)])
    assert result.exit_code == 0
    assert "no errors" in result.output
    assert "没有错误" in result.output


def test_an_error_is_told_in_both_languages_with_file_and_line(faulty: Path) -> None:
    line = next(at for at, text in enumerate(POLICY_TEXT.splitlines(), 1) if "queue: management" in text)
    result = CliRunner().invoke(app, ["check", str(faulty)])
    assert result.exit_code == 1
    assert f"{faulty}, line {line}, assignment.1.queue: there is no queue managment" in result.output
    assert f"{faulty} 第 {line} 行，assignment.1.queue：没有名为 managment 的队列" in result.output


def test_machines_get_json(faulty: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(faulty), "--json"])
    assert result.exit_code == 1
    (finding,) = json.loads(result.output)
    assert (finding["code"], finding["severity"], finding["place"]) == ("unknown_queue", "error", "assignment.1.queue")
    assert set(finding["message"]) == set(LOCALES)
    assert json.loads(CliRunner().invoke(app, ["check", str(SHIPPED_FILE), "--json"]).output) == []


def test_reps_and_regions_are_looked_at_when_asked(new_sqlite: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    url = new_sqlite(TEMPLATE)
    database = Database(url)
    employ(database, ZHANG)
    database.close()
    monkeypatch.setenv("ONEOWNER_DATABASE_URL", url)
    result = CliRunner().invoke(app, ["check", str(SHIPPED_FILE), "--reps"])
    assert result.exit_code == 0, result.output


EVERY_FAULT = [
    {"assignment.2.methods": ["lottery"], "assignment.1.when": {"industry": {}, "need": {"matches": "("}}},
    {"assignment.2.methods": [{"pool": "x"}], "time_zone": "x", "territories": {"a": {"reps": ["b"]}}},
    {"assignment.2.rule": "trade_show", "assignment.2.clock": "x", "assignment.2.methods": ["territory"]},
    {"assignment.2.when": {}, "rotation_pools": {"a": {"reps": ["b"]}}},
    {"assignment.2.when": {"customer_type": ["referral"], "all": [{"customer_type": "trade_show"}]}},
    {"territories": {name: {"regions": ["CN", "CN-XX"], "divisions": ["990000"], "reps": ["a"]} for name in "ab"}},
    {"assignment.2.methods": [{"method": "rotation", "pool": "x"}], "exchange_rates": {"USD": -1}},
    {"clocks.stand_lead.on_expiry": "keep", "identity.certain.uscc": 2, "queues.unassigned.zh": "", "version": 1},
]


@pytest.mark.parametrize("changes", EVERY_FAULT)
def test_every_finding_has_its_sentence(changes: dict[str, object]) -> None:
    findings = check_policy(edited(changes))[1]
    assert findings
    assert len(told(findings, Path("policy.yaml"))) == len(findings)
    for finding in findings:
        name = finding.code.replace("_", "-")
        assert has_message("en", f"policy-{name}") or has_message("en", f"rule-{name}"), finding


def test_the_published_schema_is_current() -> None:
    assert (PROJECT_ROOT / "policies" / "policy.schema.json").read_text(encoding="utf-8") == schema_text()
    assert CliRunner().invoke(app, ["schema"]).output == schema_text()


def test_the_schema_accepts_what_ships_and_short_and_long_forms() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(SHIPPED, SCHEMA)
    methods = ["sticky", {"method": "best_match", "weights": {"load": 1}}]
    when = {"any": [{"source": ["a", "b"]}, {"amount": {"at_least": 5}}], "region": {"within": "CN"}, "level": "A"}
    jsonschema.validate(yaml.safe_load(edited({"assignment.1.methods": methods, "assignment.1.when": when})), SCHEMA)


@pytest.mark.parametrize(
    "changes",
    [
        {"assignment.1.methods": ["lottery"]},
        {"assignment.1.when": {"regoin": "CN"}},
        {"assignment.1.when": {"industry": None}},
        {"assignment.1.owner": "li.na"},
        {"clocks.stand_lead.days": 0},
    ],
)
def test_the_schema_refuses_what_the_service_refuses(changes: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(edited(changes)), SCHEMA)
