"""ImportBatch on a real server and both databases: dry run, yes, load, again, undo, and what others do meanwhile."""

import asyncio
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

import activities.imports
import store.import_analysis
import store.import_loading
from domain.importing.batch import Batch, Confirm
from store.database import Database
from store.import_loading import Loading
from tests.examples import firm
from tests.importing import CSV, XIXI, YUANHANG, ask, csv_of, lines, row, send, settled, xlsx_of
from tests.invariants import read_model, violations
from tests.service import Service, running_service

MANY = [row(firm(at * 7), 手机号=f"1380013{at:04}", 省份="广东") for at in range(30)]


async def test_a_file_becomes_customers_with_owners_and_back(service: Service) -> None:
    await service.rep("li.wei", "CN-GD")
    await service.rep("chen.jing", "CN-ZJ")
    view = await send(service, csv_of([YUANHANG, XIXI, YUANHANG, row("坏行有限公司", 邮箱="not an address")]))
    assert view["counts"]["verdicts"] == {"new": 2, "same_row": 1, "known": 0, "doubt": 0, "bad": 1}
    assert not read_model(service.database).customers
    done = await ask(service, view["id"], "confirm")
    assert (done["stage"], done["confirmed_by"]) == ("done", "administrator")
    model = read_model(service.database)
    assert violations(model) == []
    assert {(it.name, it.owner_id, it.region) for it in model.customers} == {
        ("深圳市远航科技有限公司", "li.wei", "CN-GD"),
        ("杭州西溪软件有限公司", "chen.jing", "CN-ZJ"),
    }
    undone = await ask(service, view["id"], "undo")
    assert undone["stage"] == "undone"
    model = read_model(service.database)
    assert violations(model) == []
    assert (model.customers, model.leads, model.keys, model.events) == ((), (), (), ())


@pytest.mark.parametrize(
    "content", [csv_of([YUANHANG, XIXI], encoding="gbk"), xlsx_of([YUANHANG, XIXI])], ids=["gbk", "xlsx"]
)
async def test_other_formats(service: Service, content: bytes) -> None:
    assert (await send(service, content))["counts"]["verdicts"]["new"] == 2


