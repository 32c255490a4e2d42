"""Person names: both orders, surnames by their own readings, titles and nicknames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.normalise.errors import Malformed
from domain.normalise.person import formal_names, parse_person
from domain.normalise.pinyin import split_syllables, surnames


@pytest.mark.parametrize(
    ("raw", "family", "given_name", "pinyin", "initials"),
    [
        ("王小明", "王", "小明", "wangxiaoming", "wxm"),
        ("王 小 明", "王", "小明", "wangxiaoming", "wxm"),
        ("歐陽娜娜", "欧阳", "娜娜", "ouyangnana", "oynn"),
        ("司马光", "司马", "光", "simaguang", "smg"),
        ("诸葛亮", "诸葛", "亮", "zhugeliang", "zgl"),
        ("单雄信", "单", "雄信", "shanxiongxin", "sxx"),
        ("曾国藩", "曾", "国藩", "zengguofan", "zgf"),
        ("仇英", "仇", "英", "qiuying", "qy"),
        ("朴树", "朴", "树", "piaoshu", "ps"),
        ("区志航", "区", "志航", "ouzhihang", "ozh"),
        ("解缙", "解", "缙", "xiejin", "xj"),
        ("查良镛", "查", "良镛", "zhaliangyong", "zly"),
        ("盖叫天", "盖", "叫天", "gejiaotian", "gjt"),
        ("任小明", "任", "小明", "renxiaoming", "rxm"),
        ("华小明", "华", "小明", "huaxiaoming", "hxm"),
        ("覃小明", "覃", "小明", "qinxiaoming", "qxm"),
        ("翟小明", "翟", "小明", "zhaixiaoming", "zxm"),
        ("缪小明", "缪", "小明", "miaoxiaoming", "mxm"),
        ("乐小明", "乐", "小明", "yuexiaoming", "yxm"),
        ("员小明", "员", "小明", "yunxiaoming", "yxm"),
        ("尉迟恭", "尉迟", "恭", "yuchigong", "ycg"),
        ("万俟小明", "万俟", "小明", "moqixiaoming", "mqxm"),
        ("长孙无忌", "长孙", "无忌", "zhangsunwuji", "zswj"),
        ("宓小明", "宓", "小明", "mixiaoming", "mxm"),
        ("吕布", "吕", "布", "lvbu", "lb"),
        ("陈方安生", "陈", "方安生", "chenfangansheng", "cfas"),
        ("阿不都·热西提", None, "阿不都热西提", "abudourexiti", "abdrxt"),
        ("王·小明", "王", "小明", "wangxiaoming", "wxm"),
        ("王", "王", None, "wang", "w"),
    ],
)
def test_chinese_names(raw: str, family: str | None, given_name: str | None, pinyin: str, initials: str) -> None:
    name = parse_person(raw)
    assert (name.family, name.given, name.pinyin_full, name.pinyin_initials) == (family, given_name, pinyin, initials)
    assert name.script == "han"
    assert name.honorific is None


@pytest.mark.parametrize(
    ("raw", "family", "given_name", "title"),
    [
        ("王总", "王", None, "总"),
        ("李经理", "李", None, "经理"),
        ("张工", "张", None, "工"),
        ("王先生", "王", None, "先生"),
        ("小王", "王", None, "小"),
        ("老李", "李", None, "老"),
        ("欧阳总", "欧阳", None, "总"),
        ("刘副总经理", "刘", None, "副总经理"),
        ("王小明先生", "王", "小明", "先生"),
        ("王小明总经理", "王", "小明", "总经理"),
        ("陈女士", "陈", None, "女士"),
        ("张建工", "张", "建工", None),
        ("郭老师", "郭", None, "老师"),
        ("王小明总", "王", "小明", "总"),
    ],
)
def test_chinese_titles_are_no_given_names(raw: str, family: str, given_name: str | None, title: str | None) -> None:
    name = parse_person(raw)
    assert (name.family, name.given, name.honorific) == (family, given_name, title)


@pytest.mark.parametrize(
    ("spellings", "normal"),
    [
        (
            [
                "Wang, Xiaoming",
                "Xiaoming Wang",
                "Wang Xiaoming",
                "WANG Xiaoming",
                "Xiao Ming Wang",
                "Wang Xiao-Ming",
                "WANG XIAOMING",
                "Mr. Wang Xiaoming",
                "Ｗａｎｇ　Ｘｉａｏｍｉｎｇ",
            ],
            "wang, xiaoming",
        ),
        (["Lin Wang", "Wang Lin"], "wang, lin"),
        (["Ouyang Nana", "Nana Ouyang"], "ouyang, nana"),
        (
            [
                "John Smith",
                "Smith, John",
                "Smith John",
                "Mr. John Smith",
                "JOHN SMITH",
                "John Smith, Ph.D.",
                "John (Johnny) Smith",
            ],
            "smith, john",
        ),
        (["Ludwig van Beethoven", "van Beethoven, Ludwig"], "van beethoven, ludwig"),
        (["José García", "Jose Garcia", "GARCÍA, José"], "garcia, jose"),
        (["DUPONT Jean-Luc", "Jean-Luc DUPONT", "Jean-Luc Dupont"], "dupont, jean luc"),
        (["O'Brien, Mary", "Mary O’Brien"], "obrien, mary"),
        (["王小明", "王小明先生", "王小明 (Tom Wang)"], "王小明"),
    ],
)
def test_orders_and_titles_agree(spellings: list[str], normal: str) -> None:
    assert {parse_person(spelling).normal for spelling in spellings} == {normal}


@pytest.mark.parametrize(
    ("chinese", "english"),
    [("王小明", "Xiaoming Wang"), ("单晓明", "Shan Xiaoming"), ("吕伟明", "Lyu Weiming"), ("欧阳娜娜", "Nana Ouyang")],
)
def test_scripts_meet_in_pinyin(chinese: str, english: str) -> None:
    han, latin = parse_person(chinese), parse_person(english)
    assert han.pinyin_full == latin.pinyin_full
    assert (han.script, latin.script) == ("han", "latin")


def test_names_that_are_not_chinese_have_no_pinyin() -> None:
    for raw in ("John Smith", "Anna Li", "Иван Петров", "Bob"):
        assert parse_person(raw).pinyin_full is None


@pytest.mark.parametrize(
    ("raw", "family", "given_name"), [("Mr Smith", "smith", None), ("Bob", None, "bob"), ("Tom 王", "王", "tom")]
)
def test_half_a_name(raw: str, family: str | None, given_name: str | None) -> None:
    name = parse_person(raw)
    assert (name.family, name.given) == (family, given_name)


def test_nicknames_meet_their_formal_names() -> None:
    assert formal_names("bob") & formal_names("robert")
    assert formal_names("liz") & formal_names("elizabeth")
    assert not formal_names("bob") & formal_names("william")
    assert formal_names("xiaoming") == {"xiaoming"}


@pytest.mark.parametrize("raw", ["", "-", "🚀", "\u200b", "123"])
def test_a_text_without_letters_is_no_name(raw: str) -> None:
    name = parse_person(raw)
    assert (name.raw, name.family, name.pinyin_full) == (raw, None, None)


def test_a_name_of_unreasonable_length_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        parse_person("王" * 10_000)
    assert refused.value.code == "person_name_too_long"


def test_every_surname_reads_as_syllables() -> None:
    assert [surname for surname, reading in surnames().items() if len(split_syllables(reading)) != len(surname)] == []


@pytest.mark.parametrize(
    ("letters", "syllables"), [("xiaoming", ("xiao", "ming")), ("nv", ("nv",)), ("smith", ()), ("", ())]
)
def test_pinyin_is_cut_into_syllables(letters: str, syllables: tuple[str, ...]) -> None:
    assert split_syllables(letters) == syllables


PIECES = [
    "王",
    "小明",
    "欧阳",
    "先生",
    "总",
    "小",
    "老",
    "·",
    "(",
    ")",
    " ",
    ",",
    "Mr. ",
    "Wang",
    "xiao",
    "ming",
    "Smith",
    "John",
    "van ",
    "Jr",
    "-",
    "'",
    "lyu",
    "é",
    "SR",
    "1",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_the_normal_form_of_any_name_is_its_own(raw: str) -> None:
    normal = parse_person(raw).normal
    assert parse_person(normal).normal == normal


@given(st.text(max_size=60))
def test_any_text_has_a_normal_form(raw: str) -> None:
    name = parse_person(raw)
    assert name.raw == raw
    assert parse_person(name.normal).normal == name.normal
