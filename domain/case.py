"""From a lead to the case that assignment decides."""

from collections.abc import Sequence

from domain.assignment import Case, Referral
from domain.lead import Lead
from domain.normalise.company import parse_company
from domain.profile import Profile


def region_of(profile: Profile) -> str | None:
    """The region that counts: the one given, else the one that the company's name begins with."""
    if profile.region or profile.company is None or profile.company.name is None:
        return profile.region
    return parse_company(profile.company.name).region


def case_of(lead: Lead, profile: Profile, referrals: Sequence[Referral]) -> Case:
    """What assignment needs to know about the customer behind a lead.

    Args:
        lead: the lead.
        profile: the profile made from it.
        referrals: the referral chain that its referrer leads to, nearest first.
    """
    return Case(
        customer_type=lead.customer_type,
        region=region_of(profile),
        named_contact=lead.named_contact,
        show_contact=lead.show.contact if lead.show else None,
        referrals=tuple(referrals),
    )
