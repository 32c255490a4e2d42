"""The sales organisation as it is described and changed from outside: reps, teams and regions."""

from typing import Annotated

from pydantic import MISSING, BaseModel, ConfigDict, Field, StrictBool

from domain.assignment.roster import MAX_WEIGHT
from domain.submitted import EmailText, RegionCode
from domain.text import Reference, ShortText

RegionCodes = Annotated[tuple[RegionCode, ...], Field(max_length=200)]
Verticals = Annotated[tuple[ShortText, ...], Field(max_length=50, examples=[["制造业", "machinery"]])]
Languages = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...], Field(max_length=20, examples=[["zh", "en"]])
]
Weight = Annotated[int, Field(ge=1, le=MAX_WEIGHT, strict=True)]
Cap = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
Deal = Annotated[int, Field(ge=0, le=10**15, strict=True)]
Version = Annotated[int, Field(exclude=True)]
"""Counts the changes; callers see it as the ETag."""


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class NewRegion(_Given):
    """A sales region to create."""

    code: RegionCode = Field(examples=["CN-GD"])
    name: ShortText = Field(examples=["广东 Guangdong"])
    head_id: Reference | None = Field(None, description="The rep who heads it, whom approvals ask.")


class RegionChange(_Given):
    """What to change in a region; a field that is left out stays."""

    name: ShortText | MISSING = MISSING
    head_id: Reference | MISSING | None = MISSING


class Region(_Kept):
    """A sales region: an ISO 3166-2 code with the name that people use, and the rep who heads it."""

    code: str
    name: str
    active: bool
    head_id: str | None
    version: Version


class NewTeam(_Given):
    """A team to create. Without an id it gets one."""

    id: Reference | None = None
    name: ShortText
    manager_id: Reference | None = None
    parent_id: Reference | None = Field(None, description="The team that it is part of.")


class TeamChange(_Given):
    """What to change in a team; a field that is left out stays."""

    name: ShortText | MISSING = MISSING
    manager_id: Reference | MISSING | None = MISSING
    parent_id: Reference | MISSING | None = MISSING


class Team(_Kept):
    """A team of reps with its manager, who is a rep, and the team that it is part of.

    A manager answers for the teams that they manage and for all below those.
    """

    id: str
    name: str
    manager_id: str | None
    parent_id: str | None
    active: bool
    version: Version


class NewRep(_Given):
    """A rep to create. Without an id they get one."""

    id: Reference | None = None
    name: ShortText
    email: EmailText | None = None
    team_id: Reference | None = None
    regions: RegionCodes = ()
    on_leave: StrictBool = Field(False, description="On leave until further notice.")
    calendar: Reference | None = Field(None, description="Their working calendar; null for the policy's default.")
    verticals: Verticals = ()
    languages: Languages = ()
    weight: Weight = 1
    daily_cap: Cap | None = None
    total_cap: Cap | None = None
    deal_min: Deal | None = None
    deal_max: Deal | None = None
    successor_id: Reference | None = None


class RepChange(_Given):
    """What to change in a rep; a field that is left out stays."""

    name: ShortText | MISSING = MISSING
    email: EmailText | MISSING | None = MISSING
    team_id: Reference | MISSING | None = MISSING
    regions: RegionCodes | MISSING = MISSING
    on_leave: StrictBool | MISSING = MISSING
    calendar: Reference | MISSING | None = MISSING
    verticals: Verticals | MISSING = MISSING
    languages: Languages | MISSING = MISSING
    weight: Weight | MISSING = MISSING
    daily_cap: Cap | MISSING | None = MISSING
    total_cap: Cap | MISSING | None = MISSING
    deal_min: Deal | MISSING | None = MISSING
    deal_max: Deal | MISSING | None = MISSING
    successor_id: Reference | MISSING | None = MISSING


class Rep(_Kept):
    """A salesperson. ``active`` false means gone, ``on_leave`` that nothing new is given until further notice.

    ``verticals`` are the industries that they know, ``languages`` ISO 639 codes. ``weight`` is how many turns in a
    rotation they get for each one of a rep with weight 1. ``daily_cap`` and ``total_cap`` limit how many customers
    assignment gives them in a day and how many they own before it stops. ``deal_min`` and ``deal_max`` say which deals
    suit them, in the policy's currency. ``successor_id`` is who takes over what would come to them once they left.
    """

    id: str
    name: str
    email: str | None
    team_id: str | None
    regions: tuple[str, ...]
    active: bool
    on_leave: bool
    calendar: str | None
    verticals: tuple[str, ...]
    languages: tuple[str, ...]
    weight: int
    daily_cap: int | None
    total_cap: int | None
    deal_min: int | None
    deal_max: int | None
    successor_id: str | None
    version: Version
