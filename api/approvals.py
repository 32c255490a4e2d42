"""Approvals: what people ask for, whose word it waits for, and what they do about it."""

from enum import StrEnum
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.approval_views import ActView, ApprovalSummary, ApprovalView, act_view, summary, view
from api.auth import Caller, Principal
from api.context import Context, Wired
from api.customers import Asking
from api.language import Locale
from api.pagination import Page, Paged
from api.permissions import Role
from api.principal import Eyes
from api.problems import Problem, documented
from domain.approval.deed import (
    Act,
    AddSigner,
    Approve,
    Attach,
    Comment,
    Deed,
    Delegate,
    Escalate,
    Recall,
    Reject,
    Resubmit,
    Return,
)
from domain.approval.request import (
    MOST_CUSTOMERS,
    Actor,
    MergeWanted,
    Order,
    ShareWanted,
    TransferWanted,
    UnmergeWanted,
    Wanted,
)
from domain.approval.rules import ApprovalKind
from domain.approval.state import ApprovalState, Status
from domain.share import Access
from domain.text import LongText, Reference
from store.approval_reading import ApprovalFilter, ApprovalReading, Titles
from store.visibility import Reach

router = APIRouter(tags=["approvals"])
ONE = "/v1/approvals/{approval_id}"

Asked_ = Annotated[Asking, Depends()]
Decision = Annotated[Approve | Reject | Return, Field(discriminator="action")]
Action = Annotated[
    Resubmit | Recall | Delegate | AddSigner | Comment | Attach | Escalate, Field(discriminator="action")
]


class _Requested(BaseModel, extra="forbid"):
    requested_by: Reference | None = Field(
        None, description="The rep who asks, for a caller that stands for none; others ask for themselves."
    )


class TransferBody(_Requested):
    """Who is to get a customer, and why."""

    to_id: Reference
    reason: LongText


class ShareBody(_Requested):
    """Who is to get access to a customer, which, until when, and why."""

    to_id: Reference
    access: Access
    until: AwareDatetime
    reason: LongText


class RequestBody(_Requested):
    """What is asked for, for one customer or for many with one approval."""

    customer_ids: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=MOST_CUSTOMERS)] = Field(
        description="Of a merge or its undoing: the one customer that is, or was, absorbed."
    )
    request: Wanted


class Whose(StrEnum):
    """Which approvals are listed."""

    TO_DECIDE = "to_decide"
    REQUESTED = "requested"
    ALL = "all"


class Filters(BaseModel):
    """How a list of approvals is narrowed."""

    view: Whose = Field(Whose.ALL, description="`to_decide`: wait for the person's word; `requested`: by the person.")
    person: Reference | None = Field(None, description="For a caller that stands for no rep: whose view.")
    status: Status | None = None
    kind: ApprovalKind | None = None
    customer_id: Reference | None = None


class Requesting:
    """Submits requests and acts on behalf of the caller; the same Idempotency-Key does the same thing once."""

    def __init__(self, context: Wired, caller: Caller, asking: Asked_) -> None:
        self._context: Context = context
        self._caller: Principal = caller
        self._asking = asking

    async def submit(
        self, customer_ids: tuple[str, ...], wanted: Wanted, requested_by: str | None, response: Response, locale: str
    ) -> ApprovalView:
        """Have a request decided, and say where it is found.

        Raises:
            NotFound: when the caller may not see one of the customers, or there is none.
            Problem: 422 when nobody is named who asks, or somebody else than the caller, or the same customer twice.
        """
        body = RequestBody(customer_ids=customer_ids, request=wanted, requested_by=requested_by)
        if len(set(customer_ids)) < len(customer_ids):
            raise Problem.invalid("customer_ids", "repeated", customer_ids)
        if isinstance(wanted, MergeWanted | UnmergeWanted) and len(customer_ids) > 1:
            raise Problem.invalid("customer_ids", "one_customer_only", customer_ids)
        for customer_id in (*customer_ids, *((wanted.survivor_id,) if isinstance(wanted, MergeWanted) else ())):
            needs = Reach.NOTHING if self._for_oneself(wanted) else Reach.SIGHT
            await self._asking.guard.check(needs, {"customer_id": customer_id})
        order = Order(
            id=await self._asking.request_id("apr", "", body),
            wanted=wanted,
            customer_ids=customer_ids,
            requester=Actor(principal=self._caller.id, person=self._person(requested_by)),
        )
        state = await self._context.gateway.request_approval(order)
        response.headers["Location"] = f"/v1/approvals/{state.id}"
        return await shown(self._context, state.id, locale)

    async def act(self, approval_id: str, deed: Deed, locale: str) -> ApprovalView:
        """Do something about an approval.

        Raises:
            Problem: what the rules refuse.
        """
        state, _ = await found(self._context, approval_id)
        act = Act(
            id=await self._asking.request_id("act", approval_id, deed),
            by=Actor(principal=self._caller.id, person=self._caller.person),
            administrator=self._caller.role is Role.ADMINISTRATOR,
            deed=deed,
        )
        await self._context.gateway.act_on_approval(state.order, act)
        return await shown(self._context, approval_id, locale)

    def _for_oneself(self, wanted: Wanted) -> bool:
        """Whether the caller asks for a share or a transfer to themselves, for which they need not see the customer."""
        return isinstance(wanted, ShareWanted | TransferWanted) and wanted.to_id == self._caller.person

    def _person(self, requested_by: str | None) -> str:
        own = self._caller.person
        if own is not None and requested_by not in (None, own):
            raise Problem.invalid("requested_by", "not_yourself", requested_by)
        if own is None and requested_by is None:
            raise Problem.invalid("requested_by", "missing")
        return own or requested_by or ""


