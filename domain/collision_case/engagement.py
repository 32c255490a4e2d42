"""The rules of engagement: for whom of the reps each speaks, and by what."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from domain.collision_case.rules import CaseRules, Engagement
from domain.collision_case.scene import CaseScene, Side
from domain.collision_case.state import Reason
from domain.rules.areas import covers

Speaks = tuple[str | None, dict[str, str]]
"""For whom a rule speaks, and what it went by."""


def reasons_of(scene: CaseScene, rules: CaseRules, at: datetime) -> tuple[Reason, ...]:
    """Every rule that counts, the weightiest first, with the rep for whom it speaks or without one.

    Args:
        scene: the case as it is.
        rules: how much each rule counts.
        at: the workflow's time.
    """
    order = sorted((rule for rule in rules.weights if rules.weights[rule]), key=lambda rule: -rules.weights[rule])
    return tuple(
        Reason(rule=rule, rep_id=rep_id, customer_id=side.customer_id, weight=rules.weights[rule], facts=facts)
        for rule in order
        for side in scene.sides
        for rep_id, facts in _SPEAKS[rule](scene, side, at)
    )


def scores_of(scene: CaseScene, reasons: tuple[Reason, ...]) -> dict[str, int]:
    """What speaks for each of the parties, in all."""
    return {rep_id: sum(reason.weight for reason in reasons if reason.rep_id == rep_id) for rep_id in scene.parties}


def _wish(scene: CaseScene, side: Side, _at: datetime) -> Iterator[Speaks]:
    yield _party(scene, side.last_named), {}


def _first_follow_up(scene: CaseScene, side: Side, _at: datetime) -> Iterator[Speaks]:
    theirs = {rep_id: when for rep_id, when in side.first_follow_ups.items() if rep_id in scene.parties}
    first = min(theirs, key=lambda rep_id: (theirs[rep_id], rep_id), default=None)
    yield first, {"at": theirs[first].isoformat()} if first else {}


def _protection(scene: CaseScene, side: Side, at: datetime) -> Iterator[Speaks]:
    until = side.protected_until
    if until is None or until <= at:
        yield None, {}
    else:
        yield _party(scene, side.owner_id), {"until": until.isoformat()}


def _named_contact(scene: CaseScene, side: Side, _at: datetime) -> Iterator[Speaks]:
    yield _party(scene, side.first_named), {}


def _opportunity(scene: CaseScene, side: Side, _at: datetime) -> Iterator[Speaks]:
    theirs = [rep_id for rep_id in dict.fromkeys(side.bound) if rep_id in scene.parties]
    for rep_id in theirs:
        yield rep_id, {"open": str(side.bound.count(rep_id))}
    if not theirs:
        yield None, {}


def _referral(scene: CaseScene, side: Side, _at: datetime) -> Iterator[Speaks]:
    yield _party(scene, side.referrer_owner), {}


def _territory(scene: CaseScene, side: Side, _at: datetime) -> Iterator[Speaks]:
    region = side.region
    if region is None:
        yield None, {}
        return
    theirs = [
        rep_id
        for rep_id in scene.parties
        if any(covers("region", own, region) for own in scene.regions.get(rep_id, ()))
    ]
    yield theirs[0] if len(theirs) == 1 else None, {"region": region}


def _party(scene: CaseScene, rep_id: str | None) -> str | None:
    return rep_id if rep_id in scene.parties else None


_SPEAKS: Mapping[Engagement, Callable[[CaseScene, Side, datetime], Iterator[Speaks]]] = {
    Engagement.CUSTOMER_WISH: _wish,
    Engagement.FIRST_FOLLOW_UP: _first_follow_up,
    Engagement.PROTECTION: _protection,
    Engagement.NAMED_CONTACT: _named_contact,
    Engagement.OPPORTUNITY: _opportunity,
    Engagement.REFERRAL: _referral,
    Engagement.TERRITORY: _territory,
}
