"""Whom a decision may look at, so that the store reads and locks that and no more."""

from collections.abc import Iterator

from domain.assignment.roster import folded, vertical_pool
from domain.case import Case, Plain
from domain.policy import Policy
from domain.rules.areas import areas_around
from domain.rules.methods import (
    BestMatch,
    Designated,
    Dimension,
    LeastLoaded,
    Method,
    Rotation,
    Settings,
    Territory,
    Vertical,
)


class Reach(Plain):
    """What a case's rule may look at."""

    rep_ids: tuple[str, ...] = ()
    """Reps named by the case or the policy."""
    regions: tuple[str, ...] = ()
    """Whoever covers one of these."""
    vertical: str | None = None
    """Whoever has this industry (folded) on record."""
    pools: tuple[str, ...] = ()
    """The rotation pools in which a turn may be taken."""
    verticals: bool = False
    """Whether it counts who knows which industry."""
    loads: bool = False
    """Whether everybody's load counts, not only that of reps with a cap."""
    industry: str | None = None
    """The industry (as the customers have it) in which past success counts."""
    hours: bool = False
    """Whether who is outside their hours is passed over."""


def reach_of(case: Case, policy: Policy) -> Reach:
    """Whom and what the decision on a case may look at, each in a fixed order."""
    rule = policy.rulebook.rule_for(case)
    uses = rule.methods
    named = (
        case.named_contact,
        case.show_contact,
        case.successor,
        *(link.owner_id for link in case.referrals),
        *case.group_owners,
        *case.concerned,
    )
    listed = (rep_id for use in uses for rep_id in _listed(use, case, policy))
    wants_vertical = any(isinstance(use, Vertical) for use in uses)
    return Reach(
        rep_ids=tuple(sorted({rep_id for rep_id in (*named, *listed) if rep_id is not None})),
        regions=tuple(area for area, _ in areas_around("region", case.region)) if case.region else (),
        vertical=folded(case.industry) if wants_vertical and case.industry else None,
        pools=tuple(sorted({pool for use in uses for pool in _pools(use, case, policy)})),
        verticals=any(isinstance(use, Vertical | BestMatch) for use in uses),
        loads=any(isinstance(use, LeastLoaded | BestMatch) or _chooses_by_load(use) for use in uses),
        industry=case.industry if any(_weighs_success(use) for use in uses) else None,
        hours=rule.skip_off_duty,
    )


def _listed(use: Settings, case: Case, policy: Policy) -> Iterator[str | None]:
    match use:
        case Designated():
            yield use.rep
        case Rotation() | LeastLoaded() | BestMatch() if use.pool is not None:
            yield from policy.rotation_pools[use.pool].reps
        case Territory():
            for name in policy.rulebook.territories_of(case):
                yield from policy.territories[name].reps


def _pools(use: Settings, case: Case, policy: Policy) -> Iterator[str]:
    """The pools by the names that ``Roster`` gives its groups."""
    match use:
        case Rotation():
            if use.pool is not None:
                yield f"pool:{use.pool}"
            elif case.region is not None:
                yield case.region
        case Territory() if use.choose is Method.ROTATION:
            yield from (f"territory:{name}" for name in policy.rulebook.territories_of(case))
        case Vertical() if use.choose is Method.ROTATION and case.industry is not None:
            yield vertical_pool(case.industry, case.region if use.within_region else None)


def _chooses_by_load(use: Settings) -> bool:
    return isinstance(use, Territory | Vertical) and use.choose is Method.LEAST_LOADED


def _weighs_success(use: Settings) -> bool:
    return isinstance(use, BestMatch) and Dimension.SUCCESS in use.weights
