"""What reps and managers see of customers and leads over HTTP, and what they may say in whose name."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.answer import Answer
from domain.change import Asked, Changed, Release, Request
from domain.role import Role
from domain.submission import Choice, Registration, Submission
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.refusals import RefusalFilter, Refusals
from store.tables import LeadRow, RepRow, TeamRow
from tests.api.conftest import StandIn, context_of
from tests.examples import AT, IDS, LI, POLICY, SMITH, WANG, ZHANG, employ, lead, registration, ruled
from tests.tokens import signed_in

SECRETS = ("13800138000", "138 0013 8000", "wang@yuanhang.example", "南山", "远航")
YUANHANG = {
    "company": {"name": "深圳市远航科技有限公司"},
    "phones": ["13800138000"],
    "emails": ["wang@yuanhang.example"],
    "region": "CN-GD",
    "address": "广东省深圳市南山区科技园1号",
}


class InPlace(StandIn):
    """Does at once what the workflows would do."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []

    def on(self, database: Database) -> None:
        self._database = database

    async def submit(self, submission: Submission) -> Answer:
        made = Registration(submission=submission, at=datetime.now(UTC))
        return Intake(self._database, POLICY, IDS).register(made).answer

    async def confirm(self, lead_id: str, choice: Choice) -> Answer | None:
        return None

    async def is_in_progress(self, lead_id: str) -> bool:
        return lead_id == "lead_underway"

    async def change(self, customer_id: str, asked: Asked) -> Changed:
        self.asked.append(asked)
        request = Request(customer_id=customer_id, at=datetime.now(UTC), asked=asked)
        return Changes(self._database, POLICY, IDS).carry_out(request)


@dataclass
class Company:
    """Zhang and Li in the south, below Wang; Smith in the west. Three have a customer, and one is in the pool."""

    http: httpx.AsyncClient
    gateway: InPlace
    database: Database
    headers: dict[str, dict[str, str]]
    customers: dict[str, str]
    leads: dict[str, str]

    async def get(self, who: str, path: str, **parameters: Any) -> httpx.Response:
        return await self.http.get(path, headers=self.headers[who], params=parameters)

    async def send(self, who: str, path: str, method: str = "POST", **body: Any) -> httpx.Response:
        return await self.http.request(method, path, headers=self.headers[who] | {"If-Match": "*"}, json=body)

    async def seen(self, who: str, path: str = "/v1/customers") -> set[str]:
        names = {id_: name for name, id_ in self.customers.items()}
        return {names[it["id"]] for it in (await self.get(who, path)).json()["items"]}

    def refusals(self) -> list[tuple[str, str | None]]:
        return [(row.reason, row.record) for row in Refusals(self.database).page(RefusalFilter(), None, 100)]


@pytest.fixture
def gateway() -> StandIn:
    return InPlace()


@pytest.fixture
def company(app: FastAPI, anonymous: httpx.AsyncClient, database: Database, gateway: InPlace) -> Company:
    app.state.context = context_of(database, gateway, POLICY)
    gateway.on(database)
    employ(database, ZHANG, LI, WANG, SMITH)
    with database.write() as session:
        session.add(TeamRow(id="all", name="全国", manager_id=WANG.id))
        session.add(TeamRow(id="south", name="华南", parent_id="all"))
        session.add(TeamRow(id="west", name="West", manager_id=SMITH.id))
        for rep, team in ((ZHANG, "south"), (LI, "south"), (SMITH, "west")):
            session.get_one(RepRow, rep.id).team_id = team
    intake = Intake(database, POLICY, IDS)
    customers, leads = {}, {}
    wanted = {"zhang": (ZHANG, YUANHANG), "li": (LI, {"company": {"name": "广州青禾农业有限公司"}, "region": "CN-GD"})}
    wanted["smith"] = (SMITH, {"company": {"name": "Acme Inc."}, "region": "US-CA"})
    wanted["pool"] = (LI, {"company": {"name": "北海渔业"}, "phones": ["13900139000"], "emails": ["yu@beihai.example"]})
    for name, (rep, fields) in wanted.items():
        answer = intake.register(registration(lead(**fields, named_contact=rep.id))).answer
        assert answer.owner is not None
        assert answer.owner.id == rep.id
        customers[name], leads[name] = answer.customer_id or "", answer.lead_id
    released = Asked(id="r", actor=LI.id, change=Release(rep_id=LI.id, reason="转行"))
    Changes(database, POLICY, IDS).carry_out(Request(customer_id=customers["pool"], at=AT, asked=released))
    headers = {
        "zhang": signed_in(database, "zhang", Role.REP, ZHANG.id),
        "li": signed_in(database, "li", Role.REP, LI.id),
        "smith": signed_in(database, "smith", Role.MANAGER, SMITH.id),
        "wang": signed_in(database, "wang", Role.MANAGER, WANG.id),
        "ops": signed_in(database, "ops", Role.SALES_OPERATIONS),
        "auditor": signed_in(database, "auditor", Role.AUDITOR),
    }
    return Company(anonymous, gateway, database, headers, customers, leads)


