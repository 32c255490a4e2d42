"""Leads through the API without a workflow: the word on a doubt as it is sent, and what is refused of it."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from domain.answer import Answer
from domain.submission import Choice
from store.database import Database
from store.intake import Intake
from tests.api.conftest import StandIn
from tests.examples import AT, IDS, LI, POLICY, employ, lead, registration

LINE = {"phones": ["0755-26581234"], "region": "CN-GD"}


class Hearing(StandIn):
    """Hears what is said of a lead."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Choice] = []

    async def confirm(self, lead_id: str, choice: Choice) -> Answer | None:
        self.heard.append(choice)
        return None

    async def is_in_progress(self, lead_id: str) -> bool:
        return False


@pytest.fixture
def gateway() -> StandIn:
    return Hearing()


@pytest.fixture
def path(database: Database) -> str:
    """A lead in doubt."""
    employ(database, LI)
    intake = Intake(database, POLICY, IDS)
    intake.register(registration(lead(company={"name": "深圳市西溪软件有限公司"}, **LINE)))
    doubt = intake.register(registration(lead(company={"name": "深圳市青禾农业有限公司"}, **LINE)))
    return f"/v1/leads/{doubt.answer.lead_id}"


@pytest.mark.parametrize(
    ("body", "choice"),
    [
        ({"answer": "same", "customer_id": "cus_1"}, Choice(customer_id="cus_1", by="li.na")),
        ({"answer": "new"}, Choice(customer_id=None, by="li.na")),
        ({"answer": "new", "customer_id": None}, Choice(customer_id=None, by="li.na")),
        ({"answer": "unsure", "comment": "电话打不通"},
         Choice(customer_id=None, by="li.na", unsure=True, comment="电话打不通")),
    ],
)  # fmt: skip
async def test_a_word_is_passed_on(
    client: httpx.AsyncClient, gateway: Hearing, path: str, body: dict[str, Any], choice: Choice
) -> None:
    response = await client.post(f"{path}/confirmation", json={**body, "by": "li.na"})
    assert response.status_code == 200, response.text
    assert gateway.heard == [choice]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"answer": "same", "by": "li.na"}, ("customer_id", "missing")),
        ({"answer": "new", "customer_id": "cus_1", "by": "li.na"}, ("customer_id", "customer_id_unexpected")),
        ({"answer": "unsure", "customer_id": "cus_1", "by": "li.na"}, ("customer_id", "customer_id_unexpected")),
        ({"answer": "maybe", "by": "li.na"}, ("answer", "enum")),
        ({"answer": "new"}, ("by", "missing")),
        ({"answer": "new", "by": "李娜"}, ("by", "string_pattern_mismatch")),
        ({"answer": "new", "by": "li.na", "comment": "\u200b"}, ("comment", "string_too_short")),
        ({"answer": "new", "by": "li.na", "comment": "x" * 4001}, ("comment", "string_too_long")),
        ({"answer": "new", "by": "li.na", "owner_id": "li.na"}, ("owner_id", "extra_forbidden")),
    ],
)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_wrong_word_is_refused_where_it_is_wrong(
    client: httpx.AsyncClient, gateway: Hearing, path: str, body: dict[str, Any], fault: tuple[str, str], language: str
) -> None:
    response = await client.post(f"{path}/confirmation", json=body, headers={"Accept-Language": language})
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == fault
    assert error["rule"]
    assert gateway.heard == []


@pytest.mark.parametrize("of", ["", "/timeline"])
async def test_a_lead_that_nobody_sent_is_not_found(client: httpx.AsyncClient, of: str) -> None:
    assert (await client.get(f"/v1/leads/lead_unknown{of}")).status_code == 404


@pytest.mark.parametrize(("language", "text"), [("zh-CN", "已收到"), ("en", "Received")])
async def test_a_timeline_comes_page_by_page_in_the_callers_language(
    client: httpx.AsyncClient, path: str, language: str, text: str
) -> None:
    headers = {"Accept-Language": language}
    first = (await client.get(f"{path}/timeline", params={"limit": 1}, headers=headers)).json()
    [received] = first["items"]
    assert (received["kind"], received["text"]) == ("received", text)
    assert datetime.fromisoformat(received["at"]) == AT
    assert (await client.get(received["decision"])).json()["lead_id"] == path.rpartition("/")[2]
    rest = (await client.get(f"{path}/timeline", params={"limit": 1, "cursor": first["next"]}, headers=headers)).json()
    assert ([event["kind"] for event in rest["items"]], rest["next"]) == (["asked"], None)
    assert rest["items"][0]["data"] == {"asked": ["li.na"]}


async def test_what_waits_for_whom_is_listed(client: httpx.AsyncClient, path: str) -> None:
    for params, found in (({"asked": "li.na"}, 1), ({"asked": "nobody"}, 0), ({"asked": "li.na", "source": "x"}, 0)):
        assert len((await client.get("/v1/leads", params=params)).json()["items"]) == found
    view = (await client.get(path)).json()
    assert (view["asked"], [due["stage"] for due in view["due"]]) == (["li.na"], ["reminded", "escalated", "time_up"])


@pytest.mark.parametrize(
    ("typed", "exists"),
    [
        ({"company": {"name": "深圳市西溪软件有限公司"}}, "certain"),
        ({"company": {"name": "深圳市西溪软件"}, "phones": ["0755-26581234"]}, "certain"),
        ({"phones": ["0755-26581234"]}, "possible"),
        ({"company": {"name": "深圳市青禾农业有限公司"}}, "possible"),
        ({"company": {"name": "Oakfield Trading Ltd"}}, "no"),
    ],
)
async def test_existence_not_content_a_check_says_whether_and_whom_to_ask(
    client: httpx.AsyncClient, path: str, typed: dict[str, Any], exists: str
) -> None:
    """Neither of the customer nor of the lead that waits beside it is anything else told."""
    answer = await client.post("/v1/leads/check", json={"region": "CN-GD", **typed})
    said = answer.json()
    assert (answer.status_code, said["exists"]) == (200, exists)
    assert set(said) == {"exists", "confidence", "matched_on", "ask"}
    assert all(one == {"owner": {"id": "li.na", "name": "李娜"}, "team": None, "queue": None} for one in said["ask"])
    assert not any(secret in answer.text for secret in ("cus_", "lead_", "西溪", "青禾", "2658"))
