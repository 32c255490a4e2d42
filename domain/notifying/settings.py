"""How a person wishes to be told: by which channels, in which language, and when they are left in peace."""

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from domain.notifying.notice import NoticeKind


class Channel(StrEnum):
    """By which a person is told outside of the application, where every notice is to be found anyway."""

    EMAIL = "email"
    CHAT = "chat"


class Digest(StrEnum):
    """How often what is not urgent is told together."""

    NONE = "none"
    """Each by itself, at once."""
    HOURLY = "hourly"
    DAILY = "daily"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("time_zone_unknown", "must be an IANA time zone") from error
    return name


def _to_the_minute(at: time) -> time:
    if at.tzinfo is not None or at.second or at.microsecond:
        raise PydanticCustomError("clock_to_the_minute", "must be hours and minutes without a zone, as in 21:30")
    return at


ClockTime = Annotated[
    time,
    AfterValidator(_to_the_minute),
    PlainSerializer(lambda at: at.strftime("%H:%M"), when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["21:30"]}),
]
"""A time of the day in the person's zone, hours and minutes."""

Channels = Annotated[frozenset[Channel], PlainSerializer(lambda them: sorted(them), when_used="json")]


class QuietHours(BaseModel):
    """From a time of the day until another, over midnight where that comes first."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    begins: ClockTime = Field(examples=["21:30"])
    ends: ClockTime = Field(examples=["08:00"])

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.begins == self.ends:
            raise PydanticCustomError("quiet_all_day", "must begin and end at different times")
        return self

    def hold(self, at: time) -> bool:
        """Whether a time of the day lies in them; their end does not."""
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


class Settings(BaseModel):
    """A person's wishes, without their addresses. As it is here, the product has it for who says nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    language: Literal["zh-CN", "en"] = Field("zh-CN", description="Of what is sent out of the application.")
    time_zone: Annotated[str, AfterValidator(_zone)] | None = Field(
        None, description="IANA name; null for the policy's.", examples=["Asia/Shanghai"]
    )
    quiet_hours: QuietHours | None = Field(None, description="When only urgent ones are sent.")
    working_hours_only: StrictBool = Field(
        False, description="Send others than urgent ones only while the rep's working calendar is open."
    )
    digest: Digest = Field(Digest.HOURLY, description="What is not urgent is sent together.")
    digest_at: ClockTime = Field(time(9), description="Of a daily digest.")
    channels: Channels = Field(frozenset({Channel.EMAIL}), description="By which kinds are sent that `kinds` lacks.")
    kinds: Mapping[NoticeKind, Channels] = Field(
        default_factory=dict, description="Channels of single kinds; none: in the application only."
    )

    def channels_of(self, kind: NoticeKind) -> frozenset[Channel]:
        """By which channels a kind is sent."""
        return self.kinds.get(kind, self.channels)
