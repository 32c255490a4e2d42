"""The sales organisation as it is described and changed from outside: reps, teams and regions."""

from typing import Annotated

from pydantic import MISSING, BaseModel, ConfigDict, Field, StrictBool

from domain.submitted import EmailText, RegionCode
from domain.text import Reference, ShortText

RegionCodes = Annotated[tuple[RegionCode, ...], Field(max_length=200)]
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


class RegionChange(_Given):
    """What to change in a region; a field that is left out stays."""

    name: ShortText | MISSING = MISSING


class Region(_Kept):
    """A sales region: an ISO 3166-2 code with the name that people use."""

    code: str
    name: str
    active: bool
    version: Version


class NewTeam(_Given):
    """A team to create. Without an id it gets one."""

    id: Reference | None = None
    name: ShortText
    manager_id: Reference | None = None


class TeamChange(_Given):
    """What to change in a team; a field that is left out stays."""

    name: ShortText | MISSING = MISSING
    manager_id: Reference | MISSING | None = MISSING


class Team(_Kept):
    """A team of reps with its manager, who is a rep."""

    id: str
    name: str
    manager_id: str | None
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


class RepChange(_Given):
    """What to change in a rep; a field that is left out stays."""

    name: ShortText | MISSING = MISSING
    email: EmailText | MISSING | None = MISSING
    team_id: Reference | MISSING | None = MISSING
    regions: RegionCodes | MISSING = MISSING
    on_leave: StrictBool | MISSING = MISSING
    calendar: Reference | MISSING | None = MISSING


class Rep(_Kept):
    """A salesperson. ``active`` false means gone, ``on_leave`` that nothing new is given until further notice."""

    id: str
    name: str
    email: str | None
    team_id: str | None
    regions: tuple[str, ...]
    active: bool
    on_leave: bool
    calendar: str | None
    version: Version
