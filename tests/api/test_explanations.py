"""Assignments explained over HTTP, and tried out."""

from typing import Any

import httpx
import pytest

from api.explanations import explanation_view, unmet_text
from domain.assignment import Reason
from domain.case import Case
from domain.lead import CustomerType
from domain.policy_file import parse_policy
from domain.rules.conditions import Condition
from domain.rules.methods import Dimension, Method
from messages import LOCALES, has_message
from store.database import Database
from store.intake import Intake
from tests.examples import IDS, LI, POLICY, POLICY_TEXT, ZHANG, edited, employ, lead, registration

YUANHANG = {"company": {"name": "深圳市远航科技有限公司"}, "region": "CN-GD", "customer_type": "referral"}
BODY = {"source": "website", "external_id": "1", **YUANHANG}


@pytest.fixture
def customer_id(database: Database) -> str:
    employ(database, ZHANG, LI.model_copy(update={"on_leave": True}))
    return Intake(database, POLICY, IDS).register(registration(lead(**YUANHANG))).answer.customer_id or ""


class TestWords:
    """Everything that an explanation can say has its words in every language."""

    @pytest.mark.parametrize("locale", LOCALES)
    def test_of_methods_reasons_dimensions_and_fields(self, locale: str) -> None:
        tests = [name for name in Condition.model_fields if name not in ("all_", "any_", "not_")]
        names = [f"assign-method-{it}" for it in Method] + [f"assign-reason-{it}" for it in Reason]
        names += [f"dimension-{it}" for it in Dimension] + [f"case-{it}" for it in tests]
        missing = [name for name in names if not has_message(locale, name.replace("_", "-"))]
        assert missing == []

    @pytest.mark.parametrize(
        ("test", "text"),
        [
            ("region within CN-GD", "the region does not lie within CN-GD"),
            ("source in website, 官网", "the source is none of website, 官网"),
            ("amount at_least 500000", "the amount is less than 500000 or not known"),
            ("industry present True", "the industry is not known"),
            ("industry present False", "the industry is known"),
            ("not", "what must not hold does"),
            ("level equals A | need matches 报价", "the level is not A; the need does not contain 报价"),
            ("colour equals red", "colour equals red"),
        ],
    )
    def test_of_a_test_that_did_not_hold(self, test: str, text: str) -> None:
        assert unmet_text(test, "en") == text

    def test_every_test_that_the_engine_tells_is_put_into_words(self) -> None:
        when = {
            "region": {"within": "CN-GD"}, "source": ["a"], "level": "A", "need": {"matches": "x"},
            "amount": {"at_least": 1, "at_most": 2}, "industry": {"present": True},
        }  # fmt: skip
        for field, test in when.items():
            rule = {"rule": "special", "when": {field: test}, "methods": ["rotation"], "queue": "unassigned"}
            policy = edited({"assignment": [rule, *POLICY.model_dump(mode="json")["assignment"]]})
            case = Case(customer_type=CustomerType.REFERRAL)
            [unmet, *_] = parse_policy(policy).rulebook.select(case)[1]
            assert unmet_text(unmet.test, "zh-CN") != unmet.test

    def test_a_trace_of_an_earlier_release_is_explained_as_far_as_it_goes(self) -> None:
        old = {"owner_id": "li.na", "queue": None, "reason": "chosen", "method": "rotation", "trials": []}
        assert explanation_view(old, "en").rule == ""
        trial = {"method": "rotation", "reason": "chosen", "rep_id": "li.na", "considered": ["li.na"]}
        assert explanation_view(old | {"trials": [trial]}, "en").trials[0].passed_over == ()