@pytest.mark.parametrize(
    ("who", "customers"),
    [
        ("zhang", {"zhang", "pool"}),
        ("li", {"li", "pool"}),
        ("smith", {"smith", "pool"}),
        ("wang", {"zhang", "li", "pool"}),
        ("ops", {"zhang", "li", "smith", "pool"}),
        ("auditor", {"zhang", "li", "smith", "pool"}),
    ],
)
async def test_everybody_is_shown_what_is_theirs(company: Company, who: str, customers: set[str]) -> None:
    assert await company.seen(who) == customers
    for name, id_ in company.customers.items():
        found = await company.get(who, f"/v1/customers/{id_}")
        assert found.status_code == (200 if name in customers else 404), name
        for below in ("timeline", "merges", "assignments"):
            history = await company.get(who, f"/v1/customers/{id_}/{below}")
            sighted = 403 if name == "pool" and who not in ("ops", "auditor") else 200
            assert history.status_code == (sighted if name in customers else 404), (name, below)


async def test_what_is_hidden_answers_as_what_does_not_exist(company: Company) -> None:
    """Invariant existence_not_content: for reading and for changing, word for word."""
    hidden, absent = f"/v1/customers/{company.customers['smith']}", f"/v1/customers/cus_{'a' * 26}"
    calls = [
        ("GET", "", None),
        ("GET", "/timeline", None),
        ("GET", "/merges", None),
        ("PATCH", "", {"region": "CN-GD"}),
        ("POST", "/claim", {"rep_id": ZHANG.id}),
        ("POST", "/release", {"rep_id": ZHANG.id, "reason": "x"}),
        ("PUT", "/standing", {"level": "A", "stage": None}),
        ("POST", "/commitments", {"kind": "contract", "reference": "1"}),
        ("POST", "/follow-ups", {"rep_id": ZHANG.id, "kind": "call", "content": "…", "occurred_at": AT.isoformat()}),
    ]
    for method, below, body in calls:
        headers = company.headers["zhang"] | {"If-Match": "*"}
        answers = [
            await company.http.request(method, path + below, headers=headers, json=body) for path in (hidden, absent)
        ]
        assert [it.status_code for it in answers] == [404, 404], below
        assert answers[0].content == answers[1].content
    assert company.refusals() == [("hidden", company.customers["smith"])] * len(calls)
    assert company.gateway.asked == []


async def test_contacts_in_the_pool_are_masked_until_somebody_claims_them(company: Company) -> None:
    path = f"/v1/customers/{company.customers['pool']}"
    for who in ("zhang", "wang"):
        profile = (await company.get(who, path)).json()["profile"]
        assert (profile["phones"], profile["emails"]) == (["+86 139****9000"], ["y***@beihai.example"])
        for listing in ("/v1/customers", "/v1/pools/public/customers"):
            assert "13900139000" not in (await company.get(who, listing)).text
    assert "13900139000" in (await company.get("ops", path)).text
    assert (await company.send("zhang", path, "PATCH", region="CN-GD")).status_code == 403
    assert company.refusals()[0] == ("read_only", company.customers["pool"])
    claimed = await company.send("zhang", f"{path}/claim", rep_id=ZHANG.id)
    assert claimed.json()["owner"]["id"] == ZHANG.id
    assert "13900139000" in (await company.get("zhang", path)).text
    assert (await company.get("li", path)).status_code == 404


async def test_nobody_acts_in_anothers_name(company: Company) -> None:
    pool, mine = (f"/v1/customers/{company.customers[name]}" for name in ("pool", "zhang"))
    refused = [
        await company.send("zhang", f"{pool}/claim", rep_id=LI.id),
        await company.send("zhang", f"{mine}/release", rep_id=LI.id, reason="x"),
        await company.send(
            "zhang", f"{mine}/follow-ups", rep_id=LI.id, kind="call", content="…", occurred_at=AT.isoformat()
        ),
        await company.send("wang", f"{pool}/claim", rep_id=SMITH.id),
        await company.send("zhang", "/v1/leads", source="app", external_id="1", emails=["n@n.cn"], submitted_by=LI.id),
    ]
    assert {it.json()["type"] for it in refused} == {"urn:oneowner:problem:in-anothers-name"}
    assert {it.status_code for it in refused} == {403}
    assert {reason for reason, _ in company.refusals()} == {"in_anothers_name"}
    assert company.gateway.asked == []
    taken = await company.send("wang", f"{pool}/claim", rep_id=LI.id)  # a manager for somebody in the tree
    assert taken.json()["owner"]["id"] == LI.id


