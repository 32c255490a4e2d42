"""The policy's rules on what two customers that turn out to be one keep of each."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.text import ShortText


class ProfileField(StrEnum):
    """The fields of a profile: each survives a merge for itself, and may be required of a complete one."""

    NAME = "name"
    USCC = "uscc"
    TAX_ID = "tax_id"
    WEBSITE = "website"
    REGION = "region"
    ADDRESS = "address"
    INDUSTRY = "industry"
    PEOPLE = "people"
    PHONES = "phones"
    EMAILS = "emails"


class Survivorship(StrEnum):
    """Whose value of a field lives on when two customers become one."""

    MOST_RECENT = "most_recent"
    MOST_COMPLETE = "most_complete"
    VERIFIED_SOURCE = "verified_source"
    KEEP_SURVIVOR = "keep_survivor"
    KEEP_ABSORBED = "keep_absorbed"


class MergedOwner(StrEnum):
    """Who owns the one customer that two became."""

    SURVIVOR = "survivor"
    LONGEST = "longest"


class MergedClock(StrEnum):
    """Which of two running follow-up clocks goes on."""

    SURVIVOR = "survivor"
    SOONER = "sooner"


class MergedType(StrEnum):
    """Of which type the one customer is that two became."""

    SURVIVOR = "survivor"
    KEY_ACCOUNT_WINS = "key_account_wins"


class MergedShares(StrEnum):
    """Whose collaborators the one customer has that two became."""

    SURVIVOR = "survivor"
    BOTH = "both"


class MergingRules(BaseModel):
    """What two customers that turn out to be one keep of each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    survivorship: dict[ProfileField, Survivorship] = Field(default_factory=dict)
    otherwise: Survivorship = Survivorship.MOST_COMPLETE
    """The rule of every field that ``survivorship`` does not name."""
    verified_sources: tuple[ShortText, ...] = ()
    """Sources whose word counts most for ``verified_source``, the most trusted first."""
    owner: MergedOwner = MergedOwner.SURVIVOR
    clock: MergedClock = MergedClock.SURVIVOR
    customer_type: MergedType = MergedType.KEY_ACCOUNT_WINS
    """A key account stays one, whichever of the two survives, with the rule that gave it its place and its clock."""
    shares: MergedShares = MergedShares.BOTH

    def rule_for(self, field: ProfileField) -> Survivorship:
        """The field's own rule, else the one for all."""
        return self.survivorship.get(field, self.otherwise)
