"""What people do to a customer's data when they write it down again, each kind by itself and with a fixed seed."""

from collections.abc import Callable
from random import Random

from matching_lab import vocabulary as v
from matching_lab.customers import Fields, Kind, Language, population

Noise = Callable[[Fields, Random], Fields]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_NAMES = ("company", "family", "given", "person")
_TEXTS = ("company", "family", "given", "street", "city", "locality", "address")


def _changed(fields: Fields, **changes: str) -> Fields:
    return {**fields, **{name: value for name, value in changes.items() if value}}


def _name_field(fields: Fields, rng: Random) -> str:
    return "company" if "company" in fields else rng.choice([name for name in ("family", "given") if name in fields])


def _slip(text: str, rng: Random) -> str:
    """One slip of the keyboard: a letter left out, doubled, exchanged, replaced."""
    if len(text) < 3:
        return text
    at = rng.randrange(1, len(text) - 1)
    match rng.randrange(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case 2:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case _:
            return text[:at] + rng.choice(_LETTERS) + text[at + 1 :]


def zh_typo(fields: Fields, rng: Random) -> Fields:
    """A Chinese character of the name replaced by one that looks alike, left out, doubled or exchanged."""
    name = _name_field(fields, rng)
    text = fields[name]
    alike = [(at, group) for at, character in enumerate(text) for group in v.LOOKALIKES if character in group]
    if alike and rng.random() < 0.7:
        at, group = rng.choice(alike)
        other = rng.choice([character for character in group if character != text[at]] or [text[at]])
        return _changed(fields, **{name: text[:at] + other + text[at + 1 :]})
    if len(text) < 4:
        other = rng.choice(v.ZH_GIVEN)
        return _changed(fields, **{name: text[:-1] + other if name == "given" else text})
    at = rng.randrange(0, min(len(text) - 1, 8))
    slipped = (
        text[:at] + text[at + 1 :],
        text[:at] + text[at] + text[at:],
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        text[:at] + rng.choice(v.BRAND_CHARACTERS) + text[at + 1 :],
    )
    return _changed(fields, **{name: rng.choice(slipped)})


def en_typo(fields: Fields, rng: Random) -> Fields:
    """A slip in one or two texts."""
    names = rng.sample(present := [name for name in _TEXTS if name in fields], min(len(present), rng.choice((1, 1, 2))))
    return _changed(fields, **{name: _slip(fields[name], rng) for name in names})


def homophone(fields: Fields, rng: Random) -> Fields:
    """A character of the name replaced by one that sounds the same."""
    name = _name_field(fields, rng)
    text = fields[name]
    sounds = [(at, group) for at, character in enumerate(text) for group in v.HOMOPHONES if character in group]
    if not sounds:
        return fields
    at, group = rng.choice(sounds)
    other = rng.choice([character for character in group if character != text[at]] or [text[at]])
    return _changed(fields, **{name: text[:at] + other + text[at + 1 :]})


def zh_short_name(fields: Fields, rng: Random) -> Fields:
    """The company as people call it: without legal form, without trade, without place, or by some of its characters."""
    name = fields.get("company", "")
    if rng.random() < 0.2:
        return _changed(fields, company=_stock_name(name, rng))
    for form in sorted(set(v.ZH_FORMS), key=len, reverse=True):
        name = name.removesuffix(form)
    short = name
    cities = [city for place in v.ZH_CITIES for city in (place.rpartition("省")[2], place.rpartition("省")[2][:-1])]
    if rng.random() < 0.6:
        short = next((short.removeprefix(city) for city in cities if short.startswith(city)), short)
        short = next((short.replace(f"({city})", "") for city in cities if f"({city})" in short), short)
    if rng.random() < 0.5:
        trade = next((trade for trade in v.ZH_TRADES if short.endswith(trade)), "")
        head = short.removesuffix(trade)
        short = head + trade[: rng.choice((0, 2, 2))] if len(head) >= 2 else short
    if len(short) > 4 and rng.random() < 0.2:
        short = short[:2] + "".join(character for character in short[2:].partition("(")[0] if rng.random() < 0.5)
    return _changed(fields, company=short if len(short) >= 2 else name)


def _stock_name(name: str, rng: Random) -> str:
    """A name as stock exchanges abbreviate: four characters in their order, the last two often 股份 or 集团."""
    head = name.partition("有限")[0].replace("(", "").replace(")", "")
    tail = next((tail for tail in ("集团", "股份") if tail in head), "")
    head = head.partition(tail)[0] if tail else head
    if len(head) < 4:
        return name
    if tail and rng.random() < 0.5:
        return head[:2] + tail if rng.random() < 0.5 else head[-4:-2] + tail
    kept = (
        sorted(rng.sample(range(len(head)), 4)) if rng.random() < 0.3 else [*range(2), *range(len(head) - 2, len(head))]
    )
    return "".join(head[at] for at in kept)


def en_short_name(fields: Fields, rng: Random) -> Fields:
    """The company without its legal form, the parent in front of it, or its last words."""
    name = fields.get("company", "")
    for form in ("Corporation", "Company", "Limited", "Corp.", "Inc.", "Inc", "LLC", "Ltd.", "PLC", "L.P.", "Co."):
        name = name.removesuffix(f" {form}")
    if " - " in name:
        name = name.split(" - ")[rng.randrange(2)]
    words = name.split()
    if len(words) > 2 and rng.random() < 0.5:
        words = words[:-1]
    return _changed(fields, company=" ".join(words))


def traditional(fields: Fields, rng: Random) -> Fields:
    """Everything in traditional characters."""
    table = str.maketrans(v.TRADITIONAL)
    return {name: value.translate(table) for name, value in fields.items()}


def zh_formats(fields: Fields, rng: Random) -> Fields:
    """Full-width characters, brackets, spaces, other ways to write phone numbers and legal forms."""
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    changed = dict(fields)
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
    changed |= {"company": company, "phone": rng.choice(formats), "address": fields.get("address", "").translate(wide)}
    return {name: value for name, value in changed.items() if value}


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
    changed = {"street": street, "phone": rng.choice(phones) if digits else "", "company": case(company)}
    changed |= {name: case(fields[name]) for name in ("given", "family", "city") if name in fields}
    return _changed(fields, **changed)


def abbreviations(fields: Fields, rng: Random) -> Fields:
    """Words of the name abbreviated or written out, joined, split or exchanged."""
    words = [
        _drawn_together(word, rng) if rng.random() < 0.2 else v.EN_ABBREVIATIONS.get(word, word)
        for word in fields.get("company", "").split()
    ]
    if len(words) > 2 and rng.random() < 0.3:
        at = rng.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1].lower()] if rng.random() < 0.5 else [words[at + 1], words[at]]
    if rng.random() < 0.2:
        words = ["The", *words] if words[:1] != ["The"] else words[1:]
    return _changed(fields, company=" ".join(words))


