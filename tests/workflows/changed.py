"""The workflows with one step too many, as a careless change would make them."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.customer import CustomerActivities
    from domain.answer import Answer
    from domain.approval.request import Order
    from domain.change import ClockDue, TryAgain
    from domain.merge_order import MergeOrder
    from domain.ownership import Ownership
    from domain.pending import Pending, next_change
    from domain.submission import Submission
    from workflows.approval import Approval
    from workflows.archive_sweep import ArchiveSweep
    from workflows.collision_case import CollisionCase
    from workflows.customer_lifecycle import CustomerLifecycle
    from workflows.customer_merge import CustomerMerge
    from workflows.lead_intake import LeadIntake
    from workflows.options import LOCAL
    from workflows.queue_retry import QueueRetry, Retry
    from workflows.rep_move import RepMove


async def _look_once_more() -> None:
    await workflow.execute_local_activity_method(CustomerActivities.current_ownership, "somebody", **LOCAL)


@workflow.defn(name="LeadIntake")
class IntakeThatLooksOnceMore(LeadIntake):
    """A local activity after everything else."""

    @workflow.init
    def __init__(self, submission: Submission) -> None:
        super().__init__(submission)

    @workflow.run
    async def run(self, submission: Submission) -> Answer:
        """Does the same, then looks."""
        answer = await super().run(submission)
        await _look_once_more()
        return answer


@workflow.defn(name="LeadIntake")
class IntakeThatPauses(LeadIntake):
    """A timer before everything else."""

    @workflow.init
    def __init__(self, submission: Submission) -> None:
        super().__init__(submission)

    @workflow.run
    async def run(self, submission: Submission) -> Answer:
        """Pauses, then does the same."""
        await workflow.sleep(1)
        return await super().run(submission)


@workflow.defn(name="LeadIntake")
class IntakeThatForgetsTheTime(LeadIntake):
    """A lead in doubt that waits for people only."""

    @workflow.init
    def __init__(self, submission: Submission) -> None:
        super().__init__(submission)

    @workflow.run
    async def run(self, submission: Submission) -> Answer:
        """Does the same, but for what falls due."""
        return await super().run(submission)

    async def _fallen_due(self) -> None:
        await workflow.wait_condition(lambda: self._look_again or self._settled is not None)


@workflow.defn(name="CustomerLifecycle")
class LifecycleThatPauses(CustomerLifecycle):
    """A timer before everything else."""

    @workflow.init
    def __init__(self, ownership: Ownership | None) -> None:
        super().__init__(ownership)

    @workflow.run
    async def run(self, ownership: Ownership | None) -> None:
        """Pauses, then does the same."""
        await workflow.sleep(1)
        await super().run(ownership)


@workflow.defn(name="RepMove")
class MoveThatLooksOnceMore(RepMove):
    """A local activity after everything else."""

    @workflow.run
    async def run(self, move_id: str) -> None:
        """Does the same, then looks."""
        await super().run(move_id)
        await _look_once_more()


@workflow.defn(name="QueueRetry")
class RetryThatLooksOnceMore(QueueRetry):
    """A local activity after everything else."""

    @workflow.init
    def __init__(self, retry: Retry | None) -> None:
        super().__init__(retry)

    @workflow.run
    async def run(self, retry: Retry | None) -> None:
        """Does the same, then looks."""
        await super().run(retry)
        await _look_once_more()


@workflow.defn(name="CustomerLifecycle")
class LifecycleThatForgetsTheWait(CustomerLifecycle):
    """A customer in a queue whom nobody watches."""

    @workflow.init
    def __init__(self, ownership: Ownership | None) -> None:
        super().__init__(ownership)

    @workflow.run
    async def run(self, ownership: Ownership | None) -> None:
        """Does the same, but for what falls due in a queue."""
        await super().run(ownership)

    def _next_due(self) -> ClockDue | TryAgain | None:
        due = super()._next_due()
        return due if isinstance(due, ClockDue) else None


@workflow.defn(name="CustomerLifecycle")
class LifecycleThatForgetsShares(CustomerLifecycle):
    """A customer whose share grants never end by themselves."""

    @workflow.init
    def __init__(self, ownership: Ownership | None) -> None:
        super().__init__(ownership)

    @workflow.run
    async def run(self, ownership: Ownership | None) -> None:
        """Does the same, but for the ends of grants."""
        await super().run(ownership)

    def _next_due(self) -> Pending | None:
        alone = self._ownership.model_copy(update={"shares": ()}) if self._ownership else None
        return next_change(alone) if alone else None


@workflow.defn(name="CustomerMerge")
class MergeThatLooksOnceMore(CustomerMerge):
    """A local activity after everything else."""

    @workflow.run
    async def run(self, order: MergeOrder) -> None:
        """Does the same, then looks."""
        await super().run(order)
        await _look_once_more()


@workflow.defn(name="Approval")
class ApprovalThatLooksOnceMore(Approval):
    """A local activity after everything else."""

    @workflow.init
    def __init__(self, order: Order) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: Order) -> None:
        """Does the same, then looks."""
        await super().run(order)
        await _look_once_more()


@workflow.defn(name="CollisionCase")
class CaseThatLooksOnceMore(CollisionCase):
    """A local activity after everything else."""

    @workflow.init
    def __init__(self, case_id: str) -> None:
        super().__init__(case_id)

    @workflow.run
    async def run(self, case_id: str) -> None:
        """Does the same, then looks."""
        await super().run(case_id)
        await _look_once_more()


@workflow.defn(name="ArchiveSweep")
class SweepThatLooksOnceMore(ArchiveSweep):
    """A local activity after everything else."""

    @workflow.run
    async def run(self, thorough: bool) -> None:
        """Does the same, then looks."""
        await super().run(thorough)
        await _look_once_more()


SEEN_BY = {
    IntakeThatLooksOnceMore: "lead_new-1",
    IntakeThatPauses: "lead_duplicate-1",
    IntakeThatForgetsTheTime: "lead_kept_waiting-1",
    LifecycleThatPauses: "customer_followed_up-1",
    MergeThatLooksOnceMore: "customers_merged-1",
    MoveThatLooksOnceMore: "rep_departed-1",
    RetryThatLooksOnceMore: "queue_retried-1",
    LifecycleThatForgetsTheWait: "customer_waited-1",
    ApprovalThatLooksOnceMore: "approval_applied-1",
    CaseThatLooksOnceMore: "case_that_nobody_decided-1",
    SweepThatLooksOnceMore: "archive_swept-1",
    LifecycleThatForgetsShares: "customer_shared_and_transferred-1",
}
"""The history that shows each change."""
