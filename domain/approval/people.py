"""Who is who at one instant: the reps, the heads of regions, the customers in question, and roles resolved to reps."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from pydantic import Field

from domain.approval.request import Actor, Wanted
from domain.approval.rules import Approver, Committee, Role
from domain.case import Case, Plain
from domain.rules.areas import covers

_MOST_ABOVE = 20


class Person(Plain):
    """A rep as approvals see them."""

    id: str
    active: bool = True
    away: bool = False
    """On leave at this instant."""
    manager_id: str | None = None
    successor_id: str | None = None
    """Who stands in for them."""
    regions: tuple[str, ...] = ()


class Standing(Plain):
    """A customer as it stands at this instant."""

    customer_id: str
    owner_id: str | None
    case: Case


class Scene(Plain):
    """Everything about people and customers that a decision may look at."""

    persons: dict[str, Person]
    heads: dict[str, str] = Field(default_factory=dict)
    """Who heads a region, by its code."""
    customers: tuple[Standing, ...] = ()

    def active(self, rep_id: str | None) -> bool:
        """Whether somebody is there who has not left."""
        person = self.persons.get(rep_id or "")
        return person is not None and person.active

    def away(self, rep_id: str) -> bool:
        """Whether somebody cannot answer now: on leave, or gone."""
        return not self.active(rep_id) or self.persons[rep_id].away

    def manager(self, rep_id: str | None) -> str | None:
        """The manager of somebody's team."""
        person = self.persons.get(rep_id or "")
        return person.manager_id if person else None

    def crosses_regions(self, gains: str | None) -> bool:
        """Whether any of the customers lies where whoever is to get them does not work."""
        person = self.persons.get(gains or "")
        if person is None:
            return False
        regions = (customer.case.region for customer in self.customers)
        return any(region and not any(covers("region", own, region) for own in person.regions) for region in regions)


def holders(
    approver: Approver,
    wanted: Wanted,
    requester: Actor,
    scene: Scene,
    committees: Mapping[str, Committee],
    barred: Collection[str] = (),
) -> list[str]:
    """The reps whom a rule asks, each once.

    In place of a manager or head who has left or must not decide, their own manager is asked, and so on upwards;
    members of a committee and reps named by themselves are left out then.

    Args:
        approver: the rule.
        wanted: what is asked for.
        requester: by whom.
        scene: who is who.
        committees: by name.
        barred: who must not decide.
    """
    if approver.role is not None:
        found = in_role(approver.role, wanted, requester, scene)
        usable = [up_from(rep_id, scene, barred) for rep_id in found]
    elif approver.committee is not None:
        committee = committees.get(approver.committee)
        usable = [rep_id for rep_id in (committee.reps if committee else ()) if _may(rep_id, scene, barred)]
    else:
        usable = [approver.rep] if _may(approver.rep, scene, barred) else []
    return [rep_id for rep_id in dict.fromkeys(usable) if rep_id is not None]


def in_role(role: Role, wanted: Wanted, requester: Actor, scene: Scene) -> list[str]:
    """Who has a role in the case at this instant."""
    return [rep_id for rep_id in dict.fromkeys(_IN_ROLE[role](wanted, requester, scene)) if rep_id]


def barred_people(roles: Sequence[Role], wanted: Wanted, requester: Actor, scene: Scene) -> frozenset[str]:
    """Who must not decide (invariant four_eyes): the requester, and whoever has one of these roles now."""
    found = (rep_id for role in (Role.REQUESTER, *roles) for rep_id in in_role(role, wanted, requester, scene))
    return frozenset(found)


def substitute(rep_id: str, scene: Scene, barred: Collection[str]) -> str | None:
    """Who stands in for somebody who does not answer: the first in the line of successors who is there, else the
    first manager above."""
    following = scene.persons.get(rep_id)
    for _ in range(_MOST_ABOVE):
        following = scene.persons.get(following.successor_id or "") if following else None
        if following is None or following.id == rep_id:
            break
        if _may(following.id, scene, barred) and not following.away:
            return following.id
    return up_from(scene.manager(rep_id), scene, {*barred, rep_id}, here=True)


def _may(rep_id: str | None, scene: Scene, barred: Collection[str]) -> bool:
    return rep_id not in barred and scene.active(rep_id)


def up_from(rep_id: str | None, scene: Scene, barred: Collection[str], *, here: bool = False) -> str | None:
    """The first from somebody upwards who may decide; ``here`` passes over those on leave, too."""
    for _ in range(_MOST_ABOVE):
        if rep_id is None or (_may(rep_id, scene, barred) and not (here and scene.away(rep_id))):
            return rep_id
        rep_id = scene.manager(rep_id)
    return None


def _owners(scene: Scene) -> list[str | None]:
    return [customer.owner_id for customer in scene.customers]


def _heads(regions: Iterable[str | None], scene: Scene) -> list[str | None]:
    """The head of each region, or of the country that it lies in."""
    return [scene.heads.get(code) or scene.heads.get(code.partition("-")[0]) for code in regions if code]


def _regions_of(rep_id: str | None, scene: Scene) -> Sequence[str]:
    person = scene.persons.get(rep_id or "")
    return person.regions if person else ()


_IN_ROLE: Mapping[Role, Callable[[Wanted, Actor, Scene], Iterable[str | None]]] = {
    Role.REQUESTER: lambda _wanted, requester, _scene: [requester.person],
    Role.REQUESTER_MANAGER: lambda _wanted, requester, scene: [scene.manager(requester.person)],
    Role.OWNER: lambda _wanted, _requester, scene: _owners(scene),
    Role.OWNER_MANAGER: lambda _wanted, _requester, scene: map(scene.manager, _owners(scene)),
    Role.NEW_OWNER: lambda wanted, _requester, _scene: [wanted.gains],
    Role.NEW_OWNER_MANAGER: lambda wanted, _requester, scene: [scene.manager(wanted.gains)],
    Role.REGION_HEAD: lambda _wanted, _requester, scene: _heads(
        (customer.case.region for customer in scene.customers), scene
    ),
    Role.NEW_REGION_HEAD: lambda wanted, _requester, scene: _heads(_regions_of(wanted.gains, scene), scene),
}
