"""The API's one door to the workflows. Nothing else in the API talks to Temporal."""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Literal, TypeVar

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.workflow import UpdateMethodMultiParam

from api.problems import Problem, ProblemType
from archive.runs import archive_queue
from customer_handle import CustomerHandle, noticed
from domain.answer import Answer
from domain.approval.deed import Act
from domain.approval.request import Order
from domain.approval.state import ApprovalState
from domain.backtest import Order as BacktestOrder
from domain.backtest import Progress
from domain.change import Asked, Changed
from domain.collision_case.deed import Act as CaseAct
from domain.collision_case.state import CaseState
from domain.importing.batch import Batch, Confirm, Remap, Stage
from domain.merge_order import MergeOrder
from domain.policy_version import Turn
from domain.replay import ReplayOrder, ReplayProgress
from domain.submission import Choice, Submission
from settings import Settings
from workflows.approval import Approval
from workflows.backtest import Backtest
from workflows.collision_case import CollisionCase
from workflows.customer_merge import CustomerMerge
from workflows.import_batch import ImportBatch
from workflows.lead_intake import LeadIntake
from workflows.rep_move import RepMove
from workflows.replay import Replay

PING_TIMEOUT = timedelta(seconds=3)
T = TypeVar("T")
Status = Literal["running", "done", "failed"]


