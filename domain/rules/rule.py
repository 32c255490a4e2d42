"""One assignment rule, the territories and the rotation pools, as a manager writes them."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from domain.rules.conditions import Condition, Strict
from domain.rules.methods import MethodUse
from domain.text import Reference, ShortText


class ChangeCondition(StrEnum):
    """What may change a customer's owner later on."""

    CUSTOMER_NAMES_CONTACT = "customer_names_contact"
    FOLLOW_UP_OVERDUE = "follow_up_overdue"


class ClockChoice(Strict):
    """One of several clocks, and whose customers have it."""

    when: Condition = Condition()
    clock: Reference


def _clocks_written_out(value: Any) -> Any:
    """``clock: a`` is short for ``clock: [{clock: a}]``."""
    if value is None:
        return ()
    return [{"clock": value}] if isinstance(value, str) else value


class AssignmentRule(Strict):
    """How the customers for whom it applies get their owner, and what may change it."""

    rule: Reference = Field(description="The rule's name, by which decisions speak of it.")
    when: Condition = Condition()
    methods: Annotated[tuple[MethodUse, ...], Field(min_length=1)]
    """Tried in order; the first that gives an owner counts."""
    queue: Reference
    """Where the customer waits when none does."""
    changes_when: tuple[ChangeCondition, ...] = ()
    clock: Annotated[
        tuple[ClockChoice, ...],
        BeforeValidator(_clocks_written_out, json_schema_input_type=Reference | tuple[ClockChoice, ...] | None),
    ] = ()
    """The follow-up clock: the first whose condition holds when the customer gets an owner; none when none does."""
    skip_off_duty: StrictBool = False
    """Whether those who choose among several reps pass over those outside their hours."""


class RotationPool(Strict):
    """Reps who take turns; how often each comes is the weight in their own record."""

    reps: Annotated[tuple[Reference, ...], Field(min_length=1)]


class SalesTerritory(Strict):
    """Areas with the reps who work them. Where two overlap, the higher precedence counts, then the finer area."""

    regions: tuple[ShortText, ...] = Field(default=(), description="ISO 3166-2")
    divisions: tuple[Annotated[str, Field(pattern=r"^\d{6}$")], ...] = Field(default=(), description="GB/T 2260")
    postcodes: tuple[Annotated[str, Field(pattern=r"^[0-9A-Z]{1,10}$")], ...] = Field(
        default=(), description="Whole postcodes or their first digits."
    )
    reps: Annotated[tuple[Reference, ...], Field(min_length=1)]
    precedence: Annotated[int, Field(ge=-1000, le=1000)] = 0

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not list(self.areas()):
            raise PydanticCustomError("territory_nowhere", "must name regions, divisions or postcodes")
        return self

    def areas(self) -> list[tuple[str, str]]:
        """The areas as (kind, code), a kind as ``domain.rules.areas`` names it."""
        named = {"region": self.regions, "division": self.divisions, "postcode": self.postcodes}
        return [(kind, code) for kind, codes in named.items() for code in codes]
