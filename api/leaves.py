"""Leaves: when a rep gets nothing new."""

from fastapi import APIRouter, Response

from api.auth import Caller
from api.context import Wired
from api.idempotency import IdempotencyKey, mark_of, new_id
from api.pagination import Page, Paged
from api.problems import documented
from api.queues import try_again
from domain.leave import Leave, NewLeave
from domain.text import Reference
from store.leaves import Leaves

router = APIRouter(prefix="/v1/reps/{rep_id}/leaves", tags=["reps"])


@router.get("", summary="List a rep's leaves", responses=documented(404))
def list_leaves(rep_id: Reference, context: Wired, paging: Paged) -> Page[Leave]:
    """Leaves by when they begin, those that are over or cancelled, too."""
    leaves = Leaves(context.database).page(rep_id, paging.after, paging.limit)
    return paging.page(leaves, lambda leave: leave, lambda leave: (leave.begins.isoformat(), leave.id))


@router.post("", status_code=201, summary="Enter a leave", responses=documented(404))
def enter_leave(
    rep_id: Reference, new: NewLeave, response: Response, context: Wired, caller: Caller, key: IdempotencyKey = None
) -> Leave:
    """From `from` until just before `until` the rep is given nothing new. Leaves may overlap.

    Customers that they own stay theirs, and their clocks run on.
    """
    mark = mark_of(caller.id, key, f"POST /v1/reps/{rep_id}/leaves", new)
    leave = Leaves(context.database).enter(new_id(context.ids, "leave", caller.id, key), rep_id, new, mark)
    response.headers["Location"] = f"/v1/reps/{rep_id}/leaves"
    return leave


@router.post("/{leave_id}/cancel", summary="Cancel a leave", responses=documented(404))
def cancel_leave(rep_id: Reference, leave_id: Reference, context: Wired) -> Leave:
    """From now on the leave does not count, and customers in queues whom the rep may be given are tried again.

    Harmless when repeated, and to be repeated after a 503.
    """
    leave = Leaves(context.database).cancel(rep_id, leave_id)
    try_again(context, rep_id)
    return leave
