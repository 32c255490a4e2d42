"""One comparable record: everything that two customers are compared by, normalised once, compared many times."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from msgspec import Struct, msgpack
from msgspec.structs import replace

from domain.matching.forms import NameForms, name_forms
from domain.matching.place import Place, place_from_fields, place_from_text, without_phones
from domain.normalise.email import Email, parse_email
from domain.normalise.errors import Malformed
from domain.normalise.person import PersonName, parse_person
from domain.normalise.phone import Phone, parse_phones
from domain.normalise.text import fold
from domain.normalise.uscc import parse_tax_id, parse_uscc
from domain.normalise.web import registrable_domain
from domain.profile import Profile, country_of

T = TypeVar("T")

_DIGITS = re.compile(r"\d+")
_FEWEST_PHONE_DIGITS = 6


class Record(Struct, frozen=True):
    """A customer, or a lead that may be one, ready to be compared.

    Attributes:
        company: the forms of the company's name, None where there is none: then the record is a person.
        people: the persons named, in order.
        phones: every number in E.164; where no country makes sense of it, its bare digits (六位以上).
        strong_phones: those of ``phones`` that tell alone who somebody is (mobiles).
        emails: the keys of the e-mail addresses.
        strong_emails: those of ``emails`` that no department shares (sales@, info@).
        domains: registrable domains of the website and of e-mail addresses, never a provider's or a platform's.
        place: the address taken apart, None where nothing of it is known.
        region: ISO 3166-2 or 3166-1 code that the record itself or else its address names.
        uscc: valid unified social credit code.
        ids: other numbers that identify: tax ids, national ids, in capitals without punctuation.
        birth_date: YYYYMMDD.
        industry: the folded words that say what the customer does.
    """

    company: NameForms | None = None
    people: tuple[PersonName, ...] = ()
    phones: frozenset[str] = frozenset()
    strong_phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    strong_emails: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    place: Place | None = None
    region: str | None = None
    uscc: str | None = None
    ids: frozenset[str] = frozenset()
    birth_date: str | None = None
    industry: str | None = None


_encode = msgpack.Encoder().encode
_decode = msgpack.Decoder(Record).decode


def packed(record: Record) -> bytes:
    """Returns a record in a tenth of its memory, as it is kept."""
    return _encode(record)


def unpacked(kept: bytes) -> Record:
    """Returns the record that was packed."""
    return _decode(kept)


def record_of(profile: Profile) -> Record:
    """Returns the record of a profile, whose fields have passed their own checks.

    Raises:
        domain.normalise.errors.Malformed: when one has not.
    """
    company = profile.company
    country = country_of(profile.region)
    address, stray = without_phones(profile.address or "")
    place = place_from_text(address, country) if address else None
    return _record(
        company=name_forms(company.name) if company and company.name else None,
        people=[parse_person(person.name) for person in profile.people],
        phones=[
            *(phone for raw in profile.phones for phone in parse_phones(raw, country)),
            *(_lenient(lambda raw: parse_phones(raw, country), stray) or ()),
        ],
        emails=[parse_email(raw) for raw in profile.emails],
        website=(company and company.website) or None,
        place=place,
        region=profile.region,
        uscc=parse_uscc(company.uscc) if company and company.uscc else None,
        ids=[parse_tax_id(company.tax_id)] if company and company.tax_id else [],
        industry=profile.industry,
    )


def record_from_fields(fields: Mapping[str, str], country: str = "CN") -> Record:
    """Returns the record of one row of a labelled file; a value without a normal form counts as missing.

    Args:
        fields: texts by field: ``company``; ``person`` or ``given`` and ``family``; ``phone``, ``email``, ``website``,
            ``uscc``, ``tax_id``, ``national_id``, ``birth_date``, ``region``, ``industry``; ``address`` or
            ``street_number``, ``street``, ``street_2``, ``locality``, ``city``, ``postcode``, ``state``.
        country: ISO 3166-1 alpha-2 code that phone numbers and addresses without a country are read as.
    """
    given = {name: value.strip() for name, value in fields.items() if value and value.strip()}
    given["address"], stray = without_phones(given.get("address", ""))
    phone, company = given.get("phone") or stray, given.get("company", "")
    phones = _lenient(lambda raw: parse_phones(raw, country), phone) or ()
    ids = [code for name in ("tax_id", "national_id") if (code := _lenient(parse_tax_id, given.get(name, "")))]
    person = _person(given)
    email = _lenient(parse_email, given.get("email", ""))
    return _record(
        company=_lenient(name_forms, company),
        people=[person] if person else [],
        phones=phones,
        emails=[email] if email else [],
        website=given.get("website"),
        place=place_from_fields(given, country),
        region=given.get("region"),
        uscc=_lenient(parse_uscc, given.get("uscc", "")),
        ids=ids,
        industry=given.get("industry"),
        birth_date="".join(_DIGITS.findall(given.get("birth_date", ""))) or None,
        bare_phone="".join(_DIGITS.findall(phone)) if phone and not phones else "",
    )


def _record(
    *,
    company: NameForms | None,
    people: Iterable[PersonName],
    phones: Iterable[Phone],
    emails: Iterable[Email],
    website: str | None,
    place: Place | None,
    region: str | None,
    uscc: str | None,
    ids: Iterable[str],
    industry: str | None,
    birth_date: str | None = None,
    bare_phone: str = "",
) -> Record:
    phones, emails = tuple(phones), tuple(emails)
    domain = registrable_domain(website) if website else None
    bare = {bare_phone} if len(bare_phone) >= _FEWEST_PHONE_DIGITS else set()
    return Record(
        company=company,
        people=tuple(person for person in people if person.normal),
        phones=frozenset({phone.e164 for phone in phones} | bare),
        strong_phones=frozenset(phone.e164 for phone in phones if phone.strong),
        emails=frozenset(email.key for email in emails),
        strong_emails=frozenset(email.key for email in emails if not email.role),
        domains=frozenset({email.domain for email in emails if not email.free} | ({domain} if domain else set())),
        place=place,
        region=region or (place.region if place else None),
        uscc=uscc,
        ids=frozenset(ids),
        birth_date=birth_date,
        industry=fold(industry) if industry else None,
    )


def _person(fields: Mapping[str, str]) -> PersonName | None:
    family, given = fields.get("family", ""), fields.get("given", "")
    if "person" in fields or (family and given):
        return _lenient(parse_person, fields.get("person") or f"{family}{', ' if family.isascii() else ''}{given}")
    person = _lenient(parse_person, family or given)
    return replace(person, family=person.normal, given=None) if person and family else person


def _lenient(parse: Callable[[str], T], raw: str) -> T | None:
    """Returns what a reader makes of a text, None where the text has no normal form."""
    if not raw:
        return None
    try:
        return parse(raw)
    except Malformed:
        return None
