"""Collision cases: reps who met on a customer, what is proposed, what they say, and who decides."""

from datetime import UTC, datetime
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from api.auth import Caller, Principal
from api.collision_views import CollisionSummary, CollisionView, summary, view
from api.context import Context, Wired
from api.customers import Asked_, Asking
from api.language import Locale
from api.pagination import Page, Paged
from api.permissions import Role
from api.principal import Eyes
from api.problems import Problem, documented
from domain.approval.request import Actor
from domain.change import Refused
from domain.collision_case.deed import Acknowledge, Act, Decide, Deed, Dismiss, Object, TakePosition
from domain.collision_case.resolution import Resolution
from domain.collision_case.state import Status
from domain.text import LongText, Reference
from store.collision_reading import CollisionFilter, CollisionReading, Found
from store.collision_report import CollisionReports, Report
from store.visibility import Reach, Viewer

router = APIRouter(prefix="/v1/collisions", tags=["collisions"])


class ReportBody(BaseModel, extra="forbid"):
    """On which customer reps met, and why somebody thinks so."""

    customer_id: Reference
    reason: LongText
    rep_ids: Annotated[tuple[Reference, ...], Field(max_length=10)] = Field(
        (), description="Who met there beside the owner; left out, the caller."
    )


class WordBody(BaseModel, extra="forbid"):
    """What should become of a case, in one's own words."""

    resolution: Resolution
    words: LongText


class AppealBody(BaseModel, extra="forbid"):
    """Why somebody does not accept how it was settled."""

    reason: LongText


class DismissalBody(BaseModel, extra="forbid"):
    """Why it was a false alarm, if somebody cares to say."""

    reason: LongText | None = None


class Filters(BaseModel):
    """How a list of cases is narrowed."""

    status: Status | None = None
    mine: bool = Field(False, description="Only those that wait for the caller's word.")
    risk: bool | None = None
    detector: Reference | None = Field(None, description="What saw it first; `reported`: a person.")
    customer_id: Reference | None = None


class Settling:
    """Acts on cases on behalf of the caller; the same Idempotency-Key does the same thing once."""

    def __init__(self, context: Wired, caller: Caller, viewer: Eyes, asking: Asked_) -> None:
        self._context: Context = context
        self._caller: Principal = caller
        self._viewer: Viewer = viewer
        self._asking: Asking = asking

    async def act(self, case_id: str, deed: Deed, locale: str) -> CollisionView:
        """Do something about a case.

        Raises:
            NotFound: when there is none.
            Problem: what the rules refuse.
        """
        await to_thread.run_sync(CollisionReading(self._context.database, self._viewer).get, case_id)
        act = Act(
            id=await self._asking.request_id("cact", f"{case_id} {deed.action}", deed),
            by=self._actor,
            administrator=self._caller.role is Role.ADMINISTRATOR,
            deed=deed,
        )
        await self._context.gateway.act_on_case(case_id, act)
        return await self.shown(case_id, locale)

    async def report(self, body: ReportBody, locale: str) -> CollisionView:
        """Open a case, or add to the one that is open.

        Raises:
            NotFound: when there is no such customer, or the caller reports others than themselves on one whom they may
                not see.
            Problem: what the rules refuse.
        """
        own = self._caller.person
        rep_ids = body.rep_ids or ((own,) if own else ())
        needs = Reach.NOTHING if rep_ids == (own,) else Reach.SIGHT
        await self._asking.guard.check(needs, {"customer_id": body.customer_id})
        report = Report(
            id=await self._asking.request_id("sig", body.customer_id, body),
            customer_id=body.customer_id,
            rep_ids=rep_ids,
            by=self._actor,
            reason=body.reason,
        )
        reports = CollisionReports(self._context.database, self._context.policies, self._context.ids)
        try:
            case_id = await to_thread.run_sync(reports.take, report, datetime.now(UTC))
        except Refused as refused:
            raise Problem.refused(refused.code, **refused.facts) from refused
        await self._context.gateway.open_case(case_id)
        return await self.shown(case_id, locale)

    async def shown(self, case_id: str, locale: str) -> CollisionView:
        """A case as it stands now. One that a detector opened this moment is begun first."""
        reading = CollisionReading(self._context.database, self._viewer)
        found: Found = await to_thread.run_sync(reading.get, case_id)
        state = found.state or await self._context.gateway.open_case(case_id)
        seen, acts, told = await to_thread.run_sync(reading.timeline, case_id)
        return view(found, state, (seen, acts, told), locale)

    @property
    def _actor(self) -> Actor:
        return Actor(principal=self._caller.id, person=self._caller.person)


