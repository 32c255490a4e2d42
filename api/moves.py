"""Moves of reps: they leave, change regions or change teams, and what they looked after is redistributed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.auth import Caller, Principal
from api.context import Context, Wired
from api.idempotency import IdempotencyKey, mark_of, new_id
from api.language import Locale
from api.pagination import Page, Paged
from api.problems import documented
from domain.assignment import Reason
from domain.moving import NewMove, Warned
from domain.policy import MoveKind
from domain.rules.methods import Method
from domain.text import Reference
from messages import message
from store.moves import Moves, Progress
from store.rehearsing import Foreseen, Rehearsing

router = APIRouter(tags=["reps"])
PATH = "/v1/reps/{rep_id}/moves"


class WarningView(Warned):
    """What a move leaves behind that a person should see to."""

    text: str = Field(description="The same as a sentence.")


class OwnerCount(BaseModel):
    """How many customers a rep gets."""

    owner_id: str
    customers: int


class QueueCount(BaseModel):
    """How many customers wait in a queue for one reason."""

    queue: str
    reason: Reason | None
    customers: int


class ProgressView(BaseModel):
    """How far a move has come. A customer is counted in the step in which it changes hands."""

    total: int
    done: int
    moved: tuple[OwnerCount, ...] = Field(description="Who got how many.")
    queued: tuple[QueueCount, ...] = Field(description="Who could be given to nobody.")
    elsewhere: int = Field(description="No longer the rep's when their turn came.")


class MoveView(BaseModel):
    """A move as it was ordered, and how far it has come."""

    id: str
    rep_id: str
    kind: MoveKind
    order: NewMove
    successor_id: str | None = Field(description="Who is asked before the rules.")
    warnings: tuple[WarningView, ...]
    progress: ProgressView
    created_by: str
    created_at: datetime
    finished_at: datetime | None = Field(description="When nothing was left to do; null until then.")


class ForeseenView(BaseModel):
    """What would become of a customer, and why."""

    customer_id: str
    name: str
    owner_id: str | None
    queue: str | None
    reason: Reason = Field(description="Of the method that decided.")
    rule: str = Field(description="The assignment rule that applied.")
    method: Method | None = Field(description="The method that gave the owner.")


class MovePreview(BaseModel):
    """What a move would come to if nothing else happened meanwhile."""

    successor_id: str | None
    warnings: tuple[WarningView, ...]
    total: int
    moved: tuple[OwnerCount, ...]
    queued: tuple[QueueCount, ...]
    customers: tuple[ForeseenView, ...] = Field(description="All of them, in the order of their turns.")


@router.post(f"{PATH}/preview", summary="Preview a rep's move", responses=documented(404, 409))
async def preview_move(rep_id: Reference, body: NewMove, context: Wired, locale: Locale) -> MovePreview:
    """Say who would get each customer and why, with turns and caps as they would be. Nothing is written."""
    at = datetime.now(UTC)
    preview = await to_thread.run_sync(lambda: Rehearsing(context.database, context.policy).preview(rep_id, body, at))
    after = [foreseen.assignment for foreseen in preview.customers]
    return MovePreview(
        successor_id=preview.successor_id,
        warnings=_warnings(preview.warnings, locale),
        total=len(after),
        moved=_owners(Counter(it.owner_id for it in after if it.owner_id is not None)),
        queued=_queues(Counter((it.queue, it.reason) for it in after if it.queue is not None)),
        customers=tuple(_foreseen(foreseen) for foreseen in preview.customers),
    )


@router.post(PATH, status_code=202, summary="Move a rep", responses=documented(404, 409))
async def move_rep(
    rep_id: Reference,
    body: NewMove,
    response: Response,
    context: Wired,
    caller: Caller,
    locale: Locale,
    key: IdempotencyKey = None,
) -> MoveView:
    """The rep leaves, changes regions or changes teams at once; customers and leads in doubt follow in the background.

    To be repeated, with the same `Idempotency-Key`, after a 503. Another order that the rep leaves finds the first.
    """
    move_id = await ordered(context, caller, rep_id, body, key)
    response.headers["Location"] = f"/v1/moves/{move_id}"
    return _view(await to_thread.run_sync((await _store(context)).progress, move_id), locale)


@router.get(PATH, summary="List a rep's moves", responses=documented(404))
async def list_moves(rep_id: Reference, context: Wired, paging: Paged, locale: Locale) -> Page[MoveView]:
    """Moves, newest first."""
    found = await to_thread.run_sync((await _store(context)).of, rep_id, paging.after, paging.limit)
    return paging.page(found, lambda it: _view(it, locale), lambda it: (it.move.created_at.isoformat(), it.move.id))


@router.get("/v1/moves/{move_id}", summary="Get a rep's move", responses=documented(404))
async def get_move(move_id: Reference, context: Wired, locale: Locale) -> MoveView:
    """A move and how far it has come."""
    return _view(await to_thread.run_sync((await _store(context)).progress, move_id), locale)


async def ordered(context: Context, caller: Principal, rep_id: str, new: NewMove, key: str | None = None) -> str:
    """Have a move recorded and seen through, and with it any of the rep's that was recorded and never begun; its id."""
    mark = mark_of(caller.id, key, f"POST /v1/reps/{rep_id}/moves", new)
    move_id = new_id(context.ids, "move", caller.id, key)
    store = await _store(context)
    begin = partial(store.begin, move_id, rep_id, new, caller.id, datetime.now(UTC), mark)
    made = await to_thread.run_sync(begin)
    for pending in await to_thread.run_sync(store.unfinished, rep_id):
        await context.gateway.begin_move(pending)
    return made


