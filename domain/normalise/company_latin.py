"""Company names in Latin and other spaced scripts."""

import re
from functools import cache

from domain.normalise.company_parts import LegalForm, Parts, legal_forms
from domain.normalise.region import region_of_name
from domain.normalise.tables import entries
from domain.normalise.text import words

_BRANCHES = (
    ("branch", "office"), ("representative", "office"), ("rep", "office"), ("liaison", "office"), ("sales", "office"),
    ("branch",), ("subsidiary",), ("outlet",),
)  # fmt: skip
_LEADING_FORMS = frozenset({"pt", "ooo", "ооо", "oao", "оао", "zao", "зао", "pao", "пао", "ao", "ао", "uab", "sia"})
_BRACKETED = re.compile(r"\(([^()]+)\)")
_MAX_BRANCH_WORDS = 6


def take_apart(folded: str) -> Parts:
    """Takes a folded name without Chinese characters apart."""
    head, branch = _split_branch(words(folded))
    core, form = _split_form(head)
    if core[:1] == ["the"] and len(core) > 1:
        core = core[1:]
    region, rest = _split_region(core, [words(inner) for inner in _BRACKETED.findall(folded)])
    brand, industry = _split_industry(rest, core)
    return Parts(
        normal=" ".join(filter(None, ("".join(core), form and form.spelling, " ".join(branch)))),
        region=region,
        brand=" ".join(brand),
        industry=tuple(industry),
        legal_form=form and form.code,
        branch=" ".join(branch) or None,
    )


def _split_branch(tokens: list[str]) -> tuple[list[str], list[str]]:
    """Splits a branch off the end: all behind the legal form, else the place or the word before "Branch"."""
    ending = next((ending for ending in _BRANCHES if tuple(tokens[-len(ending) :]) == ending), ())
    before = len(tokens) - len(ending)
    if not ending or before < 1:
        return tokens, []
    for cut in range(before, max(1, before - _MAX_BRANCH_WORDS) - 1, -1):
        if _form_start(tokens, cut):
            return tokens[:cut], tokens[cut:]
    named_by = 2 if before > 2 and region_of_name("".join(tokens[before - 2 : before])) else 1
    cut = before - named_by
    return (tokens[:cut], tokens[cut:]) if cut else (tokens, [])


def _form_start(tokens: list[str], end: int) -> int | None:
    """Returns where the longest legal form that ends at ``end`` begins, with a word before it."""
    starts = range(max(1, end - _longest_form()), end)
    return next((start for start in starts if " ".join(tokens[start:end]) in legal_forms()), None)


def _split_form(tokens: list[str]) -> tuple[list[str], LegalForm | None]:
    """Splits the legal form off, also from before a place ("Siemens Ltd., China") and from the head ("PT Astra")."""
    core, form = tokens, None
    for places in (0, 1, 2):
        end = len(tokens) - places
        start = _form_start(tokens, end)
        if start and (not places or region_of_name("".join(tokens[end:]))):
            core, form = tokens[:start] + tokens[end:], legal_forms()[" ".join(tokens[start:end])]
            break
    if len(core) > 1 and core[0] in _LEADING_FORMS:
        return core[1:], form or legal_forms()[core[0]]
    return core, form


@cache
def _longest_form() -> int:
    return max(spelling.count(" ") + 1 for spelling in legal_forms())


def _split_region(core: list[str], bracketed: list[list[str]]) -> tuple[str | None, list[str]]:
    """Returns the place in a name and the name without it: a Chinese one at the head, any in brackets or at the end."""
    for length in (2, 1):
        region = region_of_name("".join(core[:length]))
        if region and region.startswith("CN") and len(core) > length:
            return region, core[length:]
    for inner in bracketed:
        region = region_of_name("".join(inner))
        at = next((at for at in range(1, len(core)) if core[at : at + len(inner)] == inner), None)
        if region and at:
            return region, core[:at] + core[at + len(inner) :]
    for length in (2, 1):
        region = region_of_name("".join(core[-length:]))
        if region and len(core) > length:
            return region, core[:-length]
    return None, core


def _split_industry(rest: list[str], core: list[str]) -> tuple[list[str], list[str]]:
    """Splits industry words off the end; what is left must be able to name somebody, if need be with its place."""
    known, weak = entries("industry_words.txt"), entries("weak_brands.txt")
    cut = len(rest)
    while cut and (rest[cut - 1] in known or rest[cut - 1] in weak):
        cut -= 1
    brand = rest[:cut] or (core if len(core) > len(rest) else rest[:2])
    return brand, [word for word in rest[cut:] if word in known]
