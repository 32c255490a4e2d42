"""LeadIntake: from a submitted lead to a customer with an owner, or to a person who says who it is."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.intake import IntakeActivities
    from domain.answer import Answer, Settlement
    from domain.confirmation import Due, Nudge, Stage
    from domain.submission import Choice, Registration, Submission
    from workflows.options import ASKING, LOCAL
    from workflows.refusals import refusable


@workflow.defn
class LeadIntake:
    """Lives for one workflow task when the lead is clear, and until a person confirms when it is in doubt.

    How a lead waits (who is asked, every deadline as an absolute time) is what the atomic step last answered, and the
    database has it, too: a run that continues another begins by looking again.
    """

    @workflow.init
    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._first_answer: asyncio.Future[Answer] = asyncio.Future()
        self._final_answer: asyncio.Future[Answer] = asyncio.Future()
        self._standing: Settlement | None = None
        self._look_again = False
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, submission: Submission) -> Answer:
        """Register the lead; wait while it is in doubt; hand it over."""
        # Begun anew after a crash it has this time again, so the pass is the same and so is what callers were told.
        settlement = await self._register(workflow.info().workflow_start_time)
        if not settlement.settled:
            self._first_answer.set_result(settlement.answer)
            settlement = await self._until_settled()
        answer = await self._hand_over(settlement)
        for waited_for in (self._first_answer, self._final_answer):
            if not waited_for.done():
                waited_for.set_result(answer)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return answer

    @workflow.update
    async def first_answer(self) -> Answer:
        """What the caller who submits the lead is told, as soon as it is known."""
        return await asyncio.shield(self._first_answer)

    @workflow.update
    async def confirm(self, choice: Choice) -> Answer:
        """A person says who the lead is, or that they are not sure, which asks somebody else.

        When two say it, the first counts and both are told what counted.
        """
        async with self._one_at_a_time:
            if self._settled is None:
                standing = await (self._nudge(Stage.ESCALATE, choice) if choice.unsure else self._choose(choice))
                if not standing.settled:
                    return standing.answer
        return await asyncio.shield(self._final_answer)

    @workflow.update
    async def withdraw(self) -> Answer:
        """Whoever submitted the lead takes it back; one that is settled by now stays what it is."""
        async with self._one_at_a_time:
            if self._settled is None:
                await self._register(workflow.now(), withdrawn=True)
        return await asyncio.shield(self._final_answer)

    @workflow.signal
    def look_again(self) -> None:
        """A lead beside which this one waited is settled."""
        self._look_again = True

    @property
    def _settled(self) -> Settlement | None:
        return self._standing if self._standing and self._standing.settled else None

    @property
    def _next_due(self) -> Due | None:
        waiting = self._standing.answer.waiting if self._standing else None
        return waiting.due[0] if waiting and waiting.due else None

    async def _register(
        self, at: datetime, *, choice: Choice | None = None, time_up: bool = False, withdrawn: bool = False
    ) -> Settlement:
        registration = Registration(
            submission=self._submission, at=at, choice=choice, time_up=time_up, withdrawn=withdrawn
        )
        return await self._stand(
            workflow.execute_local_activity_method(IntakeActivities.register_lead, registration, **LOCAL)
        )

    async def _choose(self, choice: Choice) -> Settlement:
        return await self._register(workflow.now(), choice=choice)

    async def _nudge(self, stage: Stage, unsure: Choice | None = None) -> Settlement:
        nudge = Nudge(lead_id=self._submission.lead_id, at=workflow.now(), stage=stage, unsure=unsure)
        return await self._stand(workflow.execute_local_activity_method(IntakeActivities.nudge, nudge, **LOCAL))

    async def _stand(self, step: Awaitable[Settlement]) -> Settlement:
        self._standing = await refusable(step)
        return self._standing

    async def _until_settled(self) -> Settlement:
        """Wait for a person, for what falls due and for leads beside it, and look at the state again each time."""
        while self._settled is None:
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(lambda: self._settled is not None or workflow.all_handlers_finished())
                if self._settled is None:
                    workflow.continue_as_new(self._submission)
                continue
            due = await self._fallen_due()
            async with self._one_at_a_time:
                if self._settled is None and self._look_again:
                    self._look_again = False
                    await self._register(workflow.now())
                elif self._settled is None and due is not None and due == self._next_due:
                    await self._do(due.stage)
        return self._settled

    async def _fallen_due(self) -> Due | None:
        """Wait until something happens; what fell due, when that is what happened. A late timer goes off at once."""
        due = self._next_due
        try:
            await workflow.wait_condition(
                lambda: (
                    self._look_again
                    or self._settled is not None
                    or self._next_due != due
                    or workflow.info().is_continue_as_new_suggested()
                ),
                timeout=max((due.at - workflow.now()).total_seconds(), 0) if due else None,
            )
        except TimeoutError:
            return due
        return None

    async def _do(self, stage: Stage) -> None:
        if stage is Stage.DECIDE:
            await self._register(workflow.now(), time_up=True)
        else:
            await self._nudge(stage)

    async def _hand_over(self, settlement: Settlement) -> Answer:
        """Tell everyone whom the lead concerns. A customer that changes hands because of it changes the answer."""
        answer = settlement.answer
        for lead_id in settlement.recheck:
            await workflow.execute_local_activity_method(IntakeActivities.look_again, lead_id, **LOCAL)
        if settlement.watch is not None:
            await workflow.execute_local_activity_method(
                IntakeActivities.watch_customer, settlement.watch.customer_id, **LOCAL
            )
        if settlement.arrived is not None and answer.customer_id is not None:
            changed = await workflow.execute_activity_method(
                IntakeActivities.tell_customer, args=[answer.customer_id, settlement.arrived], **ASKING
            )
            answer = answer.under(changed.ownership, changed.owner)
        return answer
