"""The methods by which a rule finds an owner, each with its own settings. A name alone stands for its defaults."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, StrictBool

from domain.rules.conditions import Strict
from domain.text import Reference


class Method(StrEnum):
    """How an owner is found."""

    NAMED_CONTACT = "named_contact"
    SHOW_CONTACT = "show_contact"
    REFERRER_OWNER = "referrer_owner"
    STICKY = "sticky"
    DESIGNATED = "designated"
    ROTATION = "rotation"
    LEAST_LOADED = "least_loaded"
    TERRITORY = "territory"
    VERTICAL = "vertical"
    BEST_MATCH = "best_match"


class Dimension(StrEnum):
    """What best match weighs."""

    REGION = "region"
    VERTICAL = "vertical"
    LANGUAGE = "language"
    DEAL_SIZE = "deal_size"
    SUCCESS = "success"
    LOAD = "load"


class _OnePerson(Strict):
    over_cap: StrictBool = Field(default=False, description="Also when the rep's caps are reached.")


class NamedContact(_OnePerson):
    """The rep whom the customer asked for."""

    method: Literal[Method.NAMED_CONTACT]


class ShowContact(_OnePerson):
    """The rep on the stand, as the show's record says."""

    method: Literal[Method.SHOW_CONTACT]


class ReferrerOwner(_OnePerson):
    """The owner of the nearest customer in the referral chain; of one who left, their successor."""

    method: Literal[Method.REFERRER_OWNER]


class Sticky(_OnePerson):
    """Whoever owns or owned customers of the same group."""

    method: Literal[Method.STICKY]


class Designated(_OnePerson):
    """The rep named here; without one the customer waits until management designates somebody."""

    method: Literal[Method.DESIGNATED]
    rep: Reference | None = None


Choice = Literal[Method.ROTATION, Method.LEAST_LOADED]


class Rotation(Strict):
    """Turn by turn, by weight, among the reps of the region or of a named rotation pool."""

    method: Literal[Method.ROTATION]
    pool: Reference | None = None


class LeastLoaded(Strict):
    """Whoever has the fewest customers for their weight, in the region or in a named rotation pool."""

    method: Literal[Method.LEAST_LOADED]
    pool: Reference | None = None


class Territory(Strict):
    """Among the reps of the territory: the one of highest precedence, then the finest, that has somebody free."""

    method: Literal[Method.TERRITORY]
    choose: Choice = Method.ROTATION


class Vertical(Strict):
    """Among those who have the customer's industry on record, in the region only or anywhere."""

    method: Literal[Method.VERTICAL]
    within_region: StrictBool = True
    choose: Choice = Method.ROTATION


class BestMatch(Strict):
    """The highest weighted score over several dimensions, each from 0 to 1."""

    method: Literal[Method.BEST_MATCH]
    weights: Annotated[dict[Dimension, Annotated[int, Field(ge=1, le=100)]], Field(min_length=1)]
    pool: Reference | None = None
    at_least: Annotated[float, Field(ge=0, le=1)] = 0


Choosing = Rotation | LeastLoaded | Territory | Vertical | BestMatch
Settings = NamedContact | ShowContact | ReferrerOwner | Sticky | Designated | Choosing


def _written_out(value: Any) -> Any:
    return value if isinstance(value, dict | BaseModel) else {"method": value}


MethodUse = Annotated[
    Annotated[Settings, Field(discriminator="method")],
    BeforeValidator(
        _written_out,
        json_schema_input_type=Annotated[Settings, Field(discriminator="method")]
        | Literal[tuple(method.value for method in Method if method is not Method.BEST_MATCH)],
    ),
]