async def test_a_rep_who_submits_anothers_customer_learns_that_it_is_known_and_whom_to_ask(company: Company) -> None:
    """Invariant existence_not_content, also across regions."""
    for who, region in (("li", "CN-GD"), ("smith", "US-CA")):
        body = {"source": "app", "external_id": who, **YUANHANG, "region": region, "phones": ["+86 13800138000"]}
        answer = await company.send(who, "/v1/leads", **body)
        said = {name: value for name, value in answer.json().items() if value not in (None, [])}
        lead_id = said.pop("lead_id")
        assert said == {
            "status": "settled",
            "outcome": "duplicate",
            "owner": {"id": ZHANG.id, "name": "张伟"},
            "team": "华南",
        }
        again = await company.send(who, "/v1/leads", **body)
        read = await company.get(who, f"/v1/leads/{lead_id}")
        listed = (await company.get(who, "/v1/leads")).json()["items"]
        for text in (answer.text, again.text, read.text, next(str(it) for it in listed if it["lead_id"] == lead_id)):
            assert not any(secret in text for secret in (*SECRETS, company.customers["zhang"], "dec_")), text
        assert (await company.get(who, f"/v1/leads/{lead_id}/timeline")).status_code == 403
        assert (await company.get("zhang", f"/v1/leads/{lead_id}")).json()["customer_id"] == company.customers["zhang"]


async def test_a_rep_submits_in_their_own_name_and_sees_what_is_theirs(company: Company) -> None:
    answer = await company.send("zhang", "/v1/leads", source="app", external_id="9", company={"name": "新锐设计工作室"},
                                region="CN-GD", named_contact=ZHANG.id)  # fmt: skip
    assert answer.json()["customer_id"]
    with company.database.read() as session:
        row = session.get_one(LeadRow, answer.json()["lead_id"])
        assert (row.submitted_by, row.lead["submitted_by"]) == (ZHANG.id, ZHANG.id)
    theirs = (await company.get("zhang", "/v1/leads")).json()["items"]
    assert {it["lead_id"] for it in theirs} == {answer.json()["lead_id"], company.leads["zhang"]}
    assert (await company.get("smith", f"/v1/leads/{answer.json()['lead_id']}")).status_code == 404
    assert (await company.get("zhang", "/v1/leads/lead_underway")).json()["status"] == "in_progress"


async def test_nobody_takes_a_customer_by_submitting_it_once_more(company: Company) -> None:
    """Neither from its owner nor, past the rules of claiming, out of a pool; whatever they say whom it named."""
    show = {"name": "广交会", "date": "2026-11-20", "contact": LI.id}
    for name, fields in (("zhang", YUANHANG), ("pool", {"phones": ["13900139000"]})):
        for more in ({"named_contact": LI.id}, {"customer_type": "trade_show", "show": show}):
            body = {"source": "app", "external_id": f"{name} {sorted(more)}", "region": "CN-GD", **fields, **more}
            answer = await company.send("li", "/v1/leads", **body)
            assert answer.json()["outcome"] == "duplicate"
            with company.database.read() as session:
                settlement = session.get_one(LeadRow, answer.json()["lead_id"]).settlement
            case = (settlement["arrived"] or {"case": {}})["case"]
            assert (case.get("named_contact"), case.get("show_contact")) == (None, None)
            assert (await company.get("li", f"/v1/customers/{company.customers['zhang']}")).status_code == 404


async def test_a_check_tells_a_person_existence_team_and_whom_to_ask(company: Company) -> None:
    said = (await company.send("smith", "/v1/leads/check", phones=["138 0013 8000"])).json()
    assert said == {
        "exists": "certain",
        "confidence": None,
        "matched_on": [],
        "ask": [{"owner": {"id": ZHANG.id, "name": "张伟"}, "team": "华南", "queue": None}],
    }
    told = (await company.send("ops", "/v1/leads/check", phones=["138 0013 8000"])).json()
    assert (told["confidence"], told["matched_on"]) == (0.995, ["mobile"])


