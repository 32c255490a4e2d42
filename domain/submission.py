"""A lead on its way through intake."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.lead import Lead
from domain.profile import Profile, profile_of


class Submission(BaseModel):
    """A lead with the id that it has for ever and the fingerprint of what was sent."""

    model_config = ConfigDict(frozen=True)
    lead_id: str
    fingerprint: str
    lead: Lead
    profile: Profile | None = None
    """Whom it describes, where that is more than the lead can say: several rows of a file may be one lead."""
    doubted: bool = False
    """Whether a person must say who it is, however clear it looks."""
    imported: bool = False
    """Whether it is a row of a file."""

    @property
    def described(self) -> Profile:
        """Whom it describes."""
        return self.profile or profile_of(self.lead)


class Choice(BaseModel):
    """A person's word on a lead in doubt: the customer that it is, or None for a new one, or that they do not know."""

    model_config = ConfigDict(frozen=True)
    customer_id: str | None
    by: str
    unsure: bool = False
    comment: str | None = None


class Registration(BaseModel):
    """One pass of the atomic step: the submission, the workflow's time, and a person's word when there is one.

    ``time_up`` asks for the policy's default instead; ``withdrawn`` says that whoever submitted it takes it back.
    """

    model_config = ConfigDict(frozen=True)
    submission: Submission
    at: AwareDatetime
    choice: Choice | None = None
    time_up: bool = False
    withdrawn: bool = False
