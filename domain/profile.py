"""What is known of a customer: the fields that people read. Keys are derived from it, never stored in it."""

from domain.lead import Company, Kept, Lead, Person
from domain.normalise.phone import parse_phones

MAX_CONTACTS = 20
"""More phones, e-mails or people than this are no longer a help."""

_OWN_NUMBERING = ("CN-HK", "CN-MO", "CN-TW")


class Profile(Kept):
    """A customer's profile. Phone numbers carry their country; every other text is as it came."""

    company: Company | None = None
    people: tuple[Person, ...] = ()
    region: str | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str | None = None
    industry: str | None = None

    @property
    def name(self) -> str:
        """What people call the customer: the company, else the person, else an empty text."""
        if self.company and self.company.name:
            return self.company.name
        return self.people[0].name if self.people else ""


def country_of(region: str | None) -> str:
    """The country whose way of writing phone numbers a region follows; China's where none is given."""
    if region in _OWN_NUMBERING:
        return region.removeprefix("CN-")
    return region.partition("-")[0] if region else "CN"


def profile_of(lead: Lead) -> Profile:
    """The profile that a new customer takes over from its first lead."""
    return Profile(
        company=lead.company,
        people=(lead.person,) if lead.person else (),
        region=lead.region,
        phones=international(lead.phones, lead.region),
        emails=lead.emails,
        address=lead.address,
        industry=lead.industry,
    )


def international(phones: tuple[str, ...], region: str | None) -> tuple[str, ...]:
    """The numbers with their country, so that they mean the same beside those of another region.

    Raises:
        domain.normalise.errors.Malformed: when one is no phone number.
    """
    numbers = (phone for raw in phones for phone in parse_phones(raw, country_of(region)))
    return tuple(
        dict.fromkeys(f"{phone.e164} ext. {phone.extension}" if phone.extension else phone.e164 for phone in numbers)
    )


def enriched(profile: Profile, given: Profile) -> Profile:
    """The profile after a further lead of the same customer: gaps are filled, nothing that stands is overwritten.

    Args:
        profile: what is known.
        given: the profile made from the lead.
    """
    known = {person.name for person in profile.people}
    people = (*profile.people, *(person for person in given.people if person.name not in known))
    return profile.model_copy(
        update={
            "company": _filled(profile.company, given.company),
            "people": people[:MAX_CONTACTS],
            "region": profile.region or given.region,
            "phones": tuple(dict.fromkeys((*profile.phones, *given.phones)))[:MAX_CONTACTS],
            "emails": tuple(dict.fromkeys((*profile.emails, *given.emails)))[:MAX_CONTACTS],
            "address": profile.address or given.address,
            "industry": profile.industry or given.industry,
        }
    )


def _filled(known: Company | None, given: Company | None) -> Company | None:
    if known is None or given is None:
        return known or given
    gaps = {field: value for field, value in given if getattr(known, field) is None}
    return known.model_copy(update=gaps)
