"""A lead in doubt that may be a customer whom another rep owns."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.meeting import meeting
from domain.collision.scene import Scene
from domain.collision.sighting import Sighting
from domain.happening import Happening
from domain.lead_event import LeadEventKind

WATCHES = frozenset({LeadEventKind.ASKED})


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """The likeliest customer that the lead may be, when its owner is another rep than whose lead it is."""
    review = scene.review
    likeliest = scene.others.get(review.candidates[0]) if review and review.candidates else None
    if review is None or likeliest is None:
        return
    others = likeliest.strangers(review.reps, happened.at)
    yield from meeting(
        Detector.DOUBT_ABOUT_OWNED, happened, (likeliest,), (likeliest.owner_id, *others), lead_id=review.lead_id
    )
