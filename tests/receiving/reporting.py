"""A company and the systems that report to it, for tests."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import httpx
from sqlmodel import col, select
from standardwebhooks import Webhook

from receiving.processing import Receiver
from store.tables import EventRow, FollowUpRow, TouchRow
from tests.people import accepted
from tests.service import Service

WANG = "+8613800138000"
MAIL = "wang@yuanhang-keji.com"


def signed(secret: str, body: bytes, at: datetime | None = None) -> dict[str, str]:
    """The headers of a Standard Webhooks request."""
    at = at or datetime.now(UTC)
    mark = Webhook(secret).sign("msg", at, body.decode())
    return {"webhook-id": "msg", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": mark}


@dataclass(frozen=True)
class Reporting:
    """A service with two reps, Li Wei at 8001 and Li Na at 8002, who sell in Guangdong."""

    service: Service
    receiver: Receiver

    @classmethod
    async def begun(cls, service: Service, receiver: Receiver) -> Self:
        """With the reps and their lines."""
        for rep, line in (("li.wei", "8001"), ("li.na", "8002")):
            await service.rep(rep, "CN-GD", email=f"{rep}@ours.cn")
            answer = await service.http.put(f"/v1/reps/{rep}/lines", json={"lines": [line]})
            assert answer.json() == {"lines": [line]}
        return cls(service, receiver)

    async def customer(self, owner: str = "li.wei", **fields: Any) -> str:
        """A customer of a rep's, with Wang's number and address."""
        told = {"company": {"name": "深圳市远航科技有限公司"}, "phones": [WANG], "emails": [MAIL], "region": "CN-GD"}
        customer_id: str = (await self.service.lead(**told, named_contact=owner, **fields))["customer_id"]
        return customer_id

    async def connector(self, kind: str = "standard", secret: str | None = None, **settings: Any) -> dict[str, Any]:
        """A connector, as it is shown when it is made."""
        body = {"name": "呼叫中心", "connector": {"kind": kind, **settings}, "secret": secret}
        return accepted(await self.service.post("/v1/connectors", **body))

    async def send(self, connector: dict[str, Any], *reports: dict[str, Any]) -> httpx.Response:
        """Report, signed, without a token."""
        body = json.dumps({"reports": reports}).encode()
        headers = signed(connector["secret"], body)
        headers["Authorization"] = ""
        return await self.service.http.post(connector["path"], content=body, headers=headers)

    async def reported(self, connector: dict[str, Any], *reports: dict[str, Any]) -> list[dict[str, Any]]:
        """What became of reports, once all was seen through."""
        answer = await self.send(connector, *reports)
        assert answer.status_code in (200, 202), answer.text
        await self.settled()
        return [await self.report(report_id) for report_id in answer.json()["reports"]]

    async def settled(self) -> None:
        """See through what is due."""
        while await self.receiver.process(50):
            pass

    async def report(self, report_id: str) -> dict[str, Any]:
        """A report as it stands."""
        return accepted(await self.service.http.get(f"/v1/inbound/reports/{report_id}"))

    async def unmatched(self) -> list[dict[str, Any]]:
        """What waits for a person."""
        items: list[dict[str, Any]] = accepted(await self.service.http.get("/v1/inbound/unmatched"))["items"]
        return items

    def kept(self, table: type[TouchRow] | type[FollowUpRow]) -> list[Any]:
        """All touches, or all follow-ups."""
        with self.service.database.read() as session:
            return list(session.exec(select(table)).all())

    def told(self, customer_id: str) -> list[str]:
        """The kinds of what happened to a customer, in order."""
        about = select(EventRow.kind).where(EventRow.customer_id == customer_id)
        with self.service.database.read() as session:
            return list(session.exec(about.order_by(col(EventRow.position))))


def call(
    state: str = "call_ended", call_id: str = "c1", caller: str = WANG, called: str = "8001", **fields: Any
) -> dict[str, Any]:
    """A call as a telephone system reports it: somebody rang and was spoken with for a minute and a half."""
    said = {"kind": state, "source_id": call_id, "caller": caller, "called": called, "direction": "inbound", **fields}
    return said if state == "call_started" else {"answered": True, "seconds": 95, **said}
