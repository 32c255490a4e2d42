"""People who meet on customers, as cases see it, and ways to write down briefly what they say."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlmodel import Session

from domain.collision_opening import Opening
from domain.role import Role
from domain.user import NewUser
from store.tables import CollisionCallRow, CollisionCustomerRow, CollisionRepRow, CollisionRow, SightingRow
from store.users import Users
from tests.people import Company, accepted

KEEP = {"option": "keep"}


def to(rep_id: str) -> dict[str, Any]:
    """The customer goes to somebody."""
    return {"option": "transfer", "to_id": rep_id}


def shared_with(*rep_ids: str, main: str | None = None) -> dict[str, Any]:
    """Others work on it, too."""
    return {"option": "share", "main_id": main, "collaborators": rep_ids}


class Bureau(Company):
    """A company in which reps meet: wang.fang's word is an administrator's."""

    async def met(self, *rep_ids: str, customer_id: str | None = None, by: str | None = "zhao.min") -> dict[str, Any]:
        """A case about li.wei's customer, reported by a manager of theirs."""
        customer_id = customer_id or await self.customer()
        body = {"customer_id": customer_id, "reason": "两人都在联系", "rep_ids": rep_ids or ("xu.na",)}
        return accepted(await self.call(by, "POST", "/v1/collisions", **body))

    async def case(self, case_id: str, by: str | None = None) -> dict[str, Any]:
        """A case as somebody sees it."""
        return accepted(await self.call(by, "GET", f"/v1/collisions/{case_id}"))

    async def say(self, by: str | None, case_id: str, resolution: dict[str, Any]) -> httpx.Response:
        """Take a position, whatever the answer."""
        body = {"resolution": resolution, "words": f"{by}:我来说明情况"}
        return await self.call(by, "POST", f"/v1/collisions/{case_id}/positions", **body)

    async def rule(self, by: str | None, case_id: str, resolution: dict[str, Any]) -> httpx.Response:
        """Decide, whatever the answer."""
        body = {"resolution": resolution, "words": "按首次有效跟进"}
        return await self.call(by, "POST", f"/v1/collisions/{case_id}/resolution", **body)

    async def agree_on(self, case_id: str, resolution: dict[str, Any], reps: Iterable[str]) -> dict[str, Any]:
        """All of the reps want the same, and it is done."""
        for rep_id in reps:
            accepted(await self.say(rep_id, case_id, resolution))
        return await self.over(case_id)

    async def over(self, case_id: str) -> dict[str, Any]:
        """A case once its workflow has ended."""
        await self.service.temporal.get_workflow_handle(case_id).result()
        return await self.case(case_id)

    def administrator(self, person: str = "wang.fang") -> None:
        """Make somebody an administrator beside what they are."""
        users = Users(self.service.database)
        users.create(NewUser(id=f"admin.{person}", name=person, role=Role.ADMINISTRATOR, person=person), None)

    async def owner(self, customer_id: str) -> str | None:
        """Who owns a customer."""
        owner = (await self.service.customer(customer_id))["owner"]
        return owner["id"] if owner else None

    async def until(self, customer_id: str, kind: str, times: int = 1) -> None:
        """Wait until something has happened to a customer so often; workflows do it in the background."""
        async with asyncio.timeout(30):
            while self.told(customer_id).count(kind) < times:
                await asyncio.sleep(0.05)

    async def to_level(self, case_id: str, level: str) -> None:
        """Let business time pass, day by day, until others are asked."""
        while (await self.case(case_id))["level"] != level:
            await self.service.let_pass(case_id, timedelta(days=1))

    async def also(self, case_id: str, customer_id: str) -> None:
        """Another customer belongs to the case, as a detector says who found that two are one."""
        with self.service.database.write() as session:
            session.add(CollisionCustomerRow(case_id=case_id, customer_id=customer_id))
            session.add(CollisionCallRow(case_id=case_id, event_id=f"{case_id}:{customer_id}"))
        await self.until(customer_id, "assignment_frozen")

    async def watched(self, *rep_ids: str, customer_id: str, detector: str = "double_review") -> str:
        """A risk that a detector saw."""
        opening = Opening(
            case_id=f"col_{customer_id}",
            risk=True,
            detector=detector,
            customer_ids=(customer_id,),
            rep_ids=rep_ids,
            sighting_id=f"sig_{customer_id}",
            event_id=f"seen_{customer_id}",
            at=datetime.now(UTC),
        )
        with self.service.database.write() as session:
            open_case(session, opening)
        await self.case(opening.case_id)
        return opening.case_id


def open_case(session: Session, opening: Opening) -> None:
    """What a detector writes when it opens a case, but for the event."""
    session.add(
        CollisionRow(
            id=opening.case_id,
            status="open",
            risk=opening.risk,
            cause=opening.detector,
            state={"opening": opening.model_dump(mode="json")},
            opened_at=opening.at,
        )
    )
    session.add_all(CollisionCustomerRow(case_id=opening.case_id, customer_id=id_) for id_ in opening.customer_ids)
    session.add_all(CollisionRepRow(case_id=opening.case_id, rep_id=id_) for id_ in opening.rep_ids)
    session.add(
        SightingRow(
            id=opening.sighting_id,
            case_id=opening.case_id,
            detector=opening.detector,
            customer_id=opening.customer_ids[0],
            event_id=opening.event_id,
            at=opening.at,
            data={},
        )
    )
    session.add(CollisionCallRow(case_id=opening.case_id, event_id=opening.event_id))