async def test_an_assignment_is_explained_rule_by_rule(client: httpx.AsyncClient, customer_id: str) -> None:
    page = (await client.get(f"/v1/customers/{customer_id}/assignments")).json()
    [only] = page["items"]
    assert (only["kind"], only["owner_id"], only["policy_version"]) == ("owner_assigned", ZHANG.id, POLICY.fingerprint)
    told = only["explanation"]
    assert [(it["rule"], it["text"]) for it in told["rules_passed"]] == [
        ("new_registration", "the customer's type is not new_registration"),
        ("key_account", "the customer's type is not key_account"),
    ]
    assert (told["rule"], told["text"]) == (
        "referral",
        "zhang.wei got it by the method “rotation” of the rule referral",
    )
    first, second = told["trials"]
    assert first["text"] == "owner of the referring customer: nobody referred the customer"
    assert (second["considered"], second["among"]) == (["li.na", "zhang.wei"], "CN-GD")
    assert second["passed_over"] == [{"rep_id": "li.na", "reason": "on_leave", "text": "on leave"}]
    decision = (await client.get(only["decision"])).json()
    assert decision["policy_version"] == only["policy_version"]


async def test_in_the_callers_language(client: httpx.AsyncClient, customer_id: str) -> None:
    response = await client.get(f"/v1/customers/{customer_id}/assignments", headers={"Accept-Language": "zh-CN"})
    told = response.json()["items"][0]["explanation"]
    assert told["text"] == "按规则 referral 的“轮流”方式分给 zhang.wei"
    assert told["trials"][1]["passed_over"][0]["text"] == "休假中"


async def test_of_an_unknown_customer(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/customers/cus_nobody/assignments")).status_code == 404


class TestPreview:
    async def preview(self, client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
        response = await client.post("/v1/assignments/preview", json={"lead": BODY, **fields})
        assert response.status_code == 200, response.text
        previewed: dict[str, Any] = response.json()
        return previewed

    @pytest.fixture(autouse=True)
    def _reps(self, database: Database) -> None:
        employ(database, ZHANG)

    async def test_by_the_version_in_force(self, client: httpx.AsyncClient) -> None:
        said = await self.preview(client)
        assert (said["outcome"], said["owner"], said["reason"]) == (
            "new_customer", {"id": ZHANG.id, "name": "张伟"}, "no_match",
        )  # fmt: skip
        assert said["policy_version"] == POLICY.fingerprint
        assert said["explanation"]["rule"] == "referral"
        assert (await client.get("/v1/customers")).json()["items"] == []
        assert (await client.get("/v1/leads")).json()["items"] == []

    async def test_by_a_stored_version_and_by_a_draft(self, client: httpx.AsyncClient) -> None:
        draft = edited({"version": "draft", "assignment.2.methods": ["referrer_owner"]})
        said = await self.preview(client, content=draft)
        assert (said["owner"], said["queue"], said["reason"]) == (None, "unassigned", "no_referrer")
        assert said["policy_version"].startswith("draft+")
        assert (await client.get("/v1/policies")).json()["items"] == []
        stored = (await client.post("/v1/policies", json={"content": draft})).json()["id"]
        assert await self.preview(client, policy=stored) == said

    async def test_at_an_instant(self, client: httpx.AsyncClient) -> None:
        leave = {"from": "2031-01-01T00:00:00Z", "until": "2031-02-01T00:00:00Z"}
        assert (await client.post(f"/v1/reps/{ZHANG.id}/leaves", json=leave)).status_code == 201
        assert (await self.preview(client, at="2031-01-10T00:00:00Z"))["reason"] == "nobody_on_duty"
        assert (await self.preview(client, at="2031-03-10T00:00:00Z"))["owner"] is not None

    @pytest.mark.parametrize(
        ("fields", "field", "code"),
        [
            ({"policy": "2026.11+00000000"}, "policy", "policy_unknown"),
            ({"policy": "\x00+00000000"}, "policy", "string_pattern_mismatch"),
            ({"content": "a: ["}, "-", "not_yaml"),
            ({"content": POLICY_TEXT, "policy": "2026.11+00000000"}, "body", "one_policy_only"),
            ({"lead": {**BODY, "region": "??"}}, "lead.region", "region_unknown"),
        ],
    )
    async def test_what_is_refused(
        self, client: httpx.AsyncClient, fields: dict[str, Any], field: str, code: str
    ) -> None:
        response = await client.post("/v1/assignments/preview", json={"lead": BODY, **fields})
        assert response.status_code == 422
        assert [(it["field"], it["code"]) for it in response.json()["errors"]] == [(field, code)]
