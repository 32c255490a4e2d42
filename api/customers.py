"""Customers: found, corrected, followed up, claimed and released. Every change goes through the customer's workflow."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.auth import Caller, Principal
from api.context import Context, Wired
from api.etag import IfMatch, etag
from api.guard import Guard, Guards
from api.idempotency import IdempotencyKey, fingerprint, new_id, remember
from api.language import Locale
from api.masking import masked
from api.pagination import Page, Paged, Paging
from api.principal import Eyes
from api.problems import Problem, documented
from domain.assignment import Reason
from domain.change import Asked, Change, Changed, ChangeProfile, Claim, Designate, LogFollowUp, OpenCommitment, Release
from domain.commitment import Commitment
from domain.follow_up import Due, FollowUp
from domain.freeze import frozen_until
from domain.identity import keys_of
from domain.lead import CustomerType
from domain.ownership import Owner, Ownership, Place
from domain.profile import Profile, international
from domain.share import Share
from domain.submitted import SubmittedProfile
from domain.text import LongText, Reference
from messages import message
from store.reading import CustomerFilter, Reading, profile_in
from store.tables import CustomerRow, EventRow
from store.visibility import EVERYTHING, Viewer

router = APIRouter(prefix="/v1/customers", tags=["customers"])


class CustomerView(BaseModel):
    """A customer: where it stands, and what is known of it."""

    id: str
    merged_from: tuple[str, ...] = Field((), description="Ids of customers that it absorbed; they lead to it for ever.")
    name: str
    customer_type: CustomerType
    region: str | None
    place: Place
    owner: Owner | None
    queue: str | None = Field(description="The queue or pool in which it waits when nobody owns it.")
    reason: Reason | None = Field(description="Why it waits there.")
    since: AwareDatetime
    previous_owner_id: str | None
    due: tuple[Due, ...] = Field(description="What the follow-up clock does next, and when.")
    held: bool = Field(False, description="Whether the clock has run out and what protects the customer holds it.")
    overdue_at: AwareDatetime | None = Field(
        None, description="In a queue: when its owner is told that this takes too long."
    )
    retry_at: AwareDatetime | None = Field(
        None, description="In a queue: when it is tried again, if nothing happens before."
    )
    level: str | None = None
    stage: str | None = None
    commitments: tuple[Commitment, ...] = Field((), description="Open contracts and opportunities.")
    protected_until: AwareDatetime | None = Field(None, description="The end of the protection period after a claim.")
    frozen_until: AwareDatetime | None = Field(
        None, description="While a collision case is open: until when, at most, nobody new may get it."
    )
    shares: tuple[Share, ...] = Field((), description="Collaborators: who beside the owner may see or work on it now.")
    profile: Profile
    created_at: datetime
    updated_at: datetime


class EventView(BaseModel):
    """One thing that happened."""

    id: str
    kind: str
    text: str
    at: datetime
    recorded_at: datetime
    actor: str
    decision: str | None
    data: dict[str, Any]


class ChangeView(BaseModel):
    """What came of a change."""

    customer_id: str
    place: Place
    owner: Owner | None
    queue: str | None
    due: tuple[Due, ...]
    commitments: tuple[Commitment, ...] = ()
    effective: bool | None = Field(None, description="For a follow-up: whether it restarted the clock.")
    shortfalls: tuple[str, ...] = Field((), description="For a follow-up: what it lacks to be effective.")


class Filters(BaseModel):
    """How a list of customers is narrowed."""

    owner_id: Reference | None = None
    queue: Reference | None = None
    place: Place | None = None
    region: Reference | None = None
    customer_type: CustomerType | None = None


class Asking:
    """Asks customers' workflows on behalf of the caller; the same Idempotency-Key asks the same thing once."""

    def __init__(
        self,
        context: Wired,
        caller: Caller,
        viewer: Eyes,
        guard: Guards,
        idempotency_key: IdempotencyKey = None,
    ) -> None:
        self._context: Context = context
        self._caller: Principal = caller
        self._viewer: Viewer = viewer
        self.guard: Guard = guard
        self._key = idempotency_key

    async def ask(self, customer_id: str, change: Change) -> Changed:
        """Have a change carried out, in the name of somebody for whom the caller may act."""
        match change:
            case Claim() | Release() | Designate():
                await self.guard.in_the_name_of(change.rep_id)
            case LogFollowUp():
                await self.guard.in_the_name_of(change.follow_up.rep_id)
            case OpenCommitment() if change.commitment.rep_id is not None:
                await self.guard.in_the_name_of(change.commitment.rep_id)
        row, _ = await to_thread.run_sync(Reading(self._context.database, self._viewer).customer, customer_id)
        asked = Asked(id=await self.request_id("req", customer_id, change), actor=self._caller.id, change=change)
        return await self._context.gateway.change(row.id, asked)

    async def request_id(self, prefix: str, customer_id: str, body: BaseModel) -> str:
        """The id of what is asked: the same whenever the same is asked with the same key.

        Raises:
            store.errors.KeyReused: when another request came with the key.
        """
        if self._key is not None:
            mark = fingerprint(f"{getattr(body, 'kind', prefix)} {customer_id}", body)
            await remember(self._context.database, self._caller.id, self._key, mark)
        return new_id(self._context.ids, prefix, self._caller.id, self._key)


