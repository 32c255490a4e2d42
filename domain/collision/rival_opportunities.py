"""Two opportunities for one need that are with different reps."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.meeting import meeting
from domain.collision.scene import Known, Scene
from domain.collision.sighting import Sighting
from domain.commitment import Commitment, CommitmentKind
from domain.event import EventKind
from domain.happening import Happening
from domain.normalise.text import fold, words

WATCHES = frozenset({EventKind.COMMITMENT_OPENED})


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """An opportunity beside another open one of the same need, unless owner and collaborators have both."""
    customer = scene.customer
    if customer is None or happened.data.get("kind") != CommitmentKind.OPPORTUNITY:
        return
    opened = Commitment.model_validate(
        {name: value for name, value in happened.data.items() if name in Commitment.model_fields}
    )
    rivals = [it for it in customer.ownership.commitments if it.is_open(happened.at) and _rivals(opened, it)]
    rivals = [it for it in rivals if not _partners(customer, (opened.rep_id, it.rep_id), happened)]
    reps = sorted(
        {it.rep_id or "" for it in (opened, *rivals)}, key=lambda rep_id: (rep_id != customer.owner_id, rep_id)
    )
    if not rivals:
        return
    yield from meeting(
        Detector.RIVAL_OPPORTUNITIES,
        happened,
        (customer,),
        reps,
        references=[*sorted(it.reference for it in (opened, *rivals))],
    )


def same_need(one: str, other: str) -> bool:
    """Whether two needs are written alike: capitals, width, script, spaces and punctuation do not count."""
    return "".join(words(fold(one))) == "".join(words(fold(other)))


def _rivals(one: Commitment, other: Commitment) -> bool:
    if other.kind is not CommitmentKind.OPPORTUNITY or one.reference == other.reference:
        return False
    if one.rep_id is None or other.rep_id is None or one.rep_id == other.rep_id:
        return False
    return one.need is not None and other.need is not None and same_need(one.need, other.need)


def _partners(customer: Known, reps: tuple[str | None, ...], happened: Happening) -> bool:
    return customer.owner_id is not None and not customer.strangers(reps, happened.at)
