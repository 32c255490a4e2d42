"""Calling the API as a person: a header of the tests' own says for which rep the caller stands."""

from typing import Any, cast

import httpx
from fastapi import FastAPI, Request
from sqlmodel import col, select

from api.auth import Principal, _principal
from api.permissions import Role
from store.tables import EventRow
from tests.approvals import staff
from tests.examples import firm
from tests.service import Service

_HEADER = "X-Test-Person"


def with_people(service: Service) -> None:
    """Let the service's callers stand for reps."""
    transport = cast(httpx.ASGITransport, service.http._transport)
    cast(FastAPI, transport.app).dependency_overrides[_principal] = _person


async def _person(request: Request) -> Principal:
    person = request.headers.get(_HEADER)
    if person is None:
        return Principal("administrator", Role.ADMINISTRATOR)
    return Principal(f"user:{person}", Role.SYSTEM, person)


def as_(person: str | None) -> dict[str, str]:
    """The header by which somebody calls; the administrator's token for None."""
    return {_HEADER: person} if person else {}


class Company:
    """A service with the organisation of ``tests.approvals``, and what its people do."""

    def __init__(self, service: Service) -> None:
        self.service = service
        with_people(service)
        staff(service.database)

    async def customer(self, number: int = 0, owner: str = "li.wei", **fields: Any) -> str:
        """A customer in Guangdong with this owner."""
        told = {"company": {"name": firm(number)}, "region": "CN-GD", "named_contact": owner, **fields}
        customer_id: str = (await self.service.lead(**told))["customer_id"]
        return customer_id

    async def transfer(self, customer_id: str, by: str = "li.wei", to_id: str = "chen.jing") -> dict[str, Any]:
        """Ask for a transfer, which must be accepted."""
        path = f"/v1/customers/{customer_id}/transfer-requests"
        return accepted(await self.call(by, "POST", path, to_id=to_id, reason="客户迁往上海"))

    async def request(self, by: str, *customer_ids: str, **request: Any) -> dict[str, Any]:
        """Ask for anything, which must be accepted."""
        body = {"customer_ids": customer_ids, "request": {"reason": "见会议纪要", **request}}
        return accepted(await self.call(by, "POST", "/v1/approvals", **body))

    async def decide(self, person: str | None, approval_id: str, action: str = "approve") -> httpx.Response:
        """Approve, reject or return, whatever the answer."""
        return await self.call(person, "POST", f"/v1/approvals/{approval_id}/decisions", action=action, reason="同意")

    async def do(self, person: str | None, approval_id: str, action: str, **fields: Any) -> httpx.Response:
        """Anything else."""
        return await self.call(person, "POST", f"/v1/approvals/{approval_id}/actions", action=action, **fields)

    async def agree(self, approval_id: str) -> dict[str, Any]:
        """Have everybody who is asked approve, one after another, and wait for what comes of it."""
        while asked := (await self.get(approval_id))["asked"]:
            accepted(await self.decide(asked[0], approval_id))
        return await self.ended(approval_id)

    async def ended(self, approval_id: str) -> dict[str, Any]:
        """A request once its workflow has ended."""
        await self.service.temporal.get_workflow_handle(approval_id).result()
        return await self.get(approval_id)

    async def get(self, approval_id: str) -> dict[str, Any]:
        """A request as the administrator sees it."""
        return accepted(await self.call(None, "GET", f"/v1/approvals/{approval_id}"))

    async def call(self, by: str | None, method: str, path: str, /, **body: Any) -> httpx.Response:
        """Call the API as somebody."""
        content = {"params": body} if method == "GET" else {"json": body}
        return await self.service.http.request(method, path, headers=as_(by), **content)

    def told(self, customer_id: str) -> list[str]:
        """The kinds of what happened to a customer, in order."""
        about = select(EventRow.kind).where(EventRow.customer_id == customer_id)
        with self.service.database.read() as session:
            return list(session.exec(about.order_by(col(EventRow.position))))


def accepted(response: httpx.Response) -> dict[str, Any]:
    """The body of an answer that says yes."""
    assert response.status_code in (200, 201), response.text
    body: dict[str, Any] = response.json()
    return body
