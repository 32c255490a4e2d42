"""The interesting paths through each workflow, walked through the API; with the shipped policy but where it says."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.exceptions import ApplicationError

from archive.runs import archive_queue
from archive.schedules import SWEEP
from archive.shelves import Archive
from customer_handle import CustomerHandle
from domain.change import Asked, Change, GrantShare, Transfer
from domain.importing.batch import Batch
from domain.policy import ConfirmationDefault, Policy
from domain.share import Access
from store.rows import add
from store.tables import KpiFactRow
from tests.examples import POLICY, POLICY_TEXT, edited, firm
from tests.histories import approvals, collisions
from tests.importing import YUANHANG, ask, csv_of, lines, send, settled
from tests.service import Service
from worker import make_archivist
from workflows.audit_seal import AuditSeal
from workflows.kpi_snapshot import KpiSnapshot

Path_ = Callable[[Service], Awaitable[str]]
"""Walks a path and gives the id of the workflow whose history shows it."""

STAND = {"customer_type": "trade_show", "region": "CN-SH"}
SHOW = {"name": "中国国际进口博览会", "date": "2026-11-05", "contact": "chen.jing"}
CALL = {"rep_id": "chen.jing", "kind": "call", "content": "客户想看新的报价单，约好周五见面", "customer_answered": True}
MANY = 14
"""Follow-ups, or answers: enough for the recorder's server to suggest continuing as new."""


async def _staff(service: Service) -> None:
    for rep in ("chen.jing", "sun.hao"):
        await service.rep(rep, "CN-SH")


async def _from_the_stand(service: Service) -> str:
    await _staff(service)
    lead = await service.lead(company={"name": "上海展会客户有限公司"}, show=SHOW, **STAND)
    customer_id: str = lead["customer_id"]
    return customer_id


async def lead_new(service: Service) -> str:
    """A lead of somebody unknown."""
    await _staff(service)
    return _id(await service.lead(company={"name": "上海远航科技有限公司"}, phones=["13800138000"], region="CN-SH"))


async def lead_new_from_a_stand(service: Service) -> str:
    """A lead whose customer has a clock that its workflow is told to watch."""
    await _staff(service)
    return _id(await service.lead(company={"name": "上海展会客户有限公司"}, show=SHOW, **STAND))


async def lead_duplicate(service: Service) -> str:
    """A lead of a customer whose owner it does not concern."""
    await lead_new(service)
    return _id(await service.lead(phones=["138 0013 8000"]))


async def lead_duplicate_that_changes_the_owner(service: Service) -> str:
    """A lead of a customer who asks for another rep."""
    await lead_new(service)
    return _id(await service.lead(phones=["138 0013 8000"], named_contact="sun.hao"))


async def lead_rejected(service: Service) -> str:
    """A lead of nobody."""
    return _id(await service.lead(person={"name": "测试"}))


async def lead_confirmed_by_two(service: Service) -> str:
    """A lead in doubt: a first answer that names no candidate is refused, of two that do the first counts."""
    first, second = await _in_doubt(service, 2)
    path = f"/v1/leads/{second['lead_id']}/confirmation"
    refused = await service.post(path, answer="same", customer_id="cus_of_somebody_else", by="chen.jing")
    assert refused.status_code == 422, refused.text
    same = {"answer": "same", "customer_id": first["customer_id"], "by": "chen.jing"}
    answers = await asyncio.gather(*(service.post(path, **word) for word in (same, {"answer": "new", "by": "sun.hao"})))
    assert {answer.status_code for answer in answers} == {200}
    return _id(second)


async def lead_that_tells_another_to_look_again(service: Service) -> str:
    """A lead in doubt whose settlement makes another one clearer."""
    _, second, _ = await _in_doubt(service, 3)
    await service.post(f"/v1/leads/{second['lead_id']}/confirmation", answer="new", by="chen.jing")
    return _id(second)


async def lead_looking_again(service: Service) -> str:
    """A lead that waits beside another, is told to look again, and is then settled by a person."""
    _, second, third = await _in_doubt(service, 3)
    confirmed = await service.post(f"/v1/leads/{second['lead_id']}/confirmation", answer="new", by="chen.jing")
    same = {"answer": "same", "customer_id": confirmed.json()["customer_id"], "by": "sun.hao"}
    settled = await service.post(f"/v1/leads/{third['lead_id']}/confirmation", **same)
    assert settled.json()["customer_id"] == same["customer_id"]
    return _id(third)


