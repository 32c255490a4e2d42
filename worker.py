"""The worker: which workflows and activities run in this process."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.approval import ApprovalActivities
from activities.archiving import ArchivingActivities
from activities.asking import AskingActivities
from activities.audit import AuditActivities, AuditPlace
from activities.backtest import BacktestActivities
from activities.collision import CollisionActivities
from activities.customer import CustomerActivities
from activities.imports import ImportActivities, ImportPlace
from activities.intake import IntakeActivities
from activities.kpis import KpiActivities
from activities.merging import MergingActivities
from activities.moving import MovingActivities
from activities.replay import ReplayActivities
from archive.runs import Runs, archive_queue
from archive.shelves import Archive
from archive.sweeping import Sweeping
from customer_handle import CustomerHandle
from domain.ids import IdMaker
from domain.policy import Policy
from store.approvals import Approvals
from store.archived_runs import ArchivedRuns
from store.changes import Changes
from store.collision_cases import CollisionCases
from store.confirmations import Confirmations
from store.database import Database
from store.intake import Intake
from store.kpi_snapshots import Snapshots
from store.merges import Merges
from store.moving import Moving
from store.policies import Policies
from store.policy_versions import PolicyVersions
from store.queues import Queues
from store.replays import Replays
from workflows.approval import Approval
from workflows.archive_sweep import ArchiveSweep
from workflows.audit_seal import AuditSeal
from workflows.backtest import Backtest
from workflows.collision_case import CollisionCase
from workflows.customer_lifecycle import CustomerLifecycle
from workflows.customer_merge import CustomerMerge
from workflows.import_batch import ImportBatch
from workflows.kpi_snapshot import KpiSnapshot
from workflows.lead_intake import LeadIntake
from workflows.policy_retry import PolicyRetry
from workflows.queue_retry import QueueRetry
from workflows.rep_move import RepMove
from workflows.replay import Replay

WORKFLOWS = (
    LeadIntake,
    CustomerLifecycle,
    CustomerMerge,
    RepMove,
    QueueRetry,
    PolicyRetry,
    ImportBatch,
    Backtest,
    Approval,
    CollisionCase,
    KpiSnapshot,
    AuditSeal,
    ArchiveSweep,
    Replay,
)
DATABASE_THREADS = 16
AUDIT_SEAL = "audit-seal"
"""The schedule that seals what was recorded, and the beginning of its workflows' ids."""
AUDIT_PATIENCE = timedelta(hours=6)
"""After which the next one may begin, should one be stuck: on a task queue, say, that no worker asks any more."""

# What tests replay histories in: at every run it refuses clocks, randomness and I/O in workflows, which are mistakes in
# code. A worker does without: it would cost a fifth of this process's CPU for each lead (docs/performance.md). Our own
# modules are deterministic where workflows call them (the pure core), so the sandbox need not load them anew.
RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(
        "domain", "activities", "archive", "store", "customer_handle"
    )
)


def make_worker(
    client: Client,
    task_queue: str,
    database: Database,
    policy: Policy,
    ids: IdMaker,
    place: ImportPlace,
    audit_place: AuditPlace,
) -> Worker:
    """A worker that is ready to run; it stops cleanly, finishing what it has begun."""
    customers, policies = CustomerHandle(client, task_queue), Policies(database, policy)
    atomic_step = Intake(database, policy, ids)
    confirmations = Confirmations(database, policy, ids)
    intake = IntakeActivities(atomic_step, confirmations, customers, client)
    imports = ImportActivities(place, database, atomic_step, ids, customers, client)
    asking = AskingActivities(database, ids, client, task_queue)
    changes, queues = Changes(database, policy, ids), Queues(database, policies)
    customer = CustomerActivities(changes, queues, customers, PolicyVersions(database))
    merging = MergingActivities(Merges(database, policies), customers)
    approvals = Approvals(database, policies, ids)
    approval = ApprovalActivities(approvals, Merges(database, policies))
    collision = CollisionActivities(CollisionCases(database, policies, ids), approvals, customers)
    approval = ApprovalActivities(Approvals(database, policies, ids), Merges(database, policies))
    audit = AuditActivities(database, audit_place)
    moving = MovingActivities(Moving(database, policies, ids), customers)
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=[
            intake.register_lead,
            intake.nudge,
            intake.watch_customer,
            intake.tell_customer,
            intake.look_again,
            customer.current_ownership,
            customer.carry_out,
            moving.redistribute,
            moving.hand_leads_over,
            moving.finish_move,
            customer.queue_page,
            customer.policy_page,
            customer.policy_retried,
            customer.rep_freed,
            customer.try_again,
            merging.ask,
            merging.handover,
            merging.waiting_beside,
            approval.open_approval,
            approval.act_on_approval,
            approval.approval_due,
            approval.merge_order,
            approval.conclude_approval,
            collision.open_case,
            collision.look_at_case,
            collision.act_on_case,
            collision.case_due,
            collision.conclude_case,
            collision.ask_customer,
            collision.approval_refusal,
            imports.analyse_import,
            imports.remap_import,
            imports.move_import,
            imports.load_import,
            imports.tell_import,
            imports.undo_import,
            asking.ask_import,
            asking.withdraw_import,
            BacktestActivities(database, policies).run_backtest,
            KpiActivities(Snapshots(database, policies)).close_month,
            audit.seal_records,
            audit.publish_heads,
        ],
        activity_executor=ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="database"),
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_heartbeat_throttle_interval=timedelta(seconds=5),  # or a back-test would seem to stand still
        max_concurrent_workflow_tasks=100,
        max_concurrent_local_activities=DATABASE_THREADS * 4,
    )


def make_archivist(client: Client, task_queue: str, database: Database, archive: Archive) -> Worker:
    """The worker of sweeps and replays, on a task queue of its own: they must not take the slots of leads."""
    known = ArchivedRuns(database)
    archiving = ArchivingActivities(Sweeping(Runs(client, task_queue), archive, known), known)
    return Worker(
        client,
        task_queue=archive_queue(task_queue),
        workflows=[ArchiveSweep, Replay],
        activities=[
            archiving.archive_closed,
            archiving.snapshot_open,
            ReplayActivities(archive, known, Replays(database)).replay_archive,
        ],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_activities=2,
    )


async def retry_queues(client: Client, task_queue: str, database: Database) -> None:
    """See to it that queues are tried again for every version that came into force, or will, whoever died before."""
    customers = CustomerHandle(client, task_queue)
    for turn in await asyncio.to_thread(PolicyVersions(database).turns):
        await customers.policy_turns(turn)


async def seal_regularly(client: Client, task_queue: str, every: timedelta) -> None:
    """See to it that what is recorded is sealed this often: a schedule of the server's, which any process may set."""
    spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)])
    action = ScheduleActionStartWorkflow(
        AuditSeal.run, id=AUDIT_SEAL, task_queue=task_queue, execution_timeout=AUDIT_PATIENCE
    )
    policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1))

    def changed(found: ScheduleUpdateInput) -> ScheduleUpdate:
        return ScheduleUpdate(replace(found.description.schedule, action=action, spec=spec, policy=policy))

    try:
        await client.create_schedule(AUDIT_SEAL, Schedule(action=action, spec=spec, policy=policy))
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(AUDIT_SEAL).update(changed)
