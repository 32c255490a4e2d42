"""Hostile and careless input: every parser answers or refuses, quickly, whatever it is given."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.normalise.address import parse_address
from domain.normalise.company import parse_company
from domain.normalise.email import parse_email
from domain.normalise.errors import Malformed
from domain.normalise.person import parse_person
from domain.normalise.phone import parse_phones
from domain.normalise.region import parse_region, region_of_name
from domain.normalise.text import fold
from domain.normalise.uscc import parse_tax_id, parse_uscc
from domain.normalise.web import registrable_domain

PARSERS: list[Callable[[str], object]] = [
    fold,
    parse_company,
    parse_person,
    parse_phones,
    parse_email,
    parse_address,
    parse_uscc,
    parse_tax_id,
    parse_region,
    region_of_name,
    registrable_domain,
]

UNITS = [
    "a",
    "王",
    "A.",
    "路",
    "市",
    "1",
    "0755-",
    "转",
    "(",
    "（",
    " ",
    "\u200b",
    "\u202e",
    "\x00",
    "🚀",
    "e\u0301",
    "\u0301",
    "\ufdfa",
    "有限公司",
    "分公司",
    "店",
    "@",
    "<",
    ".",
    "a@",
    "-",
    "1-",
    "、",
    "/",
    "http://",
    "st ",
    "co ltd ",
    "&",
    "'",
    '"',
    "ß",
    "İ",
    "\ud800",
    "٣",
    "=1+1",
    "%s{0}",
    "安" * 30 + "路",
    "第",
    "总",
    ",",
    "区",
]
LENGTHS = [1, 40, 199, 200, 299, 300, 999, 1000, 2048, 10_000, 100_000]
SECONDS = 0.5


def warm_up(parse: Callable[[str], object]) -> None:
    """The first calls load tables and libraries."""
    for raw in ("深圳市远航科技有限公司1号", "wang@example.com", "13800138000", "1 Main St, Boston, MA 02110"):
        with suppress(Malformed):
            parse(raw)


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
def test_long_and_odd_texts_are_answered_at_once(parse: Callable[[str], object]) -> None:
    warm_up(parse)
    for unit in UNITS:
        for length in LENGTHS:
            raw = (unit * length)[:length]
            started = time.process_time()
            try:
                parse(raw)
            except Malformed as refused:
                assert refused.code
                assert refused.value == raw
            assert time.process_time() - started < SECONDS, (unit, length)


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@given(raw=st.text(max_size=400))
def test_any_text_is_answered_or_refused(parse: Callable[[str], object], raw: str) -> None:
    try:
        parse(raw)
    except Malformed as refused:
        assert refused.code
        assert str(refused) == refused.code


@pytest.mark.parametrize(
    ("parse", "raw", "code"),
    [
        (parse_email, "13800138000", "email_invalid"),
        (parse_phones, "wang@example.com", "phone_invalid"),
        (parse_uscc, "13800138000", "uscc_length"),
        (parse_region, "广东省深圳市", "region_unknown"),
    ],
)
def test_a_value_in_the_wrong_field_is_refused(parse: Callable[[str], object], raw: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse(raw)
    assert refused.value.code == code
