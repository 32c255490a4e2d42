"""What people are told, over HTTP: their own only, in their language, read once; and how they wish to be told."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.event import EventKind
from domain.role import Role
from store.database import Database
from store.journal import record_event
from store.notifying import Notifying
from store.outbox import Outbox
from store.policies import Policies
from store.rows import add
from store.tables import CustomerRow
from tests.approvals import staff
from tests.examples import IDS, POLICY
from tests.store.test_notifying import customer
from tests.tokens import signed_in

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
LIST, SETTINGS = "/v1/notifications", "/v1/me/notification-settings"


def happens(database: Database, *events: tuple[str, EventKind, dict[str, Any]]) -> None:
    """Let things happen to li.wei's customer, and tell them."""
    with database.write() as session:
        for id_, kind, data in events:
            record_event(session, id=id_, customer_id="cus_0", kind=kind, at=AT, actor="system", data=data)
    Outbox(database, [Notifying(IDS, Policies(database, POLICY))]).pass_on(1000)


def received(number: int) -> tuple[str, EventKind, dict[str, Any]]:
    return f"event-{number}", EventKind.LEAD_RECEIVED, {"owner_id": "li.wei"}


@pytest.fixture
def headers(app: FastAPI, database: Database) -> dict[str, str]:
    """li.wei's, who has a customer."""
    staff(database)
    with database.write() as session:
        add(session, CustomerRow, customer("cus_0", "li.wei"))
    return {**signed_in(database, "li.wei", Role.REP), "Accept-Language": "zh-CN"}


