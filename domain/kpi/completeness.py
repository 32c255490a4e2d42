"""Which fields of a profile are known: their names alone, so that events can tell it without telling anything."""

from collections.abc import Collection

from pydantic import JsonValue

from domain.kpi.names import Known
from domain.profile import Profile


def known_fields(profile: Profile) -> list[JsonValue]:
    """The names of the fields that have a value, in a fixed order."""
    company = profile.company
    values = {
        Known.NAME: profile.name,
        Known.USCC: company and company.uscc,
        Known.TAX_ID: company and company.tax_id,
        Known.WEBSITE: company and company.website,
        Known.REGION: profile.region,
        Known.ADDRESS: profile.address,
        Known.INDUSTRY: profile.industry,
        Known.PEOPLE: profile.people,
        Known.PHONES: profile.phones,
        Known.EMAILS: profile.emails,
    }
    return [str(field) for field, value in values.items() if value]


def complete(known: Collection[str], required: Collection[str]) -> bool:
    """Whether every required field is known."""
    return set(required) <= set(known)
