"""Files to import, and the way to have them imported through the API."""

import asyncio
import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook

from tests.service import Service

CSV = {"Content-Type": "text/csv"}
HEADINGS = ("公司名称", "联系人", "手机号", "邮箱", "统一社会信用代码", "省份", "地址", "行业", "负责人")
YUANHANG = (
    "深圳市远航科技有限公司",
    "王小明",
    "138 0013 8000",
    "wang@yuanhang-tech.com",
    "",
    "",
    "广东省深圳市南山区科技园1号",
    "制造业",
    "",
)
XIXI = ("杭州西溪软件有限公司", "陈静", "0571-86013060", "it@xixi-soft.com", "", "浙江", "", "软件", "")
STAGES = {"ready", "done", "undone", "failed", "discarded"}
"""Where an import waits or ends."""


def csv_of(rows: Iterable[Sequence[str]], headings: Sequence[str] = HEADINGS, encoding: str = "utf-8") -> bytes:
    """Rows as a CSV file."""
    text = StringIO()
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode(encoding)


def xlsx_of(rows: Iterable[Sequence[object]], headings: Sequence[str] = HEADINGS) -> bytes:
    """Rows as a workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (headings, *rows):
        sheet.append(list(row))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def row(company: str, **cells: str) -> tuple[str, ...]:
    """A row by the names of its columns."""
    named = {"公司名称": company, **cells}
    return tuple(named.get(heading, "") for heading in HEADINGS)


async def send(service: Service, content: bytes) -> dict[str, Any]:
    """Send a file and wait for its dry run."""
    response = await service.http.post("/v1/imports", params={"filename": "客户.csv"}, content=content, headers=CSV)
    assert response.status_code in (200, 202), response.text
    return await settled(service, response.json()["id"])


async def ask(service: Service, import_id: str, what: str, **body: Any) -> dict[str, Any]:
    """Confirm or undo, and wait for the end of it."""
    response = await service.http.post(f"/v1/imports/{import_id}/{what}", json=body or None)
    assert response.status_code == 202, response.text
    return await settled(service, import_id)


async def settled(service: Service, import_id: str) -> dict[str, Any]:
    """The import as soon as it waits or ends."""
    async with asyncio.timeout(90):
        while True:
            view: dict[str, Any] = (await service.http.get(f"/v1/imports/{import_id}")).json()
            if view["stage"] in STAGES:
                return view
            await asyncio.sleep(0.1)


async def lines(service: Service, import_id: str, **only: str) -> list[dict[str, Any]]:
    """The rows of an import."""
    response = await service.http.get(f"/v1/imports/{import_id}/rows", params={"limit": "200", **only})
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items