Requests = Annotated[Requesting, Depends()]


@router.post(
    "/v1/customers/{customer_id}/transfer-requests",
    status_code=201,
    summary="Ask for a transfer",
    responses=documented(404, 409),
)
async def request_transfer(
    customer_id: Reference, body: TransferBody, response: Response, requests: Requests, locale: Locale
) -> ApprovalView:
    """Ask that a customer go to another rep. Whoever the policy names decides; see `chain`."""
    wanted = TransferWanted(to_id=body.to_id, reason=body.reason)
    return await requests.submit((customer_id,), wanted, body.requested_by, response, locale)


@router.post(
    "/v1/customers/{customer_id}/share-requests",
    status_code=201,
    summary="Ask for a share",
    responses=documented(404, 409),
)
async def request_share(
    customer_id: Reference, body: ShareBody, response: Response, requests: Requests, locale: Locale
) -> ApprovalView:
    """Ask that a rep get access to a customer until a date."""
    wanted = ShareWanted(**body.model_dump(exclude={"requested_by"}))
    return await requests.submit((customer_id,), wanted, body.requested_by, response, locale)


@router.post("/v1/approvals", status_code=201, summary="Ask for something", responses=documented(404, 409))
async def request_approval(body: RequestBody, response: Response, requests: Requests, locale: Locale) -> ApprovalView:
    """Ask for anything that people decide, for one customer or for many with one approval."""
    return await requests.submit(body.customer_ids, body.request, body.requested_by, response, locale)


@router.get("/v1/approvals", summary="List approvals")
async def list_approvals(
    context: Wired,
    caller: Caller,
    viewer: Eyes,
    paging: Paged,
    filters: Annotated[Filters, Query()],
    locale: Locale,
) -> Page[ApprovalSummary]:
    """Requests, newest first: those that wait for the caller, the caller's own, or all that they may see.

    A rep sees what concerns them, a manager also what concerns somebody in a team below them.
    """
    person = caller.person or filters.person
    if person is None and filters.view is not Whose.ALL:
        raise Problem.invalid("person", "missing")
    only = ApprovalFilter(
        asked=person if filters.view is Whose.TO_DECIDE else None,
        requester=person if filters.view is Whose.REQUESTED else None,
        status=filters.status,
        kind=filters.kind,
        customer_id=filters.customer_id,
    )
    states = await to_thread.run_sync(_reading(context).page, only, viewer, paging.after, paging.limit)
    return paging.page(states, lambda it: summary(it, locale), lambda it: (it.opened_at.isoformat(), it.id))


@router.get(ONE, summary="Get an approval", responses=documented(404))
async def get_approval(approval_id: Reference, context: Wired, locale: Locale) -> ApprovalView:
    """A request with its chain: every step, who is asked in it by which rule, and what was said."""
    return await shown(context, approval_id, locale)


@router.get(f"{ONE}/timeline", summary="Get an approval's timeline", responses=documented(404))
async def get_approval_timeline(approval_id: Reference, context: Wired, paging: Paged) -> Page[ActView]:
    """Everything that was done about a request, or tried and refused, oldest first."""
    after = int(paging.after[0]) if paging.after else None
    rows = await to_thread.run_sync(_reading(context).acts, approval_id, after, paging.limit)
    return paging.page(rows, act_view, lambda row: (str(row.position),))


@router.post(f"{ONE}/decisions", summary="Decide", responses=documented(404, 409))
async def decide(approval_id: Reference, decision: Decision, requests: Requests, locale: Locale) -> ApprovalView:
    """Approve, reject, or return to the requester with questions. Of two who decide at once the first counts.

    What was approved by all is `approved`, and `applied` or `overtaken` a moment later.
    """
    return await requests.act(approval_id, decision, locale)


@router.post(f"{ONE}/actions", summary="Do something about a request", responses=documented(404, 409))
async def act_on_approval(approval_id: Reference, action: Action, requests: Requests, locale: Locale) -> ApprovalView:
    """Resubmit, recall, delegate, add a signer, comment, attach a reference, or have the substitutes asked."""
    return await requests.act(approval_id, action, locale)


async def found(context: Context, approval_id: str) -> tuple[ApprovalState, Titles]:
    """An approval with what its steps are called."""
    return await to_thread.run_sync(_reading(context).get, approval_id)


async def shown(context: Context, approval_id: str, locale: str) -> ApprovalView:
    """An approval as it stands now."""
    state, titles = await found(context, approval_id)
    return view(state, titles, locale)


def _reading(context: Context) -> ApprovalReading:
    return ApprovalReading(context.database, context.policies)
