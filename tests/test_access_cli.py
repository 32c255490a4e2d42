"""Users are kept and sign in from the command line, against a service that runs."""

from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import access_cli
import cli
from domain.role import Role
from tests.test_service_client import address as address
from tests.test_service_client import database as database

PASSWORD = "一个足够长的密码，真的很长"


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli.app, arguments, input=typed)


def add(user: str, role: str) -> Result:
    return run("user", "add", user, "--role", role, "--name", "王芳", typed=f"{PASSWORD}\n")


def test_a_user_is_added_listed_changed_and_deactivated(address: str) -> None:
    assert "* wang.fang  auditor  -  王芳" in add("wang.fang", "auditor").stdout
    assert "administrator" in run("user", "set-role", "wang.fang", "administrator").stdout
    assert run("user", "deactivate", "wang.fang").stdout.startswith("  wang.fang")
    assert run("user", "list").stdout == "  wang.fang  administrator  -  王芳\n"
    assert run("user", "activate", "wang.fang").stdout.startswith("* wang.fang")
    without = run("user", "add", "zhao.lei", "--role", "auditor", "--no-password")
    assert without.stdout == "* zhao.lei  auditor  -  zhao.lei\n"


def test_what_is_refused_is_said_in_words(address: str) -> None:
    refused = run("user", "add", "li.wei", "--role", "rep", "--no-password")
    assert refused.exit_code == 1
    assert "must name the rep" in refused.stderr


def test_who_signs_in_calls_in_their_own_name(address: str, tmp_path: Path) -> None:
    add("wang.fang", "auditor")
    kept = run("login", "wang.fang", typed=f"{PASSWORD}\n")
    file = tmp_path / "login.token"
    assert str(file) in kept.stdout.replace("\n", "")
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("user", "list").exit_code == 0
    refused = run("user", "deactivate", "wang.fang")
    assert (refused.exit_code, "Forbidden" in refused.stderr) == (1, True)
    run("logout")
    assert not file.exists()
    assert run("user", "deactivate", "wang.fang").exit_code == 0


def test_a_token_can_be_printed_and_passed_on(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add("wang.fang", "auditor")
    token = run("login", "wang.fang", "--print", typed=f"{PASSWORD}\n").stdout.strip()
    assert not (tmp_path / "login.token").exists()
    monkeypatch.setenv("ONEOWNER_TOKEN", token)
    assert run("user", "set-password", "wang.fang", typed=f"{PASSWORD}\n").exit_code == 1
    assert run("user", "list").exit_code == 0


def test_a_wrong_password_keeps_nothing(address: str, tmp_path: Path) -> None:
    add("wang.fang", "auditor")
    refused = run("login", "wang.fang", typed="wrong\n")
    assert refused.exit_code == 1
    assert "Wrong user or password" in refused.stderr
    assert not (tmp_path / "login.token").exists()


def test_at_a_terminal_a_new_password_is_asked_for_twice_and_not_shown(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    def prompt(text: str, **how: object) -> str:
        asked.append(how)
        return PASSWORD

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("typer.prompt", prompt)
    access_cli.add_command("wang.fang", Role.AUDITOR)
    access_cli.login("wang.fang")
    assert [(how["hide_input"], how["confirmation_prompt"], how["err"]) for how in asked] == [
        (True, True, True),
        (True, False, True),
    ]


def test_another_password_takes_the_place_of_the_first(address: str) -> None:
    add("wang.fang", "auditor")
    assert run("user", "set-password", "wang.fang", typed=f"{PASSWORD}x\n").exit_code == 0
    assert run("login", "wang.fang", "--print", typed=f"{PASSWORD}\n").exit_code == 1
    assert run("login", "wang.fang", "--print", typed=f"{PASSWORD}x\n").exit_code == 0
