"""The interesting paths through the workflow of a collision case."""

from datetime import timedelta

from tests.bureau import KEEP, Bureau, shared_with, to
from tests.people import accepted
from tests.service import Service

MANY = 14
"""Positions enough for the recorder's server to suggest continuing as new."""


async def _opened(service: Service) -> tuple[Bureau, str, str]:
    bureau = Bureau(service)
    case = await bureau.met()
    customer_id: str = case["customers"][0]["id"]
    await bureau.until(customer_id, "assignment_frozen")
    return bureau, case["id"], customer_id


async def case_agreed_and_appealed(service: Service) -> str:
    """The reps agree to share, one of them appeals, and the manager has the last word."""
    bureau, case_id, _ = await _opened(service)
    await bureau.agree_on(case_id, shared_with("xu.na"), ["li.wei", "xu.na"])
    accepted(await bureau.call("xu.na", "POST", f"/v1/collisions/{case_id}/appeal", reason="客户点名要我"))
    accepted(await bureau.rule("zhao.min", case_id, to("xu.na")))
    await bureau.over(case_id)
    return case_id


async def case_not_approved_then_decided(service: Service) -> str:
    """An agreed transfer is rejected by an approver, so that the manager decides."""
    bureau, case_id, customer_id = await _opened(service)
    for rep_id in ("li.wei", "xu.na"):
        accepted(await bureau.say(rep_id, case_id, to("xu.na")))
    await bureau.until(customer_id, "approval_requested")
    accepted(await bureau.decide("zhao.min", f"{case_id}.1", "reject"))
    await bureau.until(customer_id, "collision_escalated")
    accepted(await bureau.rule("zhao.min", case_id, KEEP))
    await bureau.over(case_id)
    return case_id


async def case_that_nobody_decided(service: Service) -> str:
    """Reminded and escalated through every step, to the policy's default."""
    bureau, case_id, _ = await _opened(service)
    await bureau.service.let_pass(case_id, timedelta(days=60))
    await bureau.over(case_id)
    return case_id


async def case_of_a_merge(service: Service) -> str:
    """Another customer joins, and the two become one."""
    bureau, case_id, customer_id = await _opened(service)
    other = await bureau.customer(1, "xu.na")
    await bureau.also(case_id, other)
    merge = {"option": "merge", "survivor_id": customer_id, "owner_id": "li.wei"}
    assert (await bureau.rule("li.wei", case_id, merge)).status_code == 403
    accepted(await bureau.rule(None, case_id, merge))
    await bureau.over(case_id)
    return case_id


async def case_of_a_risk(service: Service) -> str:
    """Acknowledged, and gone by itself; asked about later, it says so."""
    bureau = Bureau(service)
    case_id = await bureau.watched("li.wei", "xu.na", customer_id=await bureau.customer())
    accepted(await bureau.call("li.wei", "POST", f"/v1/collisions/{case_id}/acknowledgement"))
    await service.let_pass(case_id, timedelta(days=15))
    await bureau.over(case_id)
    assert (await bureau.say("li.wei", case_id, KEEP)).status_code == 409
    await bureau.over(case_id)
    return case_id


async def case_continued(service: Service) -> str:
    """So many positions that the workflow continues as new before it is dismissed."""
    bureau, case_id, _ = await _opened(service)
    for _ in range(MANY):
        accepted(await bureau.say("li.wei", case_id, KEEP))
    accepted(await bureau.call("li.wei", "POST", f"/v1/collisions/{case_id}/dismissal"))
    await bureau.over(case_id)
    return case_id


PATHS = (
    case_agreed_and_appealed,
    case_not_approved_then_decided,
    case_that_nobody_decided,
    case_of_a_merge,
    case_of_a_risk,
    case_continued,
)
