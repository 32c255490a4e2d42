"""Company names in Chinese characters."""

import re
from functools import cache

from domain.normalise.company_parts import LegalForm, Parts, legal_forms
from domain.normalise.divisions import Located, locate
from domain.normalise.region import region_of_division
from domain.normalise.tables import entries
from domain.normalise.text import HAN, has_han

_BRANCH = (
    r"(?:分公司|子公司|办事处|代表处|联络处|营业[部厅所]|分理处|[分支]行|分[店厂部院校所社局]|分中心"
    r"|(?:直营|加盟|专卖|旗舰|体验|门)店|[事项][业目]部)"
)
# The last 公司 that is no branch itself ends the company's own name.
_AFTER_COMPANY = re.compile(
    rf"(?P<head>.*(?<![分子])(?:公司|合伙企业|[限通]合伙|合作社))(?P<branch>.{{0,40}}?(?:{_BRANCH}|[店厂]))"
)
_AFTER_KIND = re.compile(
    rf"(?P<head>.*?(?:银行|证券|保险|期货|集团|医院|大学|学校|旅行社|酒店|超市|药房))(?P<branch>.{{0,20}}?{_BRANCH})"
)
_BRACKETED_SHOP = re.compile(r"(?P<head>.{2,})\((?P<branch>[^()]{1,20}店)\)")
_PLACE_BEHIND = re.compile(r"(?P<name>.{4,}(?:公司|院|校|店|厂|社|中心|[行所]))\s*\((?P<place>[^()]{2,12})\)\s*")
_NOTE_BEHIND = re.compile(
    r"(?P<name>.{4,}公司(?:\s*\([^()]{2,8}\))?)\s*(?:[-_:]\s*(?P<bare>总部|总公司|集团总部)"
    rf"|\((?P<note>[{HAN}]{{1,6}}(?<![司店厂部院所社行处局]))\))\s*"
)
_BARE_BRANCH = re.compile(rf"(?P<head>.{{2,}}?)(?P<branch>{_BRANCH})")
_ORDINAL = re.compile(r"第?[一二三四五六七八九十百\d]+$")
_BRACKETED = re.compile(r"\(([^()]+)\)")
_NOT_WORD = re.compile(r"[\W_]+")
_LONGEST_WORD = 8
_KINDS_OF_PLACE = "厂店部院所社行馆场站"
"""机械厂 is the industry word 机械 and what stands there."""


def take_apart(folded: str) -> Parts:
    """Takes a folded name with Chinese characters apart."""
    folded, note = _split_note_behind(folded)
    folded, where = _split_place_behind(folded)
    shop = _BRACKETED_SHOP.fullmatch(folded)
    head, branch = (_squashed(shop["head"]), _squashed(shop["branch"])) if shop else _split_branch(_squashed(folded))
    stem, form = _split_form(head)
    place, rest, whole = _split_place(stem, [_squashed(inner) for inner in _BRACKETED.findall(folded)])
    brand, industry = _split_industry(rest)
    behind = locate(where).code if where else None
    code = place.code or behind
    return Parts(
        normal=stem + ("" if behind == place.code else where) + (form.spelling if form else "") + (branch or "") + note,
        region=region_of_division(code) if code else "CN" if place.country else None,
        brand=brand or whole,
        industry=industry,
        legal_form=form.code if form else None,
        branch=branch,
        division=code,
        note=note or None,
    )


def _split_note_behind(name: str) -> tuple[str, str]:
    """Splits off what is said of a company behind its whole name and is no place: (新), (已签约), -总部."""
    found = _NOTE_BEHIND.fullmatch(name)
    note = (found["bare"] or found["note"]) if found else ""
    return (found["name"], note) if found and locate(note).end < len(note) else (name, "")


def _split_place_behind(name: str) -> tuple[str, str]:
    """Splits off a place that somebody wrote in brackets behind the whole name: 远航科技有限公司(深圳市)."""
    found = _PLACE_BEHIND.fullmatch(name)
    place = _squashed(found["place"]) if found else ""
    return (found["name"], place) if found and place and locate(place).end == len(place) else (name, "")


def _squashed(text: str) -> str:
    return _NOT_WORD.sub("", text)


def _split_branch(name: str) -> tuple[str, str | None]:
    """Splits a branch off the end, with the words before it that say which."""
    if found := _AFTER_COMPANY.fullmatch(name) or _AFTER_KIND.fullmatch(name):
        return found["head"], found["branch"]
    bare = _BARE_BRANCH.fullmatch(name)
    if not bare:
        return name, None
    which = _place_at_end(bare["head"]) or "".join(_ORDINAL.findall(bare["head"]))
    head = bare["head"].removesuffix(which)
    return (head, which + bare["branch"]) if len(head) > 1 else (name, None)


def _place_at_end(text: str) -> str:
    """Returns the longest place that a text ends with, empty when there is none or too little stands before it."""
    for length in range(min(_LONGEST_WORD, len(text) - 2), 1, -1):
        if locate(text[-length:], short_counties=True).end == length:
            return text[-length:]
    return ""


def _split_form(name: str) -> tuple[str, LegalForm | None]:
    """Splits the longest legal form off the end, or 株式会社 off the beginning, never leaving nothing."""
    for start in range(max(1, len(name) - _longest_form()), len(name)):
        if form := _forms().get(name[start:]):
            return name[:start], form
    form = _forms().get(name[:4])
    if form and name[2:4] == "会社" and len(name) > 4:
        return name[4:], form
    return name, None


@cache
def _forms() -> dict[str, LegalForm]:
    return {spelling: form for spelling, form in legal_forms().items() if has_han(spelling)}


@cache
def _longest_form() -> int:
    return max(map(len, _forms()))


def _split_place(stem: str, bracketed: list[str]) -> tuple[Located, str, str]:
    """Splits off the place of a name: at the head, in brackets ("腾讯科技(深圳)") or at the end ("索尼中国").

    Returns:
        The place, the name without it, and the name without a place that only says which part of the company it is.
    """
    head = locate(stem)
    rest = stem[head.end :]
    if len(rest) < 2:
        return head, stem, stem
    if head.code:
        return head, rest, stem
    for inner in bracketed:
        place = locate(inner)
        if inner != rest and place.end == len(inner) and inner in rest:
            rest = rest.replace(inner, "", 1)
            return place, rest, stem[: head.end] + rest
    tail = _place_at_end(rest)
    if tail and _split_industry(rest[: -len(tail)])[1]:
        rest = rest[: -len(tail)]
        return locate(tail, short_counties=True), rest, stem[: head.end] + rest
    return head, rest, stem


def _split_industry(rest: str) -> tuple[str, tuple[str, ...]]:
    """Splits industry words off the end, the longest first, leaving two characters or nothing."""
    found: list[str] = []
    while word := next(filter(None, (_word_at_end(rest, length) for length in range(_LONGEST_WORD, 1, -1))), ""):
        rest = rest[: -len(word)]
        found.insert(0, word)
    return rest, tuple(found)


def _word_at_end(text: str, length: int) -> str:
    word = text[-length:]
    known = entries("industry_words.txt")
    fits = len(text) == length or len(text) - length >= 2
    says_what = word in known or (word[-1:] in _KINDS_OF_PLACE and word[:-1] in known)
    return word if fits and says_what else ""
