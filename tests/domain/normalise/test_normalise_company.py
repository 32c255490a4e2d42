"""Company names: what is one legal name, what is not, and what each part says."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.normalise.company import CompanyName, parse_company
from domain.normalise.errors import Malformed

ONE_NAME = [
    [
        "深圳市远航科技有限公司",
        "深圳市遠航科技有限公司",
        "深圳市远航科技有限责任公司",
        "【深圳市】远航科技有限公司",
        " 深圳市 远航科技 有限公司 ",
        "深圳市远航科技有限公司🚀",
        "深\u200b圳市远航科技有限公司",
        "深圳市·远航科技有限公司。",
    ],
    ["深圳市远航科技（集团）有限公司", "深圳市远航科技集团有限公司", "深圳市遠航科技(集團)有限責任公司"],
    ["远航科技（深圳）有限公司", "远航科技(深圳)有限公司", "远航科技深圳有限公司"],
    ["远航股份有限公司", "远航股份公司"],
    ["ＡＢＣ电子（上海）有限公司", "abc电子(上海)有限公司"],
    [
        "Yuanhang Technology Co., Ltd.",
        "YUANHANG TECHNOLOGY CO.,LTD",
        "Yuanhang Technology Co Ltd",
        "yuanhang technology company limited",
        "Yuanhang  Technology Co. Limited",
    ],
    ["L'Oréal S.A.", "LOREAL SA", "L’Oreal, S. A."],
    ["Müller & Söhne GmbH", "Muller and Sohne G.m.b.H."],
    ["The Acme Corporation", "ACME CORP.", "Acme Corp"],
    ["Wal-Mart Stores, Inc.", "WalMart Stores Incorporated", "Wal Mart Stores Inc"],
    ["A.B.C. Trading LLC", "ABC Trading L.L.C.", "A B C Trading, Limited Liability Company"],
    ["Siemens (China) Ltd.", "Siemens Ltd., China", "SIEMENS CHINA LIMITED"],
]

DIFFERENT = [
    [
        "深圳市远航科技有限公司",
        "深圳市远航科技股份有限公司",
        "深圳市远航科技集团有限公司",
        "深圳市远航贸易有限公司",
        "广州市远航科技有限公司",
        "远航科技有限公司",
        "深圳市远行科技有限公司",
        "深圳市远航科技有限公司广州分公司",
        "深圳市远航科技有限公司北京分公司",
        "深圳市远航科技",
    ],
    [
        "Acme Inc",
        "Acme LLC",
        "Acme Ltd",
        "Acme Co., Ltd.",
        "Acme GmbH",
        "Acme",
        "Acme Trading Inc",
        "Acme Inc Shanghai Branch",
        "Acme Group Ltd",
        "Acme Pty Ltd",
        "Acme Pte Ltd",
    ],
    ["General Electric", "General Motors"],
]


@pytest.mark.parametrize("spellings", ONE_NAME, ids=lambda spellings: spellings[0])
def test_spellings_of_one_legal_name_agree(spellings: list[str]) -> None:
    assert len({parse_company(spelling).normal for spelling in spellings}) == 1


def test_a_place_in_brackets_counts_the_same_before_and_behind_the_legal_form() -> None:
    before, behind = parse_company("远航科技(深圳)有限公司"), parse_company("远航科技有限公司（深圳）")
    assert before.normal == behind.normal
    assert parse_company("深圳市远航科技有限公司(深圳市)").normal == parse_company("深圳市远航科技有限公司").normal
    assert parse_company("远航科技有限公司(老客户)").region is None


@pytest.mark.parametrize(
    ("raw", "note", "brand"),
    [
        ("远航科技有限公司(老客户)", "老客户", "远航"),
        ("温州领先养老服务股份有限公司-总部", "总部", "领先"),
        ("深圳市远航科技有限公司（深圳市）（新）", "新", "远航"),
        ("远航科技有限公司(深圳)", None, "远航"),
        ("远航科技有限公司(科苑店)", None, "远航"),
    ],
)
def test_a_note_behind_the_whole_name_is_no_part_of_the_brand(raw: str, note: str | None, brand: str) -> None:
    found = parse_company(raw)
    assert (found.note, found.brand) == (note, brand)
    assert found.legal_form is not None
    assert note is None or found.normal.endswith(note)


@pytest.mark.parametrize("slipped", ["有公限司", "限有公司", "限公司", "有限责任公", "有责限任公司"])
def test_a_slip_in_the_legal_form_leaves_the_name_alone(slipped: str) -> None:
    assert parse_company(f"深圳远航科技{slipped}").normal == parse_company("深圳远航科技有限公司").normal


def test_the_city_in_a_name_is_known() -> None:
    names = ("深圳市远航科技有限公司", "远航科技（深圳）有限公司", "远航科技有限公司(深圳)", "远航科技有限公司")
    assert [parse_company(name).division for name in names] == ["440300", "440300", "440300", None]


@pytest.mark.parametrize("names", DIFFERENT, ids=lambda names: names[0])
def test_different_companies_never_agree(names: list[str]) -> None:
    for one, other in combinations(names, 2):
        assert parse_company(one).normal != parse_company(other).normal, (one, other)


def parts(name: CompanyName) -> tuple[str | None, str, tuple[str, ...], str | None, str | None]:
    return (name.region, name.brand, name.industry, name.legal_form, name.branch)


@pytest.mark.parametrize(
    ("raw", "region", "brand", "industry", "legal_form", "branch"),
    [
        ("深圳市远航科技有限公司", "CN-GD", "远航", ("科技",), "limited", None),
        ("深圳市远航科技（集团）有限公司", "CN-GD", "远航", ("科技",), "group_limited", None),
        ("腾讯科技（深圳）有限公司", "CN-GD", "腾讯", ("科技",), "limited", None),
        ("远航科技有限公司（深圳市）", "CN-GD", "远航", ("科技",), "limited", None),
        ("远航科技有限公司第二分公司（深圳）", "CN-GD", "远航", ("科技",), "limited", "第二分公司"),
        ("深圳市远航科技有限司公", "CN-GD", "远航", ("科技",), "limited", None),
        ("广东省深圳市南山区远航物流股份有限公司", "CN-GD", "远航", ("物流",), "joint_stock", None),
        ("北京字节跳动网络技术有限公司", "CN-BJ", "字节跳动", ("网络技术",), "limited", None),
        ("阿里巴巴（中国）网络技术有限公司", "CN", "阿里巴巴", ("网络技术",), "limited", None),
        ("中国石油化工股份有限公司", "CN", "中国石油化工", ("石油化工",), "joint_stock", None),
        ("中国移动通信集团广东有限公司", "CN-GD", "中国移动通信集团", ("移动通信", "集团"), "limited", None),
        ("北京银行股份有限公司", "CN-BJ", "北京银行", ("银行",), "joint_stock", None),
        ("招商银行股份有限公司深圳南山支行", None, "招商", ("银行",), "joint_stock", "深圳南山支行"),
        ("招商银行南山支行", None, "招商", ("银行",), None, "南山支行"),
        ("上海远航投资管理合伙企业（有限合伙）", "CN-SH", "远航", ("投资管理",), "limited_partnership", None),
        ("昆山市新华机械厂", "CN-JS", "新华", ("机械厂",), None, None),
        ("南京东路百货商店", None, "南京东路", ("百货", "商店"), None, None),
        ("海底捞（国贸店）", None, "海底捞", (), None, "国贸店"),
        ("远航科技深圳分公司", None, "远航", ("科技",), None, "深圳分公司"),
        ("远航科技有限公司第二分公司", None, "远航", ("科技",), "limited", "第二分公司"),
        ("远航科技有限公司（上海办事处）", None, "远航", ("科技",), "limited", "上海办事处"),
        ("远航科技有限公司驻北京代表处", None, "远航", ("科技",), "limited", "驻北京代表处"),
        ("远航连锁超市有限公司天河店", None, "远航", ("连锁", "超市"), "limited", "天河店"),
        ("远航科技有限公司广州分公司深圳营业部", None, "远航", ("科技",), "limited", "广州分公司深圳营业部"),
        ("鑫科技", None, "鑫科技", (), None, None),
        ("远航子公司", None, "远航", (), None, "子公司"),
        ("株式会社日立製作所", None, "日立制作所", (), "kk", None),
        ("远航", None, "远航", (), None, None),
        ("Shenzhen Yuanhang Technology Co., Ltd.", "CN-GD", "yuanhang", ("technology",), "limited", None),
        ("Yuanhang Technology (Shenzhen) Co., Ltd.", "CN-GD", "yuanhang", ("technology",), "limited", None),
        ("Hong Kong Evergreen Trading Limited", "CN-HK", "evergreen", ("trading",), "limited", None),
        ("Siemens (China) Co Ltd", "CN", "siemens", (), "limited", None),
        ("Acme Import & Export, Inc.", None, "acme", ("import", "export"), "inc", None),
        ("General Motors Company", None, "general motors", ("motors",), "company", None),
        ("China Mobile Limited", "CN", "china mobile", ("mobile",), "limited", None),
        ("Bank of China", "CN", "bank of china", ("bank",), None, None),
        ("Müller GmbH & Co. KG", None, "muller", (), "gmbh_co_kg", None),
        ("Grupo Bimbo, S.A.B. de C.V.", None, "grupo bimbo", (), "sa_cv", None),
        ("PT Astra International Tbk", None, "astra", ("international",), "tbk", None),
        ("ООО Ромашка", None, "ромашка", (), "ooo", None),
        ("Smith & Sons Pty. Ltd.", None, "smith and sons", (), "private_limited", None),
        ("Acme Inc, Shanghai Branch", None, "acme", (), "inc", "shanghai branch"),
        ("Acme Ltd. Beijing Representative Office", None, "acme", (), "limited", "beijing representative office"),
        ("Acme Trading Hong Kong Branch", None, "acme", ("trading",), None, "hong kong branch"),
        ("AO Romashka", None, "romashka", (), "ao", None),
        ("Ali Express", None, "ali", ("express",), None, None),
    ],
)
def test_the_parts_of_a_name(
    raw: str, region: str | None, brand: str, industry: tuple[str, ...], legal_form: str | None, branch: str | None
) -> None:
    assert parts(parse_company(raw)) == (region, brand, industry, legal_form, branch)


@pytest.mark.parametrize(
    ("chinese", "english"), [("远航有限公司", "Yuanhang Co., Ltd."), ("远航集团有限公司", "Yuanhang Group Co., Ltd.")]
)
def test_equal_legal_forms_share_a_code_across_languages(chinese: str, english: str) -> None:
    assert parse_company(chinese).legal_form == parse_company(english).legal_form


def test_a_branch_is_not_its_parent_but_shares_its_brand() -> None:
    parent, branch = parse_company("深圳市远航科技有限公司"), parse_company("深圳市远航科技有限公司广州分公司")
    assert parent.normal != branch.normal
    assert (parent.brand, parent.branch, branch.brand, branch.branch) == ("远航", None, "远航", "广州分公司")


@pytest.mark.parametrize("raw", ["", "   ", "-", "🚀", "\u200b\u202e", "……", "（）"])
def test_a_name_that_says_nothing_has_an_empty_normal_form(raw: str) -> None:
    name = parse_company(raw)
    assert (name.raw, name.normal, name.brand) == (raw, "", "")


@pytest.mark.parametrize(
    "raw", ["有限公司", "分公司", "中国", "科技", "Co., Ltd.", "Shanghai Branch", "The", "GmbH", "深圳市", "公司公司"]
)
def test_a_name_of_nothing_but_common_parts_still_has_a_brand(raw: str) -> None:
    name = parse_company(raw)
    assert name.normal
    assert name.brand


def test_a_name_of_unreasonable_length_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        parse_company("远航" * 5000)
    assert refused.value.code == "company_name_too_long"


PIECES = [
    "深圳市",
    "深圳",
    "中国",
    "远航",
    "科技",
    "贸易",
    "(",
    ")",
    "（",
    "集团",
    "有限公司",
    "有限责任公司",
    "股份",
    "分公司",
    "北京",
    "店",
    "银行",
    "厂",
    "第一",
    "株式会社",
    "Acme",
    "the ",
    " Co",
    ".",
    ",",
    "Ltd",
    " Inc",
    "&",
    " Shanghai",
    " Branch",
    " office",
    "S",
    " A",
    "'",
    "é",
    " ",
    "-",
    "🚀",
    "3",
    "um",
    "and",
    "pt ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_the_normal_form_of_any_name_is_its_own(raw: str) -> None:
    normal = parse_company(raw).normal
    assert parse_company(normal).normal == normal


@given(st.text(max_size=80))
def test_any_text_has_a_normal_form(raw: str) -> None:
    name = parse_company(raw)
    assert name.raw == raw
    assert parse_company(name.normal).normal == name.normal
    assert bool(name.brand) == bool(name.normal)
