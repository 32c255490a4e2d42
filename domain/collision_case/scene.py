"""Who and what a case is about at one instant: read anew for every step."""

from pydantic import AwareDatetime, Field

from domain.approval.people import Scene, substitute, up_from
from domain.case import Plain


class Seen(Plain):
    """One thing that a detector saw."""

    id: str
    detector: str
    customer_id: str
    at: AwareDatetime


class Side(Plain):
    """A customer of the case as it stands, with what the rules of engagement look at."""

    customer_id: str
    owner_id: str | None
    in_pool: bool = False
    region: str | None = None
    protected_until: AwareDatetime | None = None
    first_named: str | None = None
    """The rep whom its first lead named, or who was on the stand."""
    last_named: str | None = None
    """The rep for whom the customer asked last, after its first lead."""
    referrer_owner: str | None = None
    bound: tuple[str, ...] = ()
    """The reps of its open opportunities and contracts."""
    first_follow_ups: dict[str, AwareDatetime] = Field(default_factory=dict)
    """When each rep was first in touch in a way that would be an effective follow-up of the owner's."""


class CaseScene(Plain):
    """Everything that a step of a case may look at."""

    people: Scene
    regions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """The regions that each of the reps covers."""
    administrators: tuple[str, ...] = ()
    """The reps who are administrators."""
    risk: bool = False
    customer_ids: tuple[str, ...]
    """The customers as they were seen; one may have been merged since."""
    rep_ids: tuple[str, ...]
    """Everybody who met on them, in the order in which they came."""
    sides: tuple[Side, ...]
    """The customers that stand for those now, each once."""
    seen: tuple[Seen, ...] = ()

    @property
    def parties(self) -> tuple[str, ...]:
        """Those who met and have not left."""
        return tuple(rep_id for rep_id in self.rep_ids if self.people.active(rep_id))

    @property
    def owners(self) -> tuple[str, ...]:
        """Who owns the customers now."""
        return tuple(dict.fromkeys(side.owner_id for side in self.sides if side.owner_id))

    def managers(self) -> tuple[tuple[str, ...], ...]:
        """For each manager of the parties who may decide: that person, and beside one on leave their substitute.

        Above a manager who is a party, or has left, it is their own manager (invariant four_eyes).
        """
        barred = self.rep_ids
        found = (up_from(self.people.manager(rep_id), self.people, barred) for rep_id in self.parties)
        return tuple(self._with_substitute(rep_id) for rep_id in dict.fromkeys(found) if rep_id is not None)

    def _with_substitute(self, rep_id: str) -> tuple[str, ...]:
        instead = substitute(rep_id, self.people, self.rep_ids) if self.people.away(rep_id) else None
        return (rep_id, instead) if instead else (rep_id,)