Asked_ = Annotated[Asking, Depends()]


@router.get("", summary="List customers")
async def list_customers(
    context: Wired, viewer: Eyes, paging: Paged, filters: Annotated[Filters, Query()]
) -> Page[CustomerView]:
    """Customers that the caller may see, newest first; of those in public pools with masked contacts."""
    return await customer_page(context, viewer, paging, CustomerFilter(**filters.model_dump()))


@router.get("/{customer_id}", summary="Get a customer", responses=documented(404))
async def get_customer(customer_id: Reference, response: Response, context: Wired, viewer: Eyes) -> CustomerView:
    """A customer, with the ETag of its profile's version.

    The id of a customer that was merged leads to the one that stands for it now: the body has that one's `id`, the
    `Content-Location` its address, and `merged_from` the id that was asked.
    """
    return await shown(context, viewer, customer_id, response)


@router.patch("/{customer_id}", summary="Correct a profile", responses=documented(404, 409, 412, 428))
async def change_profile(
    customer_id: Reference,
    patch: SubmittedProfile,
    response: Response,
    context: Wired,
    viewer: Eyes,
    asking: Asked_,
    if_match: IfMatch,
) -> CustomerView:
    """Correct a customer's profile (JSON Merge Patch, RFC 7396): a field that is left out stays, null empties it."""
    row, _ = await to_thread.run_sync(Reading(context.database, viewer).customer, customer_id)
    if_match.check(row.version)
    profile = _merged(profile_in(row), patch)
    await asking.ask(customer_id, ChangeProfile(profile=profile, expected_version=row.version))
    return await shown(context, viewer, customer_id, response)


@router.get("/{customer_id}/timeline", summary="Get a customer's timeline", responses=documented(404))
async def get_timeline(
    customer_id: Reference, context: Wired, viewer: Eyes, paging: Paged, locale: Locale
) -> Page[EventView]:
    """Everything that happened to a customer, oldest first."""
    after = int(paging.after[0]) if paging.after else None
    rows = await to_thread.run_sync(Reading(context.database, viewer).timeline, customer_id, after, paging.limit)
    return paging.page(rows, lambda row: _event_view(row, locale), lambda row: (str(row.position),))


@router.post("/{customer_id}/follow-ups", status_code=201, summary="Log a follow-up", responses=documented(403, 404))
async def log_follow_up(customer_id: Reference, follow_up: FollowUp, asking: Asked_) -> ChangeView:
    """Log a contact with the customer. An effective one, by the policy's rules, restarts the follow-up clock.

    A rep to whom the customer is shared for reading only gets 403 `read-only-share`.
    """
    return change_view(await asking.ask(customer_id, LogFollowUp(follow_up=follow_up)))


class ClaimBody(BaseModel, extra="forbid"):
    """Who takes a customer out of the pool."""

    rep_id: Reference


class ReleaseBody(BaseModel, extra="forbid"):
    """Who gives a customer back, and why."""

    rep_id: Reference
    reason: LongText


@router.post("/{customer_id}/claim", summary="Claim a customer", responses=documented(404, 409))
async def claim_customer(customer_id: Reference, body: ClaimBody, asking: Asked_) -> ChangeView:
    """Take a customer out of a public pool. Of several who try, one wins; the others get 409.

    The pool's rules may refuse it, too: `claim-cap-reached`, `cooling-off`, `not-your-pool`, with the rule's `values`.
    """
    return change_view(await asking.ask(customer_id, Claim(rep_id=body.rep_id)))


@router.post("/{customer_id}/release", summary="Release a customer", responses=documented(404, 409))
async def release_customer(customer_id: Reference, body: ReleaseBody, asking: Asked_) -> ChangeView:
    """Give a customer back to the public pool that takes customers like it."""
    return change_view(await asking.ask(customer_id, Release(rep_id=body.rep_id, reason=body.reason)))


