"""Which fields of a profile are known: their names alone, so that events can tell it without telling anything."""

from collections.abc import Collection

from pydantic import JsonValue

from domain.merging_rules import ProfileField
from domain.profile import Profile


def known_fields(profile: Profile) -> list[JsonValue]:
    """The names of the fields that have a value, in a fixed order."""
    company = profile.company
    values = {
        ProfileField.NAME: profile.name,
        ProfileField.USCC: company and company.uscc,
        ProfileField.TAX_ID: company and company.tax_id,
        ProfileField.WEBSITE: company and company.website,
        ProfileField.REGION: profile.region,
        ProfileField.ADDRESS: profile.address,
        ProfileField.INDUSTRY: profile.industry,
        ProfileField.PEOPLE: profile.people,
        ProfileField.PHONES: profile.phones,
        ProfileField.EMAILS: profile.emails,
    }
    return [str(field) for field, value in values.items() if value]


def complete(known: Collection[str], required: Collection[str]) -> bool:
    """Whether every required field is known."""
    return set(required) <= set(known)
