"""The worker: which workflows and activities run in this process."""

from concurrent.futures import ThreadPoolExecutor

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.customer import CustomerActivities
from activities.intake import IntakeActivities
from customer_handle import CustomerHandle
from domain.ids import IdMaker
from domain.policy import Policy
from store.changes import Changes
from store.confirmations import Confirmations
from store.database import Database
from store.intake import Intake
from store.queues import Queues
from workflows.customer_lifecycle import CustomerLifecycle
from workflows.lead_intake import LeadIntake
from workflows.queue_retry import QueueRetry
from workflows.rep_departure import RepDeparture

WORKFLOWS = (LeadIntake, CustomerLifecycle, RepDeparture, QueueRetry)
DATABASE_THREADS = 16

# What tests replay histories in: at every run it refuses clocks, randomness and I/O in workflows, which are mistakes in
# code. A worker does without: it would cost a fifth of this process's CPU for each lead (docs/performance.md). Our own
# modules are deterministic where workflows call them (the pure core), so the sandbox need not load them anew.
RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(
        "domain", "activities", "store", "customer_handle"
    )
)


def make_worker(client: Client, task_queue: str, database: Database, policy: Policy, ids: IdMaker) -> Worker:
    """A worker that is ready to run; it stops cleanly, finishing what it has begun."""
    customers = CustomerHandle(client, task_queue)
    confirmations = Confirmations(database, policy, ids)
    intake = IntakeActivities(Intake(database, policy, ids), confirmations, customers, client)
    customer = CustomerActivities(Changes(database, policy, ids), Queues(database, policy), customers)
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
            customer.customers_of,
            customer.owner_left,
            customer.queue_page,
            customer.rep_freed,
            customer.try_again,
        ],
        activity_executor=ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="database"),
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_workflow_tasks=100,
        max_concurrent_local_activities=DATABASE_THREADS * 4,
    )
