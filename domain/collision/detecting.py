"""All detectors, and what they see in one event."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from domain.collision import (
    address_book,
    called_before_recycling,
    double_review,
    doubt_about_owned,
    foreign_contact,
    found_one,
    group,
    overlapping_territories,
    rival_opportunities,
    same_show,
    second_lead,
)
from domain.collision.detector import Detector
from domain.collision.rules import CollisionRules
from domain.collision.scene import Scene
from domain.collision.sighting import Sighting
from domain.event import EventKind
from domain.happening import Happening


class _Eye(NamedTuple):
    """A detector: the kinds of events that it looks at, and what it makes of one."""

    watches: frozenset[str]
    see: Callable[[Happening, Scene], Iterator[Sighting]]


_EYES: Mapping[Detector, _Eye] = {
    Detector.SAME_SHOW: _Eye(frozenset(same_show.WATCHES), same_show.see),
    Detector.SECOND_LEAD: _Eye(frozenset(second_lead.WATCHES), second_lead.see),
    Detector.FOREIGN_CONTACT: _Eye(frozenset(foreign_contact.WATCHES), foreign_contact.see),
    Detector.RIVAL_OPPORTUNITIES: _Eye(frozenset(rival_opportunities.WATCHES), rival_opportunities.see),
    Detector.FOUND_ONE: _Eye(frozenset(found_one.WATCHES), found_one.see),
    Detector.GROUP: _Eye(frozenset(group.WATCHES), group.see),
    Detector.ADDRESS_BOOK: _Eye(frozenset(address_book.WATCHES), address_book.see),
    Detector.DOUBLE_REVIEW: _Eye(frozenset(double_review.WATCHES), double_review.see),
    Detector.DOUBT_ABOUT_OWNED: _Eye(frozenset(doubt_about_owned.WATCHES), doubt_about_owned.see),
    Detector.CALLED_BEFORE_RECYCLING: _Eye(frozenset(called_before_recycling.WATCHES), called_before_recycling.see),
    Detector.OVERLAPPING_TERRITORIES: _Eye(frozenset(overlapping_territories.WATCHES), overlapping_territories.see),
}
WATCHED = frozenset(kind for eye in _EYES.values() for kind in eye.watches)
"""The kinds of events that any detector looks at."""


def looking(happened: Happening, rules: CollisionRules) -> tuple[Detector, ...]:
    """The detectors that look at an event by the policy, in their order.

    Of a new customer's two events, the registration and the first assignment, they look at the registration.
    """
    first_assignment = happened.kind == EventKind.OWNER_ASSIGNED and "lead_id" in happened.data
    if first_assignment or (happened.data.get("imported") and not rules.imports):
        return ()
    return tuple(it for it in Detector if happened.kind in _EYES[it].watches and rules.of(it).enabled)


def detect(happened: Happening, scene: Scene, rules: CollisionRules) -> tuple[Sighting, ...]:
    """Everything that the detectors which look at an event see in it, collisions before risks."""
    return tuple(seen for detector in looking(happened, rules) for seen in _EYES[detector].see(happened, scene))
