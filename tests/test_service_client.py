"""The commands that call the running service: versions of the policy, and why a customer is whose it is."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from typer.testing import CliRunner, Result

import cli
from api.app import create_app
from explain_cli import told
from logs import configure_logging
from messages import LOCALES
from settings import Settings
from store.database import Database
from store.intake import Intake
from tests.api.conftest import TOKEN, StandIn, context_of
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import IDS, LI, POLICY, POLICY_TEXT, ZHANG, edited, employ, lead, registration


@pytest.fixture
def database(new_sqlite: NewDatabase) -> Iterator[Database]:
    made = Database(new_sqlite(TEMPLATE))
    yield made
    made.close()


@pytest.fixture
def address(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The API on a port of its own, whose token the settings have."""
    configure_logging(Settings(log_format="json"), StringIO())  # else the service's log is the command's output
    app: FastAPI = create_app(context_of(database, StandIn()))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    monkeypatch.setenv("ONEOWNER_PORT", str(port))
    monkeypatch.setenv("ONEOWNER_ADMIN_TOKEN", TOKEN)
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, arguments)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Two sound policy files and a faulty one."""
    texts = {
        "first": POLICY_TEXT,
        "second": POLICY_TEXT.replace('"2026.11"', '"2026.12"').replace("days: 30 ", "days: 20 "),
        "faulty": POLICY_TEXT.replace("queue: management", "queue: managment"),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {name: str(tmp_path / name) for name in texts}


def test_versions_are_added_listed_compared_and_brought_into_force(address: str, files: dict[str, str]) -> None:
    assert run("policy", "add", files["first"]).exit_code == 0
    added = run("policy", "add", files["second"], "--comment", "展会 20 天")
    first, second = POLICY.fingerprint, added.output.split()[0]
    assert added.output == f"  {second}  -  展会 20 天\n"
    assert run("policy", "activate", first).output.startswith(f"* {first}  20")
    planned = run("policy", "activate", second, "--at", "2999-01-01T08:00:00+08:00")
    assert planned.output == f"  {second}  2999-01-01T00:00:00Z  展会 20 天\n"
    assert run("policy", "withdraw", second).output == f"  {second}  -  展会 20 天\n"
    assert [line.split()[0] for line in run("policy", "list", "--api", address).output.splitlines()] == [second, "*"]
    difference = run("policy", "diff", first, second).output
    assert "clocks.stand_lead.days: 30 → 20\n" in difference
    assert '+version: "2026.12"\n' in difference


def test_what_the_service_refuses_is_told_in_its_words(address: str, files: dict[str, str]) -> None:
    refused = run("policy", "add", files["faulty"])
    line = next(at for at, text in enumerate(POLICY_TEXT.splitlines(), 1) if "queue: management" in text)
    assert refused.exit_code == 1
    assert f"  {line}: assignment.1.queue: there is no queue managment\n" in refused.output
    unknown = run("policy", "activate", "2026.11+00000000")
    assert (unknown.exit_code, "Not found" in unknown.output) == (1, True)


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
    result = run("policy", "list", "--api", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "nothing answers at http://127.0.0.1:9" in result.output
    assert "没有应答" in result.output


def test_a_customers_assignments_are_told_rule_by_rule(address: str, database: Database) -> None:
    employ(database, ZHANG, LI.model_copy(update={"on_leave": True}))
    new = lead(company={"name": "深圳市远航科技有限公司"}, region="CN-GD", customer_type="referral")
    customer_id = Intake(database, POLICY, IDS).register(registration(new)).answer.customer_id or ""
    lines = run("explain", customer_id).output.splitlines()
    assert lines[0].endswith(f"An owner was assigned ({POLICY.fingerprint})")
    assert lines[1:] == [
        "  with zhang.wei from then on",
        "  ✗ rule new_registration: the customer's type is not new_registration",
        "  ✗ rule key_account: the customer's type is not key_account",
        "  ✓ rule referral: applies",
        "    ✗ owner of the referring customer: nobody referred the customer",
        "    ✓ rotation: chosen (zhang.wei)",
        "        among CN-GD",
        "        considered: li.na, zhang.wei",
        "        ✗ li.na: on leave",
        "",
    ]
    assert "        ✗ li.na：休假中" in run("explain", customer_id, "--lang", "zh").output.splitlines()
    assert run("explain", "cus_nobody").exit_code == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_scores_and_hands_without_a_rule_are_told(locale: str) -> None:
    plain: dict[str, Any] = {
        "at": "2026-11-24T09:30:00Z", "text": "Claimed", "policy_version": "1+0", "owner_id": None,
        "queue": "public", "explanation": None, "approval_id": None, "given_reason": None,
    }  # fmt: skip
    assert len(list(told(plain, locale))) == 2
    *_, approval, reason = told(plain | {"approval_id": "apr_9", "given_reason": "换人负责"}, locale)
    assert ("apr_9" in approval, "换人负责" in reason) == (True, True)
    trial = {
        "reason": "chosen", "text": "best match", "rep_id": "li.na", "among": None, "considered": [], "passed_over": [],
        "scores": {"li.na": {"load": 0.5, "deal_size": 1.0}},
    }  # fmt: skip
    explanation = {"rules_passed": [], "rule": "vip", "trials": [trial]}
    *_, scores = told(plain | {"explanation": explanation}, locale)
    assert "0.5" in scores
    assert "load" not in scores or locale == "en"


def test_a_customer_that_was_never_assigned_by_the_file_is_still_explained(address: str, database: Database) -> None:
    """One that waits in a queue: why nobody got it."""
    new = lead(company={"name": "深圳市远航科技有限公司"}, region="CN-GD", customer_type="key_account")
    customer_id = Intake(database, POLICY, IDS).register(registration(new)).answer.customer_id or ""
    output = run("explain", customer_id).output
    assert "in management from then on" in output
    assert "management must designate somebody" in output


def test_edited_files_read_back(address: str, tmp_path: Path) -> None:
    (tmp_path / "draft").write_text(edited({"version": "草案 1"}), encoding="utf-8")
    added = run("policy", "add", str(tmp_path / "draft"))
    policy_id = added.output.rpartition("  ")[0].strip()
    assert run("policy", "activate", policy_id).output.startswith(f"* {policy_id}")
