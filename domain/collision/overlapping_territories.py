"""A customer that is given to a rep of one territory and lies in another one of the same precedence, too."""

from collections.abc import Iterator

from domain.collision.detector import Detector
from domain.collision.meeting import meeting
from domain.collision.scene import Scene, Territory
from domain.collision.sighting import Sighting
from domain.customer_rules import as_it_stands, rule_of
from domain.event import EventKind
from domain.happening import Happening
from domain.ownership import Ownership
from domain.policy import Policy
from domain.rules.methods import Method

WATCHES = frozenset({EventKind.CUSTOMER_REGISTERED, EventKind.OWNER_ASSIGNED, EventKind.REASSIGNED})

_MOST_TOLD = 5
"""Of a large territory so many reps are told."""


def territories_of(ownership: Ownership, policy: Policy) -> tuple[Territory, ...]:
    """The territories in which a customer lies whose rule goes by them, those that count first."""
    if not any(use.method is Method.TERRITORY for use in rule_of(ownership, policy).methods):
        return ()
    names = policy.rulebook.territories_of(as_it_stands(ownership))
    found = ((name, policy.territories[name]) for name in names)
    return tuple(Territory(name, it.precedence, it.reps) for name, it in found)


def see(happened: Happening, scene: Scene) -> Iterator[Sighting]:
    """The territories beside the owner's that have the same precedence, and none of whose reps is the owner."""
    customer = scene.customer
    if customer is None or customer.owner_id is None:
        return
    own = next((it for it in scene.territories if customer.owner_id in it.reps), None)
    if own is None:
        return
    others = [it for it in scene.territories if it.precedence == own.precedence and set(it.reps).isdisjoint(own.reps)]
    reps = customer.strangers((rep_id for it in others for rep_id in it.reps), happened.at)[:_MOST_TOLD]
    yield from meeting(
        Detector.OVERLAPPING_TERRITORIES,
        happened,
        (customer,),
        (customer.owner_id, *reps),
        territories=[own.name, *(it.name for it in others)],
    )
