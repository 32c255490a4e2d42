"""Approval on a real server: from the request through people and time to its effect in the customer's workflow."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from domain.ownership import Ownership
from domain.policy import Policy
from domain.rules.pool import ClaimRules
from store.database import Database
from store.tables import CustomerRow
from tests.examples import POLICY, firm
from tests.invariants import read_model, violations
from tests.people import Company, accepted, as_
from tests.service import Service, running_service


@pytest.fixture
def company(service: Service) -> Company:
    return Company(service)


async def owner_of(company: Company, customer_id: str) -> str | None:
    owner: dict[str, str] | None = (await company.service.customer(customer_id))["owner"]
    return owner and owner["id"]


def ownership_of(company: Company, customer_id: str) -> Ownership:
    with company.service.database.read() as session:
        return Ownership.model_validate(session.get_one(CustomerRow, customer_id).ownership)


async def test_a_transfer_from_region_to_region(company: Company) -> None:
    customer_id = await company.customer()
    request = await company.transfer(customer_id)
    assert (request["status"], request["asked"]) == ("pending", ["zhao.min", "sun.hao"])
    assert [step["title"] for step in request["chain"]] == ["Both managers", "Both heads of regions"]
    assert [step["current"] for step in request["chain"]] == [True, False]
    assert await owner_of(company, customer_id) == "li.wei"
    done = await company.agree(request["id"])
    assert (done["status"], done["results"]) == (
        "applied",
        [{"customer_id": customer_id, "refusal": None, "about": None}],
    )
    assert await owner_of(company, customer_id) == "chen.jing"
    told = ["approval_requested", "approval_asked", "approval_granted", "transferred"]
    assert company.told(customer_id)[-4:] == told


async def test_one_approval_for_many_customers(company: Company) -> None:
    """Each is given over by its own workflow; one that went elsewhere meanwhile stays there, and the others go."""
    ids = [await company.customer(number) for number in range(6)]
    request = await company.request("zhao.min", *ids, kind="reassign", to_id="xu.na")
    elsewhere = await company.transfer(ids[2], to_id="chen.jing")
    await company.agree(elsewhere["id"])
    done = await company.agree(request["id"])
    assert done["status"] == "applied"
    assert {it["customer_id"]: it["refusal"] for it in done["results"]} == {
        id_: "owner_changed" if id_ == ids[2] else None for id_ in ids
    }
    owners = [await owner_of(company, id_) for id_ in ids]
    assert owners == ["xu.na", "xu.na", "chen.jing", "xu.na", "xu.na", "xu.na"]
    assert company.told(ids[2])[-1] == "approval_overtaken"


async def test_the_owner_of_a_key_account(company: Company) -> None:
    lead = await company.service.lead(company={"name": firm(0)}, region="CN-GD", customer_type="key_account")
    assert lead["queue"] == "management"
    unseen = {
        "customer_ids": [lead["customer_id"]],
        "request": {"kind": "key_account", "to_id": "xu.na", "reason": "见会议纪要"},
    }
    assert (await company.call("li.wei", "POST", "/v1/approvals", **unseen)).status_code == 404
    request = accepted(await company.call(None, "POST", "/v1/approvals", **unseen, requested_by="li.wei"))
    assert request["asked"] == ["zhao.min"]
    assert (await company.agree(request["id"]))["status"] == "applied"
    assert await owner_of(company, lead["customer_id"]) == "xu.na"


async def test_a_share_until_a_date(company: Company) -> None:
    """Asked for by whoever needs it, decided by the owner."""
    customer_id = await company.customer()
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    body = {"to_id": "chen.jing", "access": "COLLABORATE", "until": until, "reason": "共同投标"}
    path = f"/v1/customers/{customer_id}/share-requests"
    for_another = body | {"to_id": "j.smith"}
    assert (await company.call("chen.jing", "POST", path, **for_another)).status_code == 404
    answer = await company.call("chen.jing", "POST", path, **body)
    request = accepted(answer)
    assert request["asked"] == ["li.wei", "zhao.min"]
    accepted(await company.decide("li.wei", request["id"]))
    assert (await company.ended(request["id"]))["status"] == "applied"
    (share,) = ownership_of(company, customer_id).shares
    assert (share.rep_id, share.access, share.approval_id) == ("chen.jing", "COLLABORATE", request["id"])
    assert await owner_of(company, customer_id) == "li.wei"


async def test_a_referral_needs_both_regions(company: Company) -> None:
    request = await company.request("li.wei", await company.customer(), kind="referral", to_id="chen.jing")
    assert request["asked"] == ["he.tao", "liu.yang"]
    accepted(await company.decide("he.tao", request["id"]))
    accepted(await company.decide("liu.yang", request["id"], "reject"))
    assert (await company.ended(request["id"]))["status"] == "rejected"


async def test_an_exception_to_a_cool_off_counts_once(
    temporal_address: str, database: Database, tmp_path: Path
) -> None:
    pool = POLICY.pools[0].model_copy(update={"claim": ClaimRules(cool_off_days=30)})
    policy = Policy.model_validate(POLICY.model_dump() | {"pools": [pool.model_dump()]})
    async with running_service(temporal_address, database, tmp_path, policy=policy) as service:
        company = Company(service)
        customer_id = await company.customer()
        path = f"/v1/customers/{customer_id}"

        async def release_and_claim() -> int:
            released = await service.post(f"{path}/release", rep_id="li.wei", reason="暂停合作")
            assert released.status_code == 200, released.text
            return (await service.post(f"{path}/claim", rep_id="li.wei")).status_code

        assert await release_and_claim() == 409
        request = await company.request("li.wei", customer_id, kind="exception", to_id="li.wei")
        assert request["asked"] == ["zhao.min"]
        assert (await company.agree(request["id"]))["status"] == "applied"
        assert await owner_of(company, customer_id) == "li.wei"
        assert await release_and_claim() == 409


async def test_a_merge_and_its_undoing(company: Company) -> None:
    survivor_id, absorbed_id = await company.customer(0), await company.customer(1, "xu.na")
    request = await company.request("zhao.min", absorbed_id, kind="merge", survivor_id=survivor_id)
    assert (await company.agree(request["id"]))["status"] == "applied"
    assert (await company.service.customer(absorbed_id))["id"] == survivor_id
    merge_id = f"{request['id']}:{absorbed_id}"
    undoing = await company.request("zhao.min", absorbed_id, kind="unmerge", merge_id=merge_id)
    assert (await company.agree(undoing["id"]))["status"] == "applied"
    assert await owner_of(company, absorbed_id) == "xu.na"
    assert violations(read_model(company.service.database)) == []


async def test_a_merge_that_another_merge_overtook(company: Company) -> None:
    survivor_id, absorbed_id, third_id = [await company.customer(number) for number in range(3)]
    requests = [
        await company.request("li.wei", absorbed_id, kind="merge", survivor_id=id_) for id_ in (survivor_id, third_id)
    ]
    ends = [await company.agree(request["id"]) for request in requests]
    assert [end["status"] for end in ends] == ["applied", "overtaken"]
    assert (ends[1]["results"][0]["refusal"], ends[1]["results"][0]["about"]) == ("already_merged", survivor_id)


async def test_returned_answered_delegated_and_signed_by_another(company: Company) -> None:
    request = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
    assert accepted(await company.decide("zhao.min", request, "return"))["asked"] == ["li.wei"]
    assert (await company.decide("zhao.min", request)).status_code == 409
    accepted(await company.do("li.wei", request, "resubmit", reason="客户同意"))
    accepted(await company.do("zhao.min", request, "add_signer", signer_id="he.tao", place="before", reason="征求意见"))
    accepted(await company.do("he.tao", request, "delegate", to_id="liu.yang", reason="出差"))
    accepted(await company.do("liu.yang", request, "attach", reference="crm:contract/4711"))
    accepted(await company.decide("liu.yang", request))
    accepted(await company.decide("zhao.min", request))
    assert (await company.ended(request))["status"] == "applied"
    timeline = accepted(await company.call("li.wei", "GET", f"/v1/approvals/{request}/timeline"))["items"]
    assert [(act["by"], act["action"], act["refusal"]) for act in timeline] == [
        ("zhao.min", "return", None),
        ("zhao.min", "approve", "approval_returned"),
        ("li.wei", "resubmit", None),
        ("zhao.min", "add_signer", None),
        ("he.tao", "delegate", None),
        ("liu.yang", "attach", None),
        ("liu.yang", "approve", None),
        ("zhao.min", "approve", None),
    ]


async def test_reminded_escalated_and_decided_by_the_substitute(company: Company) -> None:
    request = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
    await company.service.let_pass(request, timedelta(days=11))  # 16 business hours, whatever the holidays, and not 80
    assert (await company.get(request))["asked"] == ["zhao.min", "wang.fang"]
    accepted(await company.decide("wang.fang", request))
    assert (await company.ended(request))["status"] == "applied"


@pytest.mark.parametrize("returned", [False, True])
async def test_nothing_waits_for_ever(company: Company, returned: bool) -> None:
    customer_id = await company.customer()
    request = (await company.transfer(customer_id, to_id="xu.na"))["id"]
    if returned:
        accepted(await company.decide("zhao.min", request, "return"))
    await company.service.let_pass(request, timedelta(days=60))
    ended = await company.ended(request)
    assert (ended["status"], ended["asked"]) == ("expired", [])
    assert company.told(customer_id)[-1] == "approval_expired"
    assert await owner_of(company, customer_id) == "li.wei"


async def test_an_approval_that_ended_answers_and_remembers(company: Company) -> None:
    """Refused attempts after the end are recorded, too: the workflow is revived for each."""
    request = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
    accepted(await company.do("li.wei", request, "recall"))
    await company.ended(request)
    late = await company.decide("zhao.min", request)
    assert (late.status_code, late.json()["values"]) == (409, {"outcome": "recalled"})
    accepted(await company.do("li.wei", request, "comment", reason="改日再议"))
    timeline = accepted(await company.call("li.wei", "GET", f"/v1/approvals/{request}/timeline"))["items"]
    assert [(act["action"], act["refusal"]) for act in timeline] == [
        ("recall", None), ("approve", "approval_decided"), ("comment", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "status", "problem"),
    [
        ("li.wei", 403, "four-eyes"),
        ("chen.jing", 403, "four-eyes"),
        ("xu.na", 404, "not-found"),
        (None, 403, "not-asked"),
    ],
)
async def test_four_eyes_through_the_api(company: Company, person: str | None, status: int, problem: str) -> None:
    request = (await company.transfer(await company.customer()))["id"]
    answer = await company.decide(person, request)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:oneowner:problem:{problem}")


@pytest.mark.parametrize("change", [{"role": "auditor"}, {"active": False}])
async def test_an_approver_whose_role_was_revoked_a_moment_ago(company: Company, change: dict[str, Any]) -> None:
    request = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
    users = "/v1/users/zhao.min"
    changed = await company.service.http.patch(users, json=change, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    assert (await company.decide("zhao.min", request)).status_code == 403
    again = {"role": "manager", "active": True}
    assert (await company.service.http.patch(users, json=again, headers={"If-Match": "*"})).status_code == 200
    accepted(await company.decide("zhao.min", request))
    assert (await company.ended(request))["status"] == "applied"


async def test_whom_requests_are_shown_to(company: Company) -> None:
    first = (await company.transfer(await company.customer(0)))["id"]
    theirs = await company.customer(1, "xu.na")
    second = (await company.request("xu.na", theirs, kind="reassign", to_id="li.wei"))["id"]

    async def listed(by: str | None, /, **params: str) -> list[str]:
        page = accepted(await company.call(by, "GET", "/v1/approvals", **params))
        return [it["id"] for it in page["items"]]

    assert await listed("zhao.min", view="to_decide") == [second, first]
    assert await listed("sun.hao", view="to_decide") == [first]
    assert await listed("he.tao", view="to_decide") == []
    assert await listed("li.wei", view="requested") == [first]
    assert await listed("chen.jing") == [first]
    assert await listed("li.wei") == [second, first]
    assert await listed("wang.fang") == [second, first]
    assert await listed("j.smith") == []
    assert await listed(None, kind="reassign") == [second]
    assert await listed(None, view="to_decide", person="sun.hao") == [first]
    assert (await company.call("j.smith", "GET", f"/v1/approvals/{first}")).status_code == 404
    assert (await company.call(None, "GET", "/v1/approvals", view="requested")).status_code == 422


@pytest.mark.parametrize(
    ("by", "body", "status", "code"),
    [
        (None, {}, 422, "missing"),
        ("li.wei", {"requested_by": "xu.na"}, 422, "not_yourself"),
        ("li.wei", {"to_id": "li.wei"}, 409, None),
        ("li.wei", {"to_id": "no.body"}, 422, None),
        ("li.wei", {"reason": ""}, 422, "string_too_short"),
    ],
)
async def test_requests_that_are_refused(
    company: Company, by: str | None, body: dict[str, Any], status: int, code: str | None
) -> None:
    customer_id = await company.customer()
    told = {"to_id": "xu.na", "reason": "调整", **body}
    answer = await company.call(by, "POST", f"/v1/customers/{customer_id}/transfer-requests", **told)
    assert answer.status_code == status, answer.text
    assert code is None or answer.json()["errors"][0]["code"] == code
    assert accepted(await company.call(None, "GET", "/v1/approvals"))["items"] == []


async def test_a_system_asks_on_behalf_of_a_rep(company: Company) -> None:
    customer_id = await company.customer()
    body = {"to_id": "xu.na", "reason": "调整", "requested_by": "zhao.min"}
    answer = await company.call(None, "POST", f"/v1/customers/{customer_id}/transfer-requests", **body)
    request = accepted(answer)
    assert answer.headers["Location"] == f"/v1/approvals/{request['id']}"
    assert (request["requester"], request["asked"]) == ("zhao.min", ["wang.fang"])


async def test_once_the_same_request_with_the_same_key(company: Company) -> None:
    path = f"/v1/customers/{await company.customer()}/transfer-requests"
    headers = {"Idempotency-Key": "k1", **as_("li.wei")}
    body = {"to_id": "xu.na", "reason": "调整"}
    first, again = [await company.service.http.post(path, json=body, headers=headers) for _ in range(2)]
    assert accepted(first)["id"] == accepted(again)["id"]
    other = await company.service.http.post(path, json={**body, "to_id": "chen.jing"}, headers=headers)
    assert other.status_code == 422
    decision = {"action": "approve", "reason": "同意"}
    headers = {"Idempotency-Key": "k2", **as_("zhao.min")}
    url = f"/v1/approvals/{first.json()['id']}/decisions"
    answers = [await company.service.http.post(url, json=decision, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(accepted(await company.call(None, "GET", url.replace("decisions", "timeline")))["items"]) == 1


class TestLinks:
    """Links by which somebody decides out of an e-mail, once."""

    async def link(self, company: Company, request: str, person: str = "zhao.min", by: str | None = None) -> str:
        path = f"/v1/approvals/{request}/links"
        token: str = accepted(await company.call(by, "POST", path, person=person))["token"]
        return token

    async def test_looked_at_by_scanners_and_used_once(self, company: Company) -> None:
        request = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
        token = await self.link(company, request)
        http = company.service.http
        for _ in range(3):
            seen = await http.get("/v1/approval-links", params={"token": token}, headers={"Authorization": ""})
            assert accepted(seen)["status"] == "pending"
        body = {"token": token, "decision": "approve"}
        assert (
            accepted(await http.post("/v1/approval-links", json=body, headers={"Authorization": ""}))["id"] == request
        )
        assert (await company.ended(request))["status"] == "applied"
        assert (await http.post("/v1/approval-links", json=body)).status_code == 200
        other = await http.post("/v1/approval-links", json={**body, "decision": "reject"})
        assert (other.status_code, other.json()["type"]) == (409, "urn:oneowner:problem:link-used")

    async def test_outdated_when_its_step_is_over(self, company: Company) -> None:
        request = (await company.transfer(await company.customer()))["id"]
        token = await self.link(company, request)
        for person in ("zhao.min", "sun.hao"):
            accepted(await company.decide(person, request))
        late = await company.call(None, "POST", "/v1/approval-links", token=token, decision="approve")
        assert (late.status_code, late.json()["type"]) == (409, "urn:oneowner:problem:link-outdated")

    async def test_checked_at_the_moment_of_use(self, company: Company) -> None:
        """Whoever has left by then decides nothing with a link that they were sent before; the attempt is kept."""
        request = (await company.transfer(await company.customer()))["id"]
        token = await self.link(company, request)
        accepted(await company.service.post("/v1/reps/zhao.min/deactivate"))
        late = await company.call(None, "POST", "/v1/approval-links", token=token, decision="approve")
        assert (late.status_code, late.json()["type"]) == (403, "urn:oneowner:problem:not-asked")
        timeline = accepted(await company.call(None, "GET", f"/v1/approvals/{request}/timeline"))["items"]
        assert ("approve", "not_asked") in [(act["action"], act["refusal"]) for act in timeline]

    async def test_made_for_who_is_asked_by_nobody_who_asked(self, company: Company) -> None:
        request = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
        path = f"/v1/approvals/{request}/links"
        for by, person, problem in (
            ("li.wei", "zhao.min", "four-eyes"), ("xu.na", "zhao.min", "four-eyes"), (None, "wang.fang", "not-asked"),
        ):  # fmt: skip
            answer = await company.call(by, "POST", path, person=person)
            assert (answer.status_code, answer.json()["type"]) == (403, f"urn:oneowner:problem:{problem}")
        assert await self.link(company, request, by="zhao.min")

    @pytest.mark.parametrize("token", ["", "a.b.c", "changed", "none"])
    async def test_forged_ones_are_refused(self, company: Company, token: str) -> None:
        request = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
        real = await self.link(company, request)
        head, claims, signature = real.split(".")
        forged = {
            "changed": f"{head}.{claims}.{signature[::-1]}",
            "none": f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.",
        }.get(token, token)
        answer = await company.call(None, "POST", "/v1/approval-links", token=forged, decision="approve")
        assert answer.status_code == (422 if not token else 403), answer.text
        assert (await company.get(request))["status"] == "pending"

    async def test_it_names_nobody(self, company: Company) -> None:
        request = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
        assert "zhao" not in str(jwt_claims(await self.link(company, request)))

    async def test_it_lives_for_days(self, company: Company) -> None:
        request = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
        path = f"/v1/approvals/{request}/links"
        expires = accepted(await company.call(None, "POST", path, person="zhao.min"))["expires_at"]
        assert timedelta(days=6) < datetime.fromisoformat(expires) - datetime.now(UTC) < timedelta(days=8)


def jwt_claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims
