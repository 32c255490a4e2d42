"""Rows in doubt of a file that persons are asked about, on a real server and both databases."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

import store.import_asking
from domain.event import EventKind
from domain.identity import Outcome
from store.import_asking import Asking
from tests.examples import OTHER_USCC, USCC, firm
from tests.importing import ask, csv_of, lines, row, send, settled
from tests.invariants import read_model, violations
from tests.service import Service

ONE = row("甲方实业有限公司", 统一社会信用代码=USCC, 手机号="13900139000", 省份="广东")
OTHER = row("乙方实业有限公司", 统一社会信用代码=OTHER_USCC, 手机号="13900139000", 省份="广东", 联系人="王芳")
CLEAR = row(firm(3), 手机号="13700137000", 省份="广东")
DOUBTFUL = [ONE, OTHER, CLEAR]
"""A row for itself, one that is tied to it and contradicts it, and one that is clear."""


@pytest.fixture(autouse=True)
async def li_wei(service: Service) -> None:
    """The rep whom all customers fall to."""
    await service.rep("li.wei", "CN-GD")


async def loaded(service: Service, rows: list[tuple[str, ...]], doubtful: str = "ask") -> dict[str, Any]:
    """A file confirmed by somebody who wants persons to be asked."""
    view = await send(service, csv_of(rows))
    return await ask(service, view["id"], "confirm", doubtful=doubtful)


async def in_doubt(service: Service, view: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows in doubt as they stand now."""
    return await lines(service, view["id"], verdict="doubt")


async def say(service: Service, lead_id: str, **word: Any) -> dict[str, Any]:
    """A person's word."""
    answer = await service.post(f"/v1/leads/{lead_id}/confirmation", by="li.wei", **word)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def sound(service: Service) -> None:
    """Nothing breaks an invariant."""
    assert violations(read_model(service.database)) == []


async def test_a_row_in_doubt_waits_like_any_lead(service: Service) -> None:
    view = await loaded(service, DOUBTFUL)
    assert (view["stage"], view["doubtful"], view["asked"]) == ("done", "ask", {"needs_confirmation": 1})
    (line,) = await in_doubt(service, view)
    assert (line["state"], line["outcome"], line["customer_id"]) == ("asked", "needs_confirmation", None)
    (waiting,) = (await service.http.get("/v1/leads", params={"outcome": "needs_confirmation"})).json()["items"]
    assert waiting["lead_id"] == line["lead_id"]
    assert [it["id"] for it in waiting["candidates"]] == [(await lines(service, view["id"]))[0]["customer_id"]]
    assert (waiting["asked"], len(waiting["due"])) == (["li.wei"], 3)
    assert len(read_model(service.database).customers) == 2
    sound(service)


@pytest.mark.parametrize("same", [True, False], ids=["same", "new"])
async def test_the_row_says_what_became_of_it(service: Service, same: bool) -> None:
    """Invariant explained: the row's account follows its lead."""
    view = await loaded(service, DOUBTFUL)
    (line,) = await in_doubt(service, view)
    first = (await lines(service, view["id"]))[0]["customer_id"]
    word = {"answer": "same", "customer_id": first} if same else {"answer": "new"}
    said = await say(service, line["lead_id"], **word)
    outcome = "duplicate" if same else "new_customer"
    assert said["outcome"] == outcome
    (line,) = await in_doubt(service, view)
    assert (line["outcome"], line["customer_id"]) == (outcome, said["customer_id"])
    assert (said["customer_id"] == first) is same
    assert (await settled(service, view["id"]))["asked"] == {outcome: 1}
    for language, text in {"en": "customer:", "zh": "客户："}.items():
        page = await service.http.get(f"/v1/imports/{view['id']}/report", headers={"Accept-Language": language})
        assert text in page.text and said["customer_id"] in page.text
    report = await service.http.get(f"/v1/imports/{view['id']}/report", params={"format": "xlsx"})
    cells = [cell.value for cell in load_workbook(BytesIO(report.content))["Needs a person"][2]]
    assert any(said["customer_id"] in str(cell) for cell in cells)
    sound(service)


async def test_left_out_unless_somebody_wants_it(service: Service) -> None:
    view = await loaded(service, DOUBTFUL, "leave_out")
    (line,) = await in_doubt(service, view)
    assert (view["asked"], line["state"], line["lead_id"]) == (None, "pending", None)
    page = await service.http.get(f"/v1/imports/{view['id']}/report", headers={"Accept-Language": "zh"})
    assert "未导入" in page.text
    assert Outcome.NEEDS_CONFIRMATION not in {lead.outcome for lead in read_model(service.database).leads}


