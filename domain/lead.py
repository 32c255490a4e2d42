"""A lead as it is kept (DESIGN.md, "A lead, as a backend system sends it").

What is kept is read for years, from histories, too, so only its shape is checked here. What a caller sends must pass
more: ``domain.submitted``.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Attribute = str | bool | int | float | None


class CustomerType(StrEnum):
    """The four kinds of customer that the shipped policy tells apart."""

    NEW_REGISTRATION = "new_registration"
    KEY_ACCOUNT = "key_account"
    REFERRAL = "referral"
    TRADE_SHOW = "trade_show"


class Kept(BaseModel):
    """Something that is kept: it never changes, and a field of another release does no harm."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Company(Kept):
    """The organisation behind a lead."""

    name: str | None = None
    uscc: str | None = None
    """统一社会信用代码 (GB 32100)."""
    tax_id: str | None = None
    """Any other tax number, for example a VAT id."""
    website: str | None = None


class Person(Kept):
    """The contact at the customer, or the customer itself."""

    name: str
    title: str | None = None


class Amount(Kept):
    """What the deal may be worth."""

    value: Decimal
    currency: str
    """ISO 4217."""


class Referrer(Kept):
    """Who sent this customer: an existing customer, by id or by company and contact, and optionally a person there."""

    customer_id: str | None = None
    company: str | None = None
    contact: str | None = None
    """A phone number or an e-mail address at the referring customer."""
    person: str | None = None


class Show(Kept):
    """The trade show where the lead was met, and the rep on the stand."""

    name: str
    date: date
    contact: str | None = None


class Lead(Kept):
    """One submission. ``source`` and ``external_id`` name it for ever."""

    source: str
    external_id: str
    customer_type: CustomerType = CustomerType.NEW_REGISTRATION
    company: Company | None = None
    person: Person | None = None
    region: str | None = None
    """ISO 3166-2 subdivision, or ISO 3166-1 country where there is none."""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str | None = None
    industry: str | None = None
    need: str | None = None
    amount: Amount | None = None
    named_contact: str | None = None
    """The rep whom the customer asked for."""
    referrer: Referrer | None = None
    show: Show | None = None
    submitted_by: str | None = None
    """The rep who typed the lead in."""
    occurred_at: AwareDatetime | None = None
    attributes: dict[str, Attribute] = Field(default_factory=dict)
