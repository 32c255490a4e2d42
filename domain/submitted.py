"""What a caller sends, checked field by field. An unknown field is an error, so no ``owner_id`` slips in."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, FiniteFloat, StringConstraints, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from domain.lead import Amount, Company, Lead, Person, Referrer, Show
from domain.normalise.address import MAX_ADDRESS_CHARACTERS
from domain.normalise.email import parse_email
from domain.normalise.errors import Malformed
from domain.normalise.phone import parse_phones
from domain.normalise.region import parse_region
from domain.normalise.text import fold
from domain.normalise.uscc import parse_tax_id, parse_uscc
from domain.profile import MAX_CONTACTS, Profile, country_of
from domain.text import LongText, Reference, ShortText, printable, visible

T = TypeVar("T")
STRICT = ConfigDict(extra="forbid")


def _parsed(value: str, parse: Callable[[str], T]) -> T:
    """What ``parse`` makes of the text; otherwise the broken rule is named."""
    try:
        return parse(value)
    except Malformed as error:
        raise PydanticCustomError(error.code, "breaks the rule {rule}", {"rule": error.code}) from error


def _accepted(value: str, parse: Callable[[str], object]) -> str:
    """The raw text when ``parse`` accepts it."""
    _parsed(value, parse)
    return value


def _checked_by(parse: Callable[[str], object]) -> AfterValidator:
    return AfterValidator(lambda value: _accepted(value, parse))


def _phone(value: str, info: ValidationInfo) -> str:
    """Numbers without a country code are read as the lead's region writes them."""
    return _accepted(value, lambda raw: parse_phones(raw, country_of(info.data.get("region"))))


PhoneText = Annotated[ShortText, AfterValidator(_phone)]
"""One phone number or several. In a model it stands behind ``region``."""
EmailText = Annotated[ShortText, _checked_by(parse_email)]
UsccText = Annotated[ShortText, _checked_by(parse_uscc)]
AddressText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ADDRESS_CHARACTERS),
    AfterValidator(visible),
    _checked_by(fold),
]
"""No longer than it can be compared, before and after its characters are written in their plain form."""
TaxIdText = Annotated[ShortText, _checked_by(parse_tax_id)]
RegionCode = Annotated[ShortText, AfterValidator(lambda value: _parsed(value, parse_region))]
"""A region's code in its one form: ``CN-HK`` for ``hk``."""
Phones = Annotated[tuple[PhoneText, ...], Field(max_length=MAX_CONTACTS)]
Emails = Annotated[tuple[EmailText, ...], Field(max_length=MAX_CONTACTS)]
AttributeText = Annotated[str, Field(max_length=1000), AfterValidator(printable)]
_EXACT = Field(gt=-(2**53), lt=2**53)
"""Within these limits no reader of JSON rounds an integer (RFC 8259, section 6)."""
AttributeValue = AttributeText | bool | Annotated[int, _EXACT] | Annotated[FiniteFloat, _EXACT] | None


class SubmittedCompany(Company):
    """The organisation behind a lead. Identifiers are checked by their own rules."""

    model_config = STRICT
    name: ShortText | None = None
    uscc: UsccText | None = None
    tax_id: TaxIdText | None = None
    website: ShortText | None = None


class SubmittedPerson(Person):
    """The contact at the customer, or the customer itself."""

    model_config = STRICT
    name: ShortText
    title: ShortText | None = None


class SubmittedAmount(Amount):
    """What the deal may be worth."""

    model_config = STRICT
    value: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class SubmittedReferrer(Referrer):
    """Who sent this customer: an existing customer, by id or by company and contact, and optionally a person there."""

    model_config = STRICT
    customer_id: Reference | None = None
    company: ShortText | None = None
    contact: ShortText | None = None
    person: ShortText | None = None

    @model_validator(mode="after")
    def _names_a_customer(self) -> "SubmittedReferrer":
        if self.customer_id is None and self.company is None and self.contact is None:
            raise PydanticCustomError("referrer_unknown", "must name a customer by id, company or contact")
        return self


class SubmittedShow(Show):
    """The trade show where the lead was met, and the rep on the stand."""

    model_config = STRICT
    name: ShortText
    contact: Reference | None = None


class SubmittedLead(Lead):
    """A lead from a backend system. It must say who the customer is by a name, a phone, an e-mail or an identifier."""

    model_config = STRICT | ConfigDict(title="Lead")
    source: ShortText
    external_id: ShortText
    company: SubmittedCompany | None = None
    person: SubmittedPerson | None = None
    region: RegionCode | None = None
    phones: Phones = ()
    emails: Emails = ()
    address: AddressText | None = None
    industry: ShortText | None = None
    need: LongText | None = None
    amount: SubmittedAmount | None = None
    named_contact: Reference | None = None
    referrer: SubmittedReferrer | None = None
    show: SubmittedShow | None = None
    submitted_by: Reference | None = None
    attributes: Annotated[dict[ShortText, AttributeValue], Field(max_length=50)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_who(self) -> "SubmittedLead":
        company = self.company
        named = company is not None and (company.name or company.uscc or company.tax_id or company.website)
        if not (named or self.person or self.phones or self.emails):
            raise PydanticCustomError(
                "identity_missing", "must carry one of company, person, phones or emails to say who the customer is"
            )
        return self


class CheckedLead(SubmittedLead):
    """What a rep has typed in so far: it need not be named by its source."""

    source: ShortText = "check"
    external_id: ShortText = "check"


class SubmittedProfile(Profile):
    """A customer's profile as somebody corrects it."""

    model_config = STRICT | ConfigDict(title="Profile")
    company: SubmittedCompany | None = None
    people: Annotated[tuple[SubmittedPerson, ...], Field(max_length=MAX_CONTACTS)] = ()
    region: RegionCode | None = None
    phones: Phones = ()
    emails: Emails = ()
    address: AddressText | None = None
    industry: ShortText | None = None
