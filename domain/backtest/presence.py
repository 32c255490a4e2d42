"""Who was there: what recorded decisions and leaves tell of it, because nobody wrote down when a rep came or left."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from domain.assignment import Case, Rep, reach_of
from domain.assignment.roster import folded
from domain.backtest.happened import Born, LeaveTurned, Present
from domain.policy import Policy
from domain.rules.areas import areas_around


class Presence:
    """Turns what was recorded into facts about reps, the same for every policy that is simulated.

    A decision records everybody within its reach to whom something could be given; whoever was within its reach and is
    not among them was on leave or not there.
    """

    def __init__(self, reps: Iterable[Rep], recorded: Policy) -> None:
        """Index the reps.

        Args:
            reps: everybody there is now.
            recorded: the policy in force; of decisions by an earlier one only the reach by region is known.
        """
        self._recorded = recorded
        self._states = {rep.id: (rep.active, rep.on_leave) for rep in reps}
        self._stays = {rep.id: rep.active for rep in reps}
        self._by_region: defaultdict[str, set[str]] = defaultdict(set)
        self._by_vertical: defaultdict[str, set[str]] = defaultdict(set)
        for rep in reps:
            for region in rep.regions:
                self._by_region[region].add(rep.id)
            for vertical in rep.verticals:
                self._by_vertical[folded(vertical)].add(rep.id)

    def told_by(self, told: Born | LeaveTurned) -> Iterator[Present]:
        """What has changed about who is there."""
        if isinstance(told, LeaveTurned):
            yield from self._turn(told.rep_id, self._states[told.rep_id][0], told.away)
            return
        seen = told.seen
        for rep_id in self._within_reach(told) | seen.available | seen.on_leave:
            if rep_id in seen.available:
                yield from self._turn(rep_id, True, False)
            elif rep_id in self._stays:
                away = rep_id in seen.on_leave or (self._stays[rep_id] and not seen.group_looked_at)
                yield from self._turn(rep_id, away, away)

    def _turn(self, rep_id: str, active: bool, on_leave: bool) -> Iterator[Present]:
        if rep_id in self._states and self._states[rep_id] != (active, on_leave):
            self._states[rep_id] = (active, on_leave)
            yield Present(rep_id, active, on_leave)

    def _within_reach(self, born: Born) -> set[str]:
        if born.policy_version != self._recorded.fingerprint:
            return self._covering(born.case)
        reach = reach_of(born.case, self._recorded)
        specialists = self._by_vertical.get(reach.vertical, set()) if reach.vertical else set()
        return self._covering(born.case).union(specialists, reach.rep_ids)

    def _covering(self, case: Case) -> set[str]:
        around = areas_around("region", case.region) if case.region else ()
        return {rep_id for area, _ in around for rep_id in self._by_region.get(area, ())}
