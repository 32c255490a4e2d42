"""Two customers with different owners that turn out to be one: by a merge, or by identifiers that came together."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.meeting import meeting
from domain.collision.scene import Scene
from domain.collision.sighting import Sighting
from domain.event import EventKind
from domain.happening import Happening
from domain.lead_told import LeadTold

WATCHES = frozenset({EventKind.CUSTOMER_MERGED, EventKind.LEAD_RECEIVED, EventKind.CUSTOMER_REGISTERED})


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """A merge whose sides had different owners, or a lead that carries strong identifiers of another one's customer."""
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
    told = LeadTold.model_validate(happened.data)
    for id_ in told.contested:
        other = scene.others.get(id_)
        if other is None or other.id == customer.id or None in (customer.owner_id, other.owner_id):
            continue
        owners = (customer.owner_id or "", other.owner_id or "")
        yield from meeting(
            Detector.FOUND_ONE, happened, (customer, other), owners, rule="strong_identifier", lead_id=told.lead_id
        )
