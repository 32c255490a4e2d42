"""The part of a policy that says how people decide: the chain of each kind of request, and its deadlines."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from domain.rules.conditions import Condition, Strict
from domain.text import Reference, ShortText

MAX_STEPS = 20
"""Longer chains are read by nobody; signers that are added count."""


class ApprovalKind(StrEnum):
    """What people decide."""

    TRANSFER = "transfer"
    SHARE = "share"
    KEY_ACCOUNT = "key_account"
    REFERRAL = "referral"
    MERGE = "merge"
    UNMERGE = "unmerge"
    REASSIGN = "reassign"
    EXCEPTION = "exception"


class Role(StrEnum):
    """Who somebody is in a case. A manager is the manager of the rep's team, a head that of a sales region."""

    REQUESTER = "requester"
    REQUESTER_MANAGER = "requester_manager"
    OWNER = "owner"
    OWNER_MANAGER = "owner_manager"
    NEW_OWNER = "new_owner"
    """Whoever is to get the customer, or access to it."""
    NEW_OWNER_MANAGER = "new_owner_manager"
    REGION_HEAD = "region_head"
    """Of the customer's region."""
    NEW_REGION_HEAD = "new_region_head"
    """Of the regions of whoever is to get the customer."""


class Mode(StrEnum):
    """How those who are asked in one step decide together."""

    SEQUENTIAL = "sequential"
    ALL = "all"
    ANY = "any"
    QUORUM = "quorum"


class Action(StrEnum):
    """What people do about a request."""

    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    RESUBMIT = "resubmit"
    RECALL = "recall"
    DELEGATE = "delegate"
    ADD_SIGNER = "add_signer"
    COMMENT = "comment"
    ATTACH = "attach"
    ESCALATE = "escalate"


class Approver(Strict):
    """Who is asked: by their role in the case, all of a committee, or one rep."""

    role: Role | None = None
    committee: Reference | None = None
    rep: Reference | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(value is not None for _, value in self) != 1:
            raise PydanticCustomError("approver_unclear", "must name one role, one committee or one rep")
        return self

    @property
    def name(self) -> str:
        """How the chain speaks of it."""
        return next(f"{way}:{value}" if way != "role" else str(value) for way, value in self if value is not None)


def _role_written_out(value: Any) -> Any:
    """``owner_manager`` is short for ``{role: owner_manager}``."""
    return {"role": value} if isinstance(value, str) else value


Asked = Annotated[Approver, BeforeValidator(_role_written_out, json_schema_input_type=Approver | Role)]
Hours = Annotated[int, Field(ge=1, le=87_600)]


class StepRule(Strict):
    """One step of a chain: when it is needed, who is asked, and how they decide together."""

    step: Reference = Field(description="Its name, once in a chain.")
    zh: ShortText
    en: ShortText
    when: Condition = Condition()
    cross_region: StrictBool | None = Field(
        None, description="Only when whoever is to get the customer covers its region (false), or does not (true)."
    )
    approvers: Annotated[tuple[Asked, ...], Field(min_length=1, max_length=50)]
    mode: Mode = Mode.ANY
    quorum: Annotated[int, Field(ge=1, le=50)] | None = None
    auto_approve: Condition | None = Field(
        None, description="Of customers like these the step approves by itself; without it never."
    )

    @model_validator(mode="after")
    def _quorum_belongs(self) -> Self:
        if (self.quorum is not None) != (self.mode is Mode.QUORUM):
            raise PydanticCustomError("quorum_unclear", "a quorum belongs to the mode quorum, and only there")
        return self


class Chain(Strict):
    """How one kind of request is decided."""

    steps: Annotated[tuple[StepRule, ...], Field(min_length=1, max_length=MAX_STEPS)]
    barred: tuple[Role, ...] = ()
    """Who may not decide beside the requester, by the roles that people have at that moment."""
    reasons: tuple[Action, ...] = (Action.REJECT, Action.RETURN, Action.DELEGATE, Action.ADD_SIGNER)
    """What nobody does without saying why."""


class Committee(Strict):
    """Reps who decide together, by a name of their own."""

    zh: ShortText
    en: ShortText
    reps: tuple[Reference, ...] = ()


def _shipped() -> dict[ApprovalKind, Chain]:
    """The chain of a policy that was stored before there were approvals: both managers of whom it concerns."""
    step = StepRule(step="manager", zh="经理", en="Manager", approvers=(Approver(role=Role.REQUESTER_MANAGER),))
    return dict.fromkeys(ApprovalKind, Chain(steps=(step,), barred=(Role.NEW_OWNER,)))


class ApprovalRules(Strict):
    """How people decide. Hours count from when a step begins, in the calendar's hours where one is named."""

    calendar: Reference | None = None
    remind_after_hours: Hours = 8
    escalate_after_hours: Hours = 16
    expire_after_hours: Hours = 80
    """Whoever is silent for so long ends the request; for the requester to whom it was returned, too."""
    committees: dict[Reference, Committee] = Field(default_factory=dict)
    otherwise: tuple[Asked, ...] = ()
    """Who is asked where nobody else can be."""
    chains: dict[ApprovalKind, Chain] = Field(default_factory=_shipped)
    """A kind without a chain cannot be requested."""

    @model_validator(mode="after")
    def _one_after_another(self) -> Self:
        if not self.remind_after_hours < self.escalate_after_hours < self.expire_after_hours:
            raise PydanticCustomError("approval_hours", "a step is reminded of first, then escalated, then it ends")
        return self
