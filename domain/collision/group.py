"""A rep gets a customer of a group in which another rep has one: the group is approached through a subsidiary."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.meeting import meeting
from domain.collision.scene import Scene
from domain.collision.sighting import Sighting
from domain.event import EventKind
from domain.happening import Happening

WATCHES = frozenset({EventKind.CUSTOMER_REGISTERED, EventKind.OWNER_ASSIGNED, EventKind.CLAIMED, EventKind.DESIGNATED})

_MOST_TOLD = 5
"""Of a large group so many owners are told, each by the customer that they own for longest."""


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """The members of the group whom others own, to whom the customer's owner is a stranger."""
    customer = scene.customer
    if customer is None or customer.owner_id is None:
        return
    members = [it for it in scene.group if it.strangers((customer.owner_id,), happened.at)]
    members = [it for it in members if customer.strangers((it.owner_id,), happened.at)]
    members = list({it.owner_id: it for it in reversed(members)}.values())[::-1][:_MOST_TOLD]
    yield from meeting(
        Detector.GROUP,
        happened,
        (customer, *members),
        (customer.owner_id, *(it.owner_id for it in members)),
        members=[it.id for it in members],
    )
