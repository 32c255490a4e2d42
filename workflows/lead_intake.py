"""LeadIntake: from a submitted lead to a customer with an owner, or to a person who says who it is."""

import asyncio
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.intake import IntakeActivities
    from domain.answer import Answer, Settlement
    from domain.submission import Choice, Registration, Submission
    from workflows.options import ASKING, LOCAL


@workflow.defn
class LeadIntake:
    """Lives for one workflow task when the lead is clear, and until a person confirms when it is in doubt."""

    @workflow.init
    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._first_answer: asyncio.Future[Answer] = asyncio.Future()
        self._final_answer: asyncio.Future[Answer] = asyncio.Future()
        self._settled: Settlement | None = None
        self._look_again = False
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, submission: Submission) -> Answer:
        """Register the lead; wait while it is in doubt; hand it over."""
        # Begun anew after a crash it has this time again, so the pass is the same and so is what callers were told.
        settlement = await self._register(None, workflow.info().workflow_start_time)
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
        """A person says who the lead is. When two say it, the first counts and both are told what counted."""
        async with self._one_at_a_time:
            if self._settled is None:
                await self._register(choice, workflow.now())
        return await asyncio.shield(self._final_answer)

    @workflow.signal
    def look_again(self) -> None:
        """A lead beside which this one waited is settled."""
        self._look_again = True

    async def _register(self, choice: Choice | None, at: datetime) -> Settlement:
        registration = Registration(submission=self._submission, at=at, choice=choice)
        try:
            settlement = await workflow.execute_local_activity_method(
                IntakeActivities.register_lead, registration, **LOCAL
            )
        except ActivityError as error:
            raise error.cause if isinstance(error.cause, ApplicationError) else error from error
        if settlement.settled:
            self._settled = settlement
        return settlement

    async def _until_settled(self) -> Settlement:
        while self._settled is None:
            await workflow.wait_condition(lambda: self._look_again or self._settled is not None)
            async with self._one_at_a_time:
                if self._settled is None:
                    self._look_again = False
                    await self._register(None, workflow.now())
        return self._settled

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
