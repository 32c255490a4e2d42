"""LeadIntake on a real server: what callers are told, and what waits for a person."""

import asyncio

from tests.service import Service

YUANHANG = {"name": "深圳市远航科技有限公司"}


async def test_a_new_company_gets_an_owner_in_the_same_call(service: Service) -> None:
    await service.rep("li.wei", "CN-GD")
    answer = await service.lead(company=YUANHANG, phones=["138 0013 8000"], region="CN-GD")
    assert answer["outcome"] == "new_customer"
    assert answer["owner"] == {"id": "li.wei", "name": "Li.Wei"}
    trace = (await service.http.get(answer["decision"])).json()
    assert trace["policy_version"] == service.policy.fingerprint
    assert [trial["method"] for trial in trace["trace"]["assignment"]["trials"]] == ["named_contact", "rotation"]
    assert trace["trace"]["inputs"] == {
        "case": {"customer_type": "new_registration", "region": "CN-GD", "language": "zh", "source": "test"},
        "reps": {"li.wei": {}},
    }


async def test_the_same_customer_in_another_form_is_a_duplicate(service: Service) -> None:
    await service.rep("li.wei", "CN-GD")
    first = await service.lead(company=YUANHANG, phones=["138 0013 8000"], region="CN-GD")
    second = await service.lead(person={"name": "王小明"}, phones=["+86-138-0013-8000"], region="CN-BJ")
    third = await service.lead(company={"name": "深圳市遠航科技有限公司"}, region="CN-GD")
    for answer in (second, third):
        assert (answer["outcome"], answer["customer_id"]) == ("duplicate", first["customer_id"])
        assert answer["owner"]["id"] == "li.wei"
    assert await service.timeline(first["customer_id"]) == [
        "customer_registered", "owner_assigned", "lead_received", "lead_received",
    ]  # fmt: skip


async def test_nobody_covers_the_region(service: Service) -> None:
    answer = await service.lead(company={"name": "Golden Gate Analytics Inc."}, region="US-CA")
    assert (answer["owner"], answer["queue"], answer["reason"]) == (None, "unassigned", "no_territory")


async def test_a_key_account_waits_for_management_unless_somebody_is_named(service: Service) -> None:
    await service.rep("chen.jing", "CN-SH")
    company = {"name": "上海宏远集团有限公司"}
    waiting = await service.lead(company=company, region="CN-SH", customer_type="key_account")
    assert (waiting["queue"], waiting["reason"]) == ("management", "needs_designation")
    named = await service.lead(company=company, region="CN-SH", customer_type="key_account", named_contact="chen.jing")
    assert (named["outcome"], named["owner"]["id"]) == ("duplicate", "chen.jing")


async def test_a_referral_goes_to_the_owner_of_who_referred(service: Service) -> None:
    for rep in ("a", "b"):
        await service.rep(rep, "CN-ZJ")
    known = await service.lead(company={"name": "杭州西溪软件有限公司"}, emails=["it@xixi-soft.com"], region="CN-ZJ")
    await service.lead(company={"name": "杭州另一家有限公司"}, region="CN-ZJ")
    referred = await service.lead(
        company={"name": "Lakeside Robotics Ltd"},
        region="GB-LND",
        customer_type="referral",
        referrer={"contact": "IT@xixi-soft.com"},
    )
    assert referred["owner"] == known["owner"]


async def test_the_customer_names_another_contact(service: Service) -> None:
    for rep in ("li.wei", "zhao.min"):
        await service.rep(rep, "CN-GD")
    first = await service.lead(company=YUANHANG, region="CN-GD", named_contact="li.wei")
    again = await service.lead(company=YUANHANG, region="CN-GD", named_contact="zhao.min")
    assert (first["owner"]["id"], again["owner"]["id"]) == ("li.wei", "zhao.min")
    assert (await service.timeline(first["customer_id"]))[-1] == "owner_changed"


async def test_placeholders_are_rejected_for_good(service: Service) -> None:
    answer = await service.lead(company={"name": "测试"}, person={"name": "N/A"})
    assert (answer["outcome"], answer["reason"], answer["customer_id"]) == ("rejected", "placeholder", None)


