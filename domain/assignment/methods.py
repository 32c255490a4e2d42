"""The methods: each looks for an owner in its own way and tells in a ``Trial`` what came of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.assignment.choosing import best_match, least_loaded, next_in_turn
from domain.assignment.roster import Group, Rep, Roster
from domain.assignment.trace import Reason, Trial
from domain.case import Case
from domain.policy import Policy
from domain.rules import methods as settings
from domain.rules.methods import Method

_trial = Trial.model_construct
"""Not validated: it is put together here of what was, and validating would cost more than deciding."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every method looks at: the case, the rules and the reps."""

    case: Case
    policy: Policy
    roster: Roster


def try_method(use: settings.Settings, desk: Desk) -> Trial:
    """Try one method with its settings."""
    return _METHODS[use.method](use, desk)


def _named_contact(use: settings.NamedContact, desk: Desk) -> Trial:
    return _first_of([desk.case.named_contact], use, desk, Reason.NOT_NAMED)


def _show_contact(use: settings.ShowContact, desk: Desk) -> Trial:
    return _first_of([desk.case.show_contact], use, desk, Reason.NOT_NAMED)


def _designated(use: settings.Designated, desk: Desk) -> Trial:
    return _first_of([use.rep], use, desk, Reason.NEEDS_DESIGNATION)


def _sticky(use: settings.Sticky, desk: Desk) -> Trial:
    return _first_of(desk.case.group_owners, use, desk, Reason.NO_EARLIER_OWNER)


def _referrer_owner(use: settings.ReferrerOwner, desk: Desk) -> Trial:
    """From the nearest referrer on to the first whose owner can take the case; a chain that is a circle is refused."""
    links = desk.case.referrals
    if len({link.customer_id for link in links}) < len(links):
        return _trial(method=use.method, reason=Reason.REFERRAL_CYCLE)
    nobody = Reason.REFERRER_HAS_NO_OWNER if links else Reason.NO_REFERRER
    return _first_of([link.owner_id for link in links], use, desk, nobody)


def _first_of(rep_ids: Sequence[str | None], use: Any, desk: Desk, nobody: Reason) -> Trial:
    """The first of these who can take the case; in place of one who left, their successor."""
    passed_over: dict[str, Reason] = {}
    asked = [rep_id for rep_id in rep_ids if rep_id is not None]
    for rep_id in asked:
        for candidate in _with_successors(rep_id, desk.roster):
            reason = _hindrance(candidate, use, desk)
            if reason is None:
                considered = (*passed_over, candidate)
                return _trial(
                    method=use.method,
                    reason=Reason.CHOSEN,
                    rep_id=candidate,
                    considered=considered,
                    passed_over=passed_over,
                )
            passed_over[candidate] = reason
    reason = next(reversed(passed_over.values()), nobody)
    return _trial(method=use.method, reason=reason, considered=tuple(passed_over), passed_over=passed_over)


def _with_successors(rep_id: str, roster: Roster) -> Iterator[str]:
    """A rep, and as long as they left, who took over from them; a circle of successors ends where it closes."""
    seen: set[str] = set()
    following: str | None = rep_id
    while following is not None and following not in seen:
        seen.add(following)
        yield following
        rep = roster.by_id.get(following)
        following = rep.successor_id if rep is not None and not rep.active else None


def _hindrance(rep_id: str, use: Any, desk: Desk) -> Reason | None:
    rep = desk.roster.by_id.get(rep_id)
    if rep is None:
        return Reason.UNKNOWN_REP
    reason = rep.hindrance
    if reason is not None and not (use.over_cap and reason is rep.cap_reached):
        return reason
    return Reason.EXCLUDED if rep_id in desk.case.excluded else None


def _in_pool(use: settings.Rotation | settings.LeastLoaded, desk: Desk) -> Trial:
    group = _group(use, desk)
    return (
        _trial(method=use.method, reason=group) if isinstance(group, Reason) else _chosen(use, use.method, group, desk)
    )


def _vertical(use: settings.Vertical, desk: Desk) -> Trial:
    case = desk.case
    if case.industry is None:
        return _trial(method=use.method, reason=Reason.NO_INDUSTRY)
    if use.within_region and case.region is None:
        return _trial(method=use.method, reason=Reason.NO_REGION)
    group = desk.roster.specialists(case.industry, case.region if use.within_region else None)
    if not group.members:
        return _trial(method=use.method, reason=Reason.NO_SPECIALIST, pool=group.pool)
    return _chosen(use, use.choose, group, desk)


