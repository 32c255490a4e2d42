"""Two leads in doubt that carry the same key and come from different reps."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.meeting import meeting
from domain.collision.scene import Scene
from domain.collision.sighting import Sighting
from domain.happening import Happening
from domain.lead_event import LeadEventKind

WATCHES = frozenset({LeadEventKind.ASKED})


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """Each other lead that waits and shares a key. The customers are those that either of the two may be."""
    review = scene.review
    if review is None:
        return
    for other in scene.reviews:
        if set(other.reps).isdisjoint(review.reps):
            yield from meeting(
                Detector.DOUBLE_REVIEW,
                happened,
                (*review.candidates[:1], *other.candidates[:1]),
                (*review.reps, *other.reps) if review.reps and other.reps else (),
                lead_ids=[*sorted((review.lead_id, other.lead_id))],
                keys=[*other.shares],
            )
