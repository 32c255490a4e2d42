"""Any number of leads that look real and share nothing that identifies anybody, Chinese and English in turns."""

from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from matching_lab.vocabulary import BRAND_CHARACTERS, EN_GIVEN, EN_STREETS, EN_SURNAMES
from samples import vocabulary as words
from samples.generate import ORGANISATION

Body = dict[str, Any]

CUSTOMERS_A_LANGUAGE = 100_000
CAPACITY = 2 * CUSTOMERS_A_LANGUAGE
"""So many customers have phone numbers of their own."""
REGIONS = {"CN-GD": "深圳市", "CN-SH": "上海市", "CN-ZJ": "杭州市", "US-CA": "San Francisco"}
REPEAT_SOURCE = "crm"
REPEATED_AFTER = 100
"""So many further customers come between the two leads of one, enough for the first to be settled."""

_PREFIXES = ("135", "136", "138", "139", "158", "177", "186")
_AREAS = ("213", "310", "408", "415", "510", "619", "650", "818", "916", "949")
_SYMBOLS = 127
"""A prime: brands are the values of polynomials over its field, so that no two are alike but for chance."""
_CHARACTERS = list(dict.fromkeys(BRAND_CHARACTERS))[:_SYMBOLS]
_SYLLABLES = [f"{start}{vowel}{end}" for start in "bdfghklmnprstvwz" for vowel in "aeiou" for end in ("n", "r")]
_INDUSTRIES = sorted(words.INDUSTRIES)


def lead(number: int) -> Body:
    """The first lead of customer ``number``, below ``CAPACITY``, as a web form sends it."""
    index, english = divmod(number, 2)
    return {
        "source": "website",
        "external_id": f"web-{number}",
        "customer_type": "new_registration",
        **(_english(index) if english else _chinese(index)),
        "industry": _INDUSTRIES[number % len(_INDUSTRIES)],
        "amount": {"value": f"{20_000 + number % 900 * 500}.00", "currency": "USD" if english else "CNY"},
        "occurred_at": "2026-11-23T09:30:00+08:00",
    }


def repeat(number: int) -> Body:
    """A later lead of the same customer, from another system and about another person, who gives the same mailbox."""
    first = lead(number)
    person = {"name": "陈静" if first["region"].startswith("CN") else "Tessa Quinn"}
    keep = {"company": {"name": first["company"]["name"]}, "emails": first["emails"], "region": first["region"]}
    return {"source": REPEAT_SOURCE, "external_id": f"crm-{number}", "person": person, "need": first["need"], **keep}


def same_name_elsewhere(number: int) -> Body:
    """A lead that may be of the same customer or not: only the company's name is the same, in another region."""
    first = lead(number)
    elsewhere = next(code for code in REGIONS if code != first["region"])
    return {"source": "telephony", "external_id": f"call-{number}", "company": first["company"], "region": elsewhere}


def trade_show(number: int) -> Body:
    """The first lead of customer ``number`` as the rep on a stand sends it."""
    first = lead(number)
    show = {"name": words.SHOWS[0][1], "date": words.SHOWS[0][2], "contact": staff()[first["region"]][0]}
    return first | {"source": "show_app", "customer_type": "trade_show", "show": show}


def new_customers(numbers: Iterator[int]) -> Iterator[Body]:
    """Leads of customers that nobody knows."""
    return map(lead, numbers)


def half_known(numbers: Iterator[int]) -> Iterator[Body]:
    """Leads of which, once ``REPEATED_AFTER`` customers are known, every second is of one of them, again."""
    known: deque[int] = deque()
    for number in numbers:
        yield lead(number)
        known.append(number)
        if len(known) > REPEATED_AFTER:
            yield repeat(known.popleft())


@cache
def staff() -> dict[str, list[str]]:
    """For each region from which our leads come, the sample's reps who work there."""
    reps = yaml.safe_load(ORGANISATION.read_text(encoding="utf-8"))["reps"]
    working: dict[str, list[str]] = defaultdict(list)
    for rep in reps:
        for region in set(rep["regions"]) & set(REGIONS) if rep["active"] else ():
            working[region].append(rep["id"])
    return working


def _chinese(index: int) -> Body:
    brand = "".join(_CHARACTERS[symbol] for symbol in _symbols(index))
    region = ("CN-GD", "CN-SH", "CN-ZJ")[index % 3]
    surname, given = _at(sorted(words.SURNAMES), index), _at(sorted(words.GIVEN_NAMES), index)
    domain = f"{''.join(_SYLLABLES[symbol] for symbol in _symbols(index))}-example.cn"
    trade = _at(words.INDUSTRIES[_INDUSTRIES[2 * index % len(_INDUSTRIES)]][0], index)
    return {
        "company": {"name": f"{REGIONS[region]}{brand}{trade}有限公司", "website": f"https://www.{domain}"},
        "person": {"name": surname + given, "title": _at(words.CHINESE_TITLES, index)},
        "phones": [f"+86 {_PREFIXES[index // 100_000]} 555{index % 100_000:05}"],
        "emails": [f"{words.SURNAMES[surname]}.{words.GIVEN_NAMES[given]}@{domain}"],
        "region": region,
        "address": f"{REGIONS[region]}{_at(words.ROADS, index)}{index + 1}号",
        "need": _at(words.CHINESE_NEEDS, index),
    }


def _english(index: int) -> Body:
    one, two, three, four, five = (_SYLLABLES[symbol].capitalize() for symbol in _symbols(index))
    brand = f"{one}{two.lower()} {three}{four.lower()} {five}"
    person = f"{_at(EN_GIVEN, index)} {_at(EN_SURNAMES, index)}"
    domain = f"{brand.lower().replace(' ', '-')}-example.com"
    scattered = index * 61_803 % CUSTOMERS_A_LANGUAGE  # or neighbours would have numbers of one digit's difference
    area, line = divmod(scattered, 10_000)
    return {
        "company": {"name": f"{brand} Systems Inc.", "website": f"https://www.{domain}"},
        "person": {"name": person, "title": _at(words.ENGLISH_TITLES, index)},
        "phones": [f"+1 ({_AREAS[area]}) 555-{line:04}"],
        "emails": [f"buyer{index}@{domain}"],
        "region": "US-CA",
        "address": f"{scattered + 1} {_at(EN_STREETS, index)} Street, San Francisco",
        "need": _at(words.ENGLISH_NEEDS, index),
    }


def _symbols(index: int) -> list[int]:
    """Five numbers below ``_SYMBOLS``, of which two indices share two at most."""
    scattered = index * 1_299_709 % _SYMBOLS**3  # or neighbours would differ in the same way everywhere
    rest, one = divmod(scattered, _SYMBOLS)
    three, two = divmod(rest, _SYMBOLS)
    return [(one + two * at + three * at * at) * (at + 30) % _SYMBOLS for at in range(1, 6)]


def _at(options: Any, index: int) -> Any:
    return options[index % len(options)]