async def lead_unsure_then_confirmed(service: Service) -> str:
    """A lead that is reminded of; somebody is not sure, and somebody else is."""
    first, second = await _in_doubt(service, 2)
    path = f"/v1/leads/{second['lead_id']}/confirmation"
    await service.let_pass(second["lead_id"], timedelta(hours=25))
    for word in ({"answer": "unsure", "by": "chen.jing"}, {"answer": "same", "customer_id": first["customer_id"]}):
        assert (await service.post(path, **{"by": "sun.hao", **word})).status_code == 200
    return _id(second)


async def lead_kept_waiting(service: Service) -> str:
    """A lead about which nobody says anything, through every stage and beyond."""
    _, second = await _in_doubt(service, 2)
    await service.let_pass(second["lead_id"], timedelta(days=400))
    return _id(second)


async def lead_decided_by_default(service: Service) -> str:
    """The same, where the policy decides when time is up."""
    _, second = await _in_doubt(service, 2)
    await service.let_pass(second["lead_id"], timedelta(days=6))
    return _id(second)


async def lead_continued(service: Service) -> str:
    """So many who are not sure that the workflow continues as new before it is told who the lead is."""
    _, second = await _in_doubt(service, 2)
    path = f"/v1/leads/{second['lead_id']}/confirmation"
    for _ in range(MANY):
        assert (await service.post(path, answer="unsure", by="chen.jing")).status_code == 200
    await service.let_pass(second["lead_id"], timedelta(hours=121))
    assert (await service.lead_events(second["lead_id"]))[-1]["kind"] == "time_up"
    assert (await service.post(path, answer="new", by="sun.hao")).json()["outcome"] == "new_customer"
    return _id(second)


async def _in_doubt(service: Service, count: int) -> list[dict[str, Any]]:
    """A customer, and leads that share a switchboard with it and wait."""
    await _staff(service)
    names = ("上海西溪软件有限公司", "上海青禾农业有限公司", "上海云帆物流有限公司")[:count]
    leads = [await service.lead(company={"name": name}, phones=["021-58881234"], region="CN-SH") for name in names]
    assert [lead["outcome"] for lead in leads] == ["new_customer", *["needs_confirmation"] * (count - 1)]
    return leads


async def customer_warned_escalated_reassigned(service: Service) -> str:
    """A clock that runs out: each stage, then another owner and a new clock."""
    customer_id = await _from_the_stand(service)
    await service.let_pass(customer_id, timedelta(days=31))
    assert (await service.timeline(customer_id))[-1] == "reassigned"
    return customer_id


async def customer_followed_up(service: Service) -> str:
    """A follow-up that does not count, and one that restarts the clock."""
    customer_id = await _from_the_stand(service)
    await service.let_pass(customer_id, timedelta(days=25))
    for kind in ("note", "call"):
        logged = await service.post(f"/v1/customers/{customer_id}/follow-ups", **{**CALL, "kind": kind})
        assert logged.json()["effective"] == (kind == "call")
    await service.let_pass(customer_id, timedelta(days=24))
    return customer_id


async def customer_released_and_claimed(service: Service) -> str:
    """Refusals beside what the rules allow: the end once nothing is pending, a revival for nothing, and a real one."""
    customer_id = await _from_the_stand(service)
    asked = [
        ("claim", {"rep_id": "sun.hao"}, 409),
        ("release", {"rep_id": "sun.hao", "reason": "不是我的"}, 409),
        ("release", {"rep_id": "chen.jing", "reason": "客户在外地"}, 200),
        ("claim", {"rep_id": "nobody"}, 409),
        ("claim", {"rep_id": "sun.hao"}, 200),
    ]
    for change, body, status in asked:
        assert (await service.post(f"/v1/customers/{customer_id}/{change}", **body)).status_code == status
    return customer_id


async def customer_continued(service: Service) -> str:
    """So many follow-ups that the workflow continues as new."""
    customer_id = await _from_the_stand(service)
    for _ in range(MANY):
        logged = await service.post(f"/v1/customers/{customer_id}/follow-ups", **CALL)
        assert logged.status_code == 201, logged.text
    return customer_id