async def test_a_list_page_by_page_newest_first(
    anonymous: httpx.AsyncClient, headers: dict[str, str], database: Database
) -> None:
    happens(database, *map(received, range(5)))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await anonymous.get(LIST, params={"limit": 2, **cursor}, headers=headers)).json()
        seen += [item["event_id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == [f"event-{number}" for number in reversed(range(5))]
    item = page["items"][-1]
    assert (item["kind"], item["subject"], item["body"]) == (
        "lead_received", "客户又有新线索：远航cus_0", "您的客户 远航cus_0 又来了一条线索，请跟进。",
    )  # fmt: skip
    assert (item["customer_id"], item["urgent"], item["read_at"]) == ("cus_0", False, None)
    english = await anonymous.get(LIST, headers={**headers, "Accept-Language": "en"})
    assert english.json()["items"][0]["subject"] == "Heard from again: 远航cus_0"


async def test_counts_and_marks(anonymous: httpx.AsyncClient, headers: dict[str, str], database: Database) -> None:
    happens(database, *map(received, range(3)), ("event-3", EventKind.FOLLOW_UP_WARNING, {"owner_id": "li.wei"}))
    counts = (await anonymous.get(f"{LIST}/unread", headers=headers)).json()
    assert counts == {"total": 4, "urgent": 1, "by_kind": {"lead_received": 3, "follow_up_due": 1}}
    newest, *_ = items = (await anonymous.get(LIST, headers=headers)).json()["items"]
    read = await anonymous.post(f"{LIST}/read", json={"ids": [newest["id"], "ntf_nobody"]}, headers=headers)
    assert read.json()["read"] == 1
    read = await anonymous.post(f"{LIST}/read", json={"up_to": items[1]["position"]}, headers=headers)
    assert read.json() == {"read": 3, "unread": {"total": 0, "urgent": 0, "by_kind": {}}}
    assert (await anonymous.get(LIST, params={"unread": True}, headers=headers)).json()["items"] == []
    for filters, count in (({"urgent": True}, 1), ({"kind": ["lead_received"]}, 3), ({"kind": ["queue_overdue"]}, 0)):
        assert len((await anonymous.get(LIST, params=filters, headers=headers)).json()["items"]) == count


@pytest.mark.parametrize("body", [{}, {"ids": ["a"], "up_to": 3}, {"up_to": "3"}, {"up_to": -1}], ids=repr)
async def test_what_was_read_must_be_said(
    anonymous: httpx.AsyncClient, headers: dict[str, str], body: dict[str, Any]
) -> None:
    response = await anonymous.post(f"{LIST}/read", json=body, headers=headers)
    assert response.status_code == 422
    assert response.json()["errors"]


async def test_others_notifications_are_nobodys(
    anonymous: httpx.AsyncClient, headers: dict[str, str], database: Database
) -> None:
    happens(database, received(0))
    (item,) = (await anonymous.get(LIST, headers=headers)).json()["items"]
    for user, role in (("zhao.min", Role.MANAGER), ("xu.na", Role.REP)):
        other = signed_in(database, user, role)
        assert (await anonymous.get(LIST, headers=other)).json()["items"] == []
        assert (await anonymous.post(f"{LIST}/read", json={"ids": [item["id"]]}, headers=other)).json()["read"] == 0


async def test_existence_not_content_a_rep_in_a_collision_is_told_no_name(
    anonymous: httpx.AsyncClient, headers: dict[str, str], database: Database
) -> None:
    data = {"told": ["li.wei", "xu.na"], "risk": False, "case_id": "col_1", "cause": "sig_1"}
    happens(database, ("sig_1:collision_opened:cus_0", EventKind.COLLISION_OPENED, data))
    other = {**signed_in(database, "xu.na", Role.REP), "Accept-Language": "zh-CN"}
    (theirs,) = (await anonymous.get(LIST, headers=headers)).json()["items"]
    (others,) = (await anonymous.get(LIST, headers=other)).json()["items"]
    assert (theirs["subject"], others["subject"]) == ("撞单：远航cus_0", "撞单：某客户")
    assert "远航" not in str(others)


async def test_who_is_no_rep_is_told_so(client: httpx.AsyncClient) -> None:
    for method, path in (("GET", LIST), ("GET", f"{LIST}/unread"), ("GET", f"{LIST}/stream"), ("GET", SETTINGS)):
        response = await client.request(method, path)
        assert (response.status_code, response.json()["type"]) == (409, "urn:oneowner:problem:no-rep")


class TestSettings:
    async def test_the_products_own_until_somebody_enters_theirs(
        self, anonymous: httpx.AsyncClient, headers: dict[str, str]
    ) -> None:
        response = await anonymous.get(SETTINGS, headers=headers)
        assert response.headers["ETag"] == '"0"'
        assert response.json() == {
            "language": "zh-CN", "time_zone": None, "quiet_hours": None, "working_hours_only": False,
            "digest": "hourly", "digest_at": "09:00", "channels": ["email"], "kinds": {}, "email": None,
            "reached_at": None, "chat_tools": [],
        }  # fmt: skip

    async def test_entered_replaced_and_never_overwritten_unseen(
        self, anonymous: httpx.AsyncClient, headers: dict[str, str]
    ) -> None:
        wishes = {
            "language": "en", "time_zone": "Europe/London", "digest": "daily", "digest_at": "08:30",
            "quiet_hours": {"begins": "21:30", "ends": "07:00"}, "channels": ["chat", "email"],
            "kinds": {"lead_received": []}, "email": "li.wei@example.com",
            "chat_addresses": ["DingTalk://token", "wecombot://key"],
        }  # fmt: skip
        put = await anonymous.put(SETTINGS, json=wishes, headers={**headers, "If-Match": '"0"'})
        assert put.status_code == 200, put.text
        shown = put.json()
        assert shown["chat_tools"] == ["dingtalk", "wecombot"]
        assert "token" not in put.text
        assert {name: shown[name] for name in wishes if name != "chat_addresses"} == {
            name: wishes[name] for name in wishes if name != "chat_addresses"
        }
        stale = await anonymous.put(SETTINGS, json=wishes, headers={**headers, "If-Match": '"0"'})
        assert stale.status_code == 412
        assert (await anonymous.put(SETTINGS, json=wishes, headers=headers)).status_code == 428
        again = await anonymous.put(SETTINGS, json={}, headers={**headers, "If-Match": put.headers["ETag"]})
        assert again.json()["chat_tools"] == ["dingtalk", "wecombot"]
        assert (again.json()["language"], again.json()["kinds"]) == ("zh-CN", {})

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("chat_addresses", ["json://10.0.0.1/hook"], "chat_address"),
            ("chat_addresses", ["dingtalk://"], "chat_address"),
            ("chat_addresses", ["https://oapi.dingtalk.com/robot"], "chat_address"),
            ("chat_addresses", ["dingtalk://t"] * 6, "too_long"),
            ("email", "nobody", "email_invalid"),
            ("time_zone", "Mars", "time_zone_unknown"),
            ("digest_at", "09:00:01", "clock_to_the_minute"),
            ("quiet_hours", {"begins": "08:00", "ends": "08:00"}, "quiet_all_day"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    async def test_what_makes_no_sense_is_refused_by_field(
        self, anonymous: httpx.AsyncClient, headers: dict[str, str], field: str, value: Any, code: str
    ) -> None:
        response = await anonymous.put(SETTINGS, json={field: value}, headers={**headers, "If-Match": "*"})
        assert response.status_code == 422
        (error,) = response.json()["errors"]
        assert (error["field"].partition(".")[0], error["code"]) == (field, code)
        assert error["rule"]

    async def test_administrators_set_others_and_nobody_else_does(
        self, client: httpx.AsyncClient, anonymous: httpx.AsyncClient, headers: dict[str, str]
    ) -> None:
        theirs = "/v1/reps/li.wei/notification-settings"
        put = await client.put(theirs, json={"digest": "none"}, headers={"If-Match": '"0"'})
        assert put.status_code == 200
        assert (await anonymous.get(SETTINGS, headers=headers)).json()["digest"] == "none"
        assert (await anonymous.get(theirs, headers=headers)).status_code == 403
        assert (await client.get("/v1/reps/nobody/notification-settings")).status_code == 404
        gone = await client.put("/v1/reps/nobody/notification-settings", json={}, headers={"If-Match": "*"})
        assert gone.status_code == 404
