"""Looking at everything after a chaos run: the read model, the workflows, and what the clients were told."""

import asyncio
from collections import Counter, defaultdict
from time import monotonic

import httpx
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from domain.ownership import Ownership
from domain.pending import next_change
from store.database import Database
from tests.chaos.clients import Clients, Json, claimant
from tests.chaos.plan import Journey, Plan, Then
from tests.chaos.site import POLL, Site
from tests.invariants import ReadModel, nothing_lost, read_model, violations
from worker import RUNNER, WORKFLOWS

ASKED = ("follow_up_logged", "released", "claimed")
EXPECTED = {
    Then.FOLLOW_UP: ("follow_up_logged",),
    Then.RELEASE: ("released",),
    Then.RELEASE_AND_CLAIM: ("released", "claimed"),
}
LASTING = ("lead_id", "outcome", "customer_id", "confidence", "matched_on", "decision", "owner", "queue")
REPLAYED = 60
SCHEDULED = ("AuditSeal", "KpiSnapshot")
"""What begins by itself, at any time."""
RUNNING = WorkflowExecutionStatus.RUNNING


async def audit(site: Site, http: httpx.AsyncClient, plan: Plan, clients: Clients, patience: float) -> list[str]:
    """Every fault found once all is settled, or as it stands when ``patience`` seconds are over."""
    temporal, database = await site.temporal(), Database(site.database_url)
    deadline = monotonic() + patience
    while (unfinished := await _unfinished(temporal, read_model(database))) and monotonic() < deadline:
        await asyncio.sleep(10 * POLL)
    model = read_model(database)
    found = [*unfinished, *violations(model)]
    found += nothing_lost(model, clients.accepted)
    found += _as_planned(model, plan, clients)
    found += await _same_answers(http, plan, clients)
    if read_model(database).content != model.content:
        found.append("once: sending every lead again changed the read model")
    found += await _replayed(temporal, model)
    database.close()
    return found


async def _unfinished(temporal: Client, model: ReadModel) -> list[str]:
    """Every lead's workflow has ended well, or waits with its lead in doubt; every clock and every wait is watched."""
    waiting = {lead.id: lead.settled_at is None for lead in model.leads}
    clocks = {row.id: next_change(Ownership.model_validate(row.ownership)) is not None for row in model.customers}
    found = []
    for workflow_id, pending in (waiting | {customer: clock for customer, clock in clocks.items() if clock}).items():
        description = await temporal.get_workflow_handle(workflow_id).describe()
        expected = RUNNING if pending else WorkflowExecutionStatus.COMPLETED
        if description.status is not expected:
            found.append(f"{workflow_id} is {description.status and description.status.name}, not {expected.name}")
    running = [
        it.id
        async for it in temporal.list_workflows("ExecutionStatus = 'Running'")
        if it.workflow_type not in SCHEDULED
    ]
    cases = {case.id: case.settled_at is None for case in model.cases}
    expected_ids = {workflow_id for workflow_id, pending in (waiting | clocks | cases).items() if pending}
    return found + [f"{workflow_id} still runs" for workflow_id in sorted(set(running) - expected_ids)]


def _as_planned(model: ReadModel, plan: Plan, clients: Clients) -> list[str]:
    """Every lead was answered; those of one customer are together and alone; and what was asked for happened once."""
    found = [f"{journey.name} was never answered" for journey in plan.journeys if journey.name not in clients.answers]
    customers = {f"{lead.source}/{lead.external_id}": lead.customer_id or lead.id for lead in model.leads}
    asked: dict[str, list[str]] = defaultdict(list)
    for event in sorted(model.events, key=lambda event: event.position or 0):
        if event.kind in ASKED:
            asked[event.customer_id].append(event.kind)
    members: dict[int, set[str]] = defaultdict(set)
    for journey in plan.journeys:
        customer = customers.get(journey.name, "nobody")
        if journey.then is not Then.CONFIRM:
            members[journey.entity].add(customer)
        if journey.then in EXPECTED and tuple(asked[customer]) != EXPECTED[journey.then]:
            found.append(f"{journey.name}: {journey.then} came to {asked[customer]}")
    found += [f"customer {entity} became {sorted(ids)}" for entity, ids in members.items() if len(ids) > 1]
    entities = Counter(customer for ids in members.values() for customer in ids)
    return found + [f"{customer} is {count} customers" for customer, count in entities.items() if count > 1]


async def _same_answers(http: httpx.AsyncClient, plan: Plan, clients: Clients) -> list[str]:
    """Everything sent once more is answered as it was before the crashes, but for what was asked for meanwhile."""

    async def again(journey: Journey) -> list[str]:
        first = clients.answers[journey.name]
        expected = _as_it_stands(journey, first, clients.confirmed.get(journey.name, first))
        answer = await clients.submit(http, journey)
        await clients.follow(http, journey, first)
        differing = [name for name in LASTING if answer[name] != expected[name]]
        return [f"{journey.name} was told {name} {expected[name]} and now {answer[name]}" for name in differing]

    found = await asyncio.gather(*(again(journey) for journey in plan.journeys if journey.name in clients.answers))
    return [fault for faults in found for fault in faults]


def _as_it_stands(journey: Journey, first: Json, answer: Json) -> Json:
    """The answer to a lead after what its client did next."""
    match journey.then:
        case Then.RELEASE:
            return {**answer, "owner": None, "queue": "public"}
        case Then.RELEASE_AND_CLAIM:
            owner = claimant(first["owner"]["id"])
            return {**answer, "owner": {"id": owner, "name": owner.title()}}
        case _:
            return answer


async def _replayed(temporal: Client, model: ReadModel) -> list[str]:
    """Some of the histories, full of crashes as they are, replay on today's code."""
    ids = sorted({lead.id for lead in model.leads} | {row.id for row in model.customers if row.seq > 1})[:REPLAYED]
    histories = temporal.list_workflows(" OR ".join(f"WorkflowId = '{id_}'" for id_ in ids)).map_histories()
    replayer = Replayer(workflows=WORKFLOWS, workflow_runner=RUNNER, data_converter=pydantic_data_converter)
    results = await replayer.replay_workflows(histories, raise_on_replay_failure=False)
    return [f"replayable: {run_id}: {failure}" for run_id, failure in results.replay_failures.items()]
