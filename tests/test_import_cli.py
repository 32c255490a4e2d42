"""``oneowner import``: what a person sees, in either language, against the whole service, which may be killed."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import cli
from launcher.supervisor import Running, running
from settings import Settings
from store.database import Database
from tests.examples import OTHER_USCC, USCC, firm
from tests.importing import HEADINGS, YUANHANG, csv_of, row, xlsx_of
from tests.invariants import read_model, violations

MANY = [row(f"{firm(at % 256)[:-4]}{at}号店有限公司", 邮箱=f"it{at}@shop-{at}.com", 省份="广东") for at in range(1_500)]


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """The whole service on loopback, its data in the folder ``data`` of ``tmp_path``."""
    for name in [name for name in os.environ if name.startswith(("ONEOWNER_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("ONEOWNER_LOG_LEVEL", "error")
    async with running(Settings(data_dir=tmp_path / "data", port=0)) as service:
        yield service


async def oneowner(service: Running, folder: Path, *arguments: str, answer: str = "") -> tuple[int, str]:
    """Run the command; its exit code, and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "import", *arguments, "--url", service.api, "--data-dir", str(folder / "data")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(answer.encode())
    assert process.returncode is not None
    return process.returncode, output.decode()


async def test_a_person_imports_a_file_and_takes_it_back(service: Running, tmp_path: Path) -> None:
    headings = ["甲", *HEADINGS[1:]]
    (tmp_path / "客户.xlsx").write_bytes(xlsx_of([YUANHANG, row("坏行有限公司", 邮箱="x")], headings))
    file, report = str(tmp_path / "客户.xlsx"), tmp_path / "report.html"

    code, said = await oneowner(service, tmp_path, file, "--map", "甲=company", "--dry-run", "--lang", "zh")
    assert code == 0, said
    assert "仅试运行" in said and "新客户" in said and "甲" in said
    code, said = await oneowner(service, tmp_path, file, "--report", str(report), "--lang", "en", answer="n\n")
    assert code == 0 and "This file was sent before" in said and "Load 1 customers?" in said
    assert "<!doctype html>" in report.read_text(encoding="utf-8")
    code, said = await oneowner(service, tmp_path, file, "--yes", "--lang", "zh")
    assert code == 0 and "已导入" in said
    import_id = re.findall(r"imp_\w{26}", said)[-1]
    code, said = await oneowner(service, tmp_path, "undo", import_id, "--lang", "en")
    assert code == 0 and "Taken back" in said

    (tmp_path / "broken.csv").write_bytes(b"PK\x03\x04 no workbook")
    code, said = await oneowner(service, tmp_path, str(tmp_path / "broken.csv"), "--yes", "--lang", "zh")
    assert code == 1 and "无法导入" in said and "Traceback" not in said
    code, said = await oneowner(service, tmp_path, "undo", "imp_none", "--lang", "en")
    assert code == 1 and "Not found" in said
    code, said = await oneowner(service, tmp_path, file, "--map", "甲=nothing", "--lang", "en")
    assert code == 1 and "The fields are" in said


async def test_a_file_in_one_go_in_english(service: Running, tmp_path: Path) -> None:
    """Dry run, yes, report and undo without a question; what somebody has worked with since is listed."""
    rows = [["Harbour Lights Ltd", "Jane Smith", "+44 20 7031 3000"], ["=cmd|'/c calc'!A0", "x", ""]]
    (tmp_path / "list.csv").write_bytes(csv_of(rows, ["Company", "Contact", "Phone"]))
    report = tmp_path / "report.xlsx"
    arguments = (str(tmp_path / "list.csv"), "--yes", "--report", str(report), "--lang", "en")
    code, said = await oneowner(service, tmp_path, *arguments)
    assert code == 0 and "Loaded" in said, said
    book = load_workbook(report)
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"} and "'=cmd|'/c calc'!A0" in {cell.value for cell in cells}
    headers = {"Authorization": f"Bearer {(tmp_path / 'data' / 'admin.token').read_text().strip()}"}
    lead = {"source": "website", "external_id": "web-1", "company": {"name": rows[0][0]}, "phones": [rows[0][2]]}
    async with httpx.AsyncClient(base_url=service.api, headers=headers, timeout=60) as client:
        answer = (await client.post("/v1/leads", json=lead)).json()
    assert answer["outcome"] == "duplicate"
    import_id = re.findall(r"imp_\w{26}", said)[-1]
    code, said = await oneowner(service, tmp_path, "undo", import_id, "--lang", "en")
    assert code == 0 and answer["customer_id"] in said, said


