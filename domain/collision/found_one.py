"""Two customers with different owners that turn out to be one: by a merge, or by identifiers that came together."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.meeting import meeting
from domain.collision.scene import Scene
from domain.collision.sighting import Sighting
from domain.event import EventKind
from domain.happening import Happening

WATCHES = frozenset(
    {
        EventKind.CUSTOMER_MERGED,
        EventKind.LEAD_RECEIVED,
        EventKind.CUSTOMER_REGISTERED,
        EventKind.IDENTIFIER_CONTESTED,
    }
)


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """A merge whose sides had different owners; a lead, or a correction that was refused, with strong identifiers of
    another one's customer."""
    customer = scene.customer
    if customer is None:
        return
    if happened.kind == EventKind.CUSTOMER_MERGED:
        merger = scene.merger
        if merger is not None and merger.survivor_owner_id and merger.absorbed_owner_id:
            owners = (merger.survivor_owner_id, merger.absorbed_owner_id)
            yield from meeting(
                Detector.FOUND_ONE, happened, (customer,), owners, rule="merge", merge_id=merger.merge_id
            )
        return
    contested = happened.data.get("contested")
    facts = {"lead_id": happened.data["lead_id"]} if "lead_id" in happened.data else {}
    for id_ in map(str, contested if isinstance(contested, list) else ()):
        other = scene.others.get(id_)
        if other is None or other.id == customer.id or None in (customer.owner_id, other.owner_id):
            continue
        owners = (customer.owner_id or "", other.owner_id or "")
        yield from meeting(Detector.FOUND_ONE, happened, (customer, other), owners, rule="strong_identifier", **facts)
