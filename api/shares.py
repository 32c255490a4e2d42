"""Shares: with whom a customer is shared beside its owner, and taking that back."""

from datetime import UTC, datetime

from anyio import to_thread
from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.auth import Caller
from api.context import Wired
from api.customers import Asked_, ChangeView, change_view
from api.pagination import Page, Paged
from api.principal import Eyes
from api.problems import Problem, ProblemType, documented
from api.refusing import Refuses
from domain.change import RevokeShare
from domain.share import Access
from domain.text import LongText, Reference
from store.errors import NotFound
from store.refusals import Why
from store.shares import Shared, Shares
from store.visibility import Visibility

router = APIRouter(prefix="/v1")


class SharedView(BaseModel):
    """A customer that is shared with a rep."""

    customer_id: str
    name: str
    owner_id: str | None
    access: Access
    since: AwareDatetime
    until: AwareDatetime = Field(description="When the grant ends by itself.")
    approval_id: str | None = Field(description="The approval that granted it.")


class RevokeBody(BaseModel, extra="forbid"):
    """Why a share grant is taken back."""

    reason: LongText | None = None


@router.get("/reps/{rep_id}/shares", tags=["reps"], summary="List what is shared with a rep", responses=documented(404))
async def list_shares(
    rep_id: Reference, context: Wired, paging: Paged, viewer: Eyes, refusing: Refuses
) -> Page[SharedView]:
    """Customers that are shared with a rep now; what ends first comes first. A rep has at most one grant of each kind
    of access to a customer. Reps see their own, managers their people's; of others there is nothing to be found."""
    if not await to_thread.run_sync(Visibility(context.database, viewer).acts_for, rep_id):
        await refusing.keep(Why.HIDDEN, rep_id)
        raise NotFound
    now, of_rep = datetime.now(UTC), Shares(context.database).of_rep
    return paging.page(await to_thread.run_sync(of_rep, rep_id, now, paging.after, paging.limit), _view, _place)


@router.delete(
    "/customers/{customer_id}/shares/{rep_id}",
    tags=["customers"],
    summary="Take back what is shared with a rep",
    responses=documented(403, 404),
)
async def revoke_share(
    customer_id: Reference,
    rep_id: Reference,
    context: Wired,
    caller: Caller,
    asking: Asked_,
    body: RevokeBody | None = None,
) -> ChangeView:
    """End every grant that a rep has to a customer, at once.

    For the customer's owner, the manager of the owner's team, sales operations and administrators. 404 `not-shared`
    when there is none.
    """
    if caller.personal:
        responsible = await to_thread.run_sync(Shares(context.database).responsible, customer_id)
        if caller.person not in responsible:
            raise Problem(ProblemType.FORBIDDEN)
    reason = body.reason if body else None
    return change_view(await asking.ask(customer_id, RevokeShare(rep_id=rep_id, reason=reason)))


def _view(shared: Shared) -> SharedView:
    share = shared.share
    return SharedView(
        customer_id=share.customer_id,
        name=shared.name,
        owner_id=shared.owner_id,
        access=Access(share.access),
        since=share.granted_at,
        until=share.expires_at,
        approval_id=share.approval_id,
    )


def _place(shared: Shared) -> tuple[str, ...]:
    return shared.share.expires_at.isoformat(), shared.share.customer_id, shared.share.access
