"""Which column of a labelled file holds which field: guessed from its heading, else from what stands in it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from domain.normalise.errors import Malformed
from domain.normalise.phone import parse_phones
from domain.normalise.text import has_han
from domain.normalise.uscc import parse_uscc

_HEADINGS = {
    "company": "company|company name|organisation|organization|org name|org|business|business name|site name|"
    "facility name|account|account name|customer|customer name|legal name|entity name|name of company|"
    "公司|公司名称|公司全称|企业名称|单位名称|客户名称|客户|名称|机构名称|全称",
    "person": "person|full name|contact|contact name|contact person|联系人|联系人姓名|姓名",
    "given": "given|given name|first name|firstname|forename|fname|名",
    "family": "family|family name|last name|lastname|surname|lname|姓|姓氏",
    "phone": "phone|phone number|telephone|tel|mobile|mobile phone|cell|contact number|"
    "电话|联系电话|手机|手机号|手机号码|电话号码|联系方式|座机|固话",
    "email": "email|e mail|email address|mail|邮箱|电子邮箱|电子邮件|邮件",
    "website": "website|web|url|homepage|web site|网址|网站|官网",
    "uscc": "uscc|统一社会信用代码|信用代码|社会信用代码",
    "tax_id": "tax id|tax number|vat|vat number|ein|税号|纳税人识别号",
    "national_id": "national id|soc sec id|ssn|social security number|id number|passport|身份证|身份证号|证件号码",
    "birth_date": "birth date|birthdate|date of birth|dob|birthday|出生日期|生日",
    "region": "region|省份|地区|区域",
    "industry": "industry|type|category|sector|cuisine|class|行业|所属行业",
    "address": "address|addr|full address|address 1|address1|address line 1|street address|location|"
    "地址|公司地址|联系地址|通讯地址|详细地址|注册地址",
    "street_number": "street number|house number|门牌号",
    "street": "street|street name|road|街道|路",
    "street_2": "address 2|address2|address line 2",
    "locality": "locality|suburb|town|district|区县|区",
    "city": "city|municipality|城市|市|所在城市",
    "postcode": "postcode|post code|zip|zip code|zipcode|postal code|邮编|邮政编码",
    "state": "state|province|county|省",
}
_FIELD_OF = {heading: field for field, headings in _HEADINGS.items() for heading in headings.split("|")}
_PARTS = {
    "phone": "phone telephone tel mobile cell switchboard landline 电话 手机 号码 联系方式",
    "email": "email mail 邮箱 邮件",
    "website": "website url homepage 网址 网站",
    "postcode": "zip zipcode postcode pcode postal plz 邮编 邮政编码",
    "address": "address addr street premises 地址 地点 场所 住所 住址",
    "city": "city town place 城市 地市",
    "state": "state province 省份",
    "company": "company organisation organization org business vendor supplier merchant firm employer facility site "
    "shop store agency institution school hospital restaurant hotel venue provider account customer client "
    "公司 企业 单位 客户 机构 商户 商家 门店 名称 全称 简称",
    "person": "contact person 联系人 姓名",
}
"""Words by which a field is known when the whole heading is an unusual one, the surest first."""
_NO_FIELD = frozenset({"id", "ids", "key", "code", "uuid", "guid", "fax", "count", "date", "time", "status", "source"})
_NO_FIELD_IN_CHINESE = ("编号", "序号", "代码", "日期", "时间", "传真", "来源", "类型", "规模", "资本", "状态")
_PHONE = re.compile(r"\+?\d{10,13}|(?=(?:\D*\d){7,})[\d(+][\d\s()+./-]*[\s()./-][\d\s()+./-]*\d(?: ?x\d+)?")
"""Digits with marks between them, or enough of them: a bare number of eight is as likely of a register."""
_DATE = re.compile(r"\d{4}[./-]\d\d?[./-]\d\d?|\d\d?[./-]\d\d?[./-]\d{4}")
_SHORT_ADDRESS = 5
_ROAD_AND_NUMBER = re.compile(r"\d+.*[a-z]{4}|[路街道巷村].*\d")
_READERS: dict[str, Callable[[str], bool]] = {
    "email": lambda value: re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", value) is not None,
    "uscc": lambda value: _reads(parse_uscc, value),
    "website": lambda value: re.fullmatch(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", value.lower()) is not None,
    "phone": lambda value: _PHONE.fullmatch(value) is not None and _DATE.fullmatch(value) is None,
    "address": lambda value: len(value) > _SHORT_ADDRESS and _ROAD_AND_NUMBER.search(value.lower()) is not None,
    "company": lambda value: len(re.findall(r"[^\W\d_]", value)) > len(value) / 2,
}
"""What a column can only be whose heading says nothing, the surest first; each kind once, a company where none is."""
_SURE = 0.8
_WHO = frozenset({"company", "person", "given", "family"})
_PERSONAL = {"given", "family", "birth_date", "national_id"}
_COUNTRIES = ("CN", "US", "GB", "AU", "DE", "FR", "IN", "SG", "HK", "TW", "JP")
_LOOKED_AT = 500


class ColumnUnknown(ValueError):
    """A column or a field that a mapping names does not exist, or no column says who the customer is."""


def guess_columns(headings: Sequence[str], ignored: str, sample: Sequence[Mapping[str, str]] = ()) -> dict[str, str]:
    """Returns the column of each field: the usual headings first, then those with a telling word, then what is in them.

    ``name`` is a person's beside a birth date. Columns of numbers, codes and dates of the file's own are no fields.

    Args:
        headings: the file's column names.
        ignored: the column that holds the truth.
        sample: some rows, for the columns whose headings say nothing.
    """
    plain = {heading: _plain(heading) for heading in headings if heading and heading != ignored}
    found: dict[str, str] = {}
    for heading, text in plain.items():
        if field := _FIELD_OF.get(text):
            found.setdefault(field, heading)
    bare = next((heading for heading, text in plain.items() if text in ("name", "名字")), None)
    if bare:
        found.setdefault("person" if _PERSONAL & set(found) else "company", bare)
    for heading, text in plain.items():
        field = _field_by_parts(text)
        if field and heading not in found.values() and not (field == "address" and "street" in found):
            found.setdefault(field, heading)
    if "street_number" in found and "address" in found:
        found.setdefault("street", found.pop("address"))
    for heading, text in plain.items():
        if heading not in found.values() and not _is_no_field(text):
            field = _shown_by([value for row in sample if (value := row[heading].strip())], found)
            found |= {field: heading} if field else {}
    return found


def _shown_by(values: Sequence[str], found: Mapping[str, str]) -> str | None:
    """The field that is still missing and that four of five values can be."""
    missing = [field for field in _READERS if field not in found and not (field == "address" and "street" in found)]
    if _WHO & set(found):
        missing = [field for field in missing if field != "company"]
    return next(
        (field for field in missing if values and sum(map(_READERS[field], values)) >= _SURE * len(values)), None
    )


def _field_by_parts(text: str) -> str | None:
    if _is_no_field(text):
        return None
    words = set(text.split())
    for field, parts in _PARTS.items():
        if any(part in words or (has_han(part) and part in text) for part in parts.split()):
            return field
    return "company" if "name" in words and not words & {"first", "last", "given", "family", "middle"} else None


def _is_no_field(text: str) -> bool:
    return bool(set(text.split()) & _NO_FIELD) or any(part in text for part in _NO_FIELD_IN_CHINESE)


def check_columns(columns: Mapping[str, str], headings: Iterable[str]) -> None:
    """Refuses a mapping that cannot be used.

    Raises:
        ColumnUnknown: naming what is wrong.
    """
    present = set(headings)
    for field, column in columns.items():
        if field not in _HEADINGS:
            raise ColumnUnknown(f"no field {field!r}; the fields are {', '.join(_HEADINGS)}")
        if column not in present:
            raise ColumnUnknown(f"no column {column!r}; the columns are {', '.join(sorted(present))}")
    if not {*_WHO, "phone", "email"} & set(columns):
        raise ColumnUnknown("no column says who a customer is: map company, person, given, family, phone or email")


def guess_country(phones: Iterable[str]) -> str:
    """Returns the country as whose numbers most of the phones can be read, China where they do not tell."""
    numbers = [phone for phone, _ in zip((phone for phone in phones if phone), range(_LOOKED_AT), strict=False)]
    return max(_COUNTRIES, key=lambda country: sum(_readable(phone, country) for phone in numbers))


def _readable(phone: str, country: str) -> bool:
    return _reads(lambda text: parse_phones(text, country), phone)


def _reads(parse: Callable[[str], object], value: str) -> bool:
    try:
        return bool(parse(value))
    except Malformed:
        return False


def _plain(heading: str) -> str:
    """CompanyName, company_name and Company Name 1 are one heading."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", heading)
    return re.sub(r"(?<=\D) ?1$", "", re.sub(r"[\s_.:：/()（）-]+", " ", apart).strip().lower())
