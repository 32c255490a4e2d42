"""Text for comparing: what may differ between two spellings, and what may not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.normalise.errors import Malformed
from domain.normalise.text import MAX_CHARACTERS, clean, fold, has_han, simplified, words


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  深圳　远航\t科技\n", "深圳 远航 科技"),
        ("ＡＢＣ（１２３）", "ABC(123)"),
        ("远\u200b航\ufeff科\u2060技", "远航科技"),
        ("\u202e公司\u202c\u2066A\u2069", "公司A"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("远航🚀科技👨‍👩‍👧❤️", "远航 科技"),
        ("Acme™ Widgets®", "Acme Widgets"),
        ("soft\u00adware", "software"),
        ("e\u200d\u0301", "é"),
        ("㈱日立", "(株)日立"),
        ("٠١٢ １２", "012 12"),
        ("\ue000\U0010ffff", ""),
    ],
)
def test_clean_keeps_writing_only(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("遠航科技（集團）", "远航科技(集团)"),
        ("【远航】「科技」", "(远航)(科技)"),
        ("Société Générale", "societe generale"),
        ("MÜLLER & Söhne", "muller & sohne"),
        ("Straße Łódź Ørsted", "strasse lodz orsted"),
        ("王 小 明", "王小明"),
        ("Tom 王", "tom 王"),
        ("й ё が", "й ё が"),  # only Latin letters lose their marks
    ],
)
def test_fold_levels_spellings(raw: str, folded: str) -> None:
    assert fold(raw) == folded


def test_simplified_leaves_other_scripts_alone() -> None:
    assert simplified("臺灣 Taiwan") == "台湾 Taiwan"
    assert simplified("Taiwan") == "Taiwan"


def test_words_join_apostrophes_and_read_ampersands() -> None:
    assert words("l'oreal at&t co.,ltd") == ["loreal", "at", "and", "t", "co", "ltd"]
    assert words("s.a. s. a. x") == ["sasax"]
    assert words("j.r.r. tolkien & a") == ["jrr", "tolkien", "and", "a"]


def test_han_is_told_from_kana_and_letters() -> None:
    assert has_han("abc王")
    assert has_han("\U00020bb7野家")
    assert not has_han("カタカナ abc 한글")


@pytest.mark.parametrize("raw", ["a" * (MAX_CHARACTERS + 1), "\ufdfa" * 1000], ids=["before", "after the conversion"])
def test_too_long_a_text_is_refused(raw: str) -> None:
    with pytest.raises(Malformed) as refused:
        clean(raw)
    assert refused.value.code == "text_too_long"
    assert refused.value.value == raw
    assert raw not in str(refused.value)


@given(st.text())
def test_clean_and_fold_change_nothing_the_second_time(raw: str) -> None:
    assert clean(clean(raw)) == clean(raw)
    assert fold(fold(raw)) == fold(raw)


@given(st.text())
def test_clean_leaves_nothing_that_deceives_a_reader(raw: str) -> None:
    assert not {unicodedata.category(character) for character in clean(raw)} & {
        "Cc",
        "Cf",
        "Co",
        "Cs",
        "Cn",
        "So",
        "Zl",
    }


@given(st.text(alphabet=st.characters(categories=("Lu", "Ll")), max_size=40))
def test_fold_ignores_case(raw: str) -> None:
    assert fold(raw.upper()) == fold(raw.upper().lower())


@given(st.text(st.sampled_from("ab AB 12,.()[]{}-深圳市遠航科技有限公司")))
def test_plain_text_takes_a_short_way_to_the_same_end(raw: str) -> None:
    """Joined with a character that must be looked at, the same text goes the long way."""
    assert clean(f"{raw}\u200b") == clean(raw)
    assert fold(f"{raw}\u200b") == fold(raw)


def test_plain_characters_are_left_whole_by_unicode() -> None:
    plain = "".join(map(chr, range(0x4E00, 0x9FA6)))
    assert unicodedata.normalize("NFKC", plain) == plain
    assert {unicodedata.category(character) for character in plain} == {"Lo"}


@pytest.mark.parametrize("length", [10, 299, 300, 301, 5_000])
def test_fold_is_the_same_for_short_texts_and_long_ones(length: int) -> None:
    """Short ones are remembered, long ones are not."""
    assert fold("（Ａ" + "遠" * length) == "(a" + "远" * length
    assert fold("（Ａ" + "遠" * length) == "(a" + "远" * length
