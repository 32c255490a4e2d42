"""A case at one instant, as its workflow and the database keep it: who is asked, what was said, what is due."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.approval.request import Actor
from domain.collision_case.resolution import Resolution
from domain.collision_case.rules import Engagement
from domain.collision_case.scene import Seen


class Status(StrEnum):
    """How far a case has come."""

    OPEN = "open"
    SETTLED = "settled"
    DISMISSED = "dismissed"
    """A false alarm."""
    EXPIRED = "expired"
    """A risk that came to nothing."""
    OVERTAKEN = "overtaken"
    """What it was about went another way before it was settled, or before that could be done."""


class Level(StrEnum):
    """Who is to settle it now."""

    REPS = "reps"
    MANAGERS = "managers"
    ADMINISTRATORS = "administrators"


class Stage(StrEnum):
    """What time does to a case."""

    REMIND = "remind"
    MOVE_ON = "move_on"
    EXPIRE = "expire"


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class Due(_Kept):
    """What falls due, and when."""

    stage: Stage
    at: AwareDatetime


class Reason(_Kept):
    """A rule of engagement, and for whom it speaks."""

    rule: Engagement
    rep_id: str | None
    """None when it speaks for nobody."""
    customer_id: str
    weight: int
    facts: dict[str, str] = {}
    """What it went by: times and regions, nothing personal."""


class Proposal(_Kept):
    """How the rules of engagement would settle it."""

    resolution: Resolution
    reasons: tuple[Reason, ...]
    scores: dict[str, int]
    """What speaks for each of the reps, in all."""


class Voice(_Kept):
    """What somebody said should become of it, in their own words."""

    by: str
    level: Level
    resolution: Resolution
    words: str
    at: AwareDatetime


class Subject(_Kept):
    """A customer, and whose it was when the case was settled."""

    customer_id: str
    from_id: str | None


class Settlement(_Kept):
    """What was settled, and by whom."""

    resolution: Resolution
    level: Level | None
    """Whose word it was; None: the policy's, because time was up."""
    by: tuple[Actor, ...]
    words: str | None
    at: AwareDatetime
    subjects: tuple[Subject, ...]
    via_approval: bool = False
    """Whether a change of owner goes through the chain of approval first."""
    shared_until: AwareDatetime
    """When access ends that it grants."""


class Result(_Kept):
    """What became of one thing that was to be done."""

    customer_id: str
    what: str
    refusal: str | None = None
    """The code of the rule by which it was refused; None when it was done."""


class Appeal(_Kept):
    """Somebody's objection to how it was settled."""

    by: str
    reason: str
    at: AwareDatetime
    against: Settlement


class CaseState(_Kept):
    """A collision case. Every deadline is an absolute time."""

    schema_version: Literal[1] = 1
    id: str
    detector: str
    risk: bool
    customer_ids: tuple[str, ...]
    """As they were seen."""
    live_ids: tuple[str, ...]
    """Who stands for them now."""
    moves: int = 0
    """How often that changed; whoever stands for them is asked anew to be frozen."""
    rep_ids: tuple[str, ...]
    parties: tuple[str, ...]
    """Those who met and have not left."""
    seen: tuple[Seen, ...] = ()
    policy: str
    """The version by which it is settled, by its fingerprint."""
    opened_at: AwareDatetime
    round: int = 1
    """It counts how often the case was begun anew: by an appeal, or when what was agreed could not be done."""
    status: Status = Status.OPEN
    level: Level = Level.REPS
    seats: tuple[tuple[str, ...], ...] = ()
    """The voices that are waited for now, each with those who may speak with it."""
    voices: tuple[Voice, ...] = ()
    proposal: Proposal | None = None
    due: tuple[Due, ...] = ()
    reminders: int = 0
    frozen_until: AwareDatetime | None = None
    acknowledged: tuple[str, ...] = ()
    dismissed_by: Actor | None = None
    settlement: Settlement | None = None
    results: tuple[Result, ...] = ()
    concluded: bool = False
    """Whether everything is done that was to be done."""
    appeal_until: AwareDatetime | None = None
    appeal: Appeal | None = None
    ended_at: AwareDatetime | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """Whose word is waited for now."""
        if self.status is not Status.OPEN or self.risk:
            return ()
        spoken = {voice.by for voice in self.voices if voice.level is self.level}
        waiting = (seat for seat in self.seats if spoken.isdisjoint(seat))
        return tuple(dict.fromkeys(rep_id for seat in waiting for rep_id in seat))

    @property
    def deciders(self) -> tuple[str, ...]:
        """Those above the reps who are to decide now."""
        open_ = self.status is Status.OPEN and self.level is not Level.REPS and not self.risk
        return tuple(dict.fromkeys(rep_id for seat in self.seats for rep_id in seat)) if open_ else ()

    @property
    def outcome(self) -> str | None:
        """What it came to; None while it is open."""
        if self.status is Status.OPEN:
            return None
        return self.settlement.resolution.option if self.status is Status.SETTLED and self.settlement else self.status
