"""Back-tests over HTTP, on the real Temporal server and both databases."""

import asyncio
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from tests.examples import LI, edited, firm
from tests.service import Service

DRAFT = edited({"assignment.0.methods": [{"method": "designated", "rep": LI.id}]})
YESTERDAY = str((datetime.now(UTC) - timedelta(days=2)).date())


async def ordered(service: Service, **headers: str) -> dict[str, Any]:
    body = {"policy": DRAFT, "from": YESTERDAY}
    response = await service.http.post("/v1/backtests", json=body, headers=headers)
    assert response.status_code == 202, response.text
    assert response.headers["Location"] == f"/v1/backtests/{response.json()['id']}"
    answer: dict[str, Any] = response.json()
    return answer


async def done(service: Service, backtest_id: str) -> dict[str, Any]:
    while True:
        answer: dict[str, Any] = (await service.http.get(f"/v1/backtests/{backtest_id}")).json()
        if answer["status"] != "running":
            return answer
        await asyncio.sleep(0.1)


async def test_a_back_test_from_order_to_report(service: Service) -> None:
    await service.rep("li.na", "CN-GD")
    await service.rep("zhang.wei", "CN-GD")
    for number in range(4):
        await service.lead(company={"name": firm(number)}, region="CN-GD")
    order = await ordered(service, **{"Idempotency-Key": "one"})
    assert (await ordered(service, **{"Idempotency-Key": "one"}))["id"] == order["id"]
    answer = await done(service, order["id"])
    assert answer["status"] == "done"
    result = answer["result"]
    assert result["drafted"]["reps"] == {"li.na": {"customers": 4, "value": "0"}}
    assert (result["moved"], result["unfaithful"]) == (2, 0)
    page = await service.http.get(f"/v1/backtests/{order['id']}/report", headers={"Accept-Language": "zh"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "策略草案回测" in page.text
    table = await service.http.get(f"/v1/backtests/{order['id']}/table")
    assert table.headers["content-type"].startswith("text/csv")
    assert "li.na" in table.text


async def test_what_cannot_be_run_is_refused(service: Service) -> None:
    for name in ("backtest_none", "departure_li.na"):
        assert (await service.http.get(f"/v1/backtests/{name}")).status_code == 404
        assert (await service.http.get(f"/v1/backtests/{name}/report")).status_code == 404
    until = await service.post("/v1/backtests", **{"policy": DRAFT, "from": "2026-01-01", "until": "2026-01-01"})
    assert (until.status_code, until.json()["errors"][0]["field"]) == (422, "until")
    broken = DRAFT.replace("queue: unassigned", "queue: nowhere", 1)
    line = broken[: broken.index("queue: nowhere")].count("\n") + 1
    refused = await service.post("/v1/backtests", **{"policy": broken, "from": "2026-01-01"})
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["field"], error["code"], error["line"]) == ("assignment.0.queue", "unknown_queue", line)
    assert (await service.post("/v1/backtests", **{"policy": "a: [", "from": "2026-01-01"})).status_code == 422


async def test_a_stored_version_is_tried_and_every_back_test_is_listed(service: Service) -> None:
    await service.rep("li.na", "CN-GD")
    await service.lead(company={"name": firm(1)}, region="CN-GD")
    stored = (await service.post("/v1/policies", content=DRAFT)).json()["id"]
    ids = []
    for body in ({"policy_id": stored}, {"policy": DRAFT}):
        response = await service.post("/v1/backtests", **body, **{"from": YESTERDAY})
        assert (response.status_code, response.json()["draft"]) == (202, stored), response.text
        ids.append(response.json()["id"])
    results = [(await done(service, backtest_id))["result"] for backtest_id in ids]
    assert results[0] == results[1]
    assert results[0]["regions"] == {"CN-GD": "CN-GD"}
    pages = [await service.http.get("/v1/backtests", params={"limit": 1})]
    pages.append(await service.http.get(pages[0].links["next"]["url"]))
    items = [item for page in pages for item in page.json()["items"]]
    assert [(item["id"], item["status"], item["from"]) for item in items] == [
        (backtest_id, "done", YESTERDAY) for backtest_id in reversed(ids)
    ]
    assert pages[1].json()["next"] is None
    book = await service.http.get(f"/v1/backtests/{ids[0]}/table", params={"format": "xlsx"})
    assert book.headers["content-disposition"].endswith(f'{ids[0]}.xlsx"')
    assert load_workbook(BytesIO(book.content)).sheetnames[0] == "Summary"
