"""Merges: two customers that turn out to be one, looked at beforehand, made, listed, and undone."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from api.auth import Caller
from api.context import Context, Wired
from api.customers import Asking, CustomerView, shown
from api.pagination import Page, Paged
from api.problems import Problem, ProblemType, documented
from domain.change import Asked, MergeInto, PlaceItem, Refused, Unmerge
from domain.merge_order import MergeOrder
from domain.merging_rules import ProfileField, Survivorship
from domain.policy import KeyKind
from domain.profile import Profile
from domain.separation import Because, Merged, Placement, Thing
from domain.survivorship import Choice, Side, value_of
from domain.text import LongText, Reference
from store.errors import NotFound
from store.merges import Merges
from store.merging import Plan
from store.tables import AskedItemRow, MergeRow
from store.visibility import EVERYTHING, Reach

router = APIRouter(prefix="/v1/customers", tags=["customers"])

Asked_ = Annotated[Asking, Depends()]


class MergeBody(BaseModel, extra="forbid"):
    """Which customer is absorbed, who says so, and where this merge goes by other rules than the policy's."""

    absorb: Reference = Field(description="The customer that becomes part of this one.")
    by: Reference = Field(description="The rep who says that the two are one.")
    reason: LongText
    fields: dict[ProfileField, Survivorship] = Field(
        default_factory=dict, description="Rules for single fields of this merge, before the policy's."
    )
    owner: Reference | None = Field(None, description="The rep who shall own the one customer; null: by the policy.")
    force: bool = Field(False, description="Merge although both have a credit code, and not the same.")


class UnmergeBody(BaseModel, extra="forbid"):
    """Which merge is undone, by whom, and why."""

    merge_id: Reference
    by: Reference
    reason: LongText


class FieldView(Choice):
    """How one field is decided, with the values in question."""

    survivor: Any = Field(description="The surviving customer's value.")
    absorbed: Any = Field(description="The absorbed customer's value.")
    after: Any = Field(description="What lives on.")


class PreviewView(BaseModel):
    """What would survive."""

    profile: Profile
    fields: tuple[FieldView, ...]
    conflicts: tuple[KeyKind, ...] = Field(description="Identifiers that forbid the merge unless it is forced.")


class PlaceBody(BaseModel, extra="forbid"):
    """Whose something is, who says so, and why."""

    to: Reference = Field(
        description="Either of the two customers; of an identifier that another customer has by now, that one, too."
    )
    by: Reference = Field(description="The rep who says so.")
    reason: LongText


class State(StrEnum):
    """How something stands that came after a merge which was undone."""

    PLACED = "placed"
    OPEN = "open"
    DECIDED = "decided"


class PlacementView(BaseModel):
    """Where something that came after a merge went when it was undone, and what a person said of it since."""

    item: int = Field(description="Its number among what was placed, by which it is decided.")
    thing: Thing
    id: str
    customer_id: str
    because: Because
    asked: bool = Field(description="Nothing told whose it is, so that a person says: see `state`.")
    state: State
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = Field(None, description="Why it was decided so.")


class MergeView(BaseModel):
    """A merge, and what became of it."""

    id: str
    survivor_id: str
    absorbed_id: str
    by: str
    reason: str
    merged_at: datetime
    choices: tuple[Choice, ...]
    unmerged_at: datetime | None
    unmerged_by: str | None
    unmerge_reason: str | None
    placed: tuple[PlacementView, ...] = Field(description="Undone: where everything went that came after the merge.")


class MergedView(BaseModel):
    """What came of a merge or of its undoing."""

    merge: MergeView
    customer: CustomerView = Field(description="The surviving customer as it stands now.")


@router.post("/{customer_id}/merge/preview", summary="Preview a merge", responses=documented(404, 409))
async def preview_merge(customer_id: Reference, body: MergeBody, context: Wired, asking: Asked_) -> PreviewView:
    """Say what would survive of two customers, field by field and why. Nothing is written."""
    await asking.guard.check(Reach.CHANGE, {"customer_id": body.absorb})
    plan = await _plan(context, customer_id, body)
    fields = (
        FieldView(
            **choice.model_dump(),
            survivor=value_of(plan.survivor, choice.field),
            absorbed=value_of(plan.absorbed, choice.field),
            after=value_of(plan.after, choice.field),
        )
        for choice in plan.choices
    )
    return PreviewView(profile=plan.after, fields=tuple(fields), conflicts=plan.conflicts)


@router.post("/{customer_id}/merge", summary="Merge a customer into this one", responses=documented(404, 409))
async def merge_customers(
    customer_id: Reference, body: MergeBody, response: Response, context: Wired, caller: Caller, asking: Asked_
) -> MergedView:
    """Make two customers one. The absorbed one's id leads to this one for ever."""
    await asking.guard.check(Reach.CHANGE, {"customer_id": body.absorb})
    for rep_id in filter(None, (body.by, body.owner)):
        await asking.guard.in_the_name_of(rep_id)
    merge_id = await asking.request_id("mrg", customer_id, body)
    if await to_thread.run_sync(Merges(context.database, context.policies).made, merge_id) is None:
        await _plan(context, customer_id, body)
    told = body.model_dump(exclude={"absorb"})
    asked = Asked(id=merge_id, actor=caller.id, change=MergeInto(survivor_id=customer_id, **told))
    await context.gateway.merge(MergeOrder(absorbed_id=body.absorb, survivor_id=customer_id, asked=asked))
    return await _merged(context, merge_id, response)


