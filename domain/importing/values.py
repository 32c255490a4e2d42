"""What a cell's text stands for, in the one form that is kept; a text that stands for nothing has none."""

import re
from collections.abc import Mapping

from domain.lead import CustomerType
from domain.normalise.address import parse_address
from domain.normalise.email import parse_email
from domain.normalise.errors import Malformed
from domain.normalise.phone import parse_phones
from domain.normalise.region import parse_region, region_of_name
from domain.normalise.text import clean, fold

# fmt: off
_BLANK = frozenset({
    "-", "--", "—", "/", "\\", ".", "?", "n/a", "na", "#n/a", "null", "none", "nil", "nan", "(null)", "(blank)",
    "#ref!", "#value!", "#name?", "无", "暂无", "没有", "空", "未知", "不详", "待补充",
})
# fmt: on
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d+", re.IGNORECASE)
_PROTECTED = re.compile(r'="([^"]*)"')
_BETWEEN_EMAILS = re.compile(r"[;,、|\s]+")
_TYPES: Mapping[CustomerType, str] = {
    CustomerType.NEW_REGISTRATION: "new registration|new_registration|new|registered|standard|regular|"
    "新注册客户|新注册|新客户|注册客户|普通客户|一般客户",
    CustomerType.KEY_ACCOUNT: "key account|key_account|key|vip|strategic|重要大客户|大客户|重点客户|重要客户|"
    "战略客户|vip客户",
    CustomerType.REFERRAL: "referral|referred|转介绍客户|转介绍|介绍客户",
    CustomerType.TRADE_SHOW: "trade show|trade_show|exhibition|展会客户|展会",
}
_TYPE_OF = {word: kind for kind, words in _TYPES.items() for word in words.split("|")}


def text_of(raw: str) -> str:
    """A cell without what does not show, in one form of writing; empty where it holds a word for nothing ("-", 暂无).

    Formulas are not computed; only ``="text"``, by which spreadsheets protect numbers in CSV, is that text.

    Raises:
        Malformed: ``formula``, ``text_too_long``.
    """
    text = clean(raw)
    if text.startswith("="):
        protected = _PROTECTED.fullmatch(text)
        if protected is None:
            raise Malformed("formula", raw)
        text = protected[1].strip()
    return "" if text.lower() in _BLANK else text


def region_from(text: str) -> str:
    """The ISO 3166 code of a region's code, name or beginning of an address: ``CN-GD`` for 广东, 深圳 and 广东省深圳市.

    Raises:
        Malformed: ``region_unknown``.
    """
    try:
        return parse_region(text)
    except Malformed:
        region = region_of_name(text) or parse_address(text).region
        if region is None:
            raise
        return region


def customer_type_from(text: str) -> CustomerType:
    """The customer type by its name in either language.

    Raises:
        Malformed: ``customer_type_unknown``.
    """
    kind = _TYPE_OF.get(fold(text))
    if kind is None:
        raise Malformed("customer_type_unknown", text)
    return kind


def phones_from(text: str, country: str) -> tuple[str, ...]:
    """The numbers in a cell, each with its country.

    Raises:
        Malformed: as ``parse_phones``; ``number_shortened`` where a spreadsheet has rounded it ("1.38E+10").
    """
    if _SCIENTIFIC.fullmatch(text):
        raise Malformed("number_shortened", text)
    return tuple(
        f"{phone.e164} ext. {phone.extension}" if phone.extension else phone.e164
        for phone in parse_phones(text, country)
    )


def emails_from(text: str) -> tuple[str, ...]:
    """The addresses in a cell.

    Raises:
        Malformed: ``email_invalid``.
    """
    return tuple(parse_email(part).address for part in _BETWEEN_EMAILS.split(text) if part)