async def rep_departed(service: Service) -> str:
    """A rep leaves whose customers move on."""
    await _staff(service)
    for name in ("上海一号工厂有限公司", "上海二号工厂有限公司", "上海三号工厂有限公司"):
        await service.lead(company={"name": name}, region="CN-SH", named_contact="chen.jing")
    left = await service.post("/v1/reps/chen.jing/deactivate")
    assert left.status_code == 200, left.text
    (move,) = (await service.http.get("/v1/reps/chen.jing/moves")).json()["items"]
    await service.temporal.get_workflow_handle(move["id"]).result()
    move_id: str = move["id"]
    return move_id


async def rep_departed_with_shares(service: Service) -> str:
    """A collaborator leaves who owns nothing."""
    customer_id = await _from_the_stand(service)
    await _ask(service, customer_id, _grant(5), "apr_1")
    left = await service.post("/v1/reps/sun.hao/deactivate")
    assert left.status_code == 200, left.text
    (move,) = (await service.http.get("/v1/reps/sun.hao/moves")).json()["items"]
    await service.temporal.get_workflow_handle(move["id"]).result()
    move_id: str = move["id"]
    return move_id


async def customer_shared_and_transferred(service: Service) -> str:
    """A grant that ends, one taken back, a transfer, one that comes too late, and the end of the handing over."""
    customer_id = await _from_the_stand(service)
    await _ask(service, customer_id, _grant(5), "apr_1")
    await service.let_pass(customer_id, timedelta(days=6))
    await _ask(service, customer_id, _grant(20), "apr_2")
    taken = await service.http.delete(f"/v1/customers/{customer_id}/shares/sun.hao")
    assert taken.status_code == 200, taken.text
    transfer = Transfer(approval_id="apr_3", from_id="chen.jing", to_id="sun.hao", reason="换人负责")
    await _ask(service, customer_id, transfer, "apr_3")
    with suppress(ApplicationError):
        await _ask(service, customer_id, transfer.model_copy(update={"approval_id": "apr_4"}), "apr_4")
    await service.let_pass(customer_id, timedelta(days=15))
    assert (await service.timeline(customer_id))[-1] == "share_expired"
    return customer_id


def _grant(days: int) -> GrantShare:
    until = datetime.now(UTC) + timedelta(days=days)
    return GrantShare(approval_id="apr_1", rep_id="sun.hao", access=Access.COLLABORATE, until=until)


async def _ask(service: Service, customer_id: str, change: Change, id_: str) -> None:
    """What an approval has the customer's workflow do."""
    customers = CustomerHandle(service.temporal, service.settings.task_queue)
    await customers.ask(customer_id, Asked(id=id_, actor="approval", change=change))


async def lead_queued(service: Service) -> str:
    """A lead of somebody new for whom there is nobody: the customer's workflow is told to watch its wait."""
    return _id(await service.lead(company={"name": "上海无人接手有限公司"}, region="CN-SH"))


async def customer_waited(service: Service) -> str:
    """In vain at midnight, over the queue's time, then a leave ends: each a try."""
    await service.rep("chen.jing", "CN-SH", daily_cap=1)
    leads = [
        await service.lead(company={"name": name}, region="CN-SH")
        for name in ("上海一号工厂有限公司", "上海青禾农业有限公司")
    ]
    away = {"from": "2026-01-01T00:00:00Z", "until": (datetime.now(UTC) + timedelta(days=3)).isoformat()}
    assert (await service.http.post("/v1/reps/chen.jing/leaves", json=away)).status_code == 201
    customer_id: str = leads[1]["customer_id"]
    await service.let_pass(customer_id, timedelta(days=4))
    events = ["customer_registered", "queued", "queue_retried", "queue_overdue", "owner_assigned"]
    assert await service.timeline(customer_id) == events
    return customer_id


async def customer_designated(service: Service) -> str:
    """A key account that management gives to somebody, after a refusal."""
    await _staff(service)
    lead = await service.lead(company={"name": "上海大客户有限公司"}, region="CN-SH", customer_type="key_account")
    for rep, status in (("nobody", 409), ("chen.jing", 200)):
        body = {"rep_id": rep, "reason": "由陈静负责"}
        assert (await service.post(f"/v1/customers/{lead['customer_id']}/assign", **body)).status_code == status
    customer_id: str = lead["customer_id"]
    return customer_id


