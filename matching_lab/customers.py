"""Made-up customers of a fixed seed, among them those that look alike and are not the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from matching_lab import vocabulary as v

Fields = dict[str, str]
Language = Literal["zh", "en"]
Kind = Literal["company", "person"]

_COMPANIES = (
    *("twin",) * 4,
    "branch",
    "branch",
    "subsidiary",
    "subsidiary",
    "same_building",
    "sister_number",
    "department",
    "department",
)
RELATIVES: dict[tuple[Language, Kind], tuple[str, ...]] = {
    ("zh", "company"): _COMPANIES,
    ("en", "company"): _COMPANIES,
    ("zh", "person"): ("family", "namesake", "namesake", "colleague"),
    ("en", "person"): ("family", "namesake", "namesake", "colleague"),
}
"""Customers that resemble another and must not match it."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A made-up customer.

    Attributes:
        entity: equal for rows of one customer.
        fields: as ``domain.matching.record.record_from_fields`` takes them.
        relation: how it was derived from another customer, None for one of its own.
    """

    entity: str
    fields: Fields
    relation: str | None = None


def population(language: Language, kind: Kind, size: int, relatives: float, rng: Random) -> Iterator[Customer]:
    """Yields ``size`` customers, each followed with the chance ``relatives`` by one that resembles it."""
    make = _MAKERS[language, kind]
    for number in range(size):
        fields = make(rng)
        yield Customer(str(number), fields)
        if rng.random() < relatives:
            relation = rng.choice(RELATIVES[language, kind])
            yield Customer(f"{number}-{relation}", relative(fields, make(rng), relation, language, rng), relation)


def relative(fields: Fields, other: Fields, relation: str, language: Language, rng: Random) -> Fields:
    """Returns a customer that stands in a relation to the one with ``fields``, the rest of it taken from ``other``."""
    named = _zh_relative_name if language == "zh" else _en_relative_name
    if "company" in fields and rng.random() < 0.6:
        other = _in_town_of(fields, other, rng)
    places = ("address", "city", "postcode", "state", "region", "locality", "street", "street_number")
    match relation:
        case "twin" | "subsidiary":
            keep: tuple[str, ...] = ("website",) if relation == "subsidiary" and rng.random() < 0.5 else ()
            name = named(fields["company"], other, relation, rng)
            return {**other, "company": name, **{field: fields[field] for field in keep if field in fields}}
        case "branch":
            keep = ("website", "uscc", "industry") if rng.random() < 0.5 else ("industry",)
            name = named(fields["company"], other, relation, rng)
            return {**other, "company": name, **{field: fields[field] for field in keep if field in fields}}
        case "same_building":
            return {**other, **{field: fields[field] for field in places if field in fields}}
        case "sister_number":
            return {**fields, "company": _next_number(fields["company"], language, rng), "phone": other["phone"]} | {
                field: other[field] for field in places if field in other
            }
        case "department":
            house = {field: fields[field] for field in (*places, "phone", "website") if field in fields}
            return {**other, **house, "company": named(fields["company"], other, "twin", rng, same_place=True)}
        case "family":
            shared = (*places, "phone") if rng.random() < 0.3 else places
            return {
                **other,
                "family": fields["family"],
                **{field: fields[field] for field in shared if field in fields},
            }
        case "namesake":
            return {**other, "family": fields["family"], "given": fields["given"]}
        case "colleague":
            return {**other, **{field: fields[field] for field in ("website", *places) if field in fields}}
        case _:
            raise ValueError(f"no relation {relation}")


def _in_town_of(fields: Fields, other: Fields, rng: Random) -> Fields:
    """Returns the other customer moved into the town of the first: most that look alike are neighbours."""
    if "city" in fields:
        town: Fields = {at: fields[at] for at in ("city", "state", "postcode", "region") if at in fields}
        return {**other, **town, "phone": f"{fields['phone'][:4]}{other['phone'][4:]}"}
    place = next(place for place in v.ZH_CITIES if fields["address"].startswith(place))
    contacts = {field: value for field, value in _zh_contacts(place, rng, _zh_domain(rng)).items() if field in other}
    return {**other, **contacts, "phone": other["phone"]}


def _zh_relative_name(name: str, other: Fields, relation: str, rng: Random, *, same_place: bool = False) -> str:
    city = "" if same_place else _short_city(rng.choice(list(v.ZH_CITIES)))
    if relation == "branch":
        return name + rng.choice(
            (f"{city}分公司", f"{city}办事处", f"{city}第二分公司", f"({city}店)", f"{city}营业部")
        )
    brand = _zh_brand(name)
    if relation == "subsidiary":
        return f"{brand}{rng.choice(('财务', '融资租赁', '商业保理', '置业', '国际贸易', f'({city})', '香港'))}有限公司"
    trade = rng.choice([trade for trade in v.ZH_TRADES if trade not in name])
    return f"{city}{brand}{trade}{rng.choice(v.ZH_FORMS)}"


def _zh_brand(name: str) -> str:
    """Returns the name without the city, trade and legal form that it was made with."""
    for form in sorted(set(v.ZH_FORMS), key=len, reverse=True):
        name = name.removesuffix(form)
    name = name.partition("(")[0]
    for trade in (*v.ZH_TRADES, *v.ZH_ORGANISATIONS):
        name = name.removesuffix(trade)
    for city in v.ZH_CITIES:
        name = name.removeprefix(f"{_short_city(city)}市").removeprefix(_short_city(city))
    return name or "东方"


def _en_relative_name(name: str, other: Fields, relation: str, rng: Random, *, same_place: bool = False) -> str:
    if same_place and rng.random() < 0.5:
        rooms = rng.sample(
            ("Cafe", "Dining Room", "Bar", "Gift Shop", "Nursery", "Clinic", "Pharmacy", "Library", "Theater"), 1
        )
        return f"{' '.join(name.split(' - ')[0].split()[: -1 or None])} {rooms[0]}"
    if relation == "branch":
        city = rng.choice(list(v.EN_CITIES))
        return rng.choice((f"{name} {city} Branch", f"{name} - {city}", f"{name} ({city})", name))
    brand = name.split()[0] if not name.startswith(("The ", "Hotel ", "Cafe ", "St. ")) else name.split()[1]
    if relation == "subsidiary":
        trade = rng.choice(("Capital", "Holdings", "International", "Ventures"))
        return f"{brand} {trade} {rng.choice(v.EN_FORMS)}".strip()
    trade = rng.choice([trade for trade in v.EN_TRADES if trade not in name])
    return f"{brand} {trade} {rng.choice(v.EN_FORMS)}".strip()


def _next_number(name: str, language: Language, rng: Random) -> str:
    """Schools, shops and funds are told apart by a number alone."""
    digits = rng.choice("一二三四五" if language == "zh" else "12345")
    if language == "en":
        return f"{name} No. {digits}" if rng.random() < 0.5 else f"{name} {digits}"
    brand = _zh_brand(name)
    return name.replace(brand, f"{brand}第{digits}" if rng.random() < 0.5 else f"{brand}{digits}号", 1)


def _short_city(city: str) -> str:
    return city.rpartition("省")[2].removesuffix("市")


def _zh_company(rng: Random) -> Fields:
    place = rng.choice(list(v.ZH_CITIES))
    city = _short_city(place)
    famous = rng.random() < 0.2
    brand = (
        rng.choice(v.FAMOUS_STYLE_BRANDS)
        if famous
        else "".join(rng.sample(v.BRAND_CHARACTERS, rng.choice((2, 2, 2, 3))))
    )
    if rng.random() < 0.15:
        name = f"{city}{rng.choice(('市', ''))}{brand}{rng.choice(v.ZH_ORGANISATIONS)}"
    else:
        name = _zh_company_name(city, place, brand, rng)
    return {"company": name, "person": _zh_person_name(rng), **_zh_contacts(place, rng, _zh_domain(rng))}


def _zh_company_name(city: str, place: str, brand: str, rng: Random) -> str:
    trade, form = rng.choice(v.ZH_TRADES), rng.choice(v.ZH_FORMS)
    styles = (
        f"{city}市{brand}{trade}{form}",
        f"{city}{brand}{trade}{form}",
        f"{brand}{trade}({city}){form}",
        f"{brand}{trade}{form}",
        f"{place.partition('省')[0]}省{brand}{trade}{form}" if "省" in place else f"{city}{brand}{trade}{form}",
    )
    return rng.choice(styles)


def _zh_contacts(place: str, rng: Random, domain: str) -> Fields:
    districts, area, region = v.ZH_CITIES[place]
    address = f"{place}{rng.choice(districts.split() or [''])}{rng.choice(v.ZH_ROADS)}{rng.randint(1, 999)}号"
    if rng.random() < 0.5:
        block = rng.choice(("", "A座", "B座", "2号楼"))
        address += f"{rng.choice(v.ZH_BUILDINGS)}{block}{rng.randint(1, 30)}0{rng.randint(1, 9)}室"
    fixed = f"{area}-{rng.randint(2, 8)}{rng.randint(1_000_000, 9_999_999)}"
    mobile = f"{rng.choice(v.MOBILE_PREFIXES)}{rng.randint(10000000, 99999999)}"
    fields = {"address": address, "phone": rng.choice((fixed, mobile)), "region": region, "uscc": _uscc(rng)}
    if rng.random() < 0.7:
        fields["email"] = _mailbox(rng, domain)
    if rng.random() < 0.5:
        fields["website"] = f"www.{domain}"
    return fields


def _uscc(rng: Random) -> str:
    """A unified social credit code with its check character (GB 32100-2015)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91{rng.randint(11, 65)}0{rng.randint(100, 999)}" + "".join(rng.choice(alphabet) for _ in range(9))
    total = sum(alphabet.index(character) * pow(3, at, 31) for at, character in enumerate(body))
    return body + alphabet[-total % 31]


