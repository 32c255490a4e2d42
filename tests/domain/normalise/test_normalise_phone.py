"""Telephone numbers in the ways that people write them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.normalise.errors import Malformed
from domain.normalise.phone import Phone, parse_phones

MOBILE = "+8613800138000"
OFFICE = "+8675586013388"


def numbers(raw: str, region: str = "CN") -> list[tuple[str, str | None]]:
    return [(phone.e164, phone.extension) for phone in parse_phones(raw, region)]


@pytest.mark.parametrize(
    "raw",
    [
        "13800138000",
        "+86 138 0013 8000",
        "138-0013-8000",
        "１３８００１３８０００",
        "008613800138000",
        "8613800138000",
        "(+86)138 0013 8000",
        "+86-138-0013-8000",
        "手机：13800138000",
        "13800138000（王先生）",
        "王先生13800138000",
        "手机(微信同号)13800138000",
        "\u202d138\u200b0013\u200b8000\u202c",
        "13800138000，",
    ],
)
def test_formats_of_one_mobile_agree(raw: str) -> None:
    assert parse_phones(raw) == (Phone(raw, MOBILE, "mobile", None, strong=True, area=None),)


@pytest.mark.parametrize(
    ("raw", "extension"),
    [
        ("0755-86013388转801", "801"),
        ("0755-86013388轉801", "801"),
        ("0755-86013388-8012", "8012"),
        ("0755-8601-3388-8012", "8012"),
        ("0755-86013388 ext. 801", "801"),
        ("0755-86013388, ext 801", "801"),
        ("0755-86013388x801", "801"),
        ("0755-86013388 分机：801", "801"),
        ("(0755)86013388(801)", "801"),
        ("+86 (0)755 8601 3388", None),
        ("0755—86013388", None),
        ("86-755-86013388", None),
    ],
)
def test_extensions_are_split_off_switchboards(raw: str, extension: str | None) -> None:
    assert parse_phones(raw) == (Phone(raw, OFFICE, "fixed", extension, strong=False, area="CN-GD"),)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("0755-86013060/061", ["+8675586013060", "+8675586013061"]),
        ("0755-86013060/86013061", ["+8675586013060", "+8675586013061"]),
        ("0755-86013060、13800138000", ["+8675586013060", MOBILE]),
        ("13800138000 13900139000", [MOBILE, "+8613900139000"]),
        ("13800138000或13900139000", [MOBILE, "+8613900139000"]),
        ("13800138000;13900139000，+85223456789", [MOBILE, "+8613900139000", "+85223456789"]),
        ("13800138000王先生13900139000李女士", [MOBILE, "+8613900139000"]),
        ("tel: 010-65529988 fax 010-65529989", ["+861065529988", "+861065529989"]),
        ("13800138000/13800138000", [MOBILE]),
        ("13800138000/无", [MOBILE]),
    ],
)
def test_several_numbers_in_one_field(raw: str, found: list[str]) -> None:
    assert [e164 for e164, _ in numbers(raw)] == found


def test_two_extensions_of_one_switchboard() -> None:
    assert numbers("0755-86013388-801/802") == [(OFFICE, "801"), (OFFICE, "802")]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("400-812-3123", "shared"),
        ("4008123123转5", "shared"),
        ("800-810-8888", "toll_free"),
        ("95588", "shared"),
        ("10086", "shared"),
        ("12345", "shared"),
        ("0755-86013388", "fixed"),
        ("+1 212-555-0123", "other"),
        ("14912345678", "mobile"),  # a segment that the library does not know
        ("13800138000-801", "mobile"),  # a contradiction
    ],
)
def test_only_an_undoubted_mobile_is_strong(raw: str, kind: str) -> None:
    (phone,) = parse_phones(raw)
    assert (phone.kind, phone.strong) == (kind, False)


@pytest.mark.parametrize(
    ("raw", "region", "e164", "area"),
    [
        ("010-65529988", "CN", "+861065529988", "CN-BJ"),
        ("0898-66778899", "CN", "+8689866778899", "CN-HI"),
        ("0891-6338899", "CN", "+868916338899", "CN-XZ"),
        ("0335-3031234", "CN", "+863353031234", "CN-HE"),
        ("852-2345 6789", "CN", "+85223456789", None),
        ("310/246-1501", "US", "+13102461501", "US-CA"),
        ("(416) 555-0134", "US", "+14165550134", "CA-ON"),
        ("020 7946 0958", "GB", "+442079460958", None),
        ("1-800-FLOWERS", "US", "+18003569377", None),
    ],
)
def test_country_and_area(raw: str, region: str, e164: str, area: str | None) -> None:
    (phone,) = parse_phones(raw, region)
    assert (phone.e164, phone.area) == (e164, area)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "无",
        "wang@example.com",
        "13800138000@163.com",
        "1380013800",
        "138001380001",
        "12345678901",
        "110",
        "-",
        "🚀",
        "1-800-FLOWERS",
        "0755-8601",
        "13800138000 / 138",
        "9" * 201,
        "٣",
        "91350100M000100Y43",
    ],
)
def test_what_is_no_number_is_refused(raw: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_phones(raw)
    assert (refused.value.code, refused.value.value) == ("phone_invalid", raw)


def test_a_number_without_its_area_code_is_told_apart() -> None:
    with pytest.raises(Malformed) as refused:
        parse_phones("86013388")
    assert refused.value.code == "phone_area_code_missing"


@given(
    st.from_regex(r"1(?:3[0-9]|5[0-35-9]|8[0-9])[0-9]{8}", fullmatch=True),
    st.sampled_from(
        [
            "{0}{1}{2}",
            "{0} {1} {2}",
            "{0}-{1}-{2}",
            "+86 {0} {1} {2}",
            "0086{0}{1}{2}",
            "（+86）{0}{1}{2}",
            "TEL:{0}.{1}.{2}",
        ]
    ),
)
def test_every_format_of_a_mobile_gives_its_e164(number: str, form: str) -> None:
    raw = form.format(number[:3], number[3:7], number[7:])
    assert [(phone.e164, phone.strong) for phone in parse_phones(raw)] == [(f"+86{number}", True)]


@given(st.text(alphabet="0123456789+-()/ 转x,，、、ext.#;或\u200b０１abc電話", max_size=60))
def test_any_text_gives_numbers_or_a_refusal(raw: str) -> None:
    try:
        phones = parse_phones(raw)
    except Malformed as refused:
        assert refused.code.startswith("phone_")
        return
    for phone in phones:
        assert phone.raw == raw
        assert parse_phones(phone.e164)[0].e164 == phone.e164


@pytest.mark.parametrize("raw", ["138 00138000", "138-0013 8000", "+8613800138000", "+86 13800138000"])
def test_a_plainly_written_mobile_is_chinas_where_china_is_meant(raw: str) -> None:
    """Most mobiles are read by this short way, so it must give what the library gives for the same number."""
    assert parse_phones(raw) == (Phone(raw, MOBILE, "mobile", None, strong=True, area=None),)
    in_america = [phone.e164 for phone in parse_phones(raw, "US")] if raw.startswith("+") else [MOBILE]
    assert in_america == [MOBILE]


def test_eleven_digits_are_no_chinese_mobile_in_another_country() -> None:
    (phone,) = parse_phones("138 0013 8000", "DE")
    assert phone.e164.startswith("+49") and not phone.strong


def test_a_carriers_code_is_no_mobile() -> None:
    """179 begins the codes by which a carrier was chosen before the number; no mobile has been issued there."""
    with pytest.raises(Malformed):
        parse_phones("179 7000 1116")


def test_a_mobile_of_a_segment_that_nobody_has_issued_tells_nobody_alone() -> None:
    (phone,) = parse_phones("154 0013 8000")
    assert (phone.kind, phone.strong) == ("mobile", False)


@given(
    st.one_of(
        st.tuples(st.just("CN"), st.from_regex(r"0[1-9][0-9]{1,2}-[0-9]{7,8}", fullmatch=True)),
        st.tuples(st.just("US"), st.from_regex(r"[2-9][0-9]{2}-[0-9]{3}-[0-9]{4}", fullmatch=True)),
    )
)
def test_a_number_in_its_usual_form_is_read_as_the_library_reads_it(field: tuple[str, str]) -> None:
    region, number = field
    parsed = phonenumbers.parse(number, region)
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    try:
        assert numbers(number, region) == [(e164, None)]
    except Malformed:
        assert not phonenumbers.is_valid_number(parsed)