async def customer_protected(service: Service) -> str:
    """A contract and an opportunity hold the clock; it runs out when the last of them is over."""
    customer_id = await _from_the_stand(service)
    path = f"/v1/customers/{customer_id}"
    until = (datetime.now(UTC) + timedelta(days=35)).isoformat()
    await service.post(f"{path}/commitments", kind="contract", reference="HT-118")
    await service.post(f"{path}/commitments", kind="opportunity", reference="SJ-7", until=until)
    assert (await service.http.put(f"{path}/standing", json={"level": "A", "stage": "报价"})).status_code == 200
    await service.let_pass(customer_id, timedelta(days=31))
    assert (await service.customer(customer_id))["held"]
    assert (await service.http.delete(f"{path}/commitments/contract/HT-118")).status_code == 200
    await service.let_pass(customer_id, timedelta(days=36))  # the run that was revived began at today's time again
    assert (await service.timeline(customer_id))[-1] == "reassigned"
    return customer_id


async def customer_released_by_a_full_rep(service: Service) -> str:
    """A release that makes room for somebody who waits."""
    lead, _ = await _one_waits(service)
    released = await service.post(f"/v1/customers/{lead}/release", rep_id="chen.jing", reason="客户在外地")
    assert released.status_code == 200, released.text
    await _rounds_over(service)
    return lead


async def queue_retried(service: Service) -> str:
    """Two reps join while customers wait."""
    for number in range(3):
        await service.lead(company={"name": firm(number)}, region="CN-SH")
    await _staff(service)
    return await _rounds_over(service)


async def queue_retry_continued(service: Service) -> str:
    """A rep joins while so many are asked for another that the next round is another run's."""
    await asyncio.gather(*(service.lead(company={"name": firm(number)}, region="CN-SH") for number in range(25)))
    await service.rep("chen.jing", "CN-SH")
    while not (await service.http.get("/v1/customers", params={"place": "owned"})).json()["items"]:
        await asyncio.sleep(0.01)
    await service.rep("sun.hao", "CN-SH")
    return await _rounds_over(service)


async def policy_retried(service: Service) -> str:
    """A version comes into force while customers wait, of whom some may be given to somebody by it."""
    await service.rep("sun.hao", "CN-BJ")
    draft = edited({"version": "2026.12", "assignment.0.methods": [{"method": "designated", "rep": "sun.hao"}]})
    for number in range(3):
        await service.lead(company={"name": firm(number)}, region="CN-SH")
    at = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    await service.post("/v1/policies", content=draft, activates_at=at)
    workflow_id = f"{service.settings.task_queue}_policy_retry_1"
    await service.temporal.get_workflow_handle(workflow_id).result()
    return workflow_id


async def _rounds_over(service: Service) -> str:
    """The id of the workflow that tries queues again, once it has ended."""
    workflow_id = f"{service.settings.task_queue}_queue_retry"
    await service.temporal.get_workflow_handle(workflow_id).result()
    return workflow_id


async def customers_merged(service: Service) -> str:
    """Two customers become one."""
    return (await _merged(service))["id"]


async def customers_unmerged(service: Service) -> str:
    """And two again."""
    merge = await _merged(service)
    path = f"/v1/customers/{merge['survivor_id']}/unmerge"
    headers = {"Idempotency-Key": "unmerge"}
    asked = {"merge_id": merge["id"], "by": "chen.jing", "reason": "弄错了"}
    undone = await service.http.post(path, json=asked, headers=headers)
    assert undone.status_code == 200, undone.text
    return service.ids.make("unm", "administrator", "unmerge")


async def customers_not_merged(service: Service) -> str:
    """A merge that the absorbed customer's workflow refuses."""
    survivor, absorbed = await _two(service)
    asked = {"absorb": absorbed, "by": "chen.jing", "reason": "同一家公司", "owner": "nobody"}
    path, headers = f"/v1/customers/{survivor}/merge", {"Idempotency-Key": "merge"}
    refused = await service.http.post(path, json=asked, headers=headers)
    assert refused.status_code == 409, refused.text
    return service.ids.make("mrg", "administrator", "merge")


