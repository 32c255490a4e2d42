"""Replays over HTTP: order one, watch it, read what came of it."""

from datetime import UTC, datetime

from anyio import to_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.auth import Caller
from api.context import Wired
from api.gateway import Status
from api.idempotency import IdempotencyKey, mark_of, new_id
from api.language import Locale
from api.problems import documented
from api.replay_steps import StepView, steps_told
from archive.keeping import found
from archive.shelves import Archive
from archive.steps import steps_of
from domain.replay import Fault, Replayed, ReplayOrder, ReplayProgress, ReplayResult
from domain.text import Reference
from store.recorded import recorded_by
from store.replays import OrderedReplay, Replays

router = APIRouter(prefix="/v1/audit/replays", tags=["replays"])


_UNREADABLE = (Fault.DAMAGED, Fault.LOST)


class NewReplay(BaseModel):
    """What to replay."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    workflow_id: Reference | None = Field(
        None, description="A customer, lead, request or case whose archived runs to replay; all of the archive if none."
    )


class RunView(BaseModel):
    """An archived run of the workflow, step by step."""

    run_id: str
    steps: tuple[StepView, ...]


class ReplayView(BaseModel):
    """A replay and how far it is; what came of it once it is done."""

    id: str
    status: Status
    workflow_id: str | None
    ordered_by: str
    ordered_at: datetime
    finished_at: datetime | None
    progress: ReplayProgress | None = Field(description="While it runs: histories replayed, and how many there are.")
    same: int | None = Field(description="Runs whose decisions today's code makes again.")
    faults: int | None = Field(description="Runs that differ, or that the archive has damaged or lost.")
    first_faults: tuple[Replayed, ...] = Field(description="At most a hundred of them.")
    runs: tuple[RunView, ...] = Field(description="Of one workflow: every step, and what was decided in it, in words.")


@router.post("", status_code=202, summary="Order a replay")
async def order_replay(
    new: NewReplay, response: Response, context: Wired, caller: Caller, key: IdempotencyKey = None
) -> ReplayView:
    """Run archived histories through today's code, in a process of its own; nothing is changed.

    The answer comes at once; ask again under `Location` until its `status` is `done`.
    """
    ordered = OrderedReplay(
        id=new_id(context.ids, "replay", caller.id, key),
        workflow_id=new.workflow_id,
        ordered_by=caller.id,
        ordered_at=datetime.now(UTC),
    )
    mark = mark_of(caller.id, key, "POST /v1/audit/replays", new)
    ordered = await to_thread.run_sync(Replays(context.database).note, ordered, mark)
    await context.gateway.begin_replay(ordered.id, ReplayOrder(workflow_id=new.workflow_id))
    response.headers["Location"] = f"/v1/audit/replays/{ordered.id}"
    return _view(ordered, "running", None, None, ())


@router.get("/{replay_id}", summary="Get a replay", responses=documented(404))
async def get_replay(replay_id: Reference, context: Wired, locale: Locale) -> ReplayView:
    """How far it is, what came of it, and for one workflow what was decided at every step, with ids and reasons."""
    replays = Replays(context.database)
    ordered, result = await to_thread.run_sync(replays.get, replay_id)
    status, progress = ("done", None) if result is not None else await context.gateway.replay(replay_id)
    if status == "done" and result is None:  # it was written down since
        ordered, result = await to_thread.run_sync(replays.get, replay_id)
    readable = result is not None and not any(it.fault in _UNREADABLE for it in result.first_faults)
    runs = await to_thread.run_sync(_runs, context, ordered.workflow_id, locale) if readable else ()
    return _view(ordered, status, progress, result, runs)


def _runs(context: Wired, workflow_id: str | None, locale: str) -> tuple[RunView, ...]:
    if workflow_id is None:
        return ()
    recorded = recorded_by(context.database, workflow_id)
    return tuple(
        RunView(run_id=it.manifest.run_id, steps=tuple(steps_told(list(steps_of(it.replayable())), recorded, locale)))
        for it in found(Archive(context.settings.archive_location), workflow_id)
    )


def _view(
    ordered: OrderedReplay,
    status: Status,
    progress: ReplayProgress | None,
    result: ReplayResult | None,
    runs: tuple[RunView, ...],
) -> ReplayView:
    return ReplayView(
        status=status,
        progress=progress,
        same=result.same if result else None,
        faults=result.faults if result else None,
        first_faults=tuple(result.first_faults) if result else (),
        runs=runs,
        **ordered.model_dump(),
    )
