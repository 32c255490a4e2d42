"""Approval: one durable process for everything that people decide, from the request to its effect."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.approval import ApprovalActivities
    from activities.merging import MergingActivities
    from activities.refusal import refusal
    from domain.approval.deed import Act, Acted, Acting
    from domain.approval.effect import effect_of
    from domain.approval.request import MergeWanted, Order, UnmergeWanted
    from domain.approval.state import OPEN, ApprovalState, Due, Result, Status, Subject
    from workflows.customer_merge import CustomerMerge
    from workflows.options import ASKING, LOCAL
    from workflows.refusals import refusable


@workflow.defn
class Approval:
    """Lives until the request is decided and has had its effect; asked later, it is revived and tells so.

    Its whole state is what the last step answered, with every deadline as an absolute time, and the database has it,
    too: a run that continues or revives another finds it there.
    """

    @workflow.init
    def __init__(self, order: Order) -> None:
        self._order = order
        self._state: ApprovalState | None = None
        self._refused: ApplicationError | None = None
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, order: Order) -> None:
        """See the request through."""
        try:
            self._state = await refusable(
                workflow.execute_local_activity_method(
                    ApprovalActivities.open_approval, args=[order, workflow.now()], **LOCAL
                )
            )
        except ApplicationError as refused:
            self._refused = refused
            await workflow.wait_condition(workflow.all_handlers_finished)
            return
        state = await self._until_decided(self._state)
        if state.status is Status.APPROVED:
            results = [await _applied(state, subject) for subject in state.subjects]
            self._state = await workflow.execute_local_activity_method(
                ApprovalActivities.conclude_approval, args=[state.id, results, workflow.now()], **LOCAL
            )
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.update
    async def opened(self) -> ApprovalState:
        """The approval as it began; an ``ApplicationError`` with the rule's code when it was refused."""
        await self._begun()
        return self._standing

    @workflow.update
    async def act(self, act: Act) -> ApprovalState:
        """Do one thing about it, and tell how it stands. A refusal is an ``ApplicationError`` with the rule's code."""
        await self._begun()
        async with self._one_at_a_time:
            acting = Acting(approval_id=self._order.id, at=workflow.now(), act=act)
            acted: Acted = await workflow.execute_local_activity_method(
                ApprovalActivities.act_on_approval, acting, **LOCAL
            )
            self._state = acted.state
        if acted.refusal is not None:
            raise refusal(acted.refusal, acted.facts)
        return acted.state

    async def _begun(self) -> None:
        await workflow.wait_condition(lambda: self._state is not None or self._refused is not None)
        if self._refused is not None:
            raise self._refused

    @property
    def _standing(self) -> ApprovalState:
        if self._state is None:
            raise RuntimeError("nobody asks how an approval stands before it has begun")
        return self._state

    async def _until_decided(self, state: ApprovalState) -> ApprovalState:
        """Wait for people and for what falls due, and look at the state again each time."""
        while self._standing.status in OPEN:
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                if self._standing.status in OPEN:
                    workflow.continue_as_new(self._order)
                continue
            due = await self._fallen_due()
            async with self._one_at_a_time:
                if due is not None and self._standing.due[:1] == (due,):
                    self._state = await workflow.execute_local_activity_method(
                        ApprovalActivities.approval_due, args=[state.id, due, workflow.now()], **LOCAL
                    )
        return self._standing

    async def _fallen_due(self) -> Due | None:
        """Wait until something happens; what fell due, when that is what happened. A late timer goes off at once."""
        due = next(iter(self._standing.due), None)
        try:
            await workflow.wait_condition(
                lambda: (
                    self._standing.status not in OPEN
                    or self._standing.due[:1] != ((due,) if due else ())
                    or workflow.info().is_continue_as_new_suggested()
                ),
                timeout=max((due.at - workflow.now()).total_seconds(), 0) if due else None,
            )
        except TimeoutError:
            return due
        return None


async def _applied(state: ApprovalState, subject: Subject) -> Result:
    """Have one customer's workflow do what was approved, in the state in which it is now."""
    try:
        if isinstance(state.wanted, MergeWanted | UnmergeWanted):
            order = await refusable(
                workflow.execute_local_activity_method(ApprovalActivities.merge_order, state, **LOCAL)
            )
            await refusable(workflow.execute_child_workflow(CustomerMerge.run, order, id=order.asked.id))
        else:
            asked = effect_of(state, subject)
            await refusable(
                workflow.execute_activity_method(MergingActivities.ask, args=[subject.customer_id, asked], **ASKING)
            )
    except ApplicationError as refused:
        facts: dict[str, str | int] = next(iter(refused.details), {})
        about = str(facts["about"]) if "about" in facts else None
        return Result(customer_id=subject.customer_id, refusal=refused.type or "failed", about=about)
    return Result(customer_id=subject.customer_id)
