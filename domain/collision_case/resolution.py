"""How a case may be settled: one option each, with what that option needs to say."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.text import Reference, ShortText


class Option(StrEnum):
    """What may become of a customer on which reps met."""

    KEEP = "keep"
    TRANSFER = "transfer"
    SHARE = "share"
    SPLIT = "split"
    MERGE = "merge"
    NONE = "none"


class _Resolution(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def names(self) -> tuple[str, ...]:
        """The reps whom it names."""
        return ()


class Keep(_Resolution):
    """The owner stays, alone."""

    option: Literal[Option.KEEP] = Option.KEEP


class Transfer(_Resolution):
    """The customer goes to another of the reps."""

    option: Literal[Option.TRANSFER] = Option.TRANSFER
    to_id: Reference

    @property
    def names(self) -> tuple[str, ...]:
        """Whoever gets it."""
        return (self.to_id,)


class Share(_Resolution):
    """One has the customer, others work on it, too."""

    option: Literal[Option.SHARE] = Option.SHARE
    main_id: Reference | None = Field(None, description="Who has it; left out, the owner stays.")
    collaborators: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=10)]

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody who has part in it."""
        return (*((self.main_id,) if self.main_id else ()), *self.collaborators)


class Line(BaseModel):
    """Who sells which products to the customer."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    products: ShortText
    rep_id: Reference


class Split(_Resolution):
    """Each sells a product line of their own; the owner stays, the others work on the customer, too."""

    option: Literal[Option.SPLIT] = Option.SPLIT
    lines: Annotated[tuple[Line, ...], Field(max_length=20)] = Field(
        (), description="At least two, for two reps; in a proposal none, for the reps know what they sell."
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody who has a line."""
        return tuple(dict.fromkeys(line.rep_id for line in self.lines))


class Merge(_Resolution):
    """The customers are one: all of them are absorbed by one."""

    option: Literal[Option.MERGE] = Option.MERGE
    survivor_id: Reference
    owner_id: Reference | None = Field(None, description="Who has it then; left out, the policy says.")

    @property
    def names(self) -> tuple[str, ...]:
        """Whoever is to have it."""
        return (self.owner_id,) if self.owner_id else ()


class Nothing(_Resolution):
    """It was a collision, and nothing needs to change."""

    option: Literal[Option.NONE] = Option.NONE


Resolution = Annotated[Keep | Transfer | Share | Split | Merge | Nothing, Field(discriminator="option")]


def same(one: Resolution, other: Resolution) -> bool:
    """Whether two people want the same, in whichever order they name it."""
    return _plain(one) == _plain(other)


def _plain(resolution: Resolution) -> tuple[object, ...]:
    match resolution:
        case Share():
            return resolution.option, resolution.main_id, frozenset(resolution.collaborators)
        case Split():
            return resolution.option, frozenset((line.products.casefold(), line.rep_id) for line in resolution.lines)
        case _:
            return (resolution,)
