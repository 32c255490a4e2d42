"""Which column of a labelled file holds which field, guessed from the usual headings in English and Chinese."""

import re
from collections.abc import Iterable, Mapping, Sequence

from domain.normalise.errors import Malformed
from domain.normalise.phone import parse_phones

_HEADINGS = {
    "company": "company|company name|organisation|organization|org name|org|business name|site name|facility name|"
    "account|account name|customer|customer name|legal name|公司|公司名称|企业名称|单位名称|客户名称|"
    "客户|名称|机构名称",
    "person": "person|full name|contact|contact name|contact person|联系人|联系人姓名|姓名",
    "given": "given|given name|first name|firstname|forename|fname|名",
    "family": "family|family name|last name|lastname|surname|lname|姓|姓氏",
    "phone": "phone|phone number|telephone|tel|mobile|mobile phone|cell|contact number|"
    "电话|联系电话|手机|手机号|手机号码|电话号码",
    "email": "email|e mail|email address|mail|邮箱|电子邮箱|电子邮件|邮件",
    "website": "website|web|url|homepage|web site|网址|网站|官网",
    "uscc": "uscc|统一社会信用代码|信用代码|社会信用代码",
    "tax_id": "tax id|tax number|vat|vat number|ein|税号|纳税人识别号",
    "national_id": "national id|soc sec id|ssn|social security number|id number|passport|身份证|身份证号|证件号码",
    "birth_date": "birth date|birthdate|date of birth|dob|birthday|出生日期|生日",
    "region": "region|省份|地区|区域",
    "industry": "industry|type|category|sector|行业|所属行业",
    "address": "address|addr|full address|地址|公司地址|联系地址|通讯地址|详细地址|注册地址",
    "street_number": "street number|house number|门牌号",
    "street": "street|address 1|address1|street address|address line 1|街道",
    "street_2": "address 2|address2|address line 2",
    "locality": "locality|suburb|town|district|区县",
    "city": "city|城市|市",
    "postcode": "postcode|post code|zip|zip code|zipcode|postal code|邮编|邮政编码",
    "state": "state|province|county|省",
}
_FIELD_OF = {heading: field for field, headings in _HEADINGS.items() for heading in headings.split("|")}
_PERSONAL = {"given", "family", "birth_date", "national_id"}
_COUNTRIES = ("CN", "US", "GB", "AU", "DE", "FR", "IN", "SG", "HK", "TW", "JP")
_LOOKED_AT = 500


class ColumnUnknown(ValueError):
    """A column or a field that a mapping names does not exist, or no column says who the customer is."""


def guess_columns(headings: Sequence[str], ignored: str) -> dict[str, str]:
    """Returns the column of each field that a heading names for sure; ``name`` is a person's beside a birth date.

    Args:
        headings: the file's column names.
        ignored: the column that holds the truth.
    """
    found: dict[str, str] = {}
    for heading in headings:
        field = _FIELD_OF.get(_plain(heading))
        if field and heading != ignored:
            found.setdefault(field, heading)
    bare = next((heading for heading in headings if _plain(heading) in ("name", "名字") and heading != ignored), None)
    if bare:
        found.setdefault("person" if _PERSONAL & set(found) else "company", bare)
    return found


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
    if not {"company", "person", "given", "family", "phone", "email"} & set(columns):
        raise ColumnUnknown("no column says who a customer is: map company, person, given, family, phone or email")


def guess_country(phones: Iterable[str]) -> str:
    """Returns the country as whose numbers most of the phones can be read, China where they do not tell."""
    numbers = [phone for phone, _ in zip((phone for phone in phones if phone), range(_LOOKED_AT), strict=False)]
    return max(_COUNTRIES, key=lambda country: sum(_readable(phone, country) for phone in numbers))


def _readable(phone: str, country: str) -> bool:
    try:
        return bool(parse_phones(phone, country))
    except Malformed:
        return False


def _plain(heading: str) -> str:
    return re.sub(r"[\s_.:：-]+", " ", heading).strip().lower()
