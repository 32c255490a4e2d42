"""Reps: the salespeople that customers are given to."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query, Response

from api.auth import Caller
from api.context import Context, Wired
from api.etag import IfMatch, tagged
from api.idempotency import IdempotencyKey, mark_of, new_id
from api.moves import ordered
from api.pagination import Page, Paged
from api.problems import Problem, documented
from api.queues import try_again
from domain.directory import NewRep, Rep, RepChange
from domain.moving import NewMove
from domain.policy import MoveKind
from domain.text import Reference
from store.reps import RepFilter, Reps

router = APIRouter(prefix="/v1/reps", tags=["reps"])


@router.get("", summary="List reps")
def list_reps(
    context: Wired,
    paging: Paged,
    active: Annotated[bool | None, Query(description="Only these.")] = None,
    team_id: Annotated[Reference | None, Query(description="Only of this team.")] = None,
    region: Annotated[Reference | None, Query(description="Only those who cover this region.")] = None,
) -> Page[Rep]:
    """Reps by id."""
    only = RepFilter(active, team_id, region and region.upper())
    reps = Reps(context.database).page(only, paging.after, paging.limit)
    return paging.page(reps, lambda rep: rep, lambda rep: (rep.id,))


@router.post("", status_code=201, summary="Create a rep", responses=documented(409))
def create_rep(new: NewRep, response: Response, context: Wired, caller: Caller, key: IdempotencyKey = None) -> Rep:
    """The team, the regions and the successor must exist and be active, the calendar must be one of the policy's.

    Customers in queues whom the rep may be given are tried again. After a 503 the rep may be there and they not yet:
    repeat it with the same Idempotency-Key.
    """
    _must_know(context, new.calendar)
    rep_id = new.id or new_id(context.ids, "rep", caller.id, key)
    rep = Reps(context.database).create(rep_id, new, mark_of(caller.id, key, "POST /v1/reps", new))
    try_again(context, rep.id)
    response.headers["Location"] = f"/v1/reps/{rep.id}"
    return tagged(response, rep)


@router.get("/{rep_id}", summary="Get a rep", responses=documented(404))
def get_rep(rep_id: Reference, response: Response, context: Wired) -> Rep:
    """A rep with their ETag."""
    return tagged(response, Reps(context.database).get(rep_id))


@router.patch("/{rep_id}", summary="Change a rep", responses=documented(404, 412, 428))
def change_rep(rep_id: Reference, change: RepChange, response: Response, context: Wired, if_match: IfMatch) -> Rep:
    """Changes the fields that are sent; null takes the e-mail address, the team, a cap or the successor away.

    A team, regions and a successor that are new to the rep must exist and be active, a calendar must be one of the
    policy's. Customers that the rep owns stay theirs, even above a cap that is lowered.
    Customers in queues whom the rep may be given by now are tried again.
    """
    _must_know(context, change.model_dump().get("calendar"))
    rep = Reps(context.database).change(rep_id, change, if_match.check)
    try_again(context, rep_id)
    return tagged(response, rep)


@router.post("/{rep_id}/activate", summary="Activate a rep", responses=documented(404))
def activate_rep(rep_id: Reference, response: Response, context: Wired) -> Rep:
    """Undoes a deactivation; customers that moved on meanwhile do not come back. Harmless when there was none."""
    rep = Reps(context.database).activate(rep_id, active=True)
    try_again(context, rep_id)
    return tagged(response, rep)


@router.post("/{rep_id}/deactivate", summary="Deactivate a rep", responses=documented(404))
async def deactivate_rep(rep_id: Reference, response: Response, context: Wired, caller: Caller) -> Rep:
    """A move of the kind `leaves`: nothing new from now on, and everything that the rep looks after is redistributed.

    Harmless when repeated, and to be repeated after a 503: the rep may be deactivated and the customers not yet told.
    """
    await ordered(context, caller, rep_id, NewMove(kind=MoveKind.LEAVES))
    return tagged(response, await to_thread.run_sync(Reps(context.database).get, rep_id))


def _must_know(context: Context, calendar: str | None) -> None:
    if calendar is not None and context.policy.calendar(calendar) is None:
        raise Problem.invalid("calendar", "calendar_unknown", calendar)