async def customer_absorbed_and_restored(service: Service) -> str:
    """A customer with a clock that is merged, refuses what comes too late, and runs on once the merge is undone."""
    merge = await _merged(service)
    absorbed: str = merge["absorbed_id"]
    asked = {"merge_id": merge["id"], "by": "chen.jing", "reason": "弄错了"}
    undone = await service.post(f"/v1/customers/{absorbed}/unmerge", **asked)
    assert undone.status_code == 200, undone.text
    await service.let_pass(absorbed, timedelta(days=24))
    return absorbed


async def customer_taking_over_and_giving_back(service: Service) -> str:
    """The survivor of a merge that gave it another owner, with a clock, and of its undoing."""
    merge = await _merged(service, owner="sun.hao", swap=True)
    survivor: str = merge["survivor_id"]
    asked = {"merge_id": merge["id"], "by": "chen.jing", "reason": "弄错了"}
    undone = await service.post(f"/v1/customers/{survivor}/unmerge", **asked)
    assert undone.status_code == 200, undone.text
    return survivor


async def _two(service: Service) -> tuple[str, str]:
    """A customer of nobody's clock, and one from the stand."""
    stand = await _from_the_stand(service)
    lead = await service.lead(company={"name": "Harbour Lights Trading Ltd"}, phones=["13800138000"], region="CN-SH")
    return lead["customer_id"], stand


async def _merged(service: Service, *, swap: bool = False, **fields: Any) -> dict[str, Any]:
    pair = await _two(service)
    survivor, absorbed = reversed(pair) if swap else pair
    asked = {"absorb": absorbed, "by": "chen.jing", "reason": "同一家公司", **fields}
    answer = await service.post(f"/v1/customers/{survivor}/merge", **asked)
    assert answer.status_code == 200, answer.text
    merge: dict[str, Any] = answer.json()["merge"]
    return merge


async def import_loaded_and_undone(service: Service) -> str:
    """A file read by other columns, loaded, with a customer to watch and one to hand over, and taken back."""
    await _staff(service)
    await service.lead(company={"name": "杭州西溪软件有限公司"}, region="CN-ZJ")
    rows = [["上海展会客户有限公司", "上海", "展会客户", ""], ["杭州西溪软件有限公司", "浙江", "", "chen.jing"]]
    view = await send(service, csv_of(rows, ("甲", "省份", "客户类型", "负责人")))
    columns = {"甲": "company", "省份": "region", "客户类型": "customer_type", "负责人": "owner"}
    await service.http.put(f"/v1/imports/{view['id']}/columns", json={"columns": columns})
    await settled(service, view["id"])
    await ask(service, view["id"], "confirm")
    await ask(service, view["id"], "undo")
    return Batch(import_id=view["id"], attempt=1).workflow_id


async def _asked_about_a_row(service: Service) -> tuple[str, str]:
    """A loaded import, and the lead as which its row in doubt waits for a person."""
    await _staff(service)
    rows = [[firm(1), "91440300708461136T"], [firm(18), "91110000802100433B"]]
    content = csv_of([[*row, "13900139000"] for row in rows], ("公司名称", "统一社会信用代码", "手机号"))
    view = await send(service, content)
    await ask(service, view["id"], "confirm", doubtful="ask")
    (line,) = await lines(service, view["id"], verdict="doubt")
    return view["id"], line["lead_id"]


async def import_asked_and_undone(service: Service) -> str:
    """A file with a row about which a person is asked, until it is taken back."""
    import_id, _ = await _asked_about_a_row(service)
    await ask(service, import_id, "undo")
    return Batch(import_id=import_id, attempt=1).workflow_id


async def lead_withdrawn(service: Service) -> str:
    """A lead that waits, although it looks clear, and is taken back with its file."""
    import_id, lead_id = await _asked_about_a_row(service)
    await ask(service, import_id, "undo")
    return lead_id


async def import_discarded(service: Service) -> str:
    """A file that nobody confirms."""
    view = await send(service, csv_of([YUANHANG]))
    workflow_id = Batch(import_id=view["id"], attempt=1).workflow_id
    await service.let_pass(workflow_id, timedelta(days=31))
    await service.temporal.get_workflow_handle(workflow_id).result()
    return workflow_id


