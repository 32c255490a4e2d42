"""Personnel moves: a rep leaves, changes regions or changes teams, and what they looked after is redistributed."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.assignment.roster import Rep
from domain.directory import RegionCodes
from domain.policy import Handover, MoveKind, Policy
from domain.policy_checks import Directory, findings_of
from domain.rules.areas import covers
from domain.rules.methods import Designated
from domain.text import LongText, Reference

_NEEDS = {MoveKind.CHANGES_REGION: "regions", MoveKind.CHANGES_TEAM: "team_id"}
"""The field that says where to, which one kind needs and no other takes."""


class NewMove(BaseModel):
    """A move of a rep, as somebody orders it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: MoveKind
    regions: RegionCodes | None = Field(None, description="Of `changes_region`: the regions from now on.")
    team_id: Reference | None = Field(None, description="Of `changes_team`: the team from now on.")
    successor_id: Reference | None = Field(
        None, description="Who takes over, where the policy says so; null: whom the rep's record names."
    )
    keep: Annotated[tuple[Reference, ...], Field(max_length=1000)] = Field(
        (), description="Customers who stay with the rep whatever the policy says; nobody who leaves keeps any."
    )
    reason: LongText | None = None
    by: Reference | None = Field(None, description="The rep who orders it; null: the caller alone.")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        for kind, name in _NEEDS.items():
            if (getattr(self, name) is not None) != (kind is self.kind):
                raise PydanticCustomError("move_field", "{field} belongs to {kind}", {"field": name, "kind": kind})
        if self.keep and self.kind is MoveKind.LEAVES:
            raise PydanticCustomError("move_keeps", "nobody who leaves keeps a customer")
        return self


class Outcome(StrEnum):
    """What became of a customer of a rep who moved."""

    MOVED = "moved"
    QUEUED = "queued"
    ELSEWHERE = "elsewhere"
    """It was no longer the rep's when its turn came."""


class WarningCode(StrEnum):
    """What a move leaves behind that a person should see to. Each has a sentence in the catalogues."""

    TEAM_WITHOUT_MANAGER = "team_without_manager"
    NAMED_IN_POOL = "named_in_pool"
    NAMED_IN_TERRITORY = "named_in_territory"
    NAMED_IN_RULE = "named_in_rule"
    NOBODY_LEFT = "nobody_left"
    REGION_UNCOVERED = "region_uncovered"
    NO_SUCCESSOR = "no_successor"
    SUCCESSOR_NOT_ASKED = "successor_not_asked"


class Warned(BaseModel):
    """A warning and what it is about: a team, a pool, a territory, a rule, a region or a rep."""

    model_config = ConfigDict(frozen=True)
    code: WarningCode
    about: str


def successor_of(move: NewMove, own: str | None, policy: Policy) -> str | None:
    """Who is asked before the rules, by the order or else by the rep's record; None where the policy asks nobody."""
    return (move.successor_id or own) if policy.moves.handover(move.kind) is Handover.SUCCESSOR else None


def concerned_regions(move: NewMove, before: Collection[str], regions: Iterable[str | None]) -> list[str | None] | None:
    """In which regions customers change hands: those that the rep covered and covers no more. None is everywhere.

    Args:
        move: the order.
        before: the regions that the rep covered.
        regions: where the rep's customers are; None where that is unknown.
    """
    if move.kind is not MoveKind.CHANGES_REGION:
        return None
    after = move.regions or ()
    return [region for region in regions if region and _covered(before, region) and not _covered(after, region)]


def moved_rep(rep: Rep, move: NewMove) -> Rep:
    """The rep as the move leaves them.

    Args:
        rep: how they stand; the regions may be only those that a decision looks at.
        move: the order.
    """
    if move.kind is MoveKind.LEAVES:
        return rep.model_copy(update={"active": False, "successor_id": move.successor_id or rep.successor_id})
    if move.regions is None:
        return rep
    return rep.model_copy(update={"regions": move.regions})


def heirs(gone: str, successor_id: str | None, manager_id: str | None, owners: Sequence[str]) -> tuple[str, ...]:
    """Who is asked about a lead in place of a rep who left: successor, else manager, else the candidates' owners.

    Args:
        gone: the rep who left.
        successor_id: who took over, when active.
        manager_id: the manager of the rep's team, when active.
        owners: the active owners of the customers that the lead may be.
    """
    for found in (successor_id, manager_id):
        if found is not None and found != gone:
            return (found,)
    return tuple(dict.fromkeys(owner for owner in owners if owner != gone))


def warnings_of(
    rep_id: str, move: NewMove, successor_id: str | None, teams: Sequence[str], policy: Policy, directory: Directory
) -> list[Warned]:
    """What the move leaves behind that a person should see to.

    Args:
        rep_id: who moves.
        move: the order.
        successor_id: who takes over, by the order or the rep's record.
        teams: the teams that the rep manages.
        policy: the rules in force.
        directory: the organisation before the move.
    """
    after = Directory([moved_rep(rep, move) if rep.id == rep_id else rep for rep in directory.reps], directory.regions)
    found = list(_named(rep_id, policy)) if move.kind is MoveKind.LEAVES else []
    if move.kind is MoveKind.LEAVES:
        found += [Warned(code=WarningCode.TEAM_WITHOUT_MANAGER, about=team) for team in teams]
    asks = policy.moves.handover(move.kind) is Handover.SUCCESSOR
    if asks and successor_id is None:
        found.append(Warned(code=WarningCode.NO_SUCCESSOR, about=rep_id))
    if not asks and move.successor_id is not None:
        found.append(Warned(code=WarningCode.SUCCESSOR_NOT_ASKED, about=move.successor_id))
    return found + [warned for warned in _gaps(policy, after) if warned not in _gaps(policy, directory)]


def _named(rep_id: str, policy: Policy) -> Iterator[Warned]:
    for name, pool in policy.rotation_pools.items():
        if rep_id in pool.reps:
            yield Warned(code=WarningCode.NAMED_IN_POOL, about=name)
    for name, territory in policy.territories.items():
        if rep_id in territory.reps:
            yield Warned(code=WarningCode.NAMED_IN_TERRITORY, about=name)
    for rule in policy.assignment:
        if any(isinstance(use, Designated) and use.rep == rep_id for use in rule.methods):
            yield Warned(code=WarningCode.NAMED_IN_RULE, about=rule.rule)


def _gaps(policy: Policy, directory: Directory) -> list[Warned]:
    """Where nobody is left, by the same checks as ``oneowner policy check``."""
    names = {WarningCode.NOBODY_LEFT: "name", WarningCode.REGION_UNCOVERED: "region"}
    return [
        Warned(code=WarningCode(finding.code), about=str(finding.facts[names[WarningCode(finding.code)]]))
        for finding in findings_of(policy, directory)
        if finding.code in names
    ]


def _covered(regions: Iterable[str], region: str) -> bool:
    return any(covers("region", own, region) for own in regions)
