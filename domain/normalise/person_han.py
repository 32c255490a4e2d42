"""Person names in Chinese characters."""

import re

from domain.normalise.person_parts import PersonParts
from domain.normalise.pinyin import split_syllables, surnames, syllables_of
from domain.normalise.text import HAN, fold

_TITLES = (
    "先生|女士|小姐|太太|夫人|阁下|同志|同学|师傅|老师|教授|博士|医生|大夫|律师|会计师?|工程师|设计师|秘书|助理|主管|主任|主席|总裁|总监|总经理|"
    "副总经理|副总裁|副总监|副主任|副总|董事长|副董事长|董事|常务|经理|副经理|部长|副部长|处长|科长|局长|院长|校长|所长|厂长|店长|行长|社长|站长|"
    "队长|组长|班长|课长|会长|秘书长|书记|老板|老板娘|掌柜|采购|销售|客服|前台|财务"
)
_TITLE = re.compile(rf"^(?P<name>.+?)(?P<title>(?:{_TITLES})+)$")
# One character is a title only behind a bare surname: 李工 is engineer Li, 李建工 may be a name.
_SHORT_TITLES = "总工董哥姐局处科部院校老叔姨嫂爷"
_FAMILIAR = "小老大阿"
_DOT = "\0"
_RUN = re.compile(rf"[{HAN}{_DOT}]+")
_BRACKETED = re.compile(r"\([^()]*\)")
_FOREIGN_DOT = re.compile(rf"(?<=[{HAN}])\s*[·・•‧∙⋅.]\s*(?=[{HAN}])")


def take_apart(text: str) -> PersonParts:
    """Takes a cleaned name with Chinese characters apart."""
    folded = fold(text)
    plain = _BRACKETED.sub(" ", folded)
    runs = _RUN.findall(_FOREIGN_DOT.sub(_DOT, plain)) or _RUN.findall(folded)
    name, title = _split_titles(runs[0].replace(_DOT, ""))
    if _DOT in runs[0] and len(name) > 3:  # "阿不都·热西提" has no surname
        return PersonParts(name, None, name, syllables_of(name), title)
    family = _family(name)
    given = name[len(family) :] or _latin_given(plain)
    return PersonParts(
        normal=family + (given or ""),
        family=family,
        given=given,
        syllables=(*_family_syllables(family), *(syllables_of(given) if given else ())),
        honorific=title,
    )


def _split_titles(name: str) -> tuple[str, str | None]:
    """Splits all titles off: "王总先生" has two."""
    titles = ""
    while (split := _split_title(name))[1]:
        name, titles = split[0], split[1] + titles
    return name, titles or None


def _split_title(name: str) -> tuple[str, str | None]:
    found = _TITLE.match(name)
    if found:
        return found["name"], found["title"]
    if len(name) > 1 and name[-1] in _SHORT_TITLES and name[:-1] in surnames():
        return name[:-1], name[-1]
    if len(name) > 2 and name[-1] == "总":
        return name[:-1], name[-1]
    if len(name) == 2 and name[0] in _FAMILIAR and name[1] in surnames():
        return name[1], name[0]
    return name, None


def _family(name: str) -> str:
    """Returns the surname: of two or more characters where such a one begins the name, else the first character."""
    for length in (4, 3, 2):
        if name[:length] in surnames():
            return name[:length]
    return name[:1]


def _family_syllables(family: str) -> tuple[str, ...]:
    reading = surnames().get(family)
    return split_syllables(reading) if reading else syllables_of(family)


def _latin_given(plain: str) -> str | None:
    """Returns the English given name beside a lone surname ("Tom 王")."""
    latin = re.findall(r"[a-z][a-z'-]+", plain)
    return latin[0] if latin else None
