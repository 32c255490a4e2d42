"""What people do to a customer's name when they write it down again, each kind by itself and with a fixed seed."""

from random import Random

from matching_lab import vocabulary as v
from matching_lab.customers import Fields

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def changed(fields: Fields, **changes: str) -> Fields:
    """Returns the fields with other values; an empty one changes nothing."""
    return {**fields, **{name: value for name, value in changes.items() if value}}


def _name_field(fields: Fields, rng: Random) -> str:
    return "company" if "company" in fields else rng.choice([name for name in ("family", "given") if name in fields])


def slip(text: str, rng: Random) -> str:
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
        return changed(fields, **{name: text[:at] + other + text[at + 1 :]})
    if len(text) < 4:
        other = rng.choice(v.ZH_GIVEN)
        return changed(fields, **{name: text[:-1] + other if name == "given" else text})
    at = rng.randrange(0, min(len(text) - 1, 8))
    slipped = (
        text[:at] + text[at + 1 :],
        text[:at] + text[at] + text[at:],
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        text[:at] + rng.choice(v.BRAND_CHARACTERS) + text[at + 1 :],
    )
    return changed(fields, **{name: rng.choice(slipped)})


def homophone(fields: Fields, rng: Random) -> Fields:
    """A character of the name replaced by one that sounds the same."""
    name = _name_field(fields, rng)
    text = fields[name]
    sounds = [(at, group) for at, character in enumerate(text) for group in v.HOMOPHONES if character in group]
    if not sounds:
        return fields
    at, group = rng.choice(sounds)
    other = rng.choice([character for character in group if character != text[at]] or [text[at]])
    return changed(fields, **{name: text[:at] + other + text[at + 1 :]})


def zh_short_name(fields: Fields, rng: Random) -> Fields:
    """The company as people call it: without legal form, without trade, without place, or by some of its characters."""
    name = fields.get("company", "")
    if rng.random() < 0.2:
        return changed(fields, company=_stock_name(name, rng))
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
    return changed(fields, company=short if len(short) >= 2 else name)


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
    return changed(fields, company=" ".join(words))


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
    return changed(fields, company=" ".join(words))


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
    return changed(fields, company=rng.choice((f"{company} {extra}", f"{extra} - {company}", f"{company} / {extra}")))


def zh_extra_words(fields: Fields, rng: Random) -> Fields:
    """The place put in front or taken away, 集团 added, a remark in brackets."""
    company = fields.get("company", "")
    city = fields.get("address", "")[:2]
    remark = rng.choice(("(总部)", "（老客户）", "(原名不详)", "(北区)")) if company.endswith("司") else ""
    return changed(
        fields,
        company=rng.choice((f"{city}{company}", f"{company}{remark}", company.replace("有限公司", "集团有限公司"))),
    )


def clipped_form(fields: Fields, rng: Random) -> Fields:
    """The legal form shortened, as by somebody in a hurry, or keyed wrong."""
    company = fields.get("company", "")
    form = next((form for form in sorted(set(v.ZH_FORMS), key=len, reverse=True) if company.endswith(form)), "")
    other = rng.choice(("公司", "公司", "有限公司", "", "有限司公" if form.endswith("有限公司") else "公司"))
    return changed(fields, company=company.removesuffix(form) + other if form else company)


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
    return changed(fields, given=v.EN_NICKNAMES.get(given) or rng.choice(options))