async def _two_customers_and_a_doubt(service: Service) -> tuple[str, str, str]:
    await service.rep("li.wei", "CN-GD")
    await service.rep("zhao.min")
    one = await service.lead(company=YUANHANG, phones=["13800138000"], region="CN-GD")
    other = await service.lead(company={"name": "Nanshan Trading Co., Ltd."}, emails=["a@nanshan-trading.com"])
    doubt = await service.lead(phones=["13800138000"], emails=["a@nanshan-trading.com"])
    assert (doubt["outcome"], doubt["status"]) == ("needs_confirmation", "waiting")
    assert {found["id"] for found in doubt["candidates"]} == {one["customer_id"], other["customer_id"]}
    return one["customer_id"], other["customer_id"], doubt["lead_id"]


async def test_a_lead_in_doubt_waits_for_a_person(service: Service) -> None:
    one, _, doubt = await _two_customers_and_a_doubt(service)
    waiting = (await service.http.get("/v1/leads", params={"outcome": "needs_confirmation"})).json()["items"]
    assert [lead["lead_id"] for lead in waiting] == [doubt]
    confirm = f"/v1/leads/{doubt}/confirmation"
    refused = await service.post(confirm, answer="same", customer_id="cus_nobody", by="li.wei")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:oneowner:problem:not-a-candidate")
    answers = await asyncio.gather(
        service.post(confirm, answer="same", customer_id=one, by="li.wei"),
        service.post(confirm, answer="new", by="zhao.min"),
    )
    assert {answer.json()["outcome"] for answer in answers} in ({"duplicate"}, {"new_customer"})
    assert len({answer.json()["customer_id"] for answer in answers}) == 1
    settled = (await service.http.get(f"/v1/leads/{doubt}")).json()
    assert settled["status"] == "settled"


async def test_what_belongs_to_another_customer_stays_with_it(service: Service) -> None:
    """Invariant one_customer: a person's word joins a lead to one customer and leaves the other's e-mail alone."""
    one, other, doubt = await _two_customers_and_a_doubt(service)
    await service.post(f"/v1/leads/{doubt}/confirmation", answer="same", customer_id=one, by="li.wei")
    assert (await service.customer(one))["profile"]["emails"] == []
    assert (await service.customer(other))["profile"]["emails"] == ["a@nanshan-trading.com"]
    assert (await service.lead(emails=["a@nanshan-trading.com"]))["customer_id"] == other


async def test_nobody_registers_past_a_lead_in_doubt(service: Service) -> None:
    one, _, first = await _two_customers_and_a_doubt(service)
    third_way = {"phones": ["13900139000"], "emails": ["a@nanshan-trading.com"]}
    # The second doubt shares a phone only with the first one, which has not been settled.
    doubt = await service.lead(phones=["13700137000", "13800138000"], emails=["a@nanshan-trading.com"])
    behind = await service.lead(phones=["13700137000"], person={"name": "周涛"})
    assert (doubt["outcome"], behind["outcome"], behind["reason"]) == (
        "needs_confirmation", "needs_confirmation", "waiting_lead",
    )  # fmt: skip
    await service.post(f"/v1/leads/{doubt['lead_id']}/confirmation", answer="same", customer_id=one, by="li.wei")
    for _ in range(100):
        settled = (await service.http.get(f"/v1/leads/{behind['lead_id']}")).json()
        if settled["status"] == "settled":
            break
        await asyncio.sleep(0.1)
    assert (settled["outcome"], settled["customer_id"]) == ("duplicate", one)
    assert (await service.lead(**third_way))["outcome"] == "duplicate"
    assert (await service.http.get(f"/v1/leads/{first}")).json()["status"] == "waiting"


async def test_sent_again(service: Service) -> None:
    """Invariant once: the same lead is the same answer, another body under its name an error."""
    await service.rep("li.wei", "CN-GD")
    lead = {"source": "web", "external_id": "1001", "company": YUANHANG, "region": "CN-GD"}
    first = await service.post("/v1/leads", **lead)
    again = await service.post("/v1/leads", **lead)
    other = await service.post("/v1/leads", **{**lead, "need": "报价"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert first.json()["customer_id"] == again.json()["customer_id"]
    assert len(await service.timeline(first.json()["customer_id"])) == 2


async def test_respond_async(service: Service) -> None:
    await service.rep("li.wei", "CN-GD")
    lead = {"source": "web", "external_id": "2", "company": YUANHANG, "region": "CN-GD"}
    accepted = await service.http.post("/v1/leads", json=lead, headers={"Prefer": "respond-async"})
    assert accepted.status_code == 202
    for _ in range(100):
        view = (await service.http.get(accepted.headers["Location"])).json()
        if view["status"] == "settled":
            break
        await asyncio.sleep(0.1)
    assert view["owner"]["id"] == "li.wei"
