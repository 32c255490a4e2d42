"""A company whose people call the API, each with a token of their own."""

from typing import Any

import httpx
from sqlmodel import col, select

from domain.role import Role
from domain.user import NewUser
from store.tables import EventRow
from store.users import Users
from tests.approvals import STAFF, TEAMS, staff
from tests.examples import firm
from tests.service import Service
from tests.tokens import bearer


def as_(person: str | None) -> dict[str, str]:
    """The headers with which somebody calls; none, so that the administrator's token counts, for None."""
    return bearer(person) if person else {}


class Company:
    """A service with the organisation of ``tests.approvals``, and what its people do."""

    def __init__(self, service: Service) -> None:
        self.service = service
        staff(service.database)
        for person in STAFF:
            role = Role.MANAGER if person in TEAMS.values() else Role.REP
            Users(service.database).create(NewUser(id=person, name=person, role=role, person=person), None)

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