class AssignBody(BaseModel, extra="forbid"):
    """Who gets a customer, and why."""

    rep_id: Reference
    reason: LongText


@router.post("/{customer_id}/assign", summary="Designate an owner", responses=documented(404, 409))
async def assign_customer(customer_id: Reference, body: AssignBody, asking: Asked_) -> ChangeView:
    """Give a customer that waits in a queue to a rep, as management decided."""
    return change_view(await asking.ask(customer_id, Designate(rep_id=body.rep_id, reason=body.reason)))


async def customer_page(context: Context, viewer: Viewer, paging: Paging, only: CustomerFilter) -> Page[CustomerView]:
    """A page of customers, newest first."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    reading = Reading(context.database, viewer)
    rows = await to_thread.run_sync(reading.customers, only, after, paging.limit)
    merged = await to_thread.run_sync(reading.merged_from, [row.id for row, _ in rows])
    return paging.page(
        rows,
        lambda found: customer_view(*found, merged.get(found[0].id, ()), viewer),
        lambda found: (found[0].created_at.isoformat(), found[0].id),
    )


async def shown(context: Context, viewer: Viewer, customer_id: str, response: Response) -> CustomerView:
    """A customer as it stands now, by whatever id it had, with its ETag and address put on the response."""
    reading = Reading(context.database, viewer)
    row, owner = await to_thread.run_sync(reading.customer, customer_id)
    merged = await to_thread.run_sync(reading.merged_from, [row.id])
    response.headers["ETag"] = etag(row.version)
    response.headers["Content-Location"] = f"/v1/customers/{row.id}"
    return customer_view(row, owner, merged.get(row.id, ()), viewer)


def _merged(profile: Profile, patch: SubmittedProfile) -> Profile:
    """The profile after a merge patch.

    Raises:
        Problem: 422 when nothing would be left that says who the customer is.
    """
    given = patch.model_dump(exclude_unset=True)
    if patch.company is not None and profile.company is not None:
        given["company"] = {**profile.company.model_dump(), **given["company"]}
    merged = Profile.model_validate({**profile.model_dump(), **given})
    if "phones" in given:
        merged = merged.model_copy(update={"phones": international(merged.phones, merged.region)})
    if not keys_of(merged) and not merged.people:
        raise Problem.invalid("company", "identity_missing")
    return merged


def customer_view(row: CustomerRow, owner: Owner | None, merged_from: Sequence[str], viewer: Viewer) -> CustomerView:
    """A customer as a viewer sees it, with whom it absorbed; out of a pool without its contacts until it is claimed."""
    ownership = Ownership.model_validate(row.ownership)
    profile = profile_in(row)
    return CustomerView(
        id=row.id,
        merged_from=tuple(merged_from),
        name=row.name,
        customer_type=ownership.customer_type,
        region=row.region,
        place=ownership.place,
        owner=owner,
        queue=ownership.queue,
        reason=ownership.reason,
        since=ownership.since,
        previous_owner_id=ownership.previous_owner_id,
        due=ownership.clock.due if ownership.clock else (),
        held=ownership.clock is not None and ownership.clock.held,
        overdue_at=ownership.wait.overdue_at if ownership.wait else None,
        retry_at=ownership.wait.retry_at if ownership.wait else None,
        level=ownership.facts.level,
        stage=ownership.facts.stage,
        commitments=ownership.commitments,
        protected_until=ownership.protected_until,
        frozen_until=frozen_until(ownership.freezes, datetime.now(UTC)),
        profile=masked(profile) if ownership.place is Place.POOL and viewer != EVERYTHING else profile,
        shares=tuple(share for share in ownership.shares if share.until > datetime.now(UTC)),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _event_view(row: EventRow, locale: str) -> EventView:
    return EventView(
        id=row.id,
        kind=row.kind,
        text=message(locale, f"event-{row.kind.replace('_', '-')}"),
        at=row.at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        decision=f"/v1/decisions/{row.decision_id}" if row.decision_id else None,
        data=row.data,
    )


def change_view(changed: Changed) -> ChangeView:
    """What came of a change as callers see it."""
    ownership = changed.ownership
    return ChangeView(
        customer_id=ownership.customer_id,
        place=ownership.place,
        owner=changed.owner,
        queue=ownership.queue,
        due=ownership.clock.due if ownership.clock else (),
        commitments=ownership.commitments,
        **{name: changed.data[name] for name in ("effective", "shortfalls") if name in changed.data},
    )