class Gateway:
    """Starts workflows and asks them; their refusals become problems, their silence a 503."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._task_queue = settings.task_queue
        self._patience = settings.answer_timeout
        self._customers = CustomerHandle(client, settings.task_queue)

    async def submit(self, submission: Submission) -> Answer:
        """Start a lead's workflow and wait for what it turned out to be.

        Raises:
            Problem: 409 when the lead is already on its way, 503 when the answer takes too long; the lead goes on.
        """
        start: WithStartWorkflowOperation[Any, Answer] = WithStartWorkflowOperation(
            LeadIntake.run,
            submission,
            id=submission.lead_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
        try:
            return await self._answered(
                self._client.execute_update_with_start_workflow(
                    LeadIntake.first_answer, start_workflow_operation=noticed(start)
                )
            )
        except WorkflowAlreadyStartedError as error:
            raise Problem(ProblemType.LEAD_IN_PROGRESS, headers={"Retry-After": "1"}) from error

    async def begin(self, submission: Submission) -> None:
        """Start a lead's workflow without waiting. One that has begun already simply goes on, or has ended."""
        await self._begin(LeadIntake.run, submission, workflow_id=submission.lead_id, once=True)

    async def is_in_progress(self, lead_id: str) -> bool:
        """Whether a lead that is not yet in the read model is on its way to it."""
        try:
            description = await self._answered(self._client.get_workflow_handle(lead_id).describe())
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return description.status is WorkflowExecutionStatus.RUNNING

    async def confirm(self, lead_id: str, choice: Choice) -> Answer | None:
        """Settle a lead in doubt by a person's word; None when it has been settled meanwhile."""
        handle: WorkflowHandle[LeadIntake, Answer] = self._client.get_workflow_handle_for(LeadIntake.run, lead_id)
        try:
            return await self._answered(handle.execute_update(LeadIntake.confirm, choice))
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def change(self, customer_id: str, asked: Asked) -> Changed:
        """Have a customer's workflow carry out a change."""
        return await self._answered(self._customers.change(customer_id, asked))

    async def merge(self, order: MergeOrder) -> None:
        """Have a merge, or the undoing of one, seen through. One that was refused may be tried again."""
        with suppress(WorkflowAlreadyStartedError):
            handle = await self._answered(
                self._client.start_workflow(
                    CustomerMerge.run,
                    order,
                    id=order.asked.id,
                    task_queue=self._task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                )
            )
            await self._answered(handle.result())

    async def request_approval(self, order: Order) -> ApprovalState:
        """Have a request decided; how it stands as it begins. One that has begun is found as it stands."""
        return await self._ask(Approval.run, (order,), order.id, Approval.opened)

    async def act_on_approval(self, order: Order, act: Act) -> ApprovalState:
        """Have something done about a request, also about one that has ended: it says so."""
        return await self._ask(Approval.run, (order,), order.id, Approval.act, act)

    async def open_case(self, case_id: str) -> CaseState:
        """Have a collision case begun that was opened. One that has begun is found as it stands."""
        return await self._ask(CollisionCase.run, (case_id,), case_id, CollisionCase.opened)

    async def act_on_case(self, case_id: str, act: CaseAct) -> CaseState:
        """Have something done about a case, also about one that has ended: it says so, or is reopened."""
        return await self._ask(CollisionCase.run, (case_id,), case_id, CollisionCase.act, act)

    async def begin_move(self, move_id: str) -> None:
        """Have a rep's move seen through. One that is under way already simply goes on."""
        await self._begin(RepMove.run, move_id, workflow_id=move_id)

    async def rep_changed(self, rep_id: str) -> None:
        """Have customers in queues tried again whom a rep may be given, durably."""
        await self._answered(self._customers.rep_changed(rep_id))

    async def policy_turns(self, turn: Turn) -> None:
        """Have customers in queues tried again whom a version of the policy may help, once it is in force, durably."""
        await self._answered(self._customers.policy_turns(turn))

    async def begin_import(self, batch: Batch) -> None:
        """Have a file analysed. One that is under way already simply goes on."""
        await self._begin(ImportBatch.run, batch, Stage.ANALYSING, workflow_id=batch.workflow_id)

    async def remap_import(self, batch: Batch, stage: Stage, remap: Remap) -> Stage:
        """Have a file analysed anew with another mapping."""
        return await self._ask_import(batch, stage, ImportBatch.remap, remap)

    async def confirm_import(self, batch: Batch, stage: Stage, confirm: Confirm) -> Stage:
        """Have loaded what the dry run showed."""
        return await self._ask_import(batch, stage, ImportBatch.confirm, confirm)

    async def undo_import(self, batch: Batch, stage: Stage) -> Stage:
        """Have an import taken back, or left alone when nothing of it was loaded."""
        return await self._ask_import(batch, stage, ImportBatch.undo)

    async def _ask_import(
        self, batch: Batch, stage: Stage, update: UpdateMethodMultiParam[..., Stage], *args: object
    ) -> Stage:
        """Ask an import's workflow, which is revived in the stage that it ended in.

        Raises:
            Problem: 409 while the file is analysed: what comes of it must be seen first.
        """
        if stage is Stage.ANALYSING:
            raise Problem.refused("import_not_ready")
        return await self._ask(ImportBatch.run, (batch, stage), batch.workflow_id, update, *args)

    async def begin_backtest(self, backtest_id: str, order: BacktestOrder) -> None:
        """Start a back-test without waiting. One that has begun already simply goes on, or has ended."""
        await self._begin(Backtest.run, order, workflow_id=backtest_id, once=True)

    async def backtest(self, backtest_id: str) -> tuple[Status, Progress | None]:
        """How a back-test stands whose result is not written down, and how far it is."""
        return await self._standing(backtest_id, Progress)

    async def begin_replay(self, replay_id: str, order: ReplayOrder) -> None:
        """Start a replay without waiting, on the task queue for archiving; one that has begun already goes on."""
        await self._begin(Replay.run, order, workflow_id=replay_id, once=True, queue=archive_queue(self._task_queue))

    async def replay(self, replay_id: str) -> tuple[Status, ReplayProgress | None]:
        """How a replay stands whose result is not written down, and how far it is."""
        return await self._standing(replay_id, ReplayProgress)

    async def _standing(self, workflow_id: str, progress_type: type[T]) -> tuple[Status, T | None]:
        """How a workflow stands, with what its activity last told of itself."""
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            described = await self._answered(handle.describe())
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return "failed", None
            raise
        if described.status is WorkflowExecutionStatus.COMPLETED:
            return "done", None
        if described.status is not WorkflowExecutionStatus.RUNNING:
            return "failed", None
        for pending in described.raw_description.pending_activities:
            if pending.HasField("heartbeat_details"):
                payloads = pending.heartbeat_details.payloads
                (progress,) = await self._client.data_converter.decode(payloads, [progress_type])
                return "running", progress
        return "running", None

    async def ping(self) -> None:
        """Ask Temporal for a sign of life.

        Raises:
            temporalio.service.RPCError: when there is none.
        """
        await self._client.service_client.check_health(timeout=PING_TIMEOUT)

    async def _begin(
        self, run: Any, *args: Any, workflow_id: str, once: bool = False, queue: str | None = None
    ) -> None:
        """Start a workflow without waiting. One that runs simply goes on; with ``once`` one that has ended stays so."""
        reuse = WorkflowIDReusePolicy.REJECT_DUPLICATE if once else WorkflowIDReusePolicy.ALLOW_DUPLICATE
        with suppress(WorkflowAlreadyStartedError):
            await self._answered(
                self._client.start_workflow(
                    run,
                    args=args,
                    id=workflow_id,
                    task_queue=queue or self._task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=reuse,
                )
            )

    async def _ask(
        self,
        run: Any,
        start_with: Sequence[Any],
        workflow_id: str,
        update: UpdateMethodMultiParam[..., T],
        *args: Any,
    ) -> T:
        """Ask a workflow, which is begun or revived by it."""
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            run,
            args=start_with,
            id=workflow_id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        asking: Awaitable[T] = self._client.execute_update_with_start_workflow(
            update, args=args, start_workflow_operation=noticed(start)
        )
        return await self._answered(asking)

    async def _answered(self, asking: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._patience):
                return await asking
        except TimeoutError as error:
            raise Problem.unavailable() from error
        except (WorkflowUpdateFailedError, WorkflowFailureError) as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type:
                raise Problem.refused(error.cause.type, **next(iter(error.cause.details), {})) from error
            raise