Settles = Annotated[Settling, Depends()]


@router.get("", summary="List collision cases")
async def list_collisions(
    context: Wired,
    caller: Caller,
    viewer: Eyes,
    paging: Paged,
    filters: Annotated[Filters, Query()],
    locale: Locale,
) -> Page[CollisionSummary]:
    """Cases and risks, newest first. A rep sees those in which they are, a manager also those of their teams."""
    if filters.mine and caller.person is None:
        raise Problem.invalid("mine", "needs_a_rep")
    only = CollisionFilter(
        asked=caller.person if filters.mine else None, **filters.model_dump(exclude={"mine"}, exclude_none=True)
    )
    found = await to_thread.run_sync(CollisionReading(context.database, viewer).page, only, paging.after, paging.limit)
    return paging.page(found, lambda it: summary(it, locale), lambda it: (it.row.opened_at.isoformat(), it.row.id))


@router.post("", status_code=201, summary="Report a collision", responses=documented(404, 409))
async def report_collision(body: ReportBody, response: Response, settling: Settles, locale: Locale) -> CollisionView:
    """Say that reps met on a customer. Where a case about it is open, it joins that one.

    A rep who cannot see the customer may report themselves: they learn that it exists and who is on it.
    """
    shown = await settling.report(body, locale)
    response.headers["Location"] = f"/v1/collisions/{shown.id}"
    return shown


@router.get("/{case_id}", summary="Get a collision case", responses=documented(404))
async def get_collision(case_id: Reference, settling: Settles, locale: Locale) -> CollisionView:
    """A case with its proposal and reasons, what was said, and its timeline: what was seen, who was told when, who said
    what, by which rule. What the caller may not see of the customers is left out."""
    return await settling.shown(case_id, locale)


@router.post("/{case_id}/positions", status_code=201, summary="Take a position", responses=documented(404, 409))
async def take_position(case_id: Reference, body: WordBody, settling: Settles, locale: Locale) -> CollisionView:
    """One of the reps says what should become of it; the last word of each counts. When all of them want the same, the
    case is settled by that."""
    return await settling.act(case_id, TakePosition(resolution=body.resolution, words=body.words), locale)


@router.post("/{case_id}/resolution", status_code=201, summary="Decide a case", responses=documented(404, 409))
async def decide_case(case_id: Reference, body: WordBody, settling: Settles, locale: Locale) -> CollisionView:
    """A manager whose time has come, or an administrator, decides. Two managers must want the same; where they do not,
    an administrator decides. Nobody decides a case in which they are one of the reps."""
    return await settling.act(case_id, Decide(resolution=body.resolution, words=body.words), locale)


@router.post("/{case_id}/appeal", status_code=201, summary="Appeal", responses=documented(404, 409))
async def appeal(case_id: Reference, body: AppealBody, settling: Settles, locale: Locale) -> CollisionView:
    """Once, and for as long as `appeal_until` says, one of the reps may have those above decide anew."""
    return await settling.act(case_id, Object(reason=body.reason), locale)


@router.post("/{case_id}/dismissal", status_code=201, summary="Call it a false alarm", responses=documented(404, 409))
async def dismiss(
    case_id: Reference, settling: Settles, locale: Locale, body: DismissalBody | None = None
) -> CollisionView:
    """For an owner of the customers, a manager of the reps, or an administrator. What was seen is marked so."""
    return await settling.act(case_id, Dismiss(reason=body.reason if body else None), locale)


@router.post(
    "/{case_id}/acknowledgement", status_code=201, summary="Acknowledge a risk", responses=documented(404, 409)
)
async def acknowledge(case_id: Reference, settling: Settles, locale: Locale) -> CollisionView:
    """Somebody has seen a risk; it goes away by itself unless the reps meet."""
    return await settling.act(case_id, Acknowledge(), locale)
