"""A stored version of the policy, and when it is in force."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.instant import Instant
from domain.policy import Policy
from domain.text import LongText


class Activation(BaseModel):
    """A version comes into force, unless that was withdrawn before."""

    model_config = ConfigDict(frozen=True)
    at: AwareDatetime
    by: str
    withdrawn_at: AwareDatetime | None


class Turn(BaseModel):
    """That a version comes into force, by its number among all activations."""

    model_config = ConfigDict(frozen=True)
    position: int
    at: AwareDatetime


class PolicyVersion(BaseModel):
    """A version with everything that is known of when it was and will be in force."""

    model_config = ConfigDict(frozen=True)
    id: str
    """The policy's fingerprint, which decisions name."""
    version: str
    comment: str | None
    created_at: AwareDatetime
    created_by: str
    in_force: bool
    activations: tuple[Activation, ...]


class NewVersion(BaseModel):
    """A version to be stored, and from when on it shall be in force; not at all until somebody says so."""

    model_config = ConfigDict(frozen=True)
    policy: Policy
    content: str
    comment: LongText | None = None
    activates_at: Instant | None = None
