"""ImportBatch: a file of existing customers, from a dry run through a person's yes into the base, and back."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

with workflow.unsafe.imports_passed_through():
    from activities.asking import AskingActivities
    from activities.imports import ImportActivities
    from domain.importing.batch import ENDED, Batch, Confirm, Done, Doubtful, Remap, Stage, Step
    from workflows.options import LOCAL, LONG
    from workflows.refusals import refusable

WAIT_FOR_A_PERSON = timedelta(days=30)
"""A dry run that nobody confirms for so long is discarded: the base has changed since."""


@workflow.defn
class ImportBatch:
    """Runs while something is pending for an import; its stage and its lines are in the database.

    A run begins in the stage that its caller, or the run before it, says. What a stage has done already is found in the
    database, so that a stage that is begun again goes on where it stopped.
    """

    @workflow.init
    def __init__(self, batch: Batch, stage: Stage) -> None:
        self._batch = batch
        self._stage = stage
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, batch: Batch, stage: Stage) -> Stage:
        """Go from stage to stage until nothing is pending."""
        await workflow.wait_condition(workflow.all_handlers_finished)
        while self._stage not in ENDED:
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(args=[self._batch, self._stage])
            await self._go_on()
            await workflow.wait_condition(workflow.all_handlers_finished)
        return self._stage

    async def _go_on(self) -> None:
        match self._stage:
            case Stage.ANALYSING:
                self._stage = await workflow.execute_activity_method(
                    ImportActivities.analyse_import, self._step(), **LONG
                )
            case Stage.LOADING:
                await self._load()
            case Stage.UNDOING:
                await self._undo()
            case _:
                await self._wait_for_a_person()

    @workflow.update
    async def remap(self, remap: Remap) -> Stage:
        """Have the file analysed anew with another mapping, also when the first one was unusable."""
        await self._analysed()
        async with self._one_at_a_time:
            _refuse_unless(self._stage in (Stage.READY, Stage.FAILED))
            await refusable(
                workflow.execute_local_activity_method(
                    ImportActivities.remap_import, args=[self._step(), remap], **LOCAL
                )
            )
            self._stage = Stage.ANALYSING
            return self._stage

    @workflow.update
    async def confirm(self, confirm: Confirm) -> Stage:
        """Load what the dry run showed. Confirmed twice, it is loaded once."""
        await self._analysed()
        async with self._one_at_a_time:
            if self._stage is not Stage.LOADING:
                _refuse_unless(self._stage is Stage.READY)
                await self._move(Stage.LOADING, confirm)
                self._batch = self._batch.model_copy(update={"doubtful": confirm.doubtful})
            return self._stage

    @workflow.update
    async def undo(self) -> Stage:
        """Take back what was loaded; a file of which nothing was loaded is left alone from now on."""
        await self._analysed()
        async with self._one_at_a_time:
            if self._stage not in (Stage.UNDOING, Stage.UNDONE, Stage.DISCARDED):
                _refuse_unless(self._stage in (Stage.DONE, Stage.READY, Stage.FAILED))
                await self._move(Stage.UNDOING if self._stage is Stage.DONE else Stage.DISCARDED)
            return self._stage

    async def _analysed(self) -> None:
        """Wait until a dry run that is there to be seen already is known here, too."""
        await workflow.wait_condition(lambda: self._stage is not Stage.ANALYSING)

    async def _load(self) -> None:
        loaded = await workflow.execute_activity_method(ImportActivities.load_import, self._step(), **LONG)
        if loaded.finished and await self._all_told() and await self._all_asked():
            await self._move(Stage.DONE)

    async def _all_told(self) -> bool:
        """Tell whom the loaded lines concern; whether nobody is left."""
        return await _to_the_end(
            lambda: workflow.execute_activity_method(ImportActivities.tell_import, self._step(), **LONG)
        )

    async def _all_asked(self) -> bool:
        """Have a person asked about the rows in doubt, when whoever confirmed wants it; whether none is left."""
        return self._batch.doubtful is Doubtful.LEAVE_OUT or await _to_the_end(
            lambda: workflow.execute_activity_method(AskingActivities.ask_import, self._step(), **LONG)
        )

    async def _none_asked(self) -> bool:
        """Take back the rows in doubt that still wait; whether none is left."""
        return self._batch.doubtful is Doubtful.LEAVE_OUT or await _to_the_end(
            lambda: workflow.execute_activity_method(AskingActivities.withdraw_import, self._step(), **LONG)
        )

    async def _undo(self) -> None:
        if not await self._none_asked():
            return
        undone = await workflow.execute_activity_method(ImportActivities.undo_import, self._step(), **LONG)
        if undone.finished:
            await self._move(Stage.UNDONE)

    async def _wait_for_a_person(self) -> None:
        waited_in = self._stage
        try:
            await workflow.wait_condition(
                lambda: self._stage is not waited_in or workflow.info().is_continue_as_new_suggested(),
                timeout=WAIT_FOR_A_PERSON,
            )
        except TimeoutError:
            async with self._one_at_a_time:
                if self._stage is waited_in:
                    await self._move(Stage.DISCARDED)

    async def _move(self, stage: Stage, confirm: Confirm | None = None) -> None:
        await refusable(
            workflow.execute_local_activity_method(
                ImportActivities.move_import, args=[self._step(), stage, confirm], **LOCAL
            )
        )
        self._stage = stage

    def _step(self) -> Step:
        return Step(batch=self._batch, at=workflow.now())


async def _to_the_end(go_on: Callable[[], Awaitable[Done]]) -> bool:
    """Repeat a step until there is nothing left for it, or until the history is long; whether it came to its end."""
    while not workflow.info().is_continue_as_new_suggested():
        if (await go_on()).finished:
            return True
    return False


def _refuse_unless(allowed: bool) -> None:
    """Refuse what the import's stage does not allow."""
    if not allowed:
        raise ApplicationError(
            "import_not_ready", type="import_not_ready", non_retryable=True, category=ApplicationErrorCategory.BENIGN
        )
