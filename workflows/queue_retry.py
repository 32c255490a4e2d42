"""QueueRetry: whoever waits in a queue is tried again when a rep comes, comes back or may take more."""

import asyncio
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.customer import CustomerActivities
    from workflows.options import ASKING, LOCAL

AT_ONCE = 20
"""So many customers are asked at a time, however many wait."""


class Round(BaseModel):
    """One walk through the queues on behalf of some reps, and how far it has come."""

    model_config = ConfigDict(frozen=True)
    id: str
    rep_ids: tuple[str, ...]
    after: str | None = None


class Retry(BaseModel):
    """Where a run before this one stood."""

    model_config = ConfigDict(frozen=True)
    round: Round | None
    waiting: tuple[str, ...]


@workflow.defn
class QueueRetry:
    """Walks through the queues, a page at a time, for the reps that changed; those that change meanwhile wait for the
    next round, so that a burst of changes makes two rounds and not a hundred. It ends when none is left."""

    @workflow.init
    def __init__(self, retry: Retry | None) -> None:
        self._round = retry.round if retry else None
        self._waiting = dict.fromkeys(retry.waiting if retry else ())

    @workflow.run
    async def run(self, retry: Retry | None) -> None:
        """Walk until no rep is left who changed."""
        while self._round is not None or self._waiting:
            if self._round is None:
                self._round = Round(id=str(workflow.uuid4()), rep_ids=tuple(self._waiting))
                self._waiting.clear()
            self._round = await self._walk_on(self._round)
            more = self._round is not None or self._waiting
            if more and workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(Retry(round=self._round, waiting=tuple(self._waiting)))

    @workflow.signal
    def rep_changed(self, rep_id: str) -> None:
        """A rep came, came back or may take more than before."""
        self._waiting[rep_id] = None

    async def _walk_on(self, walk: Round) -> Round | None:
        """Ask those of the next page whom it concerns; None at the end."""
        page = await workflow.execute_local_activity_method(
            CustomerActivities.queue_page, args=[list(walk.rep_ids), walk.after], **LOCAL
        )
        await ask(page.concerned, walk.id)
        return None if page.last is None else walk.model_copy(update={"after": page.last})


async def ask(customer_ids: Sequence[str], round_id: str) -> None:
    """Have these customers tried again, ``AT_ONCE`` at a time; each once in a round."""
    for first in range(0, len(customer_ids), AT_ONCE):
        asking = (_ask(customer_id, round_id) for customer_id in customer_ids[first : first + AT_ONCE])
        await asyncio.gather(*asking)


async def _ask(customer_id: str, round_id: str) -> None:
    await workflow.execute_activity_method(
        CustomerActivities.try_again, args=[customer_id, f"{round_id}:{customer_id}"], **ASKING
    )
