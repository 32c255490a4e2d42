"""What becomes of a report: a lead, a touch, a follow-up, a question to a person, or nothing; with the reason."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.inbound.line import Party
from domain.inbound.reported import (
    MAX_SECONDS,
    CallEnded,
    CallStarted,
    CampaignTouched,
    Direction,
    EmailSeen,
    FormFilled,
    Reported,
)


class Outcome(StrEnum):
    """What a report may become."""

    LEAD = "lead"
    TOUCH = "touch"
    FOLLOW_UP = "follow_up"
    UNMATCHED = "unmatched"
    """A person must say whom it is about."""
    NOTHING = "nothing"


class Reason(StrEnum):
    """Why."""

    BY_THE_OWNER = "by_the_owner"
    NOT_BY_THE_OWNER = "not_by_the_owner"
    NO_REP_KNOWN = "no_rep_known"
    NOT_ANSWERED = "not_answered"
    TOO_SHORT = "too_short"
    CAMPAIGN = "campaign"
    REFUSED = "refused"
    """The customer's workflow did not take the follow-up."""
    SUBMITTED = "submitted"
    NOBODY_KNOWN = "nobody_known"
    NOBODY_NAMED = "nobody_named"
    SEVERAL_POSSIBLE = "several_possible"
    NOT_A_CUSTOMER = "not_a_customer"
    INTERNAL = "internal"
    AUTOMATIC = "automatic"
    CALL_GOES_ON = "call_goes_on"
    CALL_IS_OVER = "call_is_over"
    DISMISSED = "dismissed"


class Unknown(StrEnum):
    """What becomes of a report about somebody whom nobody knows."""

    LEAD = "lead"
    KEEP = "keep"
    """A person looks at it."""
    DROP = "drop"


class Rules(BaseModel):
    """What an administrator sets for a connector."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    unknown: Unknown = Field(Unknown.KEEP, description="What becomes of reports about somebody whom nobody knows.")
    follow_up_seconds: Annotated[int, Field(ge=0, le=MAX_SECONDS)] = Field(
        30, description="A call of the owner's that took at least so long is a follow-up."
    )


class Who(StrEnum):
    """How sure it is whom a report is about."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Scene:
    """What is known around a report."""

    rep_ids: tuple[str, ...] = ()
    """The reps on our side of it."""
    internal: bool = False
    """Whether nobody from outside is part of it."""
    party: Party | None = None
    who: Who = Who.NOBODY
    customer_id: str | None = None
    candidates: tuple[str, ...] = ()
    """Ids of whom it may be about, when that is not certain."""
    owner_id: str | None = None
    collaborators: frozenset[str] = frozenset()
    over: bool = False
    """Whether the end of this call has been reported."""
    chosen: Outcome | None = None
    """What a person said that becomes of it."""

    @property
    def by_right(self) -> str | None:
        """The rep on our side who works on the customer by right, the owner before collaborators."""
        rights = [rep for rep in self.rep_ids if rep == self.owner_id or rep in self.collaborators]
        return min(rights, key=lambda rep: rep != self.owner_id, default=None)


@dataclass(frozen=True)
class Becoming:
    """What becomes of a report."""

    outcome: Outcome
    reason: Reason
    rep_id: str | None = None
    customer_id: str | None = None
    candidates: tuple[str, ...] = ()


def what_becomes(reported: Reported, scene: Scene, rules: Rules) -> Becoming:
    """Decide what becomes of a report.

    Args:
        reported: what a connector says.
        scene: what is known around it.
        rules: the connector's.
    """
    if scene.chosen is Outcome.LEAD:
        return Becoming(Outcome.LEAD, Reason.SUBMITTED, _rep(scene))
    if isinstance(reported, FormFilled) and scene.who is not Who.CERTAIN:
        known = reported.lead is not None
        return Becoming(Outcome.LEAD, Reason.SUBMITTED) if known else Becoming(Outcome.UNMATCHED, Reason.NOBODY_NAMED)
    passed_over = _passed_over(reported, scene)
    if passed_over is not None:
        return Becoming(Outcome.NOTHING, passed_over)
    if scene.who is Who.POSSIBLE:
        return Becoming(Outcome.UNMATCHED, Reason.SEVERAL_POSSIBLE, _rep(scene), candidates=scene.candidates)
    if scene.who is Who.NOBODY:
        return _of_nobody(reported, scene, rules)
    reason = _not_a_follow_up(reported, scene, rules)
    if reason is None:
        return Becoming(Outcome.FOLLOW_UP, Reason.BY_THE_OWNER, scene.by_right, scene.customer_id)
    if reason is Reason.CALL_GOES_ON:
        return Becoming(Outcome.NOTHING, reason)
    return Becoming(Outcome.TOUCH, reason, _rep(scene), scene.customer_id)


def _rep(scene: Scene) -> str | None:
    return scene.by_right or next(iter(scene.rep_ids), None)


def _passed_over(reported: Reported, scene: Scene) -> Reason | None:
    """Why nothing comes of a report whoever it is about; None when something may."""
    if scene.internal:
        return Reason.INTERNAL
    if isinstance(reported, EmailSeen) and reported.automatic:
        return Reason.AUTOMATIC
    if isinstance(reported, CallStarted) and scene.over:
        return Reason.CALL_IS_OVER
    return Reason.NOBODY_NAMED if scene.party is None and scene.who is not Who.CERTAIN else None


def _of_nobody(reported: Reported, scene: Scene, rules: Rules) -> Becoming:
    """A call's end tells more than its beginning, so that waits. Whom our people write to is nobody's business."""
    if isinstance(reported, CallStarted):
        return Becoming(Outcome.NOTHING, Reason.CALL_GOES_ON)
    ours_alone = isinstance(reported, EmailSeen) and reported.direction is Direction.OUTBOUND
    if rules.unknown is Unknown.DROP or ours_alone:
        return Becoming(Outcome.NOTHING, Reason.NOT_A_CUSTOMER)
    outcome = Outcome.LEAD if rules.unknown is Unknown.LEAD else Outcome.UNMATCHED
    return Becoming(outcome, Reason.NOBODY_KNOWN, _rep(scene))


def _not_a_follow_up(reported: Reported, scene: Scene, rules: Rules) -> Reason | None:
    """What keeps a report about a customer from being a follow-up; None when it is one."""
    if isinstance(reported, CampaignTouched | FormFilled):
        return Reason.CAMPAIGN if isinstance(reported, CampaignTouched) else Reason.SUBMITTED
    if scene.by_right is None:
        return Reason.NOT_BY_THE_OWNER if scene.rep_ids else Reason.NO_REP_KNOWN
    match reported:
        case CallStarted():
            return Reason.CALL_GOES_ON
        case CallEnded():
            if not reported.answered:
                return Reason.NOT_ANSWERED
            return Reason.TOO_SHORT if reported.seconds < rules.follow_up_seconds else None
        case EmailSeen():
            answered = reported.direction is Direction.INBOUND and reported.answer
            return None if answered else Reason.NOT_ANSWERED
