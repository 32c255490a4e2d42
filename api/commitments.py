"""What a CRM knows of a customer and the rules go by: level, stage, open contracts and opportunities."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.auth import Caller
from api.customers import Asked_, ChangeView, change_view
from api.problems import documented
from domain.change import ChangeStanding, CloseCommitment, OpenCommitment
from domain.commitment import Commitment, CommitmentKind
from domain.instant import Instant
from domain.text import Reference, ShortText

router = APIRouter(prefix="/v1/customers/{customer_id}", tags=["customers"])


class StandingBody(BaseModel, extra="forbid"):
    """How important the customer is, and how far the business with it has come."""

    level: ShortText | None = Field(examples=["A"])
    stage: ShortText | None = Field(examples=["报价"])


class CommitmentBody(BaseModel, extra="forbid"):
    """A contract or an opportunity."""

    kind: CommitmentKind
    reference: Reference = Field(
        description="The id that it has in the system which keeps it.", examples=["C-2026-118"]
    )
    until: Instant | None = Field(None, description="When it ends by itself; null: when it is deleted here.")
    rep_id: Reference | None = Field(
        None, description="Whose it is. Of an opportunity that a rep opens: that rep's, unless it is said."
    )
    need: ShortText | None = Field(
        None,
        description="What it is about, in few words. Two open opportunities of one need under different reps collide.",
        examples=["ERP 系统"],
    )


@router.put("/standing", summary="Set level and stage", responses=documented(404))
async def set_standing(customer_id: Reference, body: StandingBody, asking: Asked_) -> ChangeView:
    """The policy may choose the follow-up clock by them: another clock starts at once, the same one runs on."""
    return change_view(await asking.ask(customer_id, ChangeStanding(level=body.level, stage=body.stage)))


@router.post("/commitments", summary="Open a contract or an opportunity", responses=documented(404, 409))
async def open_commitment(customer_id: Reference, body: CommitmentBody, caller: Caller, asking: Asked_) -> ChangeView:
    """While it is open, a follow-up clock that runs out is held, if the policy protects its kind.

    The same kind and reference again changes the rest of it.
    """
    own = caller.person if caller.personal and body.kind is CommitmentKind.OPPORTUNITY else None
    said = body.model_dump(exclude={"rep_id"})
    commitment = Commitment.model_validate({**said, "rep_id": body.rep_id or own})
    return change_view(await asking.ask(customer_id, OpenCommitment(commitment=commitment)))


@router.delete(
    "/commitments/{kind}/{reference}", summary="Close a contract or an opportunity", responses=documented(404)
)
async def close_commitment(
    customer_id: Reference, kind: CommitmentKind, reference: Reference, asking: Asked_
) -> ChangeView:
    """A clock that was held runs out now, unless something else protects the customer. Harmless when repeated."""
    return change_view(await asking.ask(customer_id, CloseCommitment(commitment=kind, reference=reference)))
