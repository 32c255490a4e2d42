"""``oneowner simulate`` as a person calls it."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli

SIZE = ["--seed", "2", "--reps", "8", "--customers", "15", "--months", "3"]


def call(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli.app, ["simulate", *arguments], env={"COLUMNS": "200"})
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.timeout(600)
def test_a_table_and_both_files(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "report"
    code, out, _ = call(*SIZE, "--out", str(folder), "--lang", "zh")
    assert code == 0
    assert "模拟的一年" not in out
    assert "他人提交的线索" in out
    assert "均为虚构" in out
    result = json.loads((folder / "simulation.json").read_text(encoding="utf-8"))
    assert result["size"] == {"seed": 2, "reps": 8, "customers": 15, "months": 3}
    page = (folder / "simulation.html").read_text(encoding="utf-8")
    assert "模拟的一年" in page
    assert "<script" not in page
    assert re.findall(r'<polyline [^>]*class="(\w+)"', page) == ["was", "draft"]


def test_a_policy_that_cannot_be_read_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("version: [", encoding="utf-8")
    for policy in ("wrong.yaml", "missing.yaml"):
        code, out, err = call(*SIZE, "--policy", str(tmp_path / policy), "--out", str(tmp_path / "out"))
        assert code == 1
        assert policy in err
        assert out == ""
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, _, err = call("--customers", "1", "--months", "1", "--reps", "2", "--out", str(tmp_path / "file"))
    assert code == 1
    assert "file" in err
