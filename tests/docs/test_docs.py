"""The documents tell the truth: their commands run, their answers come, their links lead somewhere."""

import asyncio
import json
import os
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import cli
from launcher.supervisor import Running, running
from settings import PROJECT_ROOT, Settings

DOCUMENTS = [*PROJECT_ROOT.glob("*.md"), *(PROJECT_ROOT / "docs").rglob("*.md")]
API = "http://127.0.0.1:8000"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|<(?:img|a)[^>]* (?:src|href)=\"([^\"#]+)\"")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SEPARATOR = "\x1e"
ANYTHING = "…"


def blocks(document: Path) -> list[tuple[str, str]]:
    """The language and the text of every fenced block."""
    return BLOCK.findall(document.read_text(encoding="utf-8"))


def lacking(shown: Any, real: Any, where: str = "answer") -> list[str]:
    """Where a real answer is not what a document shows. Fields may be left out there, and ``…`` is anything."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return [fault for name in shown for fault in lacking(shown[name], real.get(name), f"{where}.{name}")]
    if isinstance(shown, list) and isinstance(real, list) and len(shown) == len(real):
        return [
            fault for at, pair in enumerate(zip(shown, real, strict=True)) for fault in lacking(*pair, f"{where}.{at}")
        ]
    return [] if shown == real or (shown == ANYTHING and real) else [f"{where} is {real!r} and not {shown!r}"]


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """The whole service on loopback, its data in the folder ``data`` of ``tmp_path``."""
    for name in [name for name in os.environ if name.startswith(("ONEOWNER_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("ONEOWNER_LOG_LEVEL", "error")
    monkeypatch.setenv("ONEOWNER_ANSWER_TIMEOUT", "60")  # the machine may be busy
    async with running(Settings(data_dir=tmp_path / "data", port=0)) as service:
        yield service


async def test_the_walk_through_does_what_it_shows(service: Running, tmp_path: Path) -> None:
    fences = blocks(PROJECT_ROOT / "docs" / "api.md")
    commands = [text for language, text in fences if language == "sh"]
    script = f"printf '{SEPARATOR}'\n".join(commands).replace(API, service.api)
    process = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", script, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    answers = iter(output.decode().split(SEPARATOR))
    answer = ""
    for language, text in fences:
        if language == "sh":
            answer = next(answers)
        elif language == "json":
            assert lacking(json.loads(text), json.loads(answer.strip().splitlines()[-1])) == [], text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_relative_links_lead_somewhere(document: Path) -> None:
    for groups in LINK.findall(document.read_text(encoding="utf-8")):
        target = "".join(groups)
        if ":" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_settings_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    commands = {command.callback.__name__ for command in cli.app.registered_commands if command.callback}
    commands |= {group.name for group in cli.app.registered_groups if isinstance(group.name, str)}
    for target in re.findall(r"(?:^|`)make (\w+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for command in re.findall(r"(?:^|`|bin/)oneowner (\w+)", text, re.MULTILINE):
        assert command in commands, command
    for name in re.findall(r"ONEOWNER_(?!TEST_)(\w*[A-Z])", text):
        assert name.lower() in Settings.model_fields, name


def test_the_readme_lists_every_setting_with_its_default() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `ONEOWNER_(\w+)` \| `?([^`|]*?)`? \|", readme, re.MULTILINE))
    defaults = {name.upper(): str(field.default) for name, field in Settings.model_fields.items()}
    defaults["POLICY_FILE"] = "policies/default.yaml"
    assert rows == {name: default.removesuffix(".0") or "empty" for name, default in defaults.items()}


def test_a_wrong_answer_in_a_document_is_seen() -> None:
    real = {"outcome": "duplicate", "owner": {"id": "li.wei", "name": "李伟"}, "matched_on": ["mobile"]}
    assert lacking({"outcome": "duplicate", "owner": {"id": "…"}, "matched_on": ["mobile"]}, real) == []
    assert lacking({"outcome": "new_customer"}, real) == ["answer.outcome is 'duplicate' and not 'new_customer'"]
    assert lacking({"matched_on": []}, real)
    assert lacking({"matched_on": ["email"]}, real)
    assert lacking({"queue": "…"}, real)
