"""Submitting: in order, so many at a time, and safe to repeat."""

import asyncio
from collections.abc import Callable, Coroutine

import httpx
import pytest

from demo import caller as caller_module
from demo.caller import Caller
from demo.rows import Expect, SampleRow
from demo.submit import IN_FLIGHT, submit_all
from demo.words import RepName
from samples.generate import GAP

LEAD = {"lead_id": "lead_1", "status": "settled", "outcome": "new_customer"}
ROWS = [SampleRow(line, {"source": "crm", "external_id": str(line)}, Expect.NEW, str(line), "") for line in range(40)]
Handler = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]


def calling(handler: Handler) -> Caller:
    """A caller whose service is a function."""
    return Caller(httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://oneowner"))


async def test_no_row_overtakes_the_one_it_may_refer_to() -> None:
    started: list[int] = []
    answered: set[int] = set()

    async def slowly(request: httpx.Request) -> httpx.Response:
        line = int(request.read().split(b'"')[-2])
        started.append(line)
        assert set(range(line - IN_FLIGHT + 1)) <= answered
        await asyncio.sleep(0.02 if line % 7 == 0 else 0)
        answered.add(line)
        return httpx.Response(201, json=LEAD)

    steps: list[None] = []
    seen = await submit_all(calling(slowly), ROWS, lambda: steps.append(None))
    assert [one.row for one in seen] == ROWS
    assert started == sorted(started)
    assert len(steps) == len(ROWS)


def test_what_a_row_needs_lies_further_back_than_what_is_in_flight() -> None:
    assert IN_FLIGHT < GAP


async def test_a_lead_is_sent_again_until_it_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_module, "PAUSE", 0.0)
    patience = httpx.Response(503, headers={"Retry-After": "0"})
    answers = iter([patience, None, patience, httpx.Response(200, json=LEAD)])

    async def away(request: httpx.Request) -> httpx.Response:
        answer = next(answers)
        if answer is None:
            raise httpx.ConnectError("nobody listens")
        return answer

    [seen] = await submit_all(calling(away), ROWS[:1], lambda: None)
    assert (seen.status, seen.lead and seen.lead.lead_id) == (200, "lead_1")


async def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_module, "PATIENCE", 0.05)
    monkeypatch.setattr(caller_module, "PAUSE", 0.01)

    async def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens")

    with pytest.raises(TimeoutError):
        await calling(gone).submit({})


async def test_a_refusal_keeps_its_faults() -> None:
    fault = {"field": "emails.0", "code": "email_invalid", "value": "alice.barnes", "rule": "must be an e-mail address"}
    problem = {"type": "urn:x", "title": "Invalid", "status": 422, "detail": "One field", "errors": [fault]}

    async def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(422, json=problem)

    [seen] = await submit_all(calling(refuse), ROWS[:1], lambda: None)
    assert seen.lead is None
    assert [(one.field, one.code) for one in seen.faults] == [("emails.0", "email_invalid")]


async def test_a_list_is_read_to_its_end_and_patiently() -> None:
    pages: dict[str | None, object] = {
        None: {"items": [{"id": "li.wei", "name": "李伟"}], "next": "more"},
        "more": {"items": [{"id": "emma.clarke", "name": "Emma Clarke"}], "next": None},
    }
    busy = iter([True, False, False])

    async def list_reps(request: httpx.Request) -> httpx.Response:
        if next(busy):
            return httpx.Response(503, headers={"Retry-After": "0"})
        return httpx.Response(200, json=pages[request.url.params.get("cursor")])

    reps = await calling(list_reps).every(RepName, "/v1/reps")
    assert [rep.name for rep in reps] == ["李伟", "Emma Clarke"]


async def test_what_must_be_accepted_and_is_not_is_an_error() -> None:
    async def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(409)

    with pytest.raises(httpx.HTTPStatusError):
        await calling(refuse).post("/v1/reps", {"id": "li.wei"})
    with pytest.raises(httpx.HTTPStatusError):
        await calling(refuse).patch("/v1/teams/south-china", {"manager_id": "li.wei"})
