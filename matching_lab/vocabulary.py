"""The words that made-up customers are made of, read from ``vocabulary.yaml``."""

from pathlib import Path

import yaml

_WORDS = yaml.safe_load(Path(__file__).with_name("vocabulary.yaml").read_text(encoding="utf-8"))


def _list(name: str) -> tuple[str, ...]:
    """A list of words separated by bars where there is one, else by spaces."""
    text: str = _WORDS[name]
    return tuple(word.strip() for word in text.split("|")) if "|" in text else tuple(text.split())


def _characters(text: str) -> str:
    return text.replace("\n", "")


BRAND_CHARACTERS = _characters(_WORDS["BRAND_CHARACTERS"])
FAMOUS_STYLE_BRANDS = _list("FAMOUS_STYLE_BRANDS")
ZH_CITIES: dict[str, list[str]] = _WORDS["ZH_CITIES"]
ZH_ROADS = _list("ZH_ROADS")
ZH_BUILDINGS = _list("ZH_BUILDINGS")
ZH_TRADES = _list("ZH_TRADES")
ZH_FORMS = _list("ZH_FORMS")
ZH_ORGANISATIONS = _list("ZH_ORGANISATIONS")
ZH_SURNAMES = _characters(_WORDS["ZH_SURNAMES"])
ZH_DOUBLE_SURNAMES = _list("ZH_DOUBLE_SURNAMES")
ZH_GIVEN = _characters(_WORDS["ZH_GIVEN"])
HOMOPHONES = _list("HOMOPHONES")
LOOKALIKES = _list("LOOKALIKES")
TRADITIONAL: dict[str, str] = dict(
    zip(*(_characters(_WORDS["TRADITIONAL"][script]) for script in ("simplified", "traditional")), strict=True)
)
EN_BRANDS = _list("EN_BRANDS")
EN_BEGINNINGS = _list("EN_BEGINNINGS")
EN_ENDINGS = _list("EN_ENDINGS")
EN_TRADES = _list("EN_TRADES")
EN_FORMS = _list("EN_FORMS")
EN_ORGANISATIONS = _list("EN_ORGANISATIONS")
EN_PARENTS = _list("EN_PARENTS")
EN_CITIES: dict[str, list[str]] = _WORDS["EN_CITIES"]
EN_STREETS = _list("EN_STREETS")
EN_STREET_KINDS: dict[str, str] = _WORDS["EN_STREET_KINDS"]
EN_DIRECTIONS: dict[str, str] = _WORDS["EN_DIRECTIONS"]
EN_GIVEN = _list("EN_GIVEN")
EN_NICKNAMES: dict[str, str] = _WORDS["EN_NICKNAMES"]
EN_SURNAMES = _list("EN_SURNAMES")
EN_ABBREVIATIONS: dict[str, str] = _WORDS["EN_ABBREVIATIONS"]
MAIL_HOSTS = _list("MAIL_HOSTS")
MOBILE_PREFIXES = _list("MOBILE_PREFIXES")
