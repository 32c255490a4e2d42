"""A roster that keeps its indexes while the reps in it change, so that a long replay puts no group together twice."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

from domain.assignment.roster import Group, Rep, Roster, folded


class LiveRoster(Roster):
    """A roster whose reps may be replaced by newer states of themselves: what they have and where they stand.

    Only what a state can change counts anew: the groups that a rep is in. Regions and verticals stay as they are.
    """

    def replace(self, rep: Rep) -> None:
        """Put a newer state of a rep in the place of the older one.

        Raises:
            KeyError: when the rep is not in the roster.
        """
        if rep.id not in self.by_id:
            raise KeyError(rep.id)
        self.by_id[rep.id] = rep
        for region in rep.regions:
            _put(self._by_region[region], rep)
        for vertical in rep.verticals:
            _put(self._by_vertical[folded(vertical)], rep)
        for pool in self._pools_of[rep.id]:
            if pool in self._groups and not self._groups[pool].renewed(rep):
                del self._groups[pool]

    def _group(self, pool: str, members: Callable[[], Iterable[Rep]]) -> Group:
        if pool not in self._groups:
            everybody = list(members())
            self._groups[pool] = Group(pool, everybody)
            for rep in everybody:
                self._pools_of[rep.id].add(pool)
        return self._groups[pool]

    @cached_property
    def _pools_of(self) -> dict[str, set[str]]:
        """Of which groups a rep is one, those included who are not active."""
        return defaultdict(set)


def _put(reps: list[Rep], newer: Rep) -> None:
    reps[:] = [newer if rep.id == newer.id else rep for rep in reps]
