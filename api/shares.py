"""Shares: with whom a customer is shared beside its owner, and taking that back."""

from datetime import UTC, datetime

from anyio import to_thread
from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.auth import Caller
from api.context import Wired
from api.customers import Asked_, ChangeView, change_view
from api.pagination import Page, Paged
from api.permissions import Role
from api.problems import Problem, ProblemType, documented
from domain.change import RevokeShare
from domain.share import Access
from domain.text import LongText, Reference
from store.shares import Shared, Shares

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
def list_shares(rep_id: Reference, context: Wired, paging: Paged) -> Page[SharedView]:
    """Customers that are shared with a rep now; what ends first comes first. A rep has at most one grant of each kind
    of access to a customer."""
    found = Shares(context.database).of_rep(rep_id, datetime.now(UTC), paging.after, paging.limit)
    return paging.page(found, _view, _place)


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

    For the customer's owner, the manager of the owner's team and administrators. 404 `not-shared` when there is none.
    """
    if caller.role is not Role.ADMINISTRATOR:
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
