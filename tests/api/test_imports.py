"""The imports' routes: files taken in piece by piece, reports that harm nobody, and what is refused."""

import re
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from openpyxl import load_workbook

from api.import_report import SHOWN
from domain.importing.batch import Batch, Step
from domain.importing.row import Verdict, Why
from messages import LOCALES, has_message
from reports.spreadsheet import XLSX
from settings import Settings
from store.database import Database
from store.import_analysis import Analysis
from store.import_files import ImportFiles
from store.imports import Imports
from store.policies import Policies
from tests.api.conftest import StandIn
from tests.examples import AT, OTHER_USCC, POLICY, USCC
from tests.importing import CSV, YUANHANG, csv_of, row

SCRIPT = "<script>alert(1)</script>"
HOSTILE = row(SCRIPT, 联系人="=cmd|'/c calc'!A0", 邮箱=SCRIPT, 地址="+1+1", 行业="@SUM(A1)")


@pytest.fixture(autouse=True)
def folder(app: FastAPI, tmp_path: Path) -> Path:
    """A data folder of its own, and small limits."""
    context = app.state.context
    settings = Settings(data_dir=tmp_path, admin_token=context.settings.admin_token, import_max_bytes=200 * 2**20)
    app.state.context = type(context)(**{**vars(context), "settings": settings})
    return settings.import_folder


async def send(client: httpx.AsyncClient, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    """Send a file."""
    return await client.post("/v1/imports", params={"filename": "客户.csv"}, content=content, headers=CSV | headers)


async def analysed(client: httpx.AsyncClient, database: Database, folder: Path, content: bytes) -> str:
    """Send a file and have it analysed as the workflow would; the import's id."""
    sent = (await send(client, content)).json()
    analysis = Analysis(database, Policies(database, POLICY), ImportFiles(folder), Imports(database), 10_000)
    analysis.analyse(Step(batch=Batch(import_id=sent["id"], attempt=1), at=AT))
    import_id: str = sent["id"]
    return import_id


async def test_a_file_is_taken_in_once(client: httpx.AsyncClient, gateway: StandIn, folder: Path) -> None:
    response = await send(client, csv_of([YUANHANG]))
    body = response.json()
    assert (response.status_code, response.headers["location"]) == (202, f"/v1/imports/{body['id']}")
    assert (body["stage"], body["filename"], body["counts"]) == ("analysing", "客户.csv", None)
    assert gateway.begun == [Batch(import_id=body["id"], attempt=1)]
    assert (await send(client, csv_of([YUANHANG]))).json()["id"] == body["id"]
    assert len(list(folder.iterdir())) == 1
    assert [it["id"] for it in (await client.get("/v1/imports")).json()["items"]] == [body["id"]]


async def test_an_empty_file_is_refused(client: httpx.AsyncClient) -> None:
    response = await send(client, b"")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "file_empty")


@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data", "text/html", ""])
async def test_what_is_no_file_of_customers_is_415(client: httpx.AsyncClient, media_type: str) -> None:
    response = await client.post("/v1/imports", content=b"x", headers={"Content-Type": media_type})
    assert response.status_code == 415


@pytest.mark.parametrize("said", [True, False], ids=["says its length", "in pieces"])
async def test_two_gigabytes_are_refused_without_filling_memory_or_disk(
    client: httpx.AsyncClient, folder: Path, said: bool
) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(2 * 2**10):
            taken += 2**20
            yield bytes(2**20)

    headers = {"Content-Length": str(2 * 2**30)} if said else {}
    response = await send(client, endless(), **headers)
    assert (response.status_code, response.json()["type"]) == (413, "urn:oneowner:problem:body-too-large")
    assert "209,715,200" in response.json()["detail"]
    assert taken <= (0 if said else 202 * 2**20)
    assert not folder.exists() or list(folder.iterdir()) == []


async def test_other_routes_keep_their_limit(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/imports/imp_1/undo", content=bytes(2**20 + 1), headers=CSV)
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/rows"), ("GET", "/report"), ("POST", "/confirm"), ("POST", "/undo"), ("PUT", "/columns")],
)
async def test_an_unknown_import_is_404(client: httpx.AsyncClient, method: str, path: str) -> None:
    body: Any = {"columns": {}} if method == "PUT" else None
    assert (await client.request(method, f"/v1/imports/imp_none{path}", json=body)).status_code == 404


async def test_nothing_without_a_token(anonymous: httpx.AsyncClient, folder: Path) -> None:
    assert (await send(anonymous, csv_of([YUANHANG]))).status_code == 401
    assert not folder.exists()


async def test_rows_are_paged_and_narrowed(client: httpx.AsyncClient, database: Database, folder: Path) -> None:
    rows = [YUANHANG, *(row(f"坏行{at}有限公司", 邮箱="x") for at in range(5))]
    import_id = await analysed(client, database, folder, csv_of(rows))
    first = (await client.get(f"/v1/imports/{import_id}/rows", params={"verdict": "bad", "limit": 3})).json()
    params = {"verdict": "bad", "limit": 3, "cursor": first["next"]}
    second = (await client.get(f"/v1/imports/{import_id}/rows", params=params)).json()
    assert [it["line"] for it in first["items"] + second["items"]] == [3, 4, 5, 6, 7]
    assert second["next"] is None