def _zh_domain(rng: Random) -> str:
    syllables = [
        "ding",
        "sheng",
        "heng",
        "tai",
        "rui",
        "feng",
        "hua",
        "cheng",
        "xin",
        "da",
        "tong",
        "hong",
        "hang",
        "tian",
        "yu",
        "chen",
        "guang",
        "zhi",
        "bo",
        "lian",
        "zhong",
        "wei",
        "si",
        "jin",
    ]
    return "".join(rng.sample(syllables, 3)) + rng.choice((".com", ".cn", ".com.cn"))


def _mailbox(rng: Random, domain: str) -> str:
    name = (
        rng.choice(("sales", "info", "hr", "contact"))
        if rng.random() < 0.2
        else "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=6))
    )
    host = domain if rng.random() < 0.6 else rng.choice(v.MAIL_HOSTS)
    return f"{name}{rng.randint(1, 99) if rng.random() < 0.3 else ''}@{host}"


def _zh_person_name(rng: Random) -> str:
    family, given = _zh_person_parts(rng)
    return family + given


def _zh_person_parts(rng: Random) -> tuple[str, str]:
    rank = min(int(rng.expovariate(0.07)), len(v.ZH_SURNAMES) - 1)
    family = rng.choice(v.ZH_DOUBLE_SURNAMES) if rng.random() < 0.02 else v.ZH_SURNAMES[rank]
    return family, "".join(rng.sample(v.ZH_GIVEN, rng.choice((1, 2, 2, 2))))


