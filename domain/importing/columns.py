"""Which column of a file holds which field: guessed from its heading, else from what stands in it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from domain.importing.values import customer_type_from, region_from
from domain.normalise.email import parse_email
from domain.normalise.errors import Malformed
from domain.normalise.phone import parse_phones
from domain.normalise.text import fold
from domain.normalise.uscc import parse_uscc


class Field(StrEnum):
    """What a column may hold."""

    EXTERNAL_ID = "external_id"
    COMPANY = "company"
    PERSON = "person"
    FAMILY = "family"
    GIVEN = "given"
    TITLE = "title"
    PHONE = "phone"
    EMAIL = "email"
    WEBSITE = "website"
    USCC = "uscc"
    TAX_ID = "tax_id"
    REGION = "region"
    CITY = "city"
    ADDRESS = "address"
    INDUSTRY = "industry"
    CUSTOMER_TYPE = "customer_type"
    OWNER = "owner"
    NEED = "need"


Mapping_ = Mapping[str, Field]
"""The field of each column that is taken over, by its heading."""

SEVERAL = frozenset({Field.PHONE, Field.EMAIL})
"""Fields that more than one column may hold."""
WHO = frozenset({Field.COMPANY, Field.PERSON, Field.FAMILY, Field.GIVEN, Field.PHONE, Field.EMAIL, Field.USCC})
"""A file must have one of these, or no row says who a customer is."""

_HEADINGS: Mapping[Field, str] = {
    Field.EXTERNAL_ID: "id|no|number|customer id|customer number|account id|external id|record id|"
    "编号|客户编号|客户号|客户id|序号|客户代码",
    Field.COMPANY: "company|company name|organisation|organization|org|business name|account|account name|"
    "customer|customer name|client|client name|legal name|公司|公司名|公司名称|公司全称|企业名称|企业全称|"
    "单位|单位名称|客户|客户名|客户名称|客户全称|名称|机构名称|工商名称",
    Field.PERSON: "person|person name|full name|name|contact|contact name|contact person|primary contact|"
    "联系人|联系人姓名|姓名|主要联系人|客户联系人|首要联系人",
    Field.FAMILY: "family|family name|last name|lastname|surname|姓|姓氏",
    Field.GIVEN: "given|given name|first name|firstname|forename|名",
    Field.TITLE: "title|job title|person title|contact title|position|role|职务|职位|岗位|联系人职务|联系人职位",
    Field.PHONE: "phone|phones|phone number|telephone|tel|mobile|mobile phone|cell|cell phone|contact number|"
    "work phone|"
    "电话|联系电话|手机|手机号|手机号码|电话号码|联系方式|固话|固定电话|座机|办公电话|公司电话|联系人电话|联系人手机|移动电话",
    Field.EMAIL: "email|emails|e mail|email address|mail|邮箱|电子邮箱|电子邮件|邮件|邮箱地址|邮件地址|联系人邮箱",
    Field.WEBSITE: "website|company website|web|url|homepage|web site|domain|网址|网站|官网|公司网址|公司网站|公司官网",
    Field.USCC: "uscc|unified social credit code|统一社会信用代码|信用代码|社会信用代码|统一信用代码|营业执照号",
    Field.TAX_ID: "tax id|tax number|vat|vat number|vat id|ein|税号|纳税人识别号|税务登记号",
    Field.REGION: "region|province|state|territory|country|"
    "省|省份|地区|区域|所在省|所在省份|所在地区|所属区域|销售区域|国家",
    Field.CITY: "city|town|城市|市|所在城市|地市",
    Field.ADDRESS: "address|addr|full address|street address|street|company address|"
    "地址|公司地址|联系地址|通讯地址|详细地址|注册地址|办公地址|客户地址",
    Field.INDUSTRY: "industry|sector|vertical|行业|所属行业|客户行业|行业类别",
    Field.CUSTOMER_TYPE: "type|customer type|category|客户类型|客户类别|客户分类|类型",
    Field.OWNER: "owner|account owner|sales|sales rep|rep|salesperson|account manager|named contact|"
    "负责人|销售|销售负责人|客户负责人|业务员|跟进人|销售员|客户经理|归属人|所属销售|业务负责人",
    Field.NEED: "need|note|notes|remark|remarks|comment|comments|description|备注|说明|需求|客户需求|描述",
}
_FIELD_OF = {heading: field for field, headings in _HEADINGS.items() for heading in headings.split("|")}
_DOMAIN = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_SURE = 0.8
_FEWEST_SEEN = 3
MOST_COLUMNS = 200


class Mistake(ValueError):
    """A mapping that cannot be used: which column, and the ``code`` of the rule that it breaks."""

    def __init__(self, code: str, column: str) -> None:
        super().__init__(code)
        self.code, self.column = code, column


def guess_columns(headings: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> dict[str, Field]:
    """The field of each column that its heading names, or that nearly all of its values show.

    Args:
        headings: the column names, in order.
        sample: some rows, each with its cells in the same order.
    """
    found: dict[str, Field] = {}
    for at, heading in enumerate(headings):
        field = _FIELD_OF.get(_plain(heading))
        if field is not None and (field in SEVERAL or field not in found.values()) and _may_be(field, sample, at):
            found[heading] = field
    if Field.PERSON not in found.values() and {Field.FAMILY, Field.GIVEN} - set(found.values()) == {Field.FAMILY}:
        found = {name: Field.PERSON if field is Field.GIVEN else field for name, field in found.items()}
    for at, heading in enumerate(headings):
        field = _shown_by(_values(sample, at))
        if heading not in found and field and field not in found.values():
            found[heading] = field
    return found


def known_headings(cells: Iterable[str]) -> int:
    """How many of a row's cells are headings that name a field: what tells the heading row from a title above it."""
    return sum(_plain(cell) in _FIELD_OF for cell in cells)


