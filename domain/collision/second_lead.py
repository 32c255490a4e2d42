"""A further lead for an owned customer that another rep submitted, or that names one."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.meeting import meeting
from domain.collision.scene import Scene
from domain.collision.sighting import Sighting
from domain.event import EventKind
from domain.happening import Happening
from domain.lead_told import LeadTold

WATCHES = frozenset({EventKind.LEAD_RECEIVED})


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """Who submitted it, whom the customer asked for in vain and who was on the stand, beside those entitled to it."""
    customer, told = scene.customer, LeadTold.model_validate(happened.data)
    if customer is None:
        return
    roles = {
        "submitted_by": told.submitted_by,
        "named_contact": told.named_contact,
        "show_contact": told.show_contact,
    }
    others = [rep_id for rep_id in customer.strangers(roles.values(), happened.at) if rep_id != told.owner_id]
    yield from meeting(
        Detector.SECOND_LEAD,
        happened,
        (customer,),
        (customer.owner_id, *others),
        lead_id=told.lead_id,
        by=[role for role, rep_id in roles.items() if rep_id in others],
    )