@router.post("/{customer_id}/unmerge", summary="Undo a merge", responses=documented(404, 409))
async def unmerge_customers(
    customer_id: Reference, body: UnmergeBody, response: Response, context: Wired, caller: Caller, asking: Asked_
) -> MergedView:
    """Make two customers of one again: both as they were, and what came since where it belongs.

    `placed` tells where everything went; what fits both or none stays with this customer and is `asked`.
    """
    await asking.guard.in_the_name_of(body.by)
    unmerge_id = await asking.request_id("unm", customer_id, body)
    merges = Merges(context.database, context.policies)
    row, restored = await to_thread.run_sync(merges.undoable, body.merge_id, unmerge_id)
    if customer_id not in (row.survivor_id, row.absorbed_id):
        raise Refused("unknown_merge", about=body.merge_id)
    asked = Asked(id=unmerge_id, actor=caller.id, change=Unmerge(restored=restored, **body.model_dump()))
    await context.gateway.merge(MergeOrder(absorbed_id=row.absorbed_id, survivor_id=row.survivor_id, asked=asked))
    return await _merged(context, unmerge_id, response)


@router.post(
    "/{customer_id}/merges/{merge_id}/items/{item}",
    summary="Decide where something belongs",
    responses=documented(404, 409),
)
async def place_item(
    customer_id: Reference,
    merge_id: Reference,
    item: Annotated[int, Path(ge=1, le=2**31 - 1)],
    body: PlaceBody,
    context: Wired,
    caller: Caller,
    asking: Asked_,
) -> PlacementView:
    """Say whose something is that an undone merge left open: it goes there with what only it told of a customer.

    What was decided so before is answered as it was; what was decided otherwise is a 409.
    """
    await asking.guard.check(Reach.CHANGE, {"customer_id": body.to})
    await asking.guard.in_the_name_of(body.by)
    merges = Merges(context.database, context.policies)
    row, asked = await to_thread.run_sync(merges.item, merge_id, item)
    if customer_id not in (row.survivor_id, row.absorbed_id):
        raise Refused("unknown_merge", about=merge_id)
    if asked.decided_at is None:
        change = PlaceItem(merge_id=merge_id, item=item, **body.model_dump())
        order = MergeOrder(
            absorbed_id=row.survivor_id,
            survivor_id=row.absorbed_id,
            asked=Asked(id=await asking.request_id("itm", row.survivor_id, change), actor=caller.id, change=change),
        )
        try:
            await context.gateway.merge(order)
        except Problem as problem:
            if problem.kind is not ProblemType.ITEM_DECIDED:  # by somebody at the same moment, perhaps the same way
                raise
        row, asked = await to_thread.run_sync(merges.item, merge_id, item)
    if asked.to != body.to:
        raise Refused("item_decided", about=asked.to or "")
    return _placement_view(row, item, asked)


@router.get("/{customer_id}/merges", summary="List a customer's merges", responses=documented(404))
async def list_merges(customer_id: Reference, context: Wired, paging: Paged) -> Page[MergeView]:
    """The merges that made a customer what it is, oldest first, undone ones, too."""
    after = int(paging.after[0]) if paging.after else None
    merges = Merges(context.database, context.policies)
    rows = await to_thread.run_sync(merges.of, customer_id, after, paging.limit)
    asked = await to_thread.run_sync(merges.asked, [row.id for row in rows])
    return paging.page(rows, lambda row: _view(row, asked), lambda row: (str(row.position),))


async def _plan(context: Context, customer_id: str, body: MergeBody) -> Plan:
    merges = Merges(context.database, context.policies)
    return await to_thread.run_sync(merges.plan, customer_id, body.absorb, body.fields)


async def _merged(context: Context, merge_id: str, response: Response) -> MergedView:
    merges = Merges(context.database, context.policies)
    row = await to_thread.run_sync(merges.made, merge_id)
    if row is None:
        raise NotFound
    asked = await to_thread.run_sync(merges.asked, [row.id])
    return MergedView(merge=_view(row, asked), customer=await shown(context, EVERYTHING, row.survivor_id, response))


def _placement_view(row: MergeRow, number: int, asked: AskedItemRow | None) -> PlacementView:
    placement = Placement.model_validate(row.placed[number - 1])
    side = {Side.SURVIVOR: row.survivor_id, Side.ABSORBED: row.absorbed_id}[placement.side]
    state = State.PLACED if asked is None else State.DECIDED if asked.decided_at else State.OPEN
    return PlacementView(
        item=number,
        thing=placement.thing,
        id=placement.id,
        customer_id=(asked and asked.to) or side,
        because=placement.because,
        asked=placement.asked,
        state=state,
        decided_by=asked and asked.decided_by,
        decided_at=asked and asked.decided_at,
        reason=asked and asked.reason,
    )


def _view(row: MergeRow, asked: Mapping[tuple[str, int], AskedItemRow]) -> MergeView:
    return MergeView(
        id=row.id,
        survivor_id=row.survivor_id,
        absorbed_id=row.absorbed_id,
        by=row.by,
        reason=row.reason,
        merged_at=row.merged_at,
        choices=Merged.model_validate(row.merged).choices,
        unmerged_at=row.unmerged_at,
        unmerged_by=row.unmerged_by,
        unmerge_reason=row.unmerge_reason,
        placed=tuple(
            _placement_view(row, number, asked.get((row.id, number))) for number in range(1, len(row.placed) + 1)
        ),
    )
