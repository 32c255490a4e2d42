"""Signed links by which somebody who is asked decides out of an e-mail or a chat, once."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.approval_views import ApprovalView, view
from api.approvals import ONE, found, shown
from api.approvals import router as guarded
from api.auth import Caller
from api.context import Context, Wired
from api.language import Locale
from api.permissions import Role
from api.problems import documented
from api.signing import claims_of, signed
from domain.approval.deed import Act, Approve, Reject
from domain.approval.request import Actor
from domain.approval.rules import Action
from domain.approval.state import ApprovalState
from domain.change import Refused
from domain.ids import IdMaker
from domain.text import LongText, Reference

router = APIRouter(prefix="/v1/approval-links", tags=["approvals"])

DAYS = 7
_PURPOSE = "approval-links"
Token = Annotated[str, Field(min_length=1, max_length=2000)]


class LinkBody(BaseModel, extra="forbid"):
    """For whom a link is: somebody whose word is waited for."""

    person: Reference


class LinkView(BaseModel):
    """A link's token. It works once, for one person, in one step."""

    token: str
    path: str = Field(description="Where it shows what is asked; a POST there decides.")
    expires_at: AwareDatetime


class LinkDecision(BaseModel, extra="forbid"):
    """What the person says."""

    token: Token
    decision: Literal[Action.APPROVE, Action.REJECT]
    reason: LongText | None = None


class _Link(NamedTuple):
    id: str
    approval_id: str
    step: int
    person_hash: str


@guarded.post(f"{ONE}/links", status_code=201, summary="Make a link to decide by", responses=documented(404, 409))
async def make_link(approval_id: Reference, body: LinkBody, context: Wired, caller: Caller) -> LinkView:
    """Make a one-time link for somebody who is asked: for the system that sends it, or for oneself.

    Whoever made the request makes no links for those who decide it.
    """
    state, _ = await found(context, approval_id)
    may = caller.person == body.person or (caller.role is Role.ADMINISTRATOR and caller.person is None)
    if not may or caller.id == state.requester.principal:
        raise Refused("four_eyes")
    step = state.current
    if step is None or body.person not in state.asked or body.person == state.requester.person:
        raise Refused("not_asked")
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=DAYS)
    token = link_token(context.ids, approval_id, step.id, body.person, expires_at)
    return LinkView(token=token, path=f"{router.prefix}?token={token}", expires_at=expires_at)


@router.get("", summary="See what a link asks", responses=documented(403, 404))
async def see_link(
    context: Wired, locale: Locale, token: Annotated[Token, Query(description="From the link.")]
) -> ApprovalView:
    """What is asked. Nothing changes, however often a mail scanner looks."""
    link = _read(context, token)
    state, titles = await found(context, link.approval_id)
    return view(state, titles, locale)


@router.post("", summary="Decide by a link", responses=documented(403, 404, 409))
async def decide_by_link(body: LinkDecision, context: Wired, locale: Locale) -> ApprovalView:
    """Approve or reject, once, if the person is still asked and may decide at this moment."""
    link = _read(context, body.token)
    state, _ = await found(context, link.approval_id)
    deed = Approve if body.decision is Action.APPROVE else Reject
    act = Act(
        id=link.id,
        by=Actor(principal="link", person=_person(context, state, link)),
        step=link.step,
        deed=deed(reason=body.reason),
    )
    await context.gateway.act_on_approval(state.order, act)
    return await shown(context, link.approval_id, locale)


def link_token(ids: IdMaker, approval_id: str, step: int, person: str, expires_at: datetime) -> str:
    """The token of a link: for one person, in one step of one approval, until an instant. It names nobody."""
    claims = {
        "jti": ids.make("lnk", approval_id, str(step), person, expires_at.isoformat()),
        "apr": approval_id,
        "stp": step,
        "prs": _person_hash(ids, approval_id, person),
    }
    return signed(ids, _PURPOSE, claims, expires_at)


def _read(context: Context, token: str) -> _Link:
    """What a token says, if we gave it out and it is not too old.

    Raises:
        Problem: ``link-invalid``.
    """
    claims = claims_of(context.ids, _PURPOSE, token, "jti", "apr", "stp", "prs")
    return _Link(claims["jti"], claims["apr"], claims["stp"], claims["prs"])


def _person_hash(ids: IdMaker, approval_id: str, person: str) -> str:
    """By which somebody whom the approval concerns can be found, and nobody else."""
    return ids.make("prs", approval_id, person)


def _person(context: Context, state: ApprovalState, link: _Link) -> str | None:
    """The person whom a link is for, among all whom the approval concerns or concerned."""
    people = dict.fromkeys((*state.concerned, *state.asked))
    return next((it for it in people if _person_hash(context.ids, state.id, it) == link.person_hash), None)
