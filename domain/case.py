"""From a lead to the case that assignment decides: plain facts, no text that a rule does not need."""

import re
from collections.abc import Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from domain.lead import CustomerType, Lead
from domain.normalise.address import Address, parse_address
from domain.normalise.company import parse_company
from domain.normalise.errors import Malformed
from domain.normalise.text import has_han
from domain.profile import Profile, country_of

_POSTCODES = {"CN": r"(?<!\d)\d{6}(?!\d)", "US": r"(?<!\d)\d{5}(?:-\d{4})?(?!\d)", "DE": r"(?<!\d)\d{5}(?!\d)"}


class Plain(BaseModel):
    """Data that never changes."""

    model_config = ConfigDict(frozen=True)


class Facts(Plain):
    """What is known of a customer beside its type and region; it stays with the customer."""

    industry: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    """ISO 4217, of the amount."""
    division: str | None = None
    """GB/T 2260 code of the smallest Chinese division known."""
    postcode: str | None = None
    language: str | None = None
    """ISO 639 code of the language that the customer writes in."""
    source: str | None = None
    level: str | None = None
    """The customer's level, which the lead's attribute ``level`` tells at first."""
    stage: str | None = None
    """How far the business with the customer has come; at first what the lead's attribute ``stage`` tells."""
    show: str | None = None
    """The trade show's name."""


class Referral(Plain):
    """One link of the chain that led to a customer: the referring customer and who owns it."""

    customer_id: str
    owner_id: str | None


class Case(Facts):
    """What assignment needs to know about a customer, and about the lead at hand if there is one."""

    customer_type: CustomerType
    region: str | None = None
    need: str | None = None
    named_contact: str | None = None
    show_contact: str | None = None
    referrals: tuple[Referral, ...] = ()
    """The referral chain, nearest first."""
    group_owners: tuple[str, ...] = ()
    """Who owns or owned customers of the same group, the likeliest first."""
    successor: str | None = None
    """Who is asked before any rule when the owner moves."""
    excluded: tuple[str, ...] = ()
    """Reps who must not get it, for example the previous owner after an overdue follow-up."""
    concerned: tuple[str, ...] = ()
    """Reps of whom must be known whether they are there, for another reason than to give them the customer."""

    def facts(self) -> Facts:
        """What stays with the customer."""
        return Facts.model_validate({name: getattr(self, name) for name in Facts.model_fields})


def region_of(profile: Profile) -> str | None:
    """The region that counts: the one given, else the one that the company's name begins with, else the address's."""
    if profile.region:
        return profile.region
    named = parse_company(profile.company.name).region if profile.company and profile.company.name else None
    address = _address(profile)
    return named or (address.region if address else None)


def place_of(profile: Profile) -> dict[str, str | None]:
    """Industry, division and postcode as the profile tells them, for ``Facts``."""
    address = _address(profile)
    return {
        "industry": profile.industry,
        "division": address.division if address else None,
        "postcode": _postcode(profile),
    }


def case_of(lead: Lead, profile: Profile, referrals: Sequence[Referral], group_owners: Sequence[str] = ()) -> Case:
    """What assignment needs to know about the customer behind a lead.

    Args:
        lead: the lead.
        profile: the profile made from it.
        referrals: the referral chain that its referrer leads to, nearest first.
        group_owners: who owns customers of the same group, the likeliest first.
    """
    level, stage = lead.attributes.get("level"), lead.attributes.get("stage")
    return Case.model_validate(
        {
            "customer_type": lead.customer_type,
            "region": region_of(profile),
            **place_of(profile),
            "amount": lead.amount.value if lead.amount else None,
            "currency": lead.amount.currency if lead.amount else None,
            "language": _language(lead),
            "source": lead.source,
            "level": level if isinstance(level, str) else None,
            "stage": stage if isinstance(stage, str) else None,
            "need": lead.need,
            "show": lead.show.name if lead.show else None,
            "named_contact": lead.named_contact,
            "show_contact": lead.show.contact if lead.show else None,
            "referrals": tuple(referrals),
            "group_owners": tuple(group_owners),
        }
    )


def heard_again(case: Case, lead: Lead) -> Case:
    """The case of a further lead about a customer who is known.

    Whom the customer named, or met at a show, counts only where no rep says so: by their word alone any rep could take
    any customer from its owner, or out of a pool past its rules, by submitting it once more.
    """
    own_word = lead.submitted_by is not None
    return case.model_copy(update={"named_contact": None, "show_contact": None}) if own_word else case


def _address(profile: Profile) -> Address | None:
    try:
        return parse_address(profile.address, country_of(profile.region)) if profile.address else None
    except Malformed:  # kept before the limit was what it is now: it tells nothing then
        return None


def _postcode(profile: Profile) -> str | None:
    """The postcode in the address, by the pattern of its country; the last, because the first may be a house's."""
    country = country_of(profile.region)
    pattern = _POSTCODES.get(country)
    found = re.findall(pattern, profile.address) if pattern and profile.address else []
    return found[-1] if found else None


def _language(lead: Lead) -> str | None:
    """What the attribute ``language`` says; else Chinese when the lead is written in it; else nobody knows."""
    told = lead.attributes.get("language")
    if isinstance(told, str):
        return told.lower().partition("-")[0]
    written = (lead.company and lead.company.name, lead.person and lead.person.name, lead.need)
    return "zh" if any(text and has_han(text) for text in written) else None