@pytest.mark.parametrize(("language", "rule"), [("zh-CN", "必须是电子邮箱地址"), ("en", "must be an e-mail address")])
async def test_faults_are_told_in_the_callers_language(
    client: httpx.AsyncClient, database: Database, folder: Path, language: str, rule: str
) -> None:
    import_id = await analysed(client, database, folder, csv_of([row("坏行有限公司", 邮箱="x")]))
    response = await client.get(f"/v1/imports/{import_id}/rows", headers={"Accept-Language": language})
    (fault,) = response.json()["items"][0]["faults"]
    assert (fault["column"], fault["code"], fault["value"]) == ("邮箱", "email_invalid", "x")
    assert fault["rule"] == rule or language == "zh-CN"


async def test_why_a_file_cannot_be_read_is_a_sentence(
    client: httpx.AsyncClient, database: Database, folder: Path
) -> None:
    import_id = await analysed(client, database, folder, b"PK\x03\x04 no workbook")
    view = (await client.get(f"/v1/imports/{import_id}", headers={"Accept-Language": "zh"})).json()
    assert (view["stage"], view["failure"]) == (
        "failed",
        {"code": "sheet_broken", "text": "已损坏，或不是 XLSX 工作簿"},
    )


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_the_page_says_what_to_do_and_runs_nothing(
    client: httpx.AsyncClient, database: Database, folder: Path, language: str
) -> None:
    doubt = [row("甲方实业有限公司", 统一社会信用代码=USCC, 手机号="13900139000")]
    doubt += [row("乙方实业有限公司", 统一社会信用代码=OTHER_USCC, 手机号="13900139000")]
    import_id = await analysed(client, database, folder, csv_of([YUANHANG, YUANHANG, HOSTILE, *doubt]))
    response = await client.get(f"/v1/imports/{import_id}/report", headers={"Accept-Language": language})
    html = response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-language"] == language
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "<script" not in html and "&lt;script&gt;" in html
    assert not re.search(r"\bon\w+=|javascript:|https?://", html)
    for verdict in ("same_row", "doubt", "bad"):
        name = {"en": {"same_row": "Merged", "doubt": "Needs a person", "bad": "Bad row"}}.get(
            language, {"same_row": "合并", "doubt": "需人工确认", "bad": "错误行"}
        )[verdict]
        assert name in html
    assert "邮箱" in html


async def test_the_page_stays_short(client: httpx.AsyncClient, database: Database, folder: Path) -> None:
    rows = [row(f"坏行{at}有限公司", 邮箱="x") for at in range(SHOWN + 30)]
    import_id = await analysed(client, database, folder, csv_of(rows))
    html = (await client.get(f"/v1/imports/{import_id}/report")).text
    assert html.count("<tr>") < SHOWN + 20 and f"first {SHOWN} of {SHOWN + 30}" in html


async def test_the_workbook_has_every_row_and_no_formula(
    client: httpx.AsyncClient, database: Database, folder: Path
) -> None:
    import_id = await analysed(
        client, database, folder, csv_of([YUANHANG, YUANHANG, HOSTILE, row("坏\x07行", 邮箱="x")])
    )
    response = await client.get(f"/v1/imports/{import_id}/report", params={"format": "xlsx"})
    assert response.headers["content-type"] == XLSX
    book = load_workbook(BytesIO(response.content))
    assert book.sheetnames == [
        "Summary",
        "Needs a person",
        "Bad row",
        "Merged into another row",
        "Known customer",
        "New customer",
    ]
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(str(cell.value).startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert {"'=cmd|'/c calc'!A0", "'+1+1", "'@SUM(A1)"} <= {cell.value for cell in cells}
    assert [line[0].value for line in book["Bad row"].iter_rows(min_row=2)] == ["4", "5"]


WORDS = {
    "en": ("How complete the customers are", "must be an e-mail address", "row 2"),
    "zh-CN": ("完整", "必须是电子邮箱地址", "第 2 行"),
}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_the_page_has_every_row_that_somebody_must_look_at(
    client: httpx.AsyncClient, database: Database, folder: Path, language: str
) -> None:
    import_id = await analysed(client, database, folder, csv_of([YUANHANG, YUANHANG, row("坏行有限公司", 邮箱="错")]))
    response = await client.get(f"/v1/imports/{import_id}/report", headers={"Accept-Language": language})
    for cell in ("<td>3</td>", "<td>4</td>", "<td>错</td>", YUANHANG[0], "客户.csv"):
        assert cell in response.text
    assert [text for text in WORDS[language] if text not in response.text] == []
    assert re.search(r"\{\s*\$|import-[a-z]+-", response.text) is None, "a word that the catalogue lacks"


@pytest.mark.parametrize("heading", ["=1+1", "@SUM(A1)", SCRIPT, "+cmd"])
async def test_a_heading_or_a_filename_harms_nobody_either(
    client: httpx.AsyncClient, database: Database, folder: Path, heading: str
) -> None:
    content = csv_of([["坏行有限公司", "x", "x"]], ["公司名称", "邮箱", heading])
    sent = await client.post("/v1/imports", params={"filename": f"{heading}.csv"}, content=content, headers=CSV)
    import_id = sent.json()["id"]
    analysis = Analysis(database, Policies(database, POLICY), ImportFiles(folder), Imports(database), 10_000)
    analysis.analyse(Step(batch=Batch(import_id=import_id, attempt=1), at=AT))
    html = (await client.get(f"/v1/imports/{import_id}/report")).text
    assert "<script" not in html
    report = await client.get(f"/v1/imports/{import_id}/report", params={"format": "xlsx"})
    cells = [cell for sheet in load_workbook(BytesIO(report.content)) for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert not any(str(cell.value or "").startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_verdict_and_reason_has_words(locale: str) -> None:
    names = [f"import-verdict-{it}" for it in Verdict] + [f"import-why-{it}" for it in Why]
    assert [name for name in names if not has_message(locale, name.replace("_", "-"))] == []