def _drawn_together(word: str, rng: Random) -> str:
    """A long word without its vowels, or cut short after three to five letters."""
    if len(word) < 6:
        return word
    if rng.random() < 0.5:
        return word[: rng.choice((3, 4, 5))] + rng.choice(("", "."))
    return word[0] + "".join(letter for letter in word[1:-1] if letter not in "aeiou")[:3] + word[-1]


def extra_words(fields: Fields, rng: Random) -> Fields:
    """Words that another writer adds: the city, what it is, the organisation above."""
    company = fields.get("company", "")
    extra = rng.choice(
        (fields.get("city", "Chicago"), *v.EN_PARENTS, "Center", "Site", "Inc", "of " + fields.get("city", "Illinois"))
    )
    return _changed(fields, company=rng.choice((f"{company} {extra}", f"{extra} - {company}", f"{company} / {extra}")))


def zh_extra_words(fields: Fields, rng: Random) -> Fields:
    """The place put in front or taken away, 集团 added, a remark in brackets."""
    company = fields.get("company", "")
    city = fields.get("address", "")[:2]
    remark = rng.choice(("(总部)", "（老客户）", "(原名不详)", "(北区)")) if company.endswith("司") else ""
    return _changed(
        fields,
        company=rng.choice((f"{city}{company}", f"{company}{remark}", company.replace("有限公司", "集团有限公司"))),
    )


def moved(fields: Fields, rng: Random) -> Fields:
    """Another number on the same road, or another address in the same city."""
    number = str(rng.randint(1, 2999))
    if "address" in fields:
        head, mark, tail = fields["address"].partition("号")
        road = head.rstrip("0123456789")
        if rng.random() < 0.25:
            return _changed(fields, address=f"{road}{number}{mark}{tail}")
        place = next((place for place in v.ZH_CITIES if fields["address"].startswith(place)), "")
        return _changed(fields, address=f"{place}{rng.choice(v.ZH_ROADS)}{number}号")
    if rng.random() < 0.25 or "street" not in fields:
        return _changed(fields, street_number=number if "street_number" in fields else "")
    return _changed(
        fields, street_number=number, street=f"{rng.choice(v.EN_STREETS)} {rng.choice(list(v.EN_STREET_KINDS))}"
    )


