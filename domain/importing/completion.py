"""Missing details that follow from others: a region from an address, a website from an e-mail, a name from a code."""

from dataclasses import replace

from domain.importing.row import Row
from domain.normalise.address import MAX_ADDRESS_CHARACTERS, parse_address
from domain.normalise.company import parse_company
from domain.normalise.email import parse_email
from domain.normalise.phone import parse_phones
from domain.normalise.uscc import uscc_region
from domain.normalise.web import registrable_domain
from domain.profile import Profile, profile_of


def completed(row: Row, country: str = "CN") -> Row:
    """The row with what follows from its own cells: the region, and the company's website.

    Args:
        row: a cleaned row; one with faults stays as it is.
        country: the file's, for reading addresses.
    """
    if row.lead is None:
        return row
    changes: dict[str, object] = {}
    if row.lead.region is None and (region := _region(row.profile, country)):
        changes["region"] = region
    company = row.lead.company
    if company and company.name and company.website is None and (domain := _domain(row.profile)):
        changes["company"] = company.model_copy(update={"website": domain})
    if not changes:
        return row
    lead = row.lead.model_copy(update=changes)
    fields = tuple("website" if name == "company" else name for name in changes)
    return replace(row, lead=lead, profile=profile_of(lead), completed=(*row.completed, *fields))


class CodeNames:
    """The names that a file's rows give to credit codes, for rows that have a code and no name."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def learn(self, row: Row) -> bool:
        """Remember the name of a row's company; whether it is one that needs a name."""
        company = row.lead.company if row.lead else None
        if company is None or not company.uscc:
            return False
        if company.name:
            self._names.setdefault(company.uscc, set()).add(company.name)
        return not company.name

    def named(self, row: Row) -> Row:
        """A row that needs a name, under the one that all others with its code have; the same where they differ."""
        company = row.lead.company if row.lead else None
        found = self._names.get((company and company.uscc) or "", set())
        if row.lead is None or company is None or len(found) != 1:
            return row
        lead = row.lead.model_copy(update={"company": company.model_copy(update={"name": next(iter(found))})})
        return replace(row, lead=lead, profile=profile_of(lead), completed=(*row.completed, "name"))


def _region(profile: Profile, country: str) -> str | None:
    """From the surest: where the address is, the phone's area, the name's place, where the code was registered."""
    address = profile.address
    if address and len(address) <= MAX_ADDRESS_CHARACTERS and (region := parse_address(address, country).region):
        return region
    areas = {phone.area for raw in profile.phones for phone in parse_phones(raw) if phone.area}
    if len(areas) == 1:
        return areas.pop()
    company = profile.company
    if company and company.name and (region := parse_company(company.name).region):
        return region
    return uscc_region(company.uscc) if company and company.uscc else None


def _domain(profile: Profile) -> str | None:
    domains = {email.domain for raw in profile.emails if not (email := parse_email(raw)).free}
    return registrable_domain(domains.pop()) if len(domains) == 1 else None
