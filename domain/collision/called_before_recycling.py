"""An owner who has been warned that the customer may be taken away, while another rep is already in touch with it."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.foreign_contact import stranger
from domain.collision.meeting import meeting
from domain.collision.scene import Scene
from domain.collision.sighting import Sighting
from domain.event import EventKind
from domain.happening import Happening

_WARNINGS = frozenset({EventKind.FOLLOW_UP_WARNING, EventKind.FOLLOW_UP_ESCALATED})
WATCHES = _WARNINGS | {EventKind.FOLLOW_UP_LOGGED, EventKind.TOUCH_LOGGED}


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """At a warning, who was in touch lately; at a contact, whether the owner has been warned."""
    customer = scene.customer
    if customer is None:
        return
    if happened.kind in _WARNINGS:
        others = customer.strangers((it.rep_id for it in scene.contacts), happened.at)
        contacts = [it.id for it in scene.contacts if it.rep_id in others]
    else:
        found = stranger(happened, scene) if scene.warned else None
        others, contacts = ((found,) if found else ()), [happened.id]
    yield from meeting(
        Detector.CALLED_BEFORE_RECYCLING, happened, (customer,), (customer.owner_id, *others), contacts=[*contacts]
    )