async def _one_waits(service: Service) -> tuple[str, str]:
    """A customer of a rep who may have no more, and one that waits for them."""
    await service.rep("chen.jing", "CN-SH", total_cap=1)
    one, other = [await service.lead(company={"name": firm(number)}, region="CN-SH") for number in range(2)]
    return one["customer_id"], other["customer_id"]


async def backtest_done(service: Service) -> str:
    """A back-test of the policy in force."""
    await lead_new(service)
    ordered = await service.post("/v1/backtests", **{"policy": POLICY_TEXT, "from": "2026-01-01"})
    backtest_id: str = ordered.json()["id"]
    await service.temporal.get_workflow_handle(backtest_id).result()
    return backtest_id


async def audit_sealed(service: Service) -> str:
    """What was recorded is sealed."""
    await lead_new(service)
    queue = service.settings.task_queue
    await service.temporal.execute_workflow(AuditSeal.run, id="audit-seal", task_queue=queue)
    return "audit-seal"


def _id(lead: dict[str, Any]) -> str:
    lead_id: str = lead["lead_id"]
    return lead_id


async def months_closed(service: Service) -> str:
    """Two months that are due are closed, one after the other."""
    at = datetime.now(UTC) - timedelta(days=70)
    row = {"id": "f", "measure": "survey", "event_id": "e", "customer_id": "c", "subject_id": "s", "value": 5.0}
    rest = dict.fromkeys(("rep", "team", "region", "source", "policy", "reason"))
    with service.database.write() as session:
        add(session, KpiFactRow, {**row, **rest, "at": at, "recorded_at": at})
    task_queue = service.settings.task_queue
    workflow_id = f"{task_queue}_kpi_snapshot"
    await service.temporal.execute_workflow(KpiSnapshot.run, id=workflow_id, task_queue=task_queue)
    return workflow_id


async def archive_swept(service: Service) -> str:
    """A thorough sweep of the archive."""
    queue, archive = service.settings.task_queue, Archive(service.settings.archive_location)
    workflow_id = f"{queue}_archive_daily"
    async with make_archivist(service.temporal, queue, service.database, archive):
        await service.temporal.execute_workflow(SWEEP, True, id=workflow_id, task_queue=archive_queue(queue))
    return workflow_id


async def replay_done(service: Service) -> str:
    """A replay of an archive in which there is nothing."""
    queue, archive = service.settings.task_queue, Archive(service.settings.archive_location)
    async with make_archivist(service.temporal, queue, service.database, archive):
        response = await service.post("/v1/audit/replays", workflow_id=None)
        assert response.status_code == 202, response.text
        workflow_id: str = response.json()["id"]
        await service.temporal.get_workflow_handle(workflow_id).result()
    return workflow_id


PATHS: tuple[Path_, ...] = (
    lead_new,
    lead_new_from_a_stand,
    lead_duplicate,
    lead_duplicate_that_changes_the_owner,
    lead_rejected,
    lead_confirmed_by_two,
    lead_that_tells_another_to_look_again,
    lead_looking_again,
    lead_unsure_then_confirmed,
    lead_kept_waiting,
    lead_decided_by_default,
    lead_continued,
    customer_warned_escalated_reassigned,
    customer_followed_up,
    customer_released_and_claimed,
    customer_continued,
    rep_departed,
    rep_departed_with_shares,
    customer_shared_and_transferred,
    lead_queued,
    customer_waited,
    customer_designated,
    customer_protected,
    customer_released_by_a_full_rep,
    queue_retried,
    queue_retry_continued,
    policy_retried,
    customers_merged,
    customers_unmerged,
    customers_not_merged,
    customer_absorbed_and_restored,
    customer_taking_over_and_giving_back,
    import_loaded_and_undone,
    import_discarded,
    import_asked_and_undone,
    lead_withdrawn,
    backtest_done,
    months_closed,
    audit_sealed,
    archive_swept,
    replay_done,
    *approvals.PATHS,
    *collisions.PATHS,
)
POLICIES: Mapping[Path_, Policy] = {
    lead_decided_by_default: POLICY.model_copy(
        update={"confirmation": POLICY.confirmation.model_copy(update={"default": ConfirmationDefault.BEST_CANDIDATE})}
    ),
}
"""The policy of a path when it is not the shipped one."""