def phone_changed(fields: Fields, rng: Random) -> Fields:
    """Another number, or one digit wrong."""
    phone = fields.get("phone", "")
    if len(phone) < 7:
        return fields
    if rng.random() < 0.4:
        at = rng.randrange(len(phone) - 5, len(phone))
        return _changed(fields, phone=phone[:at] + rng.choice("0123456789") + phone[at + 1 :])
    last = sum(character.isdigit() for character in phone) - 7
    digits = (rng.choice("0123456789") if at >= last else digit for at, digit in enumerate(filter(str.isdigit, phone)))
    return _changed(fields, phone="".join(next(digits) if character.isdigit() else character for character in phone))


def missing(fields: Fields, rng: Random) -> Fields:
    """Fields left empty, but never all the names."""
    droppable = [name for name in fields if name not in ("company", "family", "given")]
    least = 0 if "company" in fields else 1  # a surname by itself is nobody
    dropped = set(rng.sample(droppable, max(0, min(len(droppable) - least, rng.choice((1, 2, 3, 4))))))
    if "company" not in fields and "person" not in fields and rng.random() < 0.15:
        dropped.add(rng.choice([name for name in ("family", "given") if name in fields] or ["given"]))
    return {name: value for name, value in fields.items() if name not in dropped}


def pinyin_order(fields: Fields, rng: Random) -> Fields:
    """Given and family name exchanged."""
    if "family" not in fields or "given" not in fields:
        return fields
    return {**fields, "family": fields["given"], "given": fields["family"]}


def nickname(fields: Fields, rng: Random) -> Fields:
    """A nickname, an initial, or a second given name."""
    given = fields.get("given", "")
    if not given:
        return fields
    options = [given[0], f"{given} {rng.choice('ABCDEHJKLMRST')}", f"{given} {rng.choice(v.EN_GIVEN)}"]
    return _changed(fields, given=v.EN_NICKNAMES.get(given) or rng.choice(options))


def numbers(fields: Fields, rng: Random) -> Fields:
    """A slip in the birth date, an identifier, the postcode or the house number; day and month exchanged."""
    present = [name for name in ("birth_date", "national_id", "postcode", "street_number") if name in fields]
    if not present:
        return fields
    name = rng.choice(present)
    text = fields[name]
    if name == "birth_date" and rng.random() < 0.4:
        return _changed(fields, birth_date=text[:4] + text[6:] + text[4:6])
    at = rng.randrange(len(text))
    slips = (
        text[:at] + rng.choice("0123456789") + text[at + 1 :],
        text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :],
    )
    return _changed(fields, **{name: rng.choice(slips)})


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
        return {**{name: value for name, value in kept.items() if name != "phone"}, street: f"{whole} {fields['phone']}"}
    if "city" not in fields:
        return fields
    match rng.randrange(3):
        case 0:
            return {**kept, street: fields["city"], "city": whole}
        case 1:
            return {**kept, street: f"{whole}, {fields['city']}", "city": ""}
        case _:
            return {**fields, "company": f"{fields['company']}, {fields['city']}"} if "company" in fields else fields


def clipped_form(fields: Fields, rng: Random) -> Fields:
    """The legal form shortened, as by somebody in a hurry, or keyed wrong."""
    company = fields.get("company", "")
    form = next((form for form in sorted(set(v.ZH_FORMS), key=len, reverse=True) if company.endswith(form)), "")
    other = rng.choice(("公司", "公司", "有限公司", "", "有限司公" if form.endswith("有限公司") else "公司"))
    return _changed(fields, company=company.removesuffix(form) + other if form else company)


def email_changed(fields: Fields, rng: Random) -> Fields:
    """A slip in the mailbox, another provider, another mailbox at the same company."""
    name, at, host = fields.get("email", "").partition("@")
    if not at:
        return fields
    return _changed(
        fields, email=rng.choice((f"{_slip(name, rng)}@{host}", f"{name}@{rng.choice(v.MAIL_HOSTS)}", f"sales@{host}"))
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
    return _changed(fields, **({chosen: other.fields[chosen]} if chosen else {}))


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
