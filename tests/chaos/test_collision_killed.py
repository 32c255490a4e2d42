"""A collision from the second lead to its end on processes that are killed on the way: nothing lost, nothing twice."""

import asyncio
import signal
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller

from launcher.config import free_ports
from tests.chaos.site import Part, running_site
from tests.people import accepted

PEOPLE = {"zhao.min": "manager", "he.tao": "manager", "li.wei": "rep", "wang.fang": "rep"}
TEAMS = {"south": ("zhao.min", "li.wei"), "east": ("he.tao", "wang.fang")}
PASSWORD = "correct horse battery"
LEAD = {"company": {"name": "深圳市远航科技有限公司"}, "phones": ["13800138000"], "region": "CN-GD"}


class Post:
    """A mail server that takes nothing before it is told to."""

    def __init__(self) -> None:
        self.open = False
        self.came: list[tuple[str, str]] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if not self.open:
            return "451 later"
        message = message_from_bytes(envelope.content, policy=default)
        self.came.append((envelope.rcpt_tos[0], str(message["Message-ID"])))
        return "250 OK"


async def staffed(http: httpx.AsyncClient) -> dict[str, dict[str, str]]:
    """Two teams with their managers; everybody's headers."""
    accepted(await http.post("/v1/regions", json={"code": "CN-GD", "name": "广东"}))
    for team, (manager, rep) in TEAMS.items():
        accepted(await http.post("/v1/reps", json={"id": manager, "name": manager, "email": f"{manager}@ours.cn"}))
        accepted(await http.post("/v1/teams", json={"id": team, "name": team, "manager_id": manager}))
        member = {"id": rep, "name": rep, "email": f"{rep}@ours.cn", "regions": ["CN-GD"], "team_id": team}
        accepted(await http.post("/v1/reps", json=member))
    headers = {}
    for person, role in PEOPLE.items():
        user = {"id": person, "name": person, "role": role, "person": person, "password": PASSWORD}
        accepted(await http.post("/v1/users", json=user))
        session = accepted(await http.post("/v1/sessions", json={"user": person, "password": PASSWORD}))
        headers[person] = {"Authorization": f"Bearer {session['access_token']}"}
    return headers


async def told(http: httpx.AsyncClient, headers: dict[str, str], kind: str) -> int:
    """How often somebody was told of something."""
    items = accepted(await http.get("/v1/notifications", headers=headers))["items"]
    return [it["kind"] for it in items].count(kind)


async def insist(http: httpx.AsyncClient, path: str, word: dict[str, Any], headers: dict[str, str]) -> None:
    """Say something, and say it again as the same request for as long as the service asks for patience."""
    while (answer := await http.post(path, json=word, headers={"Idempotency-Key": path, **headers})).status_code == 503:
        await asyncio.sleep(float(answer.headers["Retry-After"]))
    accepted(answer)


async def until(done: Any) -> None:
    """Wait until something is so; what a process had when it died is another one's after ``store.deliveries.LEASE``."""
    async with asyncio.timeout(120):
        while not await done():
            await asyncio.sleep(0.1)


@pytest.mark.timeout(300)
async def test_killed_before_the_mail_goes_out_and_before_the_case_is_settled(tmp_path: Path) -> None:
    """Invariants nothing_lost, once and existence_not_content."""
    post = Post()
    mail = Controller(post, hostname="127.0.0.1", port=free_ports(1)[0])
    mail.start()
    settings = {
        "ONEOWNER_SMTP_HOST": "127.0.0.1",
        "ONEOWNER_SMTP_PORT": str(mail.port),
        "ONEOWNER_SMTP_SECURITY": "none",
        "ONEOWNER_SMTP_FROM": "no-reply@ours.cn",
    }
    try:
        async with running_site(tmp_path, settings=settings) as site, site.http() as http:
            people = await staffed(http)
            first = {**LEAD, "source": "web", "external_id": "1", "named_contact": "li.wei"}
            customer_id = accepted(await http.post("/v1/leads", json=first))["customer_id"]
            second = {**LEAD, "source": "crm", "external_id": "2", "submitted_by": "wang.fang"}
            answer = accepted(await http.post("/v1/leads", json=second, headers=people["wang.fang"]))
            assert (answer["customer_id"], answer["owner"]["id"]) == (None, "li.wei")

            async def all_told() -> bool:
                return all([await told(http, headers, "collision_opened") == 1 for headers in people.values()])

            await until(all_told)
            await site.send(signal.SIGKILL, Part.WORKER)
            post.open = True
            await site.ready()

            async def all_mailed() -> bool:
                return {to for to, _ in post.came} == {f"{person}@ours.cn" for person in PEOPLE}

            await until(all_mailed)
            (case,) = accepted(await http.get("/v1/collisions", headers=people["wang.fang"]))["items"]
            assert (case["customers"][0]["name"], case["customers"][0]["owner_id"]) == (None, "li.wei")
            path = f"/v1/collisions/{case['id']}"
            seen = accepted(await http.get(path))["timeline"][0]
            assert (seen["kind"], seen["data"]["detector"], set(seen["told"])) == ("seen", "second_lead", {*PEOPLE})
            word = {"resolution": {"option": "transfer", "to_id": "wang.fang"}, "words": "客户要求"}
            await insist(http, f"{path}/positions", word, people["wang.fang"])
            await site.send(signal.SIGKILL, Part.WORKER, Part.TEMPORAL)
            await site.ready()
            await insist(http, f"{path}/resolution", word, {})

            async def is_done() -> bool:
                return bool(accepted(await http.get(path))["done"])

            await until(is_done)
            assert accepted(await http.get(f"/v1/customers/{customer_id}"))["owner"]["id"] == "wang.fang"
            assert await all_told()
            assert len(accepted(await http.get("/v1/collisions"))["items"]) == 1
        assert len({message_id for _, message_id in post.came}) == len(post.came)
    finally:
        mail.stop()
