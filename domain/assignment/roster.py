"""The reps as assignment sees them at one instant, and the groups of them that share work."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache

from pydantic import AwareDatetime, Field

from domain.assignment.trace import Reason
from domain.case import Plain
from domain.normalise.text import REMEMBERED, fold
from domain.rules.areas import areas_around, covers
from domain.rules.methods import Method

MAX_WEIGHT = 20
"""So many latest turns of a rep are remembered for each pool."""

folded = lru_cache(maxsize=REMEMBERED)(fold)


class Rep(Plain):
    """A rep with what they do, how much they may get, and what they have."""

    id: str
    name: str
    active: bool = True
    on_leave: bool = False
    calendar: str | None = None
    """Their working calendar; None for the policy's default."""
    off_duty: bool = False
    """Outside their hours where that counts: turns and scores pass over them, but whoever asks for them gets them."""
    regions: tuple[str, ...] = ()
    verticals: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    deal_min: int | None = None
    deal_max: int | None = None
    """The deals that suit the rep, in whole units of the policy's currency."""
    weight: int = 1
    """Turns in a rotation for each one of a rep with weight 1; up to ``MAX_WEIGHT``."""
    daily_cap: int | None = None
    total_cap: int | None = None
    given_today: int = 0
    load: int = 0
    """Customers that the rep owns."""
    successes: int = 0
    """Customers of the case's industry that the rep has won over."""
    successor_id: str | None = None
    turns: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    """The numbers of the latest turns in each rotation pool, newest first."""
    back_at: AwareDatetime | None = None
    """When the leave ends that keeps them away; None when they are not, or nobody knows."""
    claimed_today: int = 0
    claimed_open: int = 0
    """Customers that they claimed from the public pool at hand: on this day, and those that they still own."""

    @property
    def available(self) -> bool:
        """Whether a customer may be given to this rep now."""
        return self.active and not self.on_leave

    @property
    def hindrance(self) -> Reason | None:
        """Why nothing can be given to the rep now, if there is a reason."""
        if not self.active:
            return Reason.INACTIVE
        if self.on_leave:
            return Reason.ON_LEAVE
        return self.cap_reached

    @property
    def cap_reached(self) -> Reason | None:
        """Which cap is reached, the day's before the total."""
        if self.daily_cap is not None and self.given_today >= self.daily_cap:
            return Reason.AT_DAILY_CAP
        if self.total_cap is not None and self.load >= self.total_cap:
            return Reason.AT_TOTAL_CAP
        return None

    def covers(self, region: str) -> bool:
        """Whether the rep works a region: the very code, or the country that it lies in."""
        return any(covers("region", own, region) for own in self.regions)


class Group:
    """Reps who share a pool's work, by id."""

    def __init__(self, pool: str, members: Iterable[Rep]) -> None:
        self.pool = pool
        self.members = sorted((rep for rep in members if rep.active), key=lambda rep: rep.id)
        self.ids = tuple(rep.id for rep in self.members)
        hindered = ((rep.id, _why_not(rep)) for rep in self.members)
        self.hindered = {rep_id: reason for rep_id, reason in hindered if reason is not None}
        self.able = [rep for rep in self.members if rep.id not in self.hindered]
        self.first: dict[Method, Rep] = {}
        """Whom a way of choosing gives the next customer whom all of them could get."""

    def renewed(self, rep: Rep) -> bool:
        """Put a newer state of a rep in place of the older; False when the group must be put together anew instead."""
        if not rep.active or rep.id not in self.ids or _why_not(rep) != self.hindered.get(rep.id):
            return False
        for reps in (self.members, self.able):
            reps[:] = [rep if one.id == rep.id else one for one in reps]
        self.first.clear()
        return True

    def without(self, excluded: tuple[str, ...]) -> tuple[list[Rep], dict[str, Reason]]:
        """Who of the group can get a customer whom these must not get, and why the others cannot."""
        out = [rep_id for rep_id in excluded if rep_id in self.ids]
        if not out:
            return self.able, self.hindered
        able = [rep for rep in self.able if rep.id not in out]
        return able, dict.fromkeys(out, Reason.EXCLUDED) | self.hindered


class Roster(tuple[Rep, ...]):
    """Reps with the indexes over them; a group is put together once."""

    @cached_property
    def by_id(self) -> dict[str, Rep]:
        """The reps by id."""
        return {rep.id: rep for rep in self}

    def in_region(self, region: str) -> Group:
        """Those who cover a region."""
        return self._group(region, lambda: self._covering(region))

    def listed(self, pool: str, rep_ids: Iterable[str]) -> Group:
        """Those named in the policy, as far as they exist."""
        return self._group(pool, lambda: [self.by_id[rep_id] for rep_id in rep_ids if rep_id in self.by_id])

    def specialists(self, industry: str, region: str | None) -> Group:
        """Those who know an industry, in a region or, without one, anywhere."""
        return self._group(vertical_pool(industry, region), lambda: self._knowing(folded(industry), region))

    def _group(self, pool: str, members: Callable[[], Iterable[Rep]]) -> Group:
        if pool not in self._groups:
            self._groups[pool] = Group(pool, members())
        return self._groups[pool]

    def _covering(self, region: str) -> Iterable[Rep]:
        around = [area for area, _ in areas_around("region", region)]
        return {rep.id: rep for area in around for rep in self._by_region.get(area, ())}.values()

    def _knowing(self, vertical: str, region: str | None) -> Iterable[Rep]:
        return (rep for rep in self._by_vertical.get(vertical, ()) if region is None or rep.covers(region))

    @cached_property
    def _groups(self) -> dict[str, Group]:
        return {}

    @cached_property
    def _by_region(self) -> dict[str, list[Rep]]:
        return _indexed((region, rep) for rep in self for region in rep.regions)

    @cached_property
    def _by_vertical(self) -> dict[str, list[Rep]]:
        return _indexed((folded(vertical), rep) for rep in self for vertical in rep.verticals)


def _why_not(rep: Rep) -> Reason | None:
    return rep.hindrance or (Reason.OFF_DUTY if rep.off_duty else None)


def vertical_pool(industry: str, region: str | None) -> str:
    """The pool of those who know an industry, in a region or anywhere."""
    return f"vertical:{folded(industry)}@{region}" if region else f"vertical:{folded(industry)}"


def _indexed(pairs: Iterable[tuple[str, Rep]]) -> dict[str, list[Rep]]:
    index: dict[str, list[Rep]] = defaultdict(list)
    for key, rep in pairs:
        index[key].append(rep)
    return index
