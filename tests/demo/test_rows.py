"""From a row of the sample to the lead that is sent: everything in it arrives, and nothing is mended on the way."""

import json
from collections import Counter
from itertools import chain

import pytest
from pydantic import ValidationError

from demo.rows import LISTS, NESTED, PLAIN, Expect, SampleRow, lead_json, read_rows
from domain.submitted import SubmittedLead
from samples.generate import COLUMNS

TRUTH = ("expect", "entity", "kind")
ROWS = read_rows()
GOOD = [row for row in ROWS if row.expect is not Expect.REFUSED]
BAD = [row for row in ROWS if row.expect is Expect.REFUSED]

CHINESE = {
    "source": "show_app", "external_id": "show-1", "customer_type": "trade_show",
    "company_name": "深圳市远航科技有限公司", "uscc": "91440300MA5DA1XX12", "person_name": "王小明",
    "person_title": "采购经理",
    "phones": "+86 138 0013 8000;0755-8555 0000", "emails": "wang@example.com", "region": "CN-GD",
    "amount_value": "120000.00", "amount_currency": "CNY", "show_name": "2026华南工业装备展", "show_date": "2026-10-20",
    "show_contact": "li.wei",
}  # fmt: skip
ENGLISH = {
    "source": "website", "external_id": "web-1", "company_website": "https://www.example.com", "need": "A quote",
    "referrer_customer_company": "Northford Materials LLC", "referrer_contact": "farah.tan@example.com",
}  # fmt: skip


def test_a_chinese_row_becomes_a_lead() -> None:
    assert lead_json(dict.fromkeys(COLUMNS, "") | CHINESE) == {
        "source": "show_app",
        "external_id": "show-1",
        "customer_type": "trade_show",
        "company": {"name": "深圳市远航科技有限公司", "uscc": "91440300MA5DA1XX12"},
        "person": {"name": "王小明", "title": "采购经理"},
        "phones": ["+86 138 0013 8000", "0755-8555 0000"],
        "emails": ["wang@example.com"],
        "region": "CN-GD",
        "amount": {"value": "120000.00", "currency": "CNY"},
        "show": {"name": "2026华南工业装备展", "date": "2026-10-20", "contact": "li.wei"},
    }


def test_an_english_row_becomes_a_lead() -> None:
    assert lead_json(dict.fromkeys(COLUMNS, "") | ENGLISH) == {
        "source": "website",
        "external_id": "web-1",
        "company": {"website": "https://www.example.com"},
        "need": "A quote",
        "referrer": {"company": "Northford Materials LLC", "contact": "farah.tan@example.com"},
    }


def test_every_column_is_sent_once_and_the_truth_never() -> None:
    sent = Counter([*PLAIN, *LISTS, *chain.from_iterable(columns.values() for columns in NESTED.values())])
    assert sent == Counter(set(COLUMNS) - set(TRUTH))


def test_nothing_is_mended() -> None:
    row = dict.fromkeys(COLUMNS, "") | {"company_name": "   ", "phones": "请发邮件"}
    assert lead_json(row) == {"company": {"name": "   "}, "phones": ["请发邮件"]}


def test_the_rows_keep_their_lines_and_their_truth() -> None:
    assert [row.line for row in ROWS] == list(range(2, len(ROWS) + 2))
    assert len(ROWS) > 300
    assert all(row.entity for row in GOOD)
    assert not any(row.entity for row in BAD)


def test_every_good_row_is_a_lead() -> None:
    for row in GOOD:
        SubmittedLead.model_validate_json(json.dumps(row.lead))


@pytest.mark.parametrize("row", BAD, ids=lambda row: row.kind)
def test_every_bad_row_is_none(row: SampleRow) -> None:
    with pytest.raises(ValidationError):
        SubmittedLead.model_validate_json(json.dumps(row.lead))
