"""A follow-up, call or e-mail by somebody who is neither owner nor collaborator."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.meeting import meeting, named, time_of
from domain.collision.scene import CONTACTS, Scene
from domain.collision.sighting import Sighting
from domain.event import EventKind
from domain.happening import Happening

WATCHES = frozenset({EventKind.FOLLOW_UP_LOGGED, EventKind.TOUCH_LOGGED})


def stranger(happened: Happening, scene: Scene) -> str | None:
    """The rep who had nothing to do with the customer and was in touch with it in this event, if there is one.

    Whoever owned it when that was told, and does no longer, was in touch by right.
    """
    rep_id = named(happened, "rep_id")
    if scene.customer is None or named(happened, "kind") not in CONTACTS or rep_id == named(happened, "owner_id"):
        return None
    return next(iter(scene.customer.strangers((rep_id,), happened.at)), None)


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """Every contact of a stranger with an owned customer."""
    rep_id = stranger(happened, scene)
    if rep_id is None or scene.customer is None:
        return
    yield from meeting(
        Detector.FOREIGN_CONTACT,
        happened,
        (scene.customer,),
        (scene.customer.owner_id, rep_id),
        kind=named(happened, "kind"),
        rule=happened.kind,
        occurred_at=time_of(happened, "occurred_at").isoformat(),
    )