def _zh_person(rng: Random) -> Fields:
    family, given = _zh_person_parts(rng)
    fields = _zh_contacts(rng.choice(list(v.ZH_CITIES)), rng, _zh_domain(rng))
    fields["phone"] = f"{rng.choice(v.MOBILE_PREFIXES)}{rng.randint(10000000, 99999999)}"
    del fields["uscc"]
    digits = "".join(rng.choices("0123456789", k=11))
    return {"family": family, "given": given, **fields, "birth_date": _birth_date(rng), "national_id": f"4403{digits}"}


def _birth_date(rng: Random) -> str:
    return f"{rng.randint(1930, 2006)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"


def _en_word(usual: Sequence[str], rng: Random) -> str:
    """A usual word, or as often one made up of two syllables: most names are rare."""
    return rng.choice(usual) if rng.random() < 0.5 else rng.choice(v.EN_BEGINNINGS) + rng.choice(v.EN_ENDINGS)


def _en_company(rng: Random) -> Fields:
    brand, second = (_en_word(v.EN_BRANDS, rng) for _ in range(2))
    family, third = (_en_word(v.EN_SURNAMES, rng) for _ in range(2))
    brand = f"{brand} {second}" if rng.random() < 0.3 else brand
    if rng.random() < 0.5:
        name = rng.choice(v.EN_ORGANISATIONS).format(b=brand, s=family, t=third, g=rng.choice(v.EN_GIVEN))
        if rng.random() < 0.25:
            name = f"{rng.choice((family, brand))} {rng.choice(v.EN_PARENTS)} - {name}"
    else:
        name = f"{brand} {rng.choice(v.EN_TRADES)} {rng.choice(v.EN_FORMS)}".strip()
    domain = f"{brand.split()[0].lower()}{rng.randint(1, 999)}.com"
    return {"company": name, "person": f"{rng.choice(v.EN_GIVEN)} {family}", **_en_contacts(rng, domain)}


def _en_contacts(rng: Random, domain: str) -> Fields:
    city = rng.choice(list(v.EN_CITIES))
    state, zone, area = v.EN_CITIES[city]
    direction = f"{rng.choice(list(v.EN_DIRECTIONS))} " if rng.random() < 0.5 else ""
    street = f"{direction}{rng.choice(v.EN_STREETS)} {rng.choice(list(v.EN_STREET_KINDS))}"
    if rng.random() < 0.2:
        street += f" {rng.choice(('Suite', 'Floor', 'Unit'))} {rng.randint(1, 400)}"
    fields = {
        "street_number": str(rng.randint(1, 9999)),
        "street": street,
        "city": city,
        "state": state,
        "postcode": f"{zone}{rng.randint(0, 12):02}",
        "phone": f"{area}-{rng.randint(200, 999)}-{rng.randint(0, 9999):04}",
        "region": f"US-{state}",
    }
    if rng.random() < 0.6:
        fields["email"] = _mailbox(rng, domain)
    if rng.random() < 0.4:
        fields["website"] = f"https://{domain}/"
    return fields


def _en_person(rng: Random) -> Fields:
    given, family = rng.choice(v.EN_GIVEN), _en_word(v.EN_SURNAMES, rng)
    number = "".join(rng.choices("0123456789", k=7))
    fields = _en_contacts(rng, f"{family.lower()}.net")
    return {"given": given, "family": family, **fields, "birth_date": _birth_date(rng), "national_id": number}


_MAKERS: dict[tuple[Language, Kind], Callable[[Random], Fields]] = {
    ("zh", "company"): _zh_company,
    ("zh", "person"): _zh_person,
    ("en", "company"): _en_company,
    ("en", "person"): _en_person,
}
