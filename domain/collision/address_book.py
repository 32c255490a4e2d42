"""A customer in the address book of a rep who has nothing to do with it."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.meeting import meeting, named
from domain.collision.scene import Scene
from domain.collision.sighting import Sighting
from domain.event import EventKind
from domain.happening import Happening
from domain.touch import TouchKind

WATCHES = frozenset({EventKind.TOUCH_LOGGED})


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """Every entry of an address book for a customer whom another rep owns."""
    customer, rep_id = scene.customer, named(happened, "rep_id")
    if customer is None or named(happened, "kind") != TouchKind.ADDRESS_BOOK:
        return
    others = [it for it in customer.strangers((rep_id,), happened.at) if it != named(happened, "owner_id")]
    yield from meeting(
        Detector.ADDRESS_BOOK,
        happened,
        (customer,),
        (customer.owner_id, *others),
        touch_id=named(happened, "touch_id"),
    )
