"""What happens at the same instant, through the service: one outcome each, told to everybody, and no lost decision."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain.policy import Policy
from store.database import Database
from tests.approvals import ruled_by
from tests.examples import POLICY, firm
from tests.invariants import read_model, violations
from tests.people import Company, accepted
from tests.service import Service, running_service

ROUNDS = 15
"""On each of the two databases."""
DUE = timedelta(days=30)


@pytest.fixture
def company(service: Service) -> Company:
    return Company(service)


async def place_of(company: Company, customer_id: str) -> str:
    """Who owns a customer, or where it waits."""
    customer = await company.service.customer(customer_id)
    return customer["owner"]["id"] if customer["owner"] else str(customer["queue"])


def sound(company: Company) -> None:
    assert violations(read_model(company.service.database)) == []


async def raced(company: Company, number: int, **fields: Any) -> tuple[str, str]:
    """A customer and a request about it that waits for zhao.min alone."""
    customer_id = await company.customer(number, **fields)
    return customer_id, (await company.transfer(customer_id, to_id="xu.na"))["id"]


async def test_two_approvers_decide_differently(company: Company) -> None:
    """one decision each; the loser gets 409 with the outcome."""
    outcomes: Counter[str] = Counter()
    for number in range(ROUNDS):
        customer_id, request = await raced(company, number)
        accepted(await company.do(None, request, "escalate"))
        people = {"zhao.min": "approve", "wang.fang": "reject"}
        answers = await asyncio.gather(*(company.decide(person, request, word) for person, word in people.items()))
        ended = await company.ended(request)
        lost = next(answer for answer in answers if answer.status_code != 200)
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        approved = ended["status"] == "applied"
        assert lost.json()["values"]["outcome"] in (("approved", "applied") if approved else ("rejected",))
        assert await place_of(company, customer_id) == ("xu.na" if approved else "li.wei")
        outcomes[ended["status"]] += 1
    assert outcomes.total() == ROUNDS
    sound(company)


async def test_recall_against_approval(company: Company) -> None:
    for number in range(ROUNDS):
        customer_id, request = await raced(company, number)
        answers = await asyncio.gather(
            company.decide("zhao.min", request), company.do("li.wei", request, "recall", reason="不再需要")
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        ended = await company.ended(request)
        approved = answers[0].status_code == 200
        assert ended["status"] == ("applied" if approved else "recalled")
        assert await place_of(company, customer_id) == ("xu.na" if approved else "li.wei")
    sound(company)


async def test_transfer_against_the_recycling_timer(company: Company) -> None:
    """Whichever comes second finds what the first left: the clock is another owner's, or the customer is elsewhere."""
    show = {"name": "展会", "date": "2026-11-05", "contact": "li.wei"}
    for number in range(ROUNDS):
        fields = {"customer_type": "trade_show", "show": show, "named_contact": None}
        customer_id, request = await raced(company, number, **fields)
        assert await place_of(company, customer_id) == "li.wei"
        await asyncio.gather(company.decide("zhao.min", request), company.service.let_pass(customer_id, DUE))
        ended = await company.ended(request)
        told = company.told(customer_id)
        if ended["status"] == "applied":
            assert "transferred" in told
        else:
            assert (ended["status"], ended["results"][0]["refusal"]) == ("overtaken", "owner_changed")
            assert told[-1] == "approval_overtaken"
            assert await place_of(company, customer_id) != "li.wei"
    sound(company)


async def test_transfer_against_a_merge(company: Company) -> None:
    for number in range(ROUNDS):
        customer_id, request = await raced(company, 2 * number)
        survivor_id = await company.customer(2 * number + 1, "he.tao")
        merge = company.service.post(
            f"/v1/customers/{survivor_id}/merge", absorb=customer_id, by="he.tao", reason="同一家公司"
        )
        _, merged = await asyncio.gather(company.decide("zhao.min", request), merge)
        accepted(merged)
        ended = await company.ended(request)
        assert await place_of(company, survivor_id) == "he.tao"
        if ended["status"] == "overtaken":
            assert (ended["results"][0]["refusal"], ended["results"][0]["about"]) == ("already_merged", survivor_id)
        else:
            assert (ended["status"], "transferred" in company.told(customer_id)) == ("applied", True)
    sound(company)


async def test_approval_against_deactivation_of_the_new_owner(company: Company) -> None:
    for number in range(ROUNDS):
        customer_id, request = await raced(company, number)
        gone = company.service.post("/v1/reps/xu.na/deactivate")
        answers: list[httpx.Response] = await asyncio.gather(company.decide("zhao.min", request), gone)
        assert [answer.status_code for answer in answers] == [200, 200]
        ended = await company.ended(request)
        refusal = ended["results"][0]["refusal"]
        assert (ended["status"], refusal) in (("applied", None), ("overtaken", "rep_inactive"))
        assert await place_of(company, customer_id) == ("xu.na" if refusal is None else "li.wei")
        accepted(await company.service.post("/v1/reps/xu.na/activate"))
    sound(company)


async def test_a_queue_of_ten_who_all_decide(temporal_address: str, database: Database, tmp_path: Any) -> None:
    """或签 of a whole committee in one moment: the first counts, every other one is told."""
    board = {"board": {"zh": "委员会", "en": "Board", "reps": ["xu.na", "j.smith", "he.tao", "liu.yang", "wang.fang"]}}
    policy: Policy = ruled_by({"approvers": [{"committee": "board"}]}, policy=POLICY, committees=board)
    async with running_service(temporal_address, database, tmp_path, policy=policy) as service:
        company = Company(service)
        lead = await service.lead(company={"name": firm(1)}, region="CN-GD", named_contact="li.wei")
        request = (await company.transfer(lead["customer_id"]))["id"]
        words = ["approve", "reject", "return", "approve", "reject"]
        people = board["board"]["reps"]
        answers = await asyncio.gather(
            *(company.decide(person, request, word) for person, word in zip(people, words, strict=True))
        )
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 4}
