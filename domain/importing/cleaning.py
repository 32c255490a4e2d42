"""From a row's cells to the lead that it stands for, in unified formats, or to what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from domain.case import Case
from domain.importing.columns import Field, Mapping_
from domain.importing.row import Fault, Row
from domain.importing.values import customer_type_from, emails_from, phones_from, region_from, text_of
from domain.lead import CustomerType
from domain.normalise.address import MAX_ADDRESS_CHARACTERS, parse_address
from domain.normalise.errors import Malformed
from domain.normalise.text import fold, has_han
from domain.normalise.uscc import parse_uscc
from domain.policy import Policy
from domain.profile import country_of, profile_of
from domain.rules.methods import Method
from domain.submitted import SubmittedLead

T = TypeVar("T")
SOURCE = "import"

_FIELD_AT: Mapping[tuple[str, ...], Field] = {
    ("company", "name"): Field.COMPANY,
    ("company", "uscc"): Field.USCC,
    ("company", "tax_id"): Field.TAX_ID,
    ("company", "website"): Field.WEBSITE,
    ("person", "name"): Field.PERSON,
    ("person", "title"): Field.TITLE,
    ("region",): Field.REGION,
    ("phones",): Field.PHONE,
    ("emails",): Field.EMAIL,
    ("address",): Field.ADDRESS,
    ("industry",): Field.INDUSTRY,
    ("need",): Field.NEED,
    ("named_contact",): Field.OWNER,
}
"""Which field of a file each part of a lead was made from."""


@dataclass(frozen=True)
class Reps:
    """Who may own a customer, under every name that a file may use: id, name and e-mail, folded."""

    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unavailable: frozenset[str] = frozenset()

    def find(self, text: str) -> str:
        """The id of the rep that a cell names.

        Raises:
            Malformed: ``owner_unknown``, ``owner_ambiguous``, or ``owner_not_available`` (gone, or on leave).
        """
        found = self.named.get(fold(text), ())
        if len(found) != 1:
            raise Malformed("owner_ambiguous" if found else "owner_unknown", text)
        if found[0] in self.unavailable:
            raise Malformed("owner_not_available", text)
        return found[0]


@dataclass(frozen=True)
class Cleaner:
    """Cleans the rows of one file.

    Attributes:
        columns: the file's headings, in order.
        mapping: which field each column holds.
        reps: whom a row may name as owner.
        policy: the rules in force: which customer types let somebody name the owner.
        batch: names the file; with a row's line it is the lead's external id.
        country: ISO 3166-1 code that phone numbers are read as where a row names no region.
    """

    columns: Sequence[str]
    mapping: Mapping_
    reps: Reps
    policy: Policy
    batch: str
    country: str = "CN"

    def clean(self, line: int, cells: Sequence[str]) -> Row | None:
        """The row as a lead with its profile, or with its faults; None when nothing stands in the mapped columns."""
        row = _Cells(self, line)
        for column, cell in zip(self.columns, cells, strict=False):
            if cell and column in self.mapping:
                row.take(self.mapping[column], column, cell)
        return row.cleaned() if row.texts or row.faults else None


class _Cells:
    """The texts of one row by field, and the faults found so far."""

    def __init__(self, cleaner: Cleaner, line: int) -> None:
        self._cleaner = cleaner
        self._line = line
        self.texts: dict[Field, list[tuple[str, str]]] = {}
        self.faults: list[Fault] = []

    def take(self, field: Field, column: str, cell: str) -> None:
        """Keep a cell's text, when it holds one."""
        try:
            text = text_of(cell)
        except Malformed as error:
            self.faults.append(Fault(column, error.code, cell[:200]))
            return
        if text:
            self.texts.setdefault(field, []).append((column, text))

    def cleaned(self) -> Row:
        """The row that the texts make."""
        data = self._data()
        if self.faults:
            return Row(self._line, faults=tuple(self.faults))
        try:
            lead = SubmittedLead.model_validate(data)
        except ValidationError as error:
            return Row(self._line, faults=tuple(map(self._fault, error.errors(include_url=False))))
        return Row(self._line, lead=lead, profile=profile_of(lead))

    def _data(self) -> dict[str, Any]:
        region = self._one(Field.REGION, region_from)
        address = self._address()
        countries = self._countries(region, address)
        phones = self._each(Field.PHONE, lambda text: _first_readable(text, countries))
        kind = self._one(Field.CUSTOMER_TYPE, customer_type_from) or CustomerType.NEW_REGISTRATION
        number = self._text(Field.EXTERNAL_ID)
        company = {
            "name": self._text(Field.COMPANY),
            "uscc": self._one(Field.USCC, parse_uscc),
            "tax_id": self._text(Field.TAX_ID),
            "website": self._text(Field.WEBSITE),
        }
        person = self._person()
        return {
            "source": SOURCE,
            "external_id": f"{self._cleaner.batch}.{self._line}",
            "customer_type": kind,
            "company": company if any(company.values()) else None,
            "person": {"name": person, "title": self._text(Field.TITLE)} if person else None,
            "region": region,
            "phones": phones,
            "emails": self._each(Field.EMAIL, emails_from),
            "address": address,
            "industry": self._text(Field.INDUSTRY),
            "need": self._text(Field.NEED),
            "named_contact": self._owner(kind),
            "attributes": {"number": number} if number else {},
        }

    def _countries(self, region: str | None, address: str | None) -> tuple[str, ...]:
        """Whose way of writing phones is tried: the region's, else the address's country's and then the file's."""
        if region:
            return (country_of(region),)
        usual = self._cleaner.country
        if address is None or len(address) > MAX_ADDRESS_CHARACTERS:
            return (usual,)
        there = parse_address(address, usual).region
        return tuple(dict.fromkeys((country_of(there) if there else usual, usual)))

    def _text(self, field: Field) -> str | None:
        return self.texts[field][0][1] if field in self.texts else None

    def _one(self, field: Field, read: Callable[[str], T]) -> T | None:
        found: list[T] = []
        for column, text in self.texts.get(field, ()):
            try:
                found.append(read(text))
            except Malformed as error:
                self.faults.append(Fault(column, error.code, text))
        return found[0] if found else None

    def _each(self, field: Field, read: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for column, text in self.texts.get(field, ()):
            try:
                found.update(dict.fromkeys(read(text)))
            except Malformed as error:
                self.faults.append(Fault(column, error.code, text))
        return tuple(found)

    def _person(self) -> str | None:
        family, given = self._text(Field.FAMILY), self._text(Field.GIVEN)
        if family and given:
            return f"{family}{given}" if has_han(family) else f"{given} {family}"
        return self._text(Field.PERSON) or family or given

    def _address(self) -> str | None:
        """The address, with the city of a column of its own before it when it does not name it."""
        address, city = self._text(Field.ADDRESS), self._text(Field.CITY)
        if address and city and city.removesuffix("市") not in address:
            return f"{city}{address}" if has_han(address) else f"{address}, {city}"
        return address or city

    def _owner(self, kind: CustomerType) -> str | None:
        """The rep named as owner; not every customer type's rule lets somebody name one."""
        owner = self._one(Field.OWNER, self._cleaner.reps.find)
        if owner is None:
            return None
        rule = self._cleaner.policy.rulebook.rule_for(Case(customer_type=kind))
        if not any(use.method is Method.NAMED_CONTACT for use in rule.methods):
            column, text = self.texts[Field.OWNER][0]
            self.faults.append(Fault(column, "owner_not_for_type", text))
        return owner

    def _fault(self, error: Mapping[str, Any]) -> Fault:
        path = tuple(part for part in error["loc"] if isinstance(part, str))
        column, text = self.texts.get(_FIELD_AT.get(path, Field.NEED), [("", "")])[0] if path else ("", "")
        facts = {name: fact for name, fact in error.get("ctx", {}).items() if isinstance(fact, int | str)}
        return Fault(column, error["type"], text[:200], facts)


def _first_readable(text: str, countries: Sequence[str]) -> tuple[str, ...]:
    """The numbers in a cell, as the first of the countries writes them that can make sense of it.

    Raises:
        Malformed: by the last one's rules.
    """
    for country in countries[:-1]:
        with suppress(Malformed):
            return phones_from(text, country)
    return phones_from(text, countries[-1])
