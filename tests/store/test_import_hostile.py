"""Rows that harm, mislead or break, on both databases: each is told what is wrong with it, or is who it looks like."""

from collections.abc import Sequence
from pathlib import Path
from time import process_time

import pytest

from domain.lead import Lead
from store.database import Database
from tests.examples import USCC
from tests.importing import YUANHANG, row
from tests.invariants import read_model
from tests.store.test_import_steps import Stand

SECONDS = 5.0
NAME = "杭州西溪软件有限公司"
FAULTY = [
    (row("远" * 10_000), "公司名称", "string_too_long"),
    (row("远" * 10_001), "公司名称", "text_too_long"),
    (row(NAME, 联系人="王" * 10_000), "联系人", "string_too_long"),
    (row(NAME, 统一社会信用代码=USCC[:-1] + "A"), "统一社会信用代码", "uscc_check_digit"),
    (row(NAME, 统一社会信用代码="9" * 17), "统一社会信用代码", "uscc_length"),
    (row(NAME, 邮箱="13800138000"), "邮箱", "email_invalid"),
    (row(NAME, 手机号="wang@example.com"), "手机号", "phone_invalid"),
    (row(NAME, 手机号=" ".join(f"138001{n:05}" for n in range(1000))), "手机号", "text_too_long"),
    (row(NAME, 手机号=" ".join(f"138001{n:05}" for n in range(100))), "手机号", "phone_invalid"),
    (row(NAME, 手机号="1.38E+10"), "手机号", "number_shortened"),
    (row("=cmd|'/c calc'!A0"), "公司名称", "formula"),
    (row(NAME, 地址='=HYPERLINK("http://x","y")'), "地址", "formula"),
    (row(NAME, 负责人="nobody"), "负责人", "owner_unknown"),
    (row("", 行业="软件"), "", "identity_missing"),
    (row("\u200b\u202e\ufeff", 行业="软件"), "", "identity_missing"),
    (row("测试"), "", "placeholder"),
]
"""A row with the column and the rule by which it is refused."""
SAME = [
    "\u202e深圳市远航科技\u202c有限公司",
    "深\u200b圳市远航\ufeff科技有限公司",
    "深圳市遠航科技有限公司",
    "深圳市远航科技（有限公司）🚀",
    "深圳市远航\x00科技\x07有限公司",
]
ODD = ["🚀🚀🚀", "<script>alert(1)</script>", "'; DROP TABLE leads; --", "+86", "@SUM(A1)", "NULL", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﷽"]


@pytest.fixture
def stand(database: Database, tmp_path: Path) -> Stand:
    return Stand(database, tmp_path)


@pytest.mark.parametrize(
    ("cells", "column", "code"), FAULTY, ids=[f"{code}-{at}" for at, (*_, code) in enumerate(FAULTY)]
)
def test_a_row_that_breaks_a_rule_is_left_out_and_told(
    stand: Stand, cells: Sequence[str], column: str, code: str
) -> None:
    began = process_time()
    step = stand.loaded([YUANHANG, cells])
    assert process_time() - began < SECONDS
    assert stand.verdicts(step) == ["new", "bad"]
    (fault,) = stand.lines(step)[3].faults
    assert (fault["column"], fault["code"]) == (column, code)
    assert len(read_model(stand.database).customers) == 1
    stand.sound()


def test_what_looks_the_same_is_one_customer(stand: Stand) -> None:
    step = stand.loaded([YUANHANG, *(row(name, 省份="广东") for name in SAME)])
    assert stand.verdicts(step) == ["new", *["same_row"] * len(SAME)]
    assert len(read_model(stand.database).customers) == 1
    stand.sound()


def test_nothing_is_lost_of_odd_rows(stand: Stand) -> None:
    """Invariant nothing_lost: every row that says something has an account, and what is loaded can be taken back."""
    rows = [row(name, 手机号=f"0755-2658{at:04}", 省份="广东") for at, name in enumerate(ODD)]
    step = stand.loaded([*rows, row(""), YUANHANG])
    lines = stand.lines(step)
    assert [*lines] == [*range(2, len(rows) + 2), len(rows) + 3]
    assert all(line.verdict != "bad" or line.faults for line in lines.values())
    assert {line.verdict for line in lines.values()} <= {"new", "doubt", "bad"}
    stand.sound()
    stand.undone(step)
    assert read_model(stand.database).customers == ()


def test_many_phones_in_many_columns_are_kept_up_to_the_limit_or_told(stand: Stand) -> None:
    """Phones and e-mails of rows that are one customer add up; more than twenty are no help, and none breaks it."""
    rows = [row(NAME, 手机号=f"138001{n:05}", 邮箱=f"a{n}@xixi-soft.com", 省份="浙江") for n in range(30)]
    step = stand.loaded(rows)
    assert stand.verdicts(step) == ["new", *["same_row"] * 29]
    (customer,) = read_model(stand.database).customers
    assert (len(customer.profile["phones"]), len(customer.profile["emails"])) == (20, 20)
    assert Lead.model_validate(stand.lines(step)[2].lead).phones == ("+8613800100000",)
    stand.sound()
