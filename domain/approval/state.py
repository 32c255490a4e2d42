"""An approval at one instant, as its workflow and the database keep it: who is asked, what was said, what is due."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from domain.approval.request import Actor, Order, Wanted
from domain.approval.rules import Approver, Mode


class Status(StrEnum):
    """How far a request has come."""

    PENDING = "pending"
    RETURNED = "returned"
    """With the requester, who is to answer questions."""
    APPROVED = "approved"
    """Everybody agreed; the customers' workflows are asked next."""
    APPLIED = "applied"
    OVERTAKEN = "overtaken"
    """Everybody agreed, and by then the customer had been merged, recycled or given to somebody else."""
    REJECTED = "rejected"
    RECALLED = "recalled"
    EXPIRED = "expired"


OPEN = frozenset({Status.PENDING, Status.RETURNED})
"""While people may still do something about it."""


class Verdict(StrEnum):
    """What somebody who was asked says."""

    APPROVED = "approved"
    REJECTED = "rejected"


class StepOutcome(StrEnum):
    """What a step came to."""

    APPROVED = "approved"
    AUTO_APPROVED = "auto_approved"
    """By the policy's word, without anybody."""
    REJECTED = "rejected"


class Stage(StrEnum):
    """What time does to somebody who is silent."""

    REMIND = "remind"
    ESCALATE = "escalate"
    EXPIRE = "expire"


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class Due(_Kept):
    """What falls due, and when."""

    stage: Stage
    at: AwareDatetime


class Seat(_Kept):
    """A voice in a step: whose it is, and who may speak with it now."""

    approver: Approver
    """By which rule."""
    holder: str | None
    """Whom the rule named; None when it names nobody any more."""
    asked: tuple[str, ...] = ()
    """The holder, or whoever stands in for them; the first who speaks counts."""
    line: tuple[str, ...] = ()
    """Who delegated it, the first one first."""
    verdict: Verdict | None = None
    by: str | None = None
    at: AwareDatetime | None = None

    @property
    def principals(self) -> tuple[str, ...]:
        """In whose stead whoever is asked speaks."""
        return (*((self.holder,) if self.holder else ()), *self.line)


class Step(_Kept):
    """One step of a chain."""

    id: int
    """Once in an approval; it stays when steps are added before it."""
    name: str
    mode: Mode
    quorum: int | None = None
    seats: tuple[Seat, ...]
    outcome: StepOutcome | None = None
    added_by: str | None = None
    """Who added it as a signer, beside the policy's chain."""

    @model_validator(mode="after")
    def _somebody_or_decided(self) -> "Step":
        if not self.seats and self.outcome is None:
            raise ValueError("a step that waits needs somebody for whom it waits")
        return self

    @property
    def turn(self) -> tuple[int, ...]:
        """The numbers of the seats whose word is waited for now."""
        silent = tuple(number for number, seat in enumerate(self.seats) if seat.verdict is None)
        return silent[:1] if self.mode is Mode.SEQUENTIAL else silent

    def speakers(self, number: int) -> tuple[str, ...]:
        """Who may speak with a seat. In a quorum nobody counts twice, whomever they stand in for."""
        heard = {seat.by for seat in self.seats} if self.mode is Mode.QUORUM else set()
        return tuple(rep_id for rep_id in self.seats[number].asked if rep_id not in heard)


class Subject(_Kept):
    """A customer that the request is about, and whose it was when it was asked for."""

    customer_id: str
    from_id: str | None


class Result(_Kept):
    """What became of one customer when the request had been approved."""

    customer_id: str
    refusal: str | None = None
    """The code of the rule by which its workflow refused; None when it was done."""
    about: str | None = None


class Passed(_Kept):
    """A step of the policy's chain that the case did not need, and the test that did not hold."""

    step: str
    test: str


class ApprovalState(_Kept):
    """A request with its chain. Every deadline is an absolute time."""

    schema_version: Literal[1] = 1
    id: str
    wanted: Wanted
    subjects: tuple[Subject, ...]
    requester: Actor
    policy: str
    """The version by which it is decided, by its fingerprint."""
    opened_at: AwareDatetime
    status: Status = Status.PENDING
    steps: tuple[Step, ...]
    passed: tuple[Passed, ...] = ()
    due: tuple[Due, ...] = ()
    results: tuple[Result, ...] = ()
    ended_at: AwareDatetime | None = None

    @property
    def order(self) -> Order:
        """The request as it was submitted."""
        customer_ids = tuple(subject.customer_id for subject in self.subjects)
        return Order(id=self.id, wanted=self.wanted, customer_ids=customer_ids, requester=self.requester)

    @property
    def current(self) -> Step | None:
        """The step at which it stands; None when all are over."""
        return next((step for step in self.steps if step.outcome is None), None)

    @property
    def asked(self) -> tuple[str, ...]:
        """Whose word is waited for now: of the approvers, or of the requester to whom it was returned."""
        step = self.current
        if self.status is Status.RETURNED:
            return (self.requester.person,) if self.requester.person else ()
        if self.status is not Status.PENDING or step is None:
            return ()
        return tuple(dict.fromkeys(rep_id for number in step.turn for rep_id in step.speakers(number)))

    @property
    def concerned(self) -> tuple[str, ...]:
        """Everybody who is told how it ends: the requester, whoever gains or loses, and all who were asked."""
        seats = (seat for step in self.steps for seat in step.seats)
        owners = (subject.from_id for subject in self.subjects)
        everybody = (
            self.requester.person,
            self.wanted.gains,
            *owners,
            *(rep_id for seat in seats for rep_id in (*seat.principals, *seat.asked)),
        )
        return tuple(dict.fromkeys(rep_id for rep_id in everybody if rep_id))