async def _store(context: Context) -> Moves:
    return await to_thread.run_sync(lambda: Moves(context.database, context.policy))


def _view(found: Progress, locale: str) -> MoveView:
    move = found.move
    return MoveView(
        id=move.id,
        rep_id=move.rep_id,
        kind=MoveKind(move.kind),
        order=NewMove.model_validate(move.order),
        successor_id=move.successor_id,
        warnings=_warnings(map(Warned.model_validate, move.warnings), locale),
        progress=_progress(found),
        created_by=move.created_by,
        created_at=move.created_at,
        finished_at=move.finished_at,
    )


def _progress(found: Progress) -> ProgressView:
    total = sum(tally.customers for tally in found.tallies)
    moved: Counter[str] = Counter()
    queued: Counter[tuple[str, str | None]] = Counter()
    to_come = elsewhere = 0
    for tally in found.tallies:
        if tally.outcome is None:
            to_come += tally.customers
        elif tally.owner_id is not None:
            moved[tally.owner_id] += tally.customers
        elif tally.queue is not None:
            queued[(tally.queue, tally.reason)] += tally.customers
        else:
            elsewhere += tally.customers
    return ProgressView(
        total=total, done=total - to_come, moved=_owners(moved), queued=_queues(queued), elsewhere=elsewhere
    )


def _owners(counts: Counter[str]) -> tuple[OwnerCount, ...]:
    return tuple(OwnerCount(owner_id=owner_id, customers=number) for owner_id, number in sorted(counts.items()))


def _queues(counts: Mapping[tuple[str, Any], int]) -> tuple[QueueCount, ...]:
    return tuple(
        QueueCount(queue=queue, reason=Reason(reason) if reason else None, customers=number)
        for (queue, reason), number in sorted(counts.items(), key=str)
    )


def _foreseen(foreseen: Foreseen) -> ForeseenView:
    decided = foreseen.assignment
    return ForeseenView(
        customer_id=foreseen.customer_id,
        name=foreseen.name,
        owner_id=decided.owner_id,
        queue=decided.queue,
        reason=decided.reason,
        rule=decided.rule,
        method=decided.method,
    )


def _warnings(found: Iterable[Warned], locale: str) -> tuple[WarningView, ...]:
    return tuple(
        WarningView(
            code=it.code,
            about=it.about,
            text=message(locale, f"move-warning-{it.code.replace('_', '-')}", about=it.about),
        )
        for it in found
    )
