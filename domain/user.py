"""The people who may sign in, as they are described and changed from outside."""

from typing import Annotated, Self

from pydantic import MISSING, BaseModel, ConfigDict, Field, SecretStr, StrictBool, field_validator, model_validator
from pydantic_core import PydanticCustomError

from domain.role import PERSONAL, Role
from domain.text import Reference, ShortText

RESERVED = frozenset({"administrator", "system"})
"""How the histories name the administrator's token and this product itself."""

Password = Annotated[SecretStr, Field(min_length=12, max_length=200)]
"""12 to 200 characters: length is what NIST SP 800-63B asks of a password, and no mixture of signs."""

HumanRole = Annotated[Role, Field(description="Any but `system`, which is what API keys are.")]


def _human(role: Role) -> Role:
    if role is Role.SYSTEM:
        raise PydanticCustomError("role_not_human", "must not be system")
    return role


class NewUser(BaseModel):
    """A user to create."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Reference = Field(description="What the issuer of their tokens calls them.", examples=["li.wei"])
    name: ShortText
    role: HumanRole
    person: Reference | None = Field(None, description="The rep whom they are; must be given for `rep` and `manager`.")
    password: Password | None = Field(None, description="For the embedded issuer; null when another issues tokens.")

    _role_is_human = field_validator("role")(_human)

    @field_validator("id")
    @classmethod
    def _not_reserved(cls, user_id: str) -> str:
        if user_id.lower() in RESERVED:
            raise PydanticCustomError("user_reserved", "must not be a reserved name")
        return user_id

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        require_person(self.role, self.person)
        return self


class UserChange(BaseModel):
    """What to change in a user; a field that is left out stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: ShortText | MISSING = MISSING
    role: HumanRole | MISSING = MISSING
    person: Reference | MISSING | None = MISSING
    password: Password | MISSING | None = MISSING
    active: StrictBool | MISSING = MISSING

    @field_validator("role")
    @classmethod
    def _role_is_human(cls, role: Role) -> Role:
        return _human(role)


class User(BaseModel):
    """Somebody who may sign in while ``active``; ``person`` is the rep whom they are."""

    model_config = ConfigDict(frozen=True)
    id: str
    name: str
    role: Role
    person: str | None
    active: bool
    version: Annotated[int, Field(exclude=True)]


def require_person(role: Role, person: str | None) -> None:
    """Refuse a rep or a manager who is nobody in particular: there would be no customers that are theirs.

    Raises:
        PydanticCustomError: ``person_missing``.
    """
    if role in PERSONAL and person is None:
        raise PydanticCustomError("person_missing", "must name the rep whom a rep or a manager is")
