"""Where every rep stands in a simulated organisation, and rosters that follow it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from domain.assignment.live import LiveRoster
from domain.assignment.reach import Reach
from domain.assignment.roster import MAX_WEIGHT, Rep
from domain.policy import Policy

_View = tuple[bool, str | None]
"""What a rule's roster shows beside the rest: whether hours count, and the industry in which success does."""


class Standings:
    """Turns, loads, customers of the day, successes and presence of all reps, counted as ``store.rotation`` does."""

    def __init__(self, reps: Iterable[Rep], policy: Policy) -> None:
        self._policy = policy
        self._reps = {rep.id: rep for rep in reps}
        self._turns = {rep.id: dict(rep.turns) for rep in self._reps.values()}
        self._latest = Counter[str]()
        for turns in self._turns.values():
            for pool, taken in turns.items():
                self._latest[pool] = max(self._latest[pool], *taken)
        self._presence = {rep.id: (rep.active, rep.on_leave) for rep in self._reps.values()}
        self.loads = Counter[str]()
        self.successes = Counter[tuple[str, str]]()
        self._given = Counter[str]()
        self._day = date.min
        self._calendars = {rep.calendar for rep in self._reps.values()}
        self._closed: frozenset[str | None] = frozenset()
        self._rosters: dict[_View, LiveRoster] = {}
        self._stale: defaultdict[_View, set[str]] = defaultdict(set)

    def roster(self, reach: Reach, at: datetime) -> LiveRoster:
        """The reps as a decision with this reach sees them at an instant."""
        self._begin_day(at)
        if reach.hours:
            self._look_at_the_clock(at)
        view = (reach.hours, reach.industry)
        roster = self._rosters.get(view)
        if roster is None:
            roster = self._rosters[view] = LiveRoster(self._rep(rep_id, view) for rep_id in self._reps)
        for rep_id in self._stale.pop(view, ()):
            roster.replace(self._rep(rep_id, view))
        return roster

    def count(self, rep_id: str, pool: str | None, at: datetime) -> None:
        """Count what assignment gave a rep: for the day, and in the pool in which it was their turn."""
        self._begin_day(at)
        self._given[rep_id] += 1
        if pool is not None and rep_id in self._turns:
            self._latest[pool] += 1
            earlier = self._turns[rep_id].get(pool, ())[: MAX_WEIGHT - 1]
            self._turns[rep_id][pool] = (self._latest[pool], *earlier)
        self.changed(rep_id)

    def be(self, rep_id: str, *, active: bool, on_leave: bool) -> None:
        """Say whether a rep is there."""
        self._presence[rep_id] = (active, on_leave)
        self.changed(rep_id)

    def changed(self, rep_id: str) -> None:
        """Have the rosters show a rep anew."""
        if rep_id in self._reps:
            for view in self._rosters:
                self._stale[view].add(rep_id)

    def _begin_day(self, at: datetime) -> None:
        day = self._policy.day_of(at)
        if day > self._day:
            self._day = day
            for rep_id in self._given:
                self.changed(rep_id)
            self._given.clear()

    def _look_at_the_clock(self, at: datetime) -> None:
        """Which calendars' reps are outside their hours now."""
        hours = ((name, self._policy.duty_calendar(name)) for name in self._calendars)
        closed = frozenset(name for name, calendar in hours if calendar is not None and not calendar.is_open(at))
        turned = closed ^ self._closed
        self._closed = closed
        for rep in self._reps.values() if turned else ():
            if rep.calendar in turned:
                self.changed(rep.id)

    def _rep(self, rep_id: str, view: _View) -> Rep:
        hours, industry = view
        active, on_leave = self._presence[rep_id]
        rep = self._reps[rep_id]
        return rep.model_copy(
            update={
                "active": active,
                "on_leave": on_leave,
                "off_duty": hours and rep.calendar in self._closed,
                "load": self.loads[rep_id],
                "given_today": self._given[rep_id],
                "successes": self.successes[industry, rep_id] if industry else 0,
                "turns": self._turns[rep_id],
            }
        )
