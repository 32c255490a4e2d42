"""The interesting paths through the workflow of an approval."""

from datetime import timedelta

from tests.people import Company, accepted, as_
from tests.service import Service

MANY = 14
"""Comments enough for the recorder's server to suggest continuing as new."""


async def approval_applied(service: Service) -> str:
    """Reminded of, escalated, returned, delegated, signed by another: approved and done."""
    company = Company(service)
    request: str = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
    await service.let_pass(request, timedelta(days=11))
    accepted(await company.decide("wang.fang", request, "return"))
    accepted(await company.do("li.wei", request, "resubmit"))
    accepted(await company.do("zhao.min", request, "add_signer", signer_id="he.tao", place="before", reason="征求意见"))
    accepted(await company.do("he.tao", request, "delegate", to_id="liu.yang", reason="出差"))
    assert (await company.decide("xu.na", request)).status_code == 403
    await company.agree(request)
    return request


async def approval_overtaken(service: Service) -> str:
    """Approved for two customers, each of which another request had given away."""
    company = Company(service)
    ids = [await company.customer(number) for number in range(2)]
    request: str = (await company.request("zhao.min", *ids, kind="reassign", to_id="xu.na"))["id"]
    for customer_id in ids:
        await company.agree((await company.transfer(customer_id))["id"])
    assert (await company.agree(request))["status"] == "overtaken"
    return request


async def approval_of_a_merge(service: Service) -> str:
    """Approved, and seen through by the merge's own workflow."""
    company = Company(service)
    survivor_id, absorbed_id = [await company.customer(number) for number in range(2)]
    request: str = (await company.request("li.wei", absorbed_id, kind="merge", survivor_id=survivor_id))["id"]
    await company.agree(request)
    return request


async def approval_rejected_and_asked_again(service: Service) -> str:
    """Rejected; what comes later revives the workflow, which says so."""
    company = Company(service)
    request: str = (await company.transfer(await company.customer()))["id"]
    accepted(await company.decide("zhao.min", request, "reject"))
    await company.ended(request)
    assert (await company.decide("sun.hao", request)).status_code == 409
    await company.ended(request)
    return request


async def approval_expired(service: Service) -> str:
    """Nobody says anything."""
    company = Company(service)
    request: str = (await company.transfer(await company.customer()))["id"]
    await service.let_pass(request, timedelta(days=60))
    await company.ended(request)
    return request


async def approval_refused(service: Service) -> str:
    """A request that could never be done is no request."""
    company = Company(service)
    path = f"/v1/customers/{await company.customer()}/transfer-requests"
    headers = {"Idempotency-Key": "request", **as_("zhao.min")}
    body = {"to_id": "li.wei", "reason": "已是负责人"}
    assert (await service.http.post(path, json=body, headers=headers)).status_code == 409
    return service.ids.make("apr", "zhao.min", "request")


async def approval_continued(service: Service) -> str:
    """So many comments that the workflow continues as new before it is decided."""
    company = Company(service)
    request: str = (await company.transfer(await company.customer(), to_id="xu.na"))["id"]
    for number in range(MANY):
        accepted(await company.do("li.wei", request, "comment", reason=f"补充说明 {number}"))
    await company.agree(request)
    return request


PATHS = (
    approval_applied,
    approval_overtaken,
    approval_of_a_merge,
    approval_rejected_and_asked_again,
    approval_expired,
    approval_refused,
    approval_continued,
)