def _territory(use: settings.Territory, desk: Desk) -> Trial:
    """The first territory with somebody who can take the case; when there is none, what the last one came to."""
    trial = _trial(method=use.method, reason=Reason.NO_TERRITORY)
    for name in desk.policy.rulebook.territories_of(desk.case):
        group = desk.roster.listed(f"territory:{name}", desk.policy.territories[name].reps)
        found = _chosen(use, use.choose, group, desk)
        considered = tuple(dict.fromkeys((*trial.considered, *found.considered)))
        passed_over = {**trial.passed_over, **found.passed_over}
        trial = found.model_copy(update={"considered": considered, "passed_over": passed_over})
        if trial.reason is Reason.CHOSEN:
            break
    return trial


def _best_match(use: settings.BestMatch, desk: Desk) -> Trial:
    group = _group(use, desk)
    if isinstance(group, Reason):
        return _trial(method=use.method, reason=group)
    able, passed_over = group.without(desk.case.excluded)
    if not able:
        return _nobody(use, group, passed_over)
    best, score, scores = best_match(able, desk.case, desk.policy.rulebook.amount_of(desk.case), use.weights)
    enough = score >= use.at_least
    return _trial(
        method=use.method,
        reason=Reason.CHOSEN if enough else Reason.SCORE_TOO_LOW,
        rep_id=best.id if enough else None,
        considered=group.ids,
        passed_over=passed_over,
        scores=scores,
        pool=group.pool,
    )


def _group(use: settings.Rotation | settings.LeastLoaded | settings.BestMatch, desk: Desk) -> Group | Reason:
    """The named rotation pool or the reps of the region, or why there is nobody to look at."""
    if use.pool is not None:
        group = desk.roster.listed(f"pool:{use.pool}", desk.policy.rotation_pools[use.pool].reps)
        return group if group.members else Reason.POOL_EMPTY
    if desk.case.region is None:
        return Reason.NO_REGION
    group = desk.roster.in_region(desk.case.region)
    return group if group.members else Reason.NO_TERRITORY


def _chosen(use: Any, choose: Method, group: Group, desk: Desk) -> Trial:
    able, passed_over = group.without(desk.case.excluded)
    if not able:
        return _nobody(use, group, passed_over)
    rep = _first(choose, group) if able is group.able else _CHOICES[choose](able, group.pool)
    return _trial(
        method=use.method,
        reason=Reason.CHOSEN,
        rep_id=rep.id,
        considered=group.ids,
        passed_over=passed_over,
        pool=group.pool,
    )


def _first(choose: Method, group: Group) -> Rep:
    """Whom a group's members would choose now, found out once."""
    if choose not in group.first:
        group.first[choose] = _CHOICES[choose](group.able, group.pool)
    return group.first[choose]


def _nobody(use: Any, group: Group, passed_over: dict[str, Reason]) -> Trial:
    """Nobody of a group can take it: all are at a cap, or some are away."""
    capped = passed_over and set(passed_over.values()) <= {Reason.AT_DAILY_CAP, Reason.AT_TOTAL_CAP}
    reason = Reason.ALL_AT_CAP if capped else Reason.NOBODY_ON_DUTY
    return _trial(method=use.method, reason=reason, considered=group.ids, passed_over=passed_over, pool=group.pool)


_CHOICES: dict[Method, Callable[[Sequence[Rep], str], Rep]] = {
    Method.ROTATION: next_in_turn,
    Method.LEAST_LOADED: lambda able, _pool: least_loaded(able),
}

_METHODS: dict[Method, Callable[[Any, Desk], Trial]] = {
    Method.NAMED_CONTACT: _named_contact,
    Method.SHOW_CONTACT: _show_contact,
    Method.REFERRER_OWNER: _referrer_owner,
    Method.STICKY: _sticky,
    Method.DESIGNATED: _designated,
    Method.ROTATION: _in_pool,
    Method.LEAST_LOADED: _in_pool,
    Method.TERRITORY: _territory,
    Method.VERTICAL: _vertical,
    Method.BEST_MATCH: _best_match,
}