async def test_a_number_of_many_is_nobodys_for_certain(service: Service) -> None:
    """Rows that share a mobile with too many wait, although that mobile alone would make them one customer."""
    many = [row(firm(at * 17), 手机号="13600136000", 省份="广东") for at in range(5)]
    view = await loaded(service, many)
    assert view["asked"] == {"needs_confirmation": 5}
    assert not read_model(service.database).customers
    for line in await in_doubt(service, view):
        await say(service, line["lead_id"], answer="new")
    assert len(read_model(service.database).customers) == 5
    sound(service)


async def test_what_all_its_rows_say_is_kept(service: Service) -> None:
    """Invariant nothing_lost: a customer in doubt of two rows is what both of them say."""
    again = row(
        OTHER[0], 统一社会信用代码=OTHER_USCC, 联系人="赵敏", 邮箱="zhao@yifang-shiye.com", 地址="广州市天河路1号"
    )
    view = await loaded(service, [ONE, ONE, OTHER, again])
    (line,) = await in_doubt(service, view)
    said = await say(service, line["lead_id"], answer="new")
    profile = (await service.customer(said["customer_id"]))["profile"]
    assert {person["name"] for person in profile["people"]} == {"王芳", "赵敏"}
    assert (profile["emails"], profile["address"]) == (["zhao@yifang-shiye.com"], "广州市天河路1号")
    sound(service)


async def test_taken_back_while_it_waits(service: Service) -> None:
    view = await loaded(service, DOUBTFUL)
    (line,) = await in_doubt(service, view)
    undone = await ask(service, view["id"], "undo")
    assert (undone["stage"], undone["asked"]) == ("undone", {"rejected": 1})
    assert [line["state"] for line in await lines(service, view["id"])] == ["undone"] * 3
    model = read_model(service.database)
    assert (model.customers, model.keys, model.matchables, model.asked) == ((), (), (), ())
    assert [(lead.id, lead.outcome) for lead in model.leads] == [(line["lead_id"], "rejected")]
    ended = await service.temporal.get_workflow_handle(line["lead_id"]).describe()
    assert ended.status is not None and ended.status.name == "COMPLETED"
    sound(service)


async def test_what_somebody_said_is_not_taken_back(service: Service) -> None:
    view = await loaded(service, DOUBTFUL)
    (line,) = await in_doubt(service, view)
    said = await say(
        service, line["lead_id"], answer="same", customer_id=(await lines(service, view["id"]))[0]["customer_id"]
    )
    await ask(service, view["id"], "undo")
    left = await lines(service, view["id"], state="left")
    assert [(it["line"], it["customer_id"]) for it in left] == [(2, said["customer_id"]), (3, said["customer_id"])]
    assert [it.id for it in read_model(service.database).customers] == [said["customer_id"]]
    sound(service)


async def test_taken_back_and_asked_again(service: Service) -> None:
    """Invariant once: another go has leads of its own."""
    view = await loaded(service, DOUBTFUL)
    (first,) = await in_doubt(service, view)
    await ask(service, view["id"], "undo")
    view = await loaded(service, DOUBTFUL)
    (second,) = await in_doubt(service, view)
    assert first["lead_id"] != second["lead_id"]
    assert (view["attempt"], view["asked"]) == (2, {"needs_confirmation": 1})
    sound(service)


async def test_asking_breaks_off_and_goes_on(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariants nothing_lost and once: a worker that dies between submitting and writing it down asks once."""
    monkeypatch.setattr(store.import_asking, "AT_ONCE", 2)
    asked, calls = Asking.asked, 0

    def dying(self: Asking, *arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls % 2:
            raise ConnectionError("the worker is gone before anybody heard of it")
        asked(self, *arguments)

    monkeypatch.setattr(Asking, "asked", dying)
    many = [row(firm(at * 17), 手机号="13600136000", 省份="广东") for at in range(5)]
    view = await loaded(service, many)
    assert (view["asked"], calls) == ({"needs_confirmation": 5}, 6)
    assert len(read_model(service.database).leads) == 5
    sound(service)


async def test_an_answer_and_the_undoing_meet(service: Service) -> None:
    """Invariant single_writer: whoever comes first, the lead ends once, and the import says how."""
    view = await loaded(service, DOUBTFUL)
    (line,) = await in_doubt(service, view)
    path = f"/v1/leads/{line['lead_id']}/confirmation"
    answer, undone = await asyncio.gather(
        service.post(path, by="li.wei", answer="new"), ask(service, view["id"], "undo")
    )
    assert (answer.status_code, undone["stage"]) == (200, "undone")
    (line,) = await in_doubt(service, view)
    expected = {"new_customer": "left", "rejected": "undone"}
    assert line["state"] == expected[line["outcome"]] and answer.json()["outcome"] == line["outcome"]
    model = read_model(service.database)
    assert len([it for it in model.events if it.kind == EventKind.CUSTOMER_REGISTERED]) == len(model.customers)
    sound(service)