async def test_a_person_is_asked_about_rows_in_doubt(service: Running, tmp_path: Path) -> None:
    doubtful = [row("甲方实业有限公司", 统一社会信用代码=USCC, 手机号="13900139000")]
    doubtful += [row("乙方实业有限公司", 统一社会信用代码=OTHER_USCC, 手机号="13900139000")]
    (tmp_path / "疑.csv").write_bytes(csv_of(doubtful))
    code, said = await oneowner(service, tmp_path, str(tmp_path / "疑.csv"), "--ask", "--yes", "--lang", "zh")
    assert code == 0 and "1 行在等待人工确认" in said, said
    import_id = re.findall(r"imp_\w{26}", said)[-1]
    code, said = await oneowner(service, tmp_path, "undo", import_id, "--lang", "en")
    assert code == 0 and "Taken back" in said, said
    model = read_model(Database(f"sqlite:///{tmp_path / 'data' / 'oneowner.db'}"))
    assert (model.customers, model.asked, [lead.outcome for lead in model.leads]) == ((), (), ["rejected"])


async def test_two_gigabytes_are_refused_in_a_sentence(service: Running, tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(2**31)  # sparse: it takes no room
    code, said = await oneowner(service, tmp_path, str(tmp_path / "huge.csv"), "--yes", "--lang", "en")
    assert code == 1 and "Body too large" in said and "Traceback" not in said, said
    assert list((tmp_path / "data").glob("imports/*")) == []


async def test_the_service_is_killed_in_the_middle(service: Running, tmp_path: Path) -> None:
    """Invariants nothing_lost and once: kill -9 while a file is loaded; it goes on, nothing is there twice."""
    (tmp_path / "many.csv").write_bytes(csv_of(MANY))
    database = Database(f"sqlite:///{tmp_path / 'data' / 'oneowner.db'}")
    code, said = await oneowner(service, tmp_path, str(tmp_path / "many.csv"), "--dry-run")
    assert code == 0, said
    loading = asyncio.create_task(oneowner(service, tmp_path, str(tmp_path / "many.csv"), "--yes", "--lang", "en"))
    async with asyncio.timeout(120):
        while not (before := len(read_model(database).customers)):
            await asyncio.sleep(0.05)
    assert service.service.pid is not None
    os.kill(service.service.pid, signal.SIGKILL)
    await loading
    async with asyncio.timeout(120):
        while True:
            code, said = await oneowner(service, tmp_path, str(tmp_path / "many.csv"), "--dry-run", "--lang", "en")
            if "Loaded" in said:
                break
            await asyncio.sleep(1)
    model = read_model(database)
    new = int(next(line for line in said.splitlines() if line.startswith("New customer")).split()[-1])
    assert before < new == len(model.customers)
    assert violations(model) == []
    database.close()


def test_a_service_that_is_away_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv_of([YUANHANG]))
    arguments = ["import", str(tmp_path / "a.csv"), "--url", "http://127.0.0.1:9", "--data-dir", str(tmp_path)]
    result = CliRunner().invoke(cli.app, [*arguments, "--lang", "zh"])
    assert result.exit_code == 1
    assert "没有 OneOwner 服务应答" in result.output


def test_a_file_that_is_not_there_is_a_mistake_of_use(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli.app, ["import", str(tmp_path / "none.csv")]).exit_code == 2
