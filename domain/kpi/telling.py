"""Facts out of events: the one place that says what of an event counts, and for whom."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue

from domain.event import APART_FROM_OWNERSHIP, EventKind
from domain.happening import Happening
from domain.kpi.completeness import complete
from domain.kpi.fact import Fact, Measure


class Setting(NamedTuple):
    """What has to be known beside an event to tell what it counts for."""

    standing: Fact | None
    """How the customer stood before; None when nothing is known of it yet."""
    registered_at: datetime | None
    region: str | None
    source: str | None
    """The system that sent its first lead."""
    policy: str | None
    """The version by which it was decided."""
    teams: Mapping[str, str | None]
    """The reps' teams."""
    required: Collection[str]
    """The fields of a complete profile."""
    requested_at: datetime | None = None
    """When the approval that the event is about was asked for."""
    counted: bool = False
    """Whether the collision case that it is about has been counted."""


class _Told(NamedTuple):
    measure: Measure
    subject_id: str
    rep: str | None
    value: float = 1.0
    reason: str | None = None
    once: str | None = None
    """The part of the id that makes it count once for its subject; None: once for the event."""


def facts_of(happened: Happening, setting: Setting) -> list[Fact]:
    """The facts that an event on a customer's timeline tells. What counts is its owner's of that time.

    Args:
        happened: the event.
        setting: what is known beside it.
    """
    before = setting.standing
    told = [
        *_standing(happened),
        *_profile(happened, before, setting.required),
        *_TELL.get(happened.kind, _nothing)(happened, setting),
    ]
    return [_fact(happened, setting, it) for it in told]


def _fact(happened: Happening, setting: Setting, told: _Told) -> Fact:
    before = setting.standing
    kept = happened.id if told.once is None else f"{told.subject_id}:{told.once}"
    return Fact(
        id=f"{kept}:{told.measure}",
        measure=told.measure,
        at=happened.at,
        event_id=happened.id,
        customer_id=happened.subject_id,
        subject_id=told.subject_id,
        rep=told.rep,
        team=setting.teams.get(told.rep) if told.rep else None,
        region=setting.region,
        source=before.source if before else setting.source,
        policy=setting.policy,
        reason=told.reason,
        value=told.value,
    )


def _standing(happened: Happening) -> Iterator[_Told]:
    """Who owns the customer from now on."""
    if happened.kind not in APART_FROM_OWNERSHIP and "owner_id" in happened.data:
        live = 0.0 if happened.kind == EventKind.CUSTOMER_MERGED else 1.0
        yield _Told(Measure.STANDING, happened.subject_id, _text(happened, "owner_id"), live)


def _profile(happened: Happening, before: Fact | None, required: Collection[str]) -> Iterator[_Told]:
    known = happened.data.get("known")
    if isinstance(known, list):
        value = float(complete([str(it) for it in known], required))
        yield _Told(Measure.PROFILE, happened.subject_id, _owner(happened, before), value)


def _nothing(_happened: Happening, _setting: Setting) -> Iterator[_Told]:
    yield from ()


def _update(happened: Happening, setting: Setting) -> Iterator[_Told]:
    yield _Told(Measure.UPDATE, happened.id, _before(setting))


def _lead_received(happened: Happening, setting: Setting) -> Iterator[_Told]:
    """A further lead is news of a customer only where it completes the profile."""
    if "known" in happened.data:
        yield from _update(happened, setting)


def _touch(happened: Happening, setting: Setting) -> Iterator[_Told]:
    if setting.registered_at is not None:
        hours = _hours(setting.registered_at, happened.at)
        yield _Told(Measure.FIRST_TOUCH, happened.subject_id, _before(setting), hours, once="first")


def _follow_up(happened: Happening, setting: Setting) -> Iterator[_Told]:
    owner = _before(setting)
    yield _Told(Measure.FOLLOW_UP, happened.id, owner)
    yield from _touch(happened, setting)
    if happened.data.get("effective"):
        yield _Told(Measure.KEPT, happened.subject_id, owner)
        if setting.registered_at is not None:
            hours = _hours(setting.registered_at, happened.at)
            yield _Told(Measure.FIRST_EFFECTIVE, happened.subject_id, owner, hours, once="first")


