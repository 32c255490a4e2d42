"""What people do to a customer's data when they write it down again, each kind by itself and with a fixed seed."""

from collections.abc import Callable
from random import Random

from matching_lab import vocabulary as v
from matching_lab.customers import Fields, Kind, Language, population
from matching_lab.name_noise import (
    abbreviations,
    changed,
    clipped_form,
    en_short_name,
    extra_words,
    homophone,
    nickname,
    pinyin_order,
    slip,
    zh_extra_words,
    zh_short_name,
    zh_typo,
)

Noise = Callable[[Fields, Random], Fields]

_TEXTS = ("company", "family", "given", "street", "city", "locality", "address")


def en_typo(fields: Fields, rng: Random) -> Fields:
    """A slip in one or two texts."""
    names = rng.sample(present := [name for name in _TEXTS if name in fields], min(len(present), rng.choice((1, 1, 2))))
    return changed(fields, **{name: slip(fields[name], rng) for name in names})


def traditional(fields: Fields, rng: Random) -> Fields:
    """Everything in traditional characters."""
    table = str.maketrans(v.TRADITIONAL)
    return {name: value.translate(table) for name, value in fields.items()}


def zh_formats(fields: Fields, rng: Random) -> Fields:
    """Full-width characters, brackets, spaces, other ways to write phone numbers and legal forms."""
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    written = dict(fields)
    company = fields.get("company", "").replace("(", "（").replace(")", "）")
    if company.endswith("有限公司") and rng.random() < 0.4:
        company = company.removesuffix("有限公司") + rng.choice(("有限责任公司", " 有限公司", "（有限公司）"))
    phone = fields.get("phone", "")
    formats = (
        phone.replace("-", ""),
        f"+86 {phone.lstrip('0')}",
        phone.replace("-", " "),
        phone.translate(wide),
        f"电话：{phone}",
    )
    written |= {"company": company, "phone": rng.choice(formats), "address": fields.get("address", "").translate(wide)}
    return {name: value for name, value in written.items() if value}


def en_formats(fields: Fields, rng: Random) -> Fields:
    """Capitals, punctuation, abbreviated streets, "&" for "and", other ways to write phone numbers, lists of parts."""
    company = fields.get("company", "")
    case = rng.choice((str.upper, str.lower, str))
    company = (
        company.replace("and", "&")
        if rng.random() < 0.3
        else company.replace(".", "").replace(",", "").replace("-", " ")
    )
    street = fields.get("street", "")
    for full, short in {**v.EN_STREET_KINDS, **v.EN_DIRECTIONS}.items():
        street = street.replace(full, rng.choice((short, f"{short}.")))
    digits = "".join(character for character in fields.get("phone", "") if character.isdigit())
    phones = (
        f"({digits[:3]}) {digits[3:6]}-{digits[6:]}",
        f"{digits[:3]}/{digits[3:6]}-{digits[6:]}",
        digits,
        digits[3:],
        f"+1 {digits}",
    )
    written = {"street": street, "phone": rng.choice(phones) if digits else "", "company": case(company)}
    written |= {name: case(fields[name]) for name in ("given", "family", "city") if name in fields}
    return changed(fields, **written)


def moved(fields: Fields, rng: Random) -> Fields:
    """Another number on the same road, or another address in the same city."""
    number = str(rng.randint(1, 2999))
    if "address" in fields:
        head, mark, tail = fields["address"].partition("号")
        road = head.rstrip("0123456789")
        if rng.random() < 0.25:
            return changed(fields, address=f"{road}{number}{mark}{tail}")
        place = next((place for place in v.ZH_CITIES if fields["address"].startswith(place)), "")
        return changed(fields, address=f"{place}{rng.choice(v.ZH_ROADS)}{number}号")
    if rng.random() < 0.25 or "street" not in fields:
        return changed(fields, street_number=number if "street_number" in fields else "")
    return changed(
        fields, street_number=number, street=f"{rng.choice(v.EN_STREETS)} {rng.choice(list(v.EN_STREET_KINDS))}"
    )


def phone_changed(fields: Fields, rng: Random) -> Fields:
    """Another number, or one digit wrong."""
    phone = fields.get("phone", "")
    if len(phone) < 7:
        return fields
    if rng.random() < 0.4:
        at = rng.randrange(len(phone) - 5, len(phone))
        return changed(fields, phone=phone[:at] + rng.choice("0123456789") + phone[at + 1 :])
    last = sum(character.isdigit() for character in phone) - 7
    digits = (rng.choice("0123456789") if at >= last else digit for at, digit in enumerate(filter(str.isdigit, phone)))
    return changed(fields, phone="".join(next(digits) if character.isdigit() else character for character in phone))


def missing(fields: Fields, rng: Random) -> Fields:
    """Fields left empty, but never all the names."""
    droppable = [name for name in fields if name not in ("company", "family", "given")]
    least = 0 if "company" in fields else 1  # a surname by itself is nobody
    dropped = set(rng.sample(droppable, max(0, min(len(droppable) - least, rng.choice((1, 2, 3, 4))))))
    if "company" not in fields and "person" not in fields and rng.random() < 0.15:
        dropped.add(rng.choice([name for name in ("family", "given") if name in fields] or ["given"]))
    return {name: value for name, value in fields.items() if name not in dropped}


