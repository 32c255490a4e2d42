from pathlib import Path

import pytest

from launcher.errors import WrongVersion
from launcher.program import Kind, examine
from tests.launcher.processes import script


@pytest.mark.parametrize(
    ("said", "kind", "version"),
    [
        ("temporal version 1.32.1", Kind.SERVER, "1.32.1"),
        ("temporal version 1.7.0 (Server 1.32.0, UI 2.50.0)", Kind.CLI, "1.32.0"),
        ("temporal version 2.0.0 (Server 2.1.4, UI 3.0.0)", Kind.CLI, "2.1.4"),
        ("temporal version 1.8.0-rc.1 (Server 1.33.0-160.1, UI 2.50.0)", Kind.CLI, "1.33.0"),
    ],
)
async def test_programs_that_serve(tmp_path: Path, said: str, kind: Kind, version: str) -> None:
    found = await examine(script(tmp_path / "program", f"echo '{said}'"))
    assert (found.kind, found.version) == (kind, version)


@pytest.mark.parametrize(
    "said",
    [
        "temporal version 1.32.2",  # another server than the pinned one
        "temporal version 1.29.1",
        "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)",
        "temporal version 1.9.9 (Server 1.9.9, UI 2.42.1)",  # nine is less than thirty-two
        "nginx version: nginx/1.32.1",
        "",
    ],
)
async def test_wrong_versions_are_refused(tmp_path: Path, said: str) -> None:
    program = script(tmp_path / "program", f"echo '{said}'")
    with pytest.raises(WrongVersion, match=r"1\.32\.1"):
        await examine(program)


async def test_what_cannot_be_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    for path in (tmp_path / "text", tmp_path / "missing"):
        with pytest.raises(WrongVersion):
            await examine(path)


async def test_a_program_that_hangs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.program.LOOK_TIMEOUT", 0.2)
    with pytest.raises(WrongVersion):
        await examine(script(tmp_path / "program", "exec sleep 60"))
