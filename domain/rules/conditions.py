"""Conditions of a rule as data: tests of the case's fields, joined by all, any and not. Nothing here is ever run."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Self

import re2
from pydantic import MISSING, AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from domain.lead import CustomerType
from domain.text import Reference, ShortText

MAX_NESTING = 8
"""Conditions nested deeper than this are read by nobody, and a hostile file could nest them without end."""


class Strict(BaseModel):
    """Part of a policy file: an unknown field is an error, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)


def compiled_pattern(pattern: str) -> Any:
    """The pattern compiled by RE2, which takes linear time whatever the text; look-around and back-references do not
    exist there.

    Raises:
        PydanticCustomError: ``pattern_invalid`` when RE2 does not take it.
    """
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if error.args else ""
        raise PydanticCustomError("pattern_invalid", "is no pattern: {reason}", {"reason": reason}) from error


def _sound_pattern(pattern: str) -> str:
    compiled_pattern(pattern)
    return pattern


Pattern = Annotated[ShortText, AfterValidator(_sound_pattern)]


class _Test(Strict):
    """What a field must be. Every test that is given must hold."""

    def given(self) -> dict[str, Any]:
        """What is wanted, by the name of the test."""
        return {name: wanted for name, wanted in self if wanted is not MISSING}

    @model_validator(mode="after")
    def _tests_something(self) -> Self:
        if not self.given():
            raise PydanticCustomError("no_test", "must test something")
        return self


def _written_out(value: Any) -> Any:
    """``field: a`` is short for ``{equals: a}`` and ``field: [a, b]`` for ``{in: [a, b]}``."""
    if isinstance(value, dict | BaseModel) or value in (None, MISSING):
        return value
    return {"in": value} if isinstance(value, list | tuple) else {"equals": value}


class TypeTest(_Test):
    """Of the customer's type."""

    equals: CustomerType | MISSING = MISSING
    in_: Annotated[tuple[CustomerType, ...], Field(min_length=1)] | MISSING = Field(default=MISSING, alias="in")


class TextTest(_Test):
    """Of a text; capitals, width and traditional characters do not count."""

    equals: ShortText | MISSING = MISSING
    in_: Annotated[tuple[ShortText, ...], Field(min_length=1)] | MISSING = Field(default=MISSING, alias="in")
    matches: Pattern | MISSING = Field(default=MISSING, description="A regular expression (RE2), found anywhere.")
    present: StrictBool | MISSING = MISSING


class AreaTest(_Test):
    """Of a place's code; ``within`` also takes everything below: CN-GD lies within CN, 440305 within 440300."""

    equals: ShortText | MISSING = MISSING
    in_: Annotated[tuple[ShortText, ...], Field(min_length=1)] | MISSING = Field(default=MISSING, alias="in")
    within: ShortText | MISSING = MISSING
    present: StrictBool | MISSING = MISSING


class AmountTest(_Test):
    """Of the deal's amount, in the policy's currency."""

    at_least: Annotated[Decimal, Field(ge=0)] | MISSING = MISSING
    at_most: Annotated[Decimal, Field(ge=0)] | MISSING = MISSING
    present: StrictBool | MISSING = MISSING


class PersonTest(_Test):
    """Of a rep's id that the lead names."""

    equals: Reference | MISSING = MISSING
    in_: Annotated[tuple[Reference, ...], Field(min_length=1)] | MISSING = Field(default=MISSING, alias="in")
    present: StrictBool | MISSING = MISSING


class PresenceTest(_Test):
    """Of something that is there or not."""

    present: StrictBool


def _shorthand(test: type[_Test], *plain: str) -> BeforeValidator:
    """The validator that also reads the short forms, and says so in the JSON Schema (``plain``: its types)."""
    return BeforeValidator(_written_out, json_schema_input_type=test | list[str] | str)


Kind = Annotated[TypeTest, _shorthand(TypeTest)]
Text = Annotated[TextTest, _shorthand(TextTest)]
Area = Annotated[AreaTest, _shorthand(AreaTest)]
Rep = Annotated[PersonTest, _shorthand(PersonTest)]


class Condition(Strict):
    """When a rule applies. Everything that stands in one condition must hold; an empty one always does."""

    customer_type: Kind | MISSING = MISSING
    region: Area | MISSING = Field(default=MISSING, description="ISO 3166-2")
    division: Area | MISSING = Field(default=MISSING, description="GB/T 2260, six digits")
    postcode: Area | MISSING = MISSING
    industry: Text | MISSING = MISSING
    source: Text | MISSING = MISSING
    language: Text | MISSING = MISSING
    level: Text | MISSING = MISSING
    stage: Text | MISSING = MISSING
    need: Text | MISSING = MISSING
    show: Text | MISSING = MISSING
    amount: AmountTest | MISSING = MISSING
    named_contact: Rep | MISSING = MISSING
    show_contact: Rep | MISSING = MISSING
    referrer: PresenceTest | MISSING = MISSING
    group: PresenceTest | MISSING = MISSING
    all_: Annotated[tuple["Condition", ...], Field(min_length=1)] | MISSING = Field(default=MISSING, alias="all")
    any_: Annotated[tuple["Condition", ...], Field(min_length=1)] | MISSING = Field(default=MISSING, alias="any")
    not_: "Condition | MISSING" = Field(default=MISSING, alias="not")

    @model_validator(mode="after")
    def _not_too_deep(self) -> Self:
        if self.depth > MAX_NESTING:
            raise PydanticCustomError("nested_too_deeply", "is nested too deeply", {"limit": MAX_NESTING})
        return self

    @property
    def inner(self) -> tuple["Condition", ...]:
        """The conditions directly inside this one."""
        joins = (self.all_, self.any_, MISSING if self.not_ is MISSING else (self.not_,))
        return tuple(one for join in joins if join is not MISSING for one in join)

    def everything(self) -> Iterator["Condition"]:
        """This condition and all those inside it."""
        yield self
        for one in self.inner:
            yield from one.everything()

    @property
    def depth(self) -> int:
        """How many conditions lie inside each other, this one included."""
        return 1 + max((one.depth for one in self.inner), default=0)

    def tests(self) -> dict[str, _Test]:
        """The tests of single fields, by field."""
        joins = {"all_", "any_", "not_"}
        return {name: test for name, test in self if test is not MISSING and name not in joins}