async def test_another_mapping_is_another_dry_run(service: Service) -> None:
    view = await send(service, csv_of([["远航科技有限公司", "13800138000"]], ["甲", "乙"]))
    assert (view["stage"], view["failure"]["code"]) == ("failed", "identity_missing")
    wrong = await service.http.put(f"/v1/imports/{view['id']}/columns", json={"columns": {"丙": "company"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "column_unknown")
    changed = {"columns": {"甲": "company", "乙": "phone"}}
    assert (await service.http.put(f"/v1/imports/{view['id']}/columns", json=changed)).status_code == 202
    view = await settled(service, view["id"])
    assert (view["stage"], view["columns"], view["failure"]) == ("ready", changed["columns"], None)
    assert (await lines(service, view["id"]))[0]["lead"]["company"]["name"] == "远航科技有限公司"


async def test_sent_and_confirmed_again(service: Service) -> None:
    """Invariant once: the same file is one import, confirmed by several it is loaded once."""
    content = csv_of([YUANHANG, XIXI])
    view = await send(service, content)
    answers = await asyncio.gather(*(service.http.post(f"/v1/imports/{view['id']}/confirm") for _ in range(3)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    await settled(service, view["id"])
    before = read_model(service.database).content
    again = await send(service, content)
    assert (again["id"], again["stage"], again["attempt"]) == (view["id"], "done", 1)
    refused = await service.http.post(f"/v1/imports/{view['id']}/confirm")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:oneowner:problem:import-not-ready")
    assert read_model(service.database).content == before


async def test_nobody_confirms_what_nobody_has_seen(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a file is analysed a yes is refused, and the yes to one dry run is none to the next."""
    seen, going = threading.Event(), store.import_analysis.read_table

    def slowly(*arguments: Any) -> Any:
        assert seen.wait(60)
        return going(*arguments)

    monkeypatch.setattr(store.import_analysis, "read_table", slowly)
    sent = await service.http.post("/v1/imports", content=csv_of([YUANHANG]), headers=CSV)
    path = f"/v1/imports/{sent.json()['id']}/confirm"
    refused = await service.http.post(path)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:oneowner:problem:import-not-ready")
    seen.set()
    view = await settled(service, sent.json()["id"])
    assert view["stage"] == "ready"
    handle = service.temporal.get_workflow_handle(Batch(import_id=view["id"], attempt=1).workflow_id)
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update("confirm", Confirm(by="administrator", analysis=7))
    assert (await ask(service, view["id"], "confirm"))["stage"] == "done"


async def test_taken_back_and_sent_again(service: Service) -> None:
    content = csv_of([YUANHANG])
    view = await send(service, content)
    for attempt in (1, 2):
        await ask(service, view["id"], "confirm")
        assert len(read_model(service.database).customers) == 1
        assert (await ask(service, view["id"], "undo"))["stage"] == "undone"
        assert (await ask(service, view["id"], "undo"))["stage"] == "undone"
        assert not read_model(service.database).customers
        view = await send(service, content)
        assert (view["stage"], view["attempt"]) == ("ready", attempt + 1)
    assert (await ask(service, view["id"], "undo"))["stage"] == "discarded"
    assert violations(read_model(service.database)) == []


async def test_nobody_says_yes_in_time(service: Service) -> None:
    view = await send(service, csv_of([YUANHANG]))
    await service.let_pass(Batch(import_id=view["id"], attempt=1).workflow_id, timedelta(days=31))
    assert (await settled_in(service, view["id"], "discarded"))["stage"] == "discarded"


async def settled_in(service: Service, import_id: str, stage: str) -> dict[str, Any]:
    """The import when it is in a stage."""
    async with asyncio.timeout(60):
        while (view := await settled(service, import_id))["stage"] != stage:
            await asyncio.sleep(0.1)
        return view


async def test_leads_come_while_a_file_is_loaded(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariant one_customer: a lead and a row of one customer meet, whoever comes first."""
    monkeypatch.setattr(store.import_loading, "AT_ONCE", 4)
    await service.rep("li.wei", "CN-GD")
    view = await send(service, csv_of(MANY))
    _, *leads = await asyncio.gather(
        ask(service, view["id"], "confirm"),
        *(service.lead(phones=[MANY[at][2]], company={"name": MANY[at][0]}) for at in range(0, 30, 2)),
    )
    model = read_model(service.database)
    assert violations(model) == []
    assert len(model.customers) == 30
    assert {lead["outcome"] for lead in leads} <= {"new_customer", "duplicate"}


async def test_a_worker_dies_between_transactions(
    temporal_address: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariants nothing_lost and once: an activity that broke off is repeated and goes on where it stopped."""
    monkeypatch.setattr(store.import_loading, "AT_ONCE", 5)
    monkeypatch.setattr(activities.imports, "TRANSACTIONS", 2)
    load, calls = Loading.load_some, 0

    def dying(self: Loading, step: Any) -> Any:
        nonlocal calls
        calls += 1
        done = load(self, step)
        if calls % 2:
            raise ConnectionError("the worker is gone before anybody heard of it")
        return done

    monkeypatch.setattr(Loading, "load_some", dying)
    async with running_service(temporal_address, database, tmp_path) as service:
        view = await send(service, csv_of(MANY))
        assert (await ask(service, view["id"], "confirm"))["stage"] == "done"
        model = read_model(database)
        assert violations(model) == []
        assert len(model.customers) == 30


async def test_a_large_file_is_analysed_in_a_process_of_its_own(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities.imports, "IN_A_PROCESS", 1)
    assert (await send(service, csv_of(MANY)))["counts"]["verdicts"]["new"] == 30


async def test_customers_with_a_clock_are_watched(service: Service) -> None:
    """Only where a clock runs is a workflow started, and it ends with the customer when that is taken back."""
    headings = ("公司名称", "省份", "客户类型")
    await service.rep("li.wei", "CN-GD")
    view = await send(
        service, csv_of([["远航科技有限公司", "广东", "展会客户"], ["西溪软件有限公司", "广东", ""]], headings)
    )
    await ask(service, view["id"], "confirm")
    found = {it.name: it.id for it in read_model(service.database).customers}
    watched = service.temporal.get_workflow_handle(found["远航科技有限公司"])
    assert (await watched.describe()).status is not None and (await watched.describe()).status.name == "RUNNING"
    assert (await service.customer(found["远航科技有限公司"]))["due"]
    await ask(service, view["id"], "undo")
    ended = (await watched.describe()).status
    assert ended is not None and ended.name == "TERMINATED"


async def test_a_customer_in_a_queue_gets_the_owner_that_the_file_names(service: Service) -> None:
    await service.rep("li.wei", "CN-GD")
    known = await service.lead(company={"name": XIXI[0]}, region="CN-ZJ")
    assert known["queue"] == "unassigned"
    view = await send(service, csv_of([row(XIXI[0], 省份="浙江", 负责人="li.wei")]))
    await ask(service, view["id"], "confirm")
    assert (await service.customer(known["customer_id"]))["owner"]["id"] == "li.wei"
    assert violations(read_model(service.database)) == []