@pytest.mark.parametrize(
    ("tell", "told"),
    [
        (["owner"], {"owner": {"id": ZHANG.id, "name": "张伟"}, "team": None}),
        (["team"], {"owner": None, "team": "华南"}),
        ([], {"owner": None, "team": None}),
    ],
)
async def test_whom_to_ask_is_told_as_the_policy_allows(
    app: FastAPI, company: Company, tell: list[str], told: dict[str, Any]
) -> None:
    policy = ruled(*POLICY.model_dump()["assignment"], existence={"tell": tell})
    app.state.context = context_of(company.database, company.gateway, policy)
    check = (await company.send("smith", "/v1/leads/check", phones=["13800138000"], region="CN-GD")).json()
    assert check["exists"] == "certain"
    assert check["ask"] == ([{**told, "queue": None}] if tell else [])
    lead_ = (await company.send("li", "/v1/leads", source="app", external_id="1", phones=["13800138000"])).json()
    assert (lead_["outcome"], lead_["owner"], lead_["team"]) == ("duplicate", told["owner"], told["team"])


async def test_nobody_lists_customers_by_asking_one_after_the_other(app: FastAPI, company: Company) -> None:
    app.state.context = context_of(company.database, company.gateway, POLICY, check_limit="3/minute")
    numbers = [f"1380013800{digit}" for digit in range(5)]
    answers = [await company.send("li", "/v1/leads/check", phones=[number]) for number in numbers]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    lead_too = await company.send("li", "/v1/leads", source="app", external_id="1", phones=["13800138000"])
    assert lead_too.status_code == 429
    assert company.refusals() == [("probing", None)]
    assert (await company.send("smith", "/v1/leads/check", phones=["13800138000"])).status_code == 200


async def test_a_lead_in_doubt_is_answered_by_who_is_asked(company: Company) -> None:
    line = {"phones": ["0755-26581234"], "region": "CN-GD"}
    intake = Intake(company.database, POLICY, IDS)
    first = lead(company={"name": "深圳市西溪软件有限公司"}, **line, named_contact=ZHANG.id)
    intake.register(registration(first))
    submitted = lead(company={"name": "深圳市南湾园林有限公司"}, **line, submitted_by=LI.id)
    doubt = intake.register(registration(submitted)).answer
    assert doubt.waiting is not None
    path = f"/v1/leads/{doubt.lead_id}"
    (asked,) = doubt.waiting.asked
    who = {ZHANG.id: "zhang", LI.id: "li"}[asked]
    other = {"zhang": "li", "li": "zhang"}[who]
    candidates = (await company.get(who, path)).json()["candidates"]
    assert len(candidates) == 1
    word = {"answer": "new", "by": asked}
    assert (await company.send(who, f"{path}/confirmation", **word)).status_code == 200
    assert (await company.send(who, f"{path}/confirmation", **word | {"by": SMITH.id})).status_code == 403
    assert (await company.send(other, f"{path}/confirmation", **word)).status_code in (403, 404)
    assert (await company.send("smith", f"{path}/confirmation", **word)).status_code == 404


async def test_decisions_are_as_hidden_as_whom_they_are_about(company: Company) -> None:
    assignments = await company.get("ops", f"/v1/customers/{company.customers['zhang']}/assignments")
    decision = assignments.json()["items"][0]["decision"]
    statuses = [(await company.get(who, decision)).status_code for who in ("wang", "smith", "zhang", "auditor")]
    assert statuses == [200, 404, 403, 200]


async def test_a_manager_merges_what_is_in_the_tree_only(company: Company) -> None:
    path = f"/v1/customers/{company.customers['zhang']}/merge"
    for body in ("", "/preview"):
        hidden = await company.send("wang", path + body, absorb=company.customers["smith"], by=WANG.id, reason="同一家")
        absent = await company.send("wang", path + body, absorb=f"cus_{'a' * 26}", by=WANG.id, reason="同一家")
        assert (hidden.status_code, hidden.content) == (404, absent.content)
    ours = {"absorb": company.customers["li"], "by": WANG.id, "reason": "同一家"}
    assert (await company.send("wang", f"{path}/preview", **ours)).status_code == 200
    assert (await company.send("wang", path, **ours | {"by": SMITH.id})).status_code == 403
    assert (await company.send("wang", path, **ours | {"owner": SMITH.id})).status_code == 403
    assert (await company.send("zhang", path, **ours)).status_code == 403


async def test_an_address_that_is_no_id_is_nothing(company: Company) -> None:
    for address in ("%00", "a%20b", "x" * 200, "%E5%BC%A0"):
        assert (await company.get("zhang", f"/v1/customers/{address}")).status_code == 404
