"""Two reps met the same customer at one trade show."""

from collections.abc import Iterator
from datetime import timedelta

from domain.collision.detector import Detector
from domain.collision.meeting import meeting
from domain.collision.scene import Met, Scene
from domain.collision.sighting import Sighting
from domain.event import EventKind
from domain.happening import Happening
from domain.lead_told import LeadTold
from domain.normalise.text import fold

WATCHES = frozenset({EventKind.LEAD_RECEIVED})

_ONE_SHOW = timedelta(days=14)
"""No trade show lasts longer; the next of the same name is another one."""


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """A lead from a show, after another one of the same customer from the same show with another rep on the stand."""
    customer, told = scene.customer, LeadTold.model_validate(happened.data)
    if customer is None or told.show_contact is None:
        return
    for met in scene.shows:
        if met.lead_id == told.lead_id or met.contact in (None, told.show_contact) or not _one_show(met, told):
            continue
        reps = {met.contact or "", told.show_contact}
        if all(customer.entitled(rep_id, happened.at) for rep_id in reps):
            continue
        owner_first = sorted(reps, key=lambda it: (it != customer.owner_id, it))
        leads = sorted((met.lead_id, told.lead_id))
        yield from meeting(Detector.SAME_SHOW, happened, (customer,), owner_first, lead_ids=[*leads])
        return


def _one_show(met: Met, told: LeadTold) -> bool:
    if told.show is None or told.show_date is None:
        return False
    return fold(met.name) == fold(told.show) and abs(met.on - told.show_date) <= _ONE_SHOW