def check_columns(mapping: Mapping_, headings: Iterable[str]) -> None:
    """Refuse a mapping that cannot be used.

    Raises:
        Mistake: ``column_unknown``, ``field_twice``, or ``identity_missing`` when nothing says who a customer is.
    """
    present = set(headings)
    used: set[Field] = set()
    for column, field in mapping.items():
        if column not in present:
            raise Mistake("column_unknown", column)
        if field in used and field not in SEVERAL:
            raise Mistake("field_twice", column)
        used.add(field)
    if not used & WHO:
        raise Mistake("identity_missing", "")


def _values(sample: Sequence[Sequence[str]], at: int) -> list[str]:
    return [row[at] for row in sample if at < len(row) and row[at]]


def _may_be(field: Field, sample: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column is what its heading says: 地区 may hold 华南区, which is no region, and 客户类型 A, B and C."""
    values, reads = _values(sample, at), _CLOSED.get(field)
    return reads is None or not values or sum(map(reads, values)) >= len(values) / 2


def _shown_by(values: Sequence[str]) -> Field | None:
    """The field that four of five values can only be; None when they could be anything."""
    if len(values) < _FEWEST_SEEN:
        return None
    for field, reads in _READERS.items():
        if sum(map(reads, values)) >= _SURE * len(values):
            return field
    return None


def _reads(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def reads(value: str) -> bool:
        try:
            return bool(parse(value))
        except Malformed:
            return False

    return reads


_READERS: Mapping[Field, Callable[[str], bool]] = {
    Field.EMAIL: _reads(parse_email),
    Field.USCC: _reads(parse_uscc),
    Field.PHONE: _reads(lambda value: any(phone.kind in ("mobile", "fixed") for phone in parse_phones(value))),
    Field.WEBSITE: lambda value: _DOMAIN.fullmatch(value) is not None,
}
_CLOSED: Mapping[Field, Callable[[str], bool]] = {
    Field.REGION: _reads(region_from),
    Field.CUSTOMER_TYPE: _reads(customer_type_from),
}


def _plain(heading: str) -> str:
    """A heading without what people put around it: 「*手机号（必填）」 is 手机号."""
    bare = re.sub(r"\(.*?\)|[*#:?]", " ", fold(heading[:100]))
    return re.sub(r"[\s_./-]+", " ", bare).strip()
