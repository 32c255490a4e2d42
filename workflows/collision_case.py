"""CollisionCase: from the moment in which reps met on a customer to what was settled, and done."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.collision import CollisionActivities
    from activities.refusal import refusal
    from domain.approval.request import Order
    from domain.collision_case.deed import Act, Acted, Acting
    from domain.collision_case.effect import Ask, Effect, effects_of, freezes_of, thaws_of
    from domain.collision_case.state import CaseState, Due, Result, Status
    from workflows.approval import Approval
    from workflows.customer_merge import CustomerMerge
    from workflows.options import ASKING, LOCAL
    from workflows.refusals import refusable


@workflow.defn
class CollisionCase:
    """Lives until the case is settled and that has been done; told or asked later, it is revived.

    Its whole state is what the last step answered, with every deadline as an absolute time, and the database has it,
    too: a run that continues or revives another finds it there.
    """

    @workflow.init
    def __init__(self, case_id: str) -> None:
        self._id = case_id
        self._state: CaseState | None = None
        self._refused: ApplicationError | None = None
        self._happened: list[str] = []
        self._frozen: set[str] = set()
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, case_id: str) -> None:
        """See the case through."""
        try:
            self._state = await refusable(
                workflow.execute_local_activity_method(
                    CollisionActivities.open_case, args=[case_id, workflow.now()], **LOCAL
                )
            )
        except ApplicationError as refused:
            self._refused = refused
            await workflow.wait_condition(workflow.all_handlers_finished)
            return
        while True:
            if self._standing.status is Status.OPEN or not self._standing.concluded:
                await self._until_settled()
                await self._carried_out()
            await workflow.wait_condition(workflow.all_handlers_finished)
            if self._standing.status is not Status.OPEN:
                return

    @workflow.signal
    def happened(self, event_id: str) -> None:
        """Something happened at which the case is to look: another sighting, or its customer went another way."""
        self._happened.append(event_id)

    @workflow.update
    async def opened(self) -> CaseState:
        """The case as it stands; an ``ApplicationError`` when there is none."""
        await self._begun()
        return self._standing

    @workflow.update
    async def act(self, act: Act) -> CaseState:
        """Do one thing about it, and tell how it stands. A refusal is an ``ApplicationError`` with the rule's code."""
        await self._begun()
        async with self._one_at_a_time:
            acting = Acting(case_id=self._id, at=workflow.now(), act=act)
            acted: Acted = await workflow.execute_local_activity_method(
                CollisionActivities.act_on_case, acting, **LOCAL
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
    def _standing(self) -> CaseState:
        if self._state is None:
            raise RuntimeError("nobody asks how a case stands before it has begun")
        return self._state

    async def _until_settled(self) -> None:
        """Wait for people, for what happens and for what falls due, and look at the state again each time."""
        while self._standing.status is Status.OPEN:
            await self._freeze()
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                if self._standing.status is Status.OPEN and not self._happened:
                    workflow.continue_as_new(self._id)
            due = await self._fallen_due()
            async with self._one_at_a_time:
                if self._happened:
                    await self._look()
                elif due is not None and self._standing.due[:1] == (due,):
                    self._state = await workflow.execute_local_activity_method(
                        CollisionActivities.case_due, args=[self._id, due, workflow.now()], **LOCAL
                    )

    async def _look(self) -> None:
        event_id = self._happened.pop(0)
        self._state = await workflow.execute_local_activity_method(
            CollisionActivities.look_at_case, args=[self._id, event_id, workflow.now()], **LOCAL
        )

    async def _fallen_due(self) -> Due | None:
        """Wait until something happens; what fell due, when that is what happened. A late timer goes off at once."""
        due = next(iter(self._standing.due), None)
        frozen = (self._standing.frozen_until, self._standing.live_ids)
        try:
            await workflow.wait_condition(
                lambda: (
                    bool(self._happened)
                    or self._standing.status is not Status.OPEN
                    or self._standing.due[:1] != ((due,) if due else ())
                    or (self._standing.frozen_until, self._standing.live_ids) != frozen
                    or workflow.info().is_continue_as_new_suggested()
                ),
                timeout=max((due.at - workflow.now()).total_seconds(), 0) if due else None,
            )
        except TimeoutError:
            return due
        return None

    async def _freeze(self) -> None:
        """Keep still whoever stands for the case's customers by now. Asked again by another run, it changes nothing."""
        for ask in freezes_of(self._standing):
            if ask.asked.id not in self._frozen:
                self._frozen.add(ask.asked.id)
                await _result(ask, "freeze")

    async def _carried_out(self) -> None:
        """Have done what was settled, and let the customers go again unless that begins the case anew."""
        state = self._standing
        if state.status is Status.SETTLED and not state.concluded:
            results = []
            for effect in effects_of(state):
                done = await _done(effect)
                results += done
                if isinstance(effect, Order) and any(result.refusal for result in done):
                    break
            self._state = await workflow.execute_local_activity_method(
                CollisionActivities.conclude_case, args=[self._id, results, workflow.now()], **LOCAL
            )
        if self._standing.status is not Status.OPEN:
            for ask in thaws_of(self._standing):
                await _result(ask, "thaw")


async def _done(effect: Effect) -> list[Result]:
    """Have one thing done that was settled, in the state in which the customers are by now."""
    if isinstance(effect, Ask):
        return [await _result(effect, effect.asked.change.kind)]
    if isinstance(effect, Order):
        await workflow.execute_child_workflow(
            Approval.run, effect, id=effect.id, parent_close_policy=workflow.ParentClosePolicy.ABANDON
        )
        refusal = await workflow.execute_local_activity_method(CollisionActivities.approval_refusal, effect.id, **LOCAL)
        return [Result(customer_id=id_, what="approval", refusal=refusal) for id_ in effect.customer_ids]
    try:
        await refusable(workflow.execute_child_workflow(CustomerMerge.run, effect, id=effect.asked.id))
    except ApplicationError as refused:
        return [Result(customer_id=effect.absorbed_id, what="merge", refusal=refused.type or "failed")]
    return [Result(customer_id=effect.absorbed_id, what="merge")]


async def _result(ask: Ask, what: str) -> Result:
    """What came of asking one customer's workflow."""
    try:
        await refusable(
            workflow.execute_activity_method(
                CollisionActivities.ask_customer, args=[ask.customer_id, ask.asked], **ASKING
            )
        )
    except ApplicationError as refused:
        return Result(customer_id=ask.customer_id, what=what, refusal=refused.type or "failed")
    return Result(customer_id=ask.customer_id, what=what)