def numbers(fields: Fields, rng: Random) -> Fields:
    """A slip in the birth date, an identifier, the postcode or the house number; day and month exchanged."""
    present = [name for name in ("birth_date", "national_id", "postcode", "street_number") if name in fields]
    if not present:
        return fields
    name = rng.choice(present)
    text = fields[name]
    if name == "birth_date" and rng.random() < 0.4:
        return changed(fields, birth_date=text[:4] + text[6:] + text[4:6])
    at = rng.randrange(len(text))
    slips = (
        text[:at] + rng.choice("0123456789") + text[at + 1 :],
        text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :],
    )
    return changed(fields, **{name: rng.choice(slips)})


def shuffled_places(fields: Fields, rng: Random) -> Fields:
    """The suburb for the city, columns of the address filled into one another, or the address in one piece."""
    if "street" not in fields:
        return fields
    if rng.random() < 0.5 and "city" in fields:
        return {
            **fields,
            "city": rng.choice(
                (*v.EN_CITIES, f"West {fields['city']}", f"N. {fields['city']}", f"{fields['city']} City")
            ),
        }
    if rng.random() < 0.3 and "city" in fields:
        return {**fields, "street": fields["city"], "city": fields["street"]}
    whole = ", ".join(fields[name] for name in ("street", "city", "state") if name in fields)
    kept = {name: value for name, value in fields.items() if name not in ("street_number", "street", "city", "state")}
    return {**kept, "address": f"{fields.get('street_number', '')} {whole}".strip()}


def mixed_columns(fields: Fields, rng: Random) -> Fields:
    """What belongs in one column stands in another: the town in the street's, the phone behind the address."""
    street = "address" if "address" in fields else "street"
    if street not in fields:
        return fields
    whole = f"{fields.get('street_number', '')} {fields[street]}".strip()
    kept = {name: value for name, value in fields.items() if name != "street_number"}
    if rng.random() < 0.3 and "phone" in fields:
        return {
            **{name: value for name, value in kept.items() if name != "phone"},
            street: f"{whole} {fields['phone']}",
        }
    if "city" not in fields:
        return fields
    match rng.randrange(3):
        case 0:
            return {**kept, street: fields["city"], "city": whole}
        case 1:
            return {**kept, street: f"{whole}, {fields['city']}", "city": ""}
        case _:
            return {**fields, "company": f"{fields['company']}, {fields['city']}"} if "company" in fields else fields


def email_changed(fields: Fields, rng: Random) -> Fields:
    """A slip in the mailbox, another provider, another mailbox at the same company."""
    name, at, host = fields.get("email", "").partition("@")
    if not at:
        return fields
    return changed(
        fields, email=rng.choice((f"{slip(name, rng)}@{host}", f"{name}@{rng.choice(v.MAIL_HOSTS)}", f"sales@{host}"))
    )


def replaced(fields: Fields, rng: Random) -> Fields:
    """A field that belongs to somebody else: the line above in a list, a married name, a neighbouring town."""
    language: Language = "en" if "".join(fields.get(name, "") for name in _TEXTS).isascii() else "zh"
    other = next(population(language, "company" if "company" in fields else "person", 1, 0.0, rng))
    names = [name for name in fields if name in other.fields and name not in ("company", "region", "address", "uscc")]
    weak = [
        name for name in names if name in ("family", "given", "city", "postcode", "birth_date", "national_id", "state")
    ]
    chosen = rng.choice(weak or names) if weak or names else ""
    return changed(fields, **({chosen: other.fields[chosen]} if chosen else {}))


KINDS: dict[tuple[Language, Kind], dict[str, Noise]] = {
    ("zh", "company"): {
        "typo": zh_typo,
        "homophone": homophone,
        "short_name": zh_short_name,
        "traditional": traditional,
        "formats": zh_formats,
        "extra_words": zh_extra_words,
        "moved": moved,
        "phone_changed": phone_changed,
        "missing": missing,
        "mixed_columns": mixed_columns,
        "clipped_form": clipped_form,
        "email": email_changed,
        "replaced": replaced,
    },
    ("en", "company"): {
        "typo": en_typo,
        "short_name": en_short_name,
        "formats": en_formats,
        "abbreviations": abbreviations,
        "extra_words": extra_words,
        "moved": moved,
        "phone_changed": phone_changed,
        "missing": missing,
        "places": shuffled_places,
        "mixed_columns": mixed_columns,
        "numbers": numbers,
        "email": email_changed,
        "replaced": replaced,
    },
    ("zh", "person"): {
        "typo": zh_typo,
        "homophone": homophone,
        "traditional": traditional,
        "formats": zh_formats,
        "moved": moved,
        "phone_changed": phone_changed,
        "missing": missing,
        "numbers": numbers,
        "email": email_changed,
        "order": pinyin_order,
        "replaced": replaced,
    },
    ("en", "person"): {
        "typo": en_typo,
        "formats": en_formats,
        "nickname": nickname,
        "order": pinyin_order,
        "moved": moved,
        "numbers": numbers,
        "phone_changed": phone_changed,
        "missing": missing,
        "places": shuffled_places,
        "email": email_changed,
        "replaced": replaced,
    },
}
"""Each kind of noise by language and kind of customer; the customer stays the same."""


def noised(fields: Fields, kinds: list[str], language: Language, kind: Kind, rng: Random) -> Fields:
    """Returns the fields with several kinds of noise, one after the other."""
    for name in kinds:
        fields = KINDS[language, kind][name](fields, rng)
    return fields
