"""The demo as a person runs it: it tells the story, ends with the right code, and leaves nothing behind."""

import csv
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from demo.promise import Difference
from demo.run import isolated, judged
from samples.generate import LEADS
from tests.demo.test_teller import telling
from tests.launcher.processes import children, gone_within

DEMO = (sys.executable, "-m", "cli", "demo")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Temporary files in a folder that should be empty afterwards, and settings of an installation to leave alone."""
    elsewhere = tmp_path / "installation"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    return os.environ | {
        "TMPDIR": str(temporary),
        "ONEOWNER_DATA_DIR": str(elsewhere),
        "ONEOWNER_DATABASE_URL": f"sqlite:///{elsewhere}.db",
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
    }


def left_behind(environment: dict[str, str]) -> list[Path]:
    """Whatever the demo has put into folders and not taken away."""
    temporary = Path(environment["TMPDIR"])
    return [*temporary.iterdir(), *(path for path in temporary.parent.iterdir() if path != temporary)]


def family(pid: int) -> list[int]:
    """A process's descendants."""
    return [each for child in children(pid) for each in (child, *family(child))]


@pytest.mark.timeout(400)
def test_the_demo_tells_the_story_and_ends_well(environment: dict[str, str]) -> None:
    told = subprocess.run([*DEMO, "--lang", "zh"], env=environment, capture_output=True, text=True, timeout=380)
    assert told.returncode == 0, told.stdout + told.stderr
    expected = Counter(row["expect"] for row in csv.DictReader(LEADS.read_text(encoding="utf-8").splitlines()))
    counts = re.findall(r"^ *(\d+)   (新客户|重复|同一线索|疑似|拒绝)", told.stdout, re.MULTILINE)
    assert [int(count) for count, _ in counts] == [
        expected[name] for name in ("new", "duplicate", "retry", "doubt", "refused")
    ]
    for part in ("已预警负责人", "已升级给经理", "已改派给其他负责人", "最久未轮到", "该区域没有销售", "一如承诺"):
        assert part in told.stdout
    assert "\x1b" not in told.stdout
    assert left_behind(environment) == []


@pytest.mark.timeout(200)
def test_ctrl_c_stops_everything_and_is_no_success(environment: dict[str, str]) -> None:
    with subprocess.Popen([*DEMO], env=environment | {"LANG": "C.UTF-8"}, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        next(line for line in demo.stdout if line.startswith("Submitting leads"))
        started = family(demo.pid)
        assert len(started) >= 2
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 1
    assert all(gone_within(pid, 5) for pid in started)
    assert left_behind(environment) == []


def test_the_settings_of_an_installation_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("ONEOWNER_DATABASE_URL=postgresql://production/oneowner\nONEOWNER_PORT=80\n")
    monkeypatch.setenv("ONEOWNER_POLICY_FILE", "other.yaml")
    monkeypatch.setenv("ONEOWNER_ADMIN_TOKEN", "a token of the installation")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "production:7233")
    monkeypatch.setattr(os, "environ", os.environ.copy())
    folder = tmp_path / "own"
    seen = isolated(folder)
    for settings in (seen, type(seen)()):
        assert settings.sqlalchemy_url == f"sqlite:///{folder}/oneowner.db"
        assert settings.policy_file.name == "default.yaml"
        assert (settings.port, settings.admin_token.get_secret_value()) == (0, "")
    assert not [name for name in os.environ if name.startswith("TEMPORAL_") and name != "TEMPORAL_CONFIG_FILE"]


def test_a_difference_is_told_and_is_no_success() -> None:
    teller, paper = telling("zh-CN")
    assert judged(teller, [])
    assert not judged(teller, [Difference("demo-customer-lost", {"id": "cus_1"})])
    assert "cus_1 已登记，却不在客户之中" in paper.getvalue()
