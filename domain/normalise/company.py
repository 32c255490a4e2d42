"""Company names, taken apart into what says where, who, what and of which legal form."""

from functools import lru_cache

from msgspec import Struct

from domain.normalise import company_han, company_latin
from domain.normalise.errors import Malformed
from domain.normalise.text import REMEMBERED, fold, has_han

MAX_NAME_CHARACTERS = 300


class CompanyName(Struct, frozen=True):
    """One company name.

    Attributes:
        raw: the name as it came.
        normal: equal for spellings of one legal name: width, script, case, accents, brackets, punctuation, spaces and
            ways to write the legal form ("有限责任公司", "Co.,Ltd") do not count; everything else does.
        region: ISO 3166 code of the place in the name, None when it names none.
        brand: the core that tells it from others: the name less region, industry, legal form and branch, but never
            less than can name somebody ("中国银行", "general motors").
        industry: the words that say what it does, in order.
        legal_form: a code that equal forms share, also across languages: ``limited`` is 有限公司 and Co., Ltd.
        branch: a branch, shop or office of the company, with the words that say which.
        division: GB/T 2260 code of the place in a Chinese name, None when it names none: the city where there is one.
        note: what somebody wrote behind the whole of a Chinese name, "(新)" or "-总部"; it is part of ``normal``.
    """

    raw: str
    normal: str
    region: str | None
    brand: str
    industry: tuple[str, ...]
    legal_form: str | None
    branch: str | None
    division: str | None = None
    note: str | None = None


@lru_cache(maxsize=REMEMBERED)
def parse_company(raw: str) -> CompanyName:
    """Takes a company name apart. A text without a letter or digit ("-", "🚀") is no name: its normal form is empty.

    Raises:
        Malformed: ``company_name_too_long`` above 300 characters.
    """
    if len(raw) > MAX_NAME_CHARACTERS:
        raise Malformed("company_name_too_long", raw)
    folded = fold(raw)
    parts = (company_han if has_han(folded) else company_latin).take_apart(folded)
    return CompanyName(raw, *parts)