def _missed(happened: Happening, setting: Setting) -> Iterator[_Told]:
    yield _Told(Measure.MISSED, happened.subject_id, _before(setting))
    if happened.kind == EventKind.RECYCLED:
        yield _Told(Measure.RECYCLED, happened.id, _before(setting), reason="not_followed_up")


def _released(happened: Happening, setting: Setting) -> Iterator[_Told]:
    yield _Told(Measure.RECYCLED, happened.id, _before(setting), reason="released")


def _share(happened: Happening, setting: Setting) -> Iterator[_Told]:
    yield _Told(Measure.SHARE, happened.id, _before(setting), reason=_text(happened, "access"))


def _requested(happened: Happening, setting: Setting) -> Iterator[_Told]:
    if approval := _text(happened, "approval_id"):
        yield _Told(Measure.REQUESTED, approval, _before(setting), once="first")


def _decided(happened: Happening, setting: Setting) -> Iterator[_Told]:
    approval = _text(happened, "approval_id")
    if approval and setting.requested_at is not None:
        hours = _hours(setting.requested_at, happened.at)
        outcome = happened.kind.removeprefix("approval_")
        yield _Told(Measure.APPROVAL, approval, _before(setting), hours, outcome, once="first")


def _collision(happened: Happening, setting: Setting) -> Iterator[_Told]:
    """A case counts once, when reps have met: from its opening on, or when a risk became real."""
    case, reps = _text(happened, "case_id"), happened.data.get("reps")
    if case and not setting.counted and not happened.data.get("risk") and isinstance(reps, list):
        for rep in reps:
            yield _Told(Measure.COLLISION, case, str(rep), reason=_text(happened, "detector"), once=f"met:{rep}")


def _settled(happened: Happening, setting: Setting) -> Iterator[_Told]:
    if (case := _text(happened, "case_id")) and not happened.data.get("risk"):
        outcome = _text(happened, "outcome")
        yield _Told(Measure.SETTLED, case, _owner(happened, setting.standing), reason=outcome, once="first")


def _dismissed(happened: Happening, setting: Setting) -> Iterator[_Told]:
    if case := _text(happened, "case_id"):
        yield _Told(Measure.DISMISSED, case, _before(setting), reason=_text(happened, "detector"), once="first")


def _answered(happened: Happening, setting: Setting) -> Iterator[_Told]:
    score, survey = happened.data.get("score"), _text(happened, "survey_id")
    if isinstance(score, int) and survey:
        rep = _text(happened, "rep_id") or _before(setting)
        yield _Told(Measure.SURVEY, survey, rep, float(score), _text(happened, "occasion"), once="first")


_TELL: Mapping[str, Callable[[Happening, Setting], Iterator[_Told]]] = {
    EventKind.PROFILE_CHANGED: _update,
    EventKind.LEAD_RECEIVED: _lead_received,
    EventKind.TOUCH_LOGGED: _touch,
    EventKind.FOLLOW_UP_LOGGED: _follow_up,
    EventKind.REASSIGNED: _missed,
    EventKind.OWNER_KEPT: _missed,
    EventKind.RECYCLED: _missed,
    EventKind.RELEASED: _released,
    EventKind.SHARE_GRANTED: _share,
    EventKind.APPROVAL_REQUESTED: _requested,
    EventKind.APPROVAL_GRANTED: _decided,
    EventKind.APPROVAL_REJECTED: _decided,
    EventKind.COLLISION_OPENED: _collision,
    EventKind.COLLISION_SEEN_AGAIN: _collision,
    EventKind.COLLISION_SETTLED: _settled,
    EventKind.COLLISION_DISMISSED: _dismissed,
    EventKind.SURVEY_ANSWERED: _answered,
}


def _text(happened: Happening, name: str) -> str | None:
    found: JsonValue = happened.data.get(name)
    return found if isinstance(found, str) else None


def _before(setting: Setting) -> str | None:
    return setting.standing.rep if setting.standing else None


def _owner(happened: Happening, before: Fact | None) -> str | None:
    return _text(happened, "owner_id") or (before.rep if before else None)


def _hours(since: datetime, until: datetime) -> float:
    return max((until - since).total_seconds() / 3600, 0.0)
