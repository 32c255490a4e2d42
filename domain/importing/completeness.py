"""How complete customers are: the fields that a rep needs before the first call."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import compress

from domain.profile import Profile

REQUIRED: Mapping[str, Callable[[Profile], bool]] = {
    "name": lambda profile: bool(profile.company and profile.company.name) or bool(profile.people),
    "person": lambda profile: bool(profile.people),
    "contact": lambda profile: bool(profile.phones or profile.emails),
    "region": lambda profile: profile.region is not None,
    "address": lambda profile: profile.address is not None,
    "industry": lambda profile: profile.industry is not None,
}
"""What a complete customer has (客户信息完整度): a phone or an e-mail is enough of a contact."""


def present(profile: Profile) -> frozenset[str]:
    """The required fields that a profile has."""
    return _named(tuple([there(profile) for there in REQUIRED.values()]))


@cache
def _named(there: tuple[bool, ...]) -> frozenset[str]:
    """The same set for equal sets: a file has a hundred thousand profiles and a few dozen such sets."""
    return frozenset(compress(REQUIRED, there))


def filled(profiles: Iterable[frozenset[str]]) -> Counter[str]:
    """How many profiles have each required field, all of them (``complete``), and how many there are (``all``).

    Args:
        profiles: the required fields that each of them has.
    """
    counts = Counter(dict.fromkeys((*REQUIRED, "complete", "all"), 0))
    for own in profiles:
        counts.update(own)
        counts["complete"] += len(own) == len(REQUIRED)
        counts["all"] += 1
    return counts


def richness(profile: Profile) -> int:
    """How much a profile says, to choose the record that others are merged into (survivorship by the most complete)."""
    company = profile.company
    details = (company.uscc, company.tax_id, company.website) if company else ()
    return (
        4 * len(present(profile))
        + sum(detail is not None for detail in details)
        + len(profile.phones)
        + len(profile.emails)
    )
