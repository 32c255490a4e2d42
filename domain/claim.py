"""Whether a rep may take a customer out of a public pool."""

from datetime import datetime, timedelta

from domain.assignment import Reason, Rep
from domain.change import Refused
from domain.ownership import Ownership, Place
from domain.rules.pool import PublicPool


def check_claim(before: Ownership, rep: Rep | None, pool: PublicPool, at: datetime, *, waived: bool = False) -> None:
    """Refuse a claim that the pool's rules do not allow.

    Args:
        before: the customer's ownership.
        rep: who claims, with how many they claimed; None when nobody knows them.
        pool: the rules of the pool in which the customer is.
        at: the workflow's time.
        waived: whether an approval waives caps and cool-off.

    Raises:
        Refused: ``customer_already_owned``, ``customer_in_queue``, ``rep_not_available``, ``rep_at_cap``,
            ``not_your_pool``, ``cooling_off`` or ``claim_cap_reached``, with the rule's values.
    """
    if before.place is Place.OWNED:
        raise Refused("customer_already_owned")
    if before.place is Place.QUEUE:
        raise Refused("customer_in_queue")
    if rep is None or not rep.available:
        raise Refused("rep_not_available")
    if rep.cap_reached is Reason.AT_TOTAL_CAP and not waived:
        raise Refused("rep_at_cap")
    if pool.claim.covering_only and before.region is not None and not rep.covers(before.region):
        raise Refused("not_your_pool", pool=pool.pool, region=before.region)
    if waived:
        return
    until = cool_off_end(before, pool)
    if rep.id == before.previous_owner_id and at < until:
        raise Refused("cooling_off", pool=pool.pool, until=until.isoformat())
    _check_caps(rep, pool)


def cool_off_end(pooled: Ownership, pool: PublicPool) -> datetime:
    """Until when the previous owner may not claim a customer that is in the pool."""
    return pooled.since + timedelta(days=pool.claim.cool_off_days)


def _check_caps(rep: Rep, pool: PublicPool) -> None:
    for period, limit, used in (
        ("day", pool.claim.per_day, rep.claimed_today),
        ("total", pool.claim.total, rep.claimed_open),
    ):
        if limit is not None and used >= limit:
            raise Refused("claim_cap_reached", pool=pool.pool, period=period, limit=limit)
