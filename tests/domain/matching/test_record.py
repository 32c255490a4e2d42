"""Records: what a profile and a labelled row become before they are compared."""

import pytest
from msgspec import msgpack

from domain.lead import Company, Person
from domain.matching.forms import name_forms, tokens
from domain.matching.record import packed, record_from_fields, record_of, unpacked
from domain.profile import Profile


def test_a_profile_becomes_a_record_with_every_identifier_in_its_normal_form() -> None:
    record = record_of(
        Profile(
            company=Company(name="深圳市遠航科技有限公司", website="https://www.yuanhang.com.cn/about"),
            people=(Person(name="王小明"),),
            region="CN-GD",
            phones=("+8613800138000", "+8675586013060"),
            emails=("Wang.XM+show@Yuanhang.com.cn", "sales@yuanhang.com.cn"),
            address="广东省深圳市南山区科技园1号",
        )
    )
    assert record.company is not None
    assert record.company.stem == "深圳市远航科技"
    assert record.people[0].pinyin_full == "wangxiaoming"
    assert record.phones == {"+8613800138000", "+8675586013060"}
    assert record.strong_phones == {"+8613800138000"}
    assert record.emails == {"wang.xm@yuanhang.com.cn", "sales@yuanhang.com.cn"}
    assert record.strong_emails == {"wang.xm@yuanhang.com.cn"}
    assert record.domains == {"yuanhang.com.cn"}
    assert record.place is not None
    assert (record.place.division, record.place.number, record.region) == ("440305", "1", "CN-GD")


def test_columns_of_an_address_become_one_place() -> None:
    fields = {
        "given": "Mitchell", "family": "Green", "street_number": "7", "street": "Wallaby Pl", "locality": "Cleveland",
        "postcode": "2119", "state": "nsw", "birth_date": "1956-04-09", "national_id": "180 4974",
    }  # fmt: skip
    record = record_from_fields(fields, "AU")
    assert record.company is None
    assert record.place is not None
    assert (record.place.number, record.place.road) == ("7", "wallaby place")
    assert (record.place.locality, record.place.postcode) == ("cleveland nsw", "2119")
    assert record.birth_date == "19560409"
    assert record.ids == {"1804974"}


@pytest.mark.parametrize(
    ("fields", "locality", "postcode"),
    [
        ({"address": "3255 West Dogwood Drive, Suite 823, Orlando, FL 32816"}, "orlando florida", "32816"),
        ({"address": "5575 north euclid avenue, memphis, tn 38160", "city": "Memphis"}, "memphis", "38160"),
        ({"address": "12 Main St, Boise, ID 83702", "postcode": "83703"}, "boise idaho", "83703"),
        ({"address": "12 Main St"}, "", ""),
    ],
)
def test_an_american_address_in_one_piece_tells_its_town(fields: dict[str, str], locality: str, postcode: str) -> None:
    place = record_from_fields(fields, "US").place
    assert place is not None
    assert (place.locality, place.postcode) == (locality, postcode)


def test_a_district_tells_its_city_where_the_city_is_missing_or_has_a_slip() -> None:
    places = [record_from_fields({"address": "香洲区花园路368号", "city": city}).place for city in ("", "珠珠海市")]
    assert [place and place.division[:4] for place in places] == ["4404", "4404"]


@pytest.mark.parametrize(
    ("fields", "family", "given"),
    [
        ({"family": "green", "given": ""}, "green", None),
        ({"family": "", "given": "mitchell"}, None, "mitchell"),
        ({"family": "欧阳", "given": "娜娜"}, "欧阳", "娜娜"),
        ({"person": "Wang Xiaoming"}, "wang", "xiaoming"),
    ],
)
def test_a_lone_name_stays_in_its_column(fields: dict[str, str], family: str | None, given: str | None) -> None:
    person = record_from_fields(fields).people[0]
    assert (person.family, person.given) == (family, given)


def test_a_value_without_a_normal_form_counts_as_missing() -> None:
    record = record_from_fields({"company": "🚀", "email": "nobody", "phone": "12", "uscc": "x", "address": "，"})
    assert record == record_from_fields({})


def test_a_phone_without_its_area_code_keeps_its_digits() -> None:
    assert record_from_fields({"phone": "226-2649"}, "US").phones == {"2262649"}


@pytest.mark.parametrize(
    ("address", "phone", "number"),
    [
        ("崇川区海棠路369号 0513-49933614", "+8651349933614", "369"),
        ("定海路198号9号楼1909室 13828092602", "+8613828092602", "198"),
        ("8456 Davis Boulevard (208) 440-6021", "+12084406021", "8456"),
    ],
)
def test_a_phone_in_the_address_is_a_phone(address: str, phone: str, number: str) -> None:
    record = record_from_fields({"address": address}, "CN" if "路" in address else "US")
    assert record.phones == {phone}
    assert record.place is not None
    assert record.place.number == number
    profile = record_of(Profile(address=address, region="CN-JS" if "路" in address else "US-ID"))
    assert (profile.phones, profile.place and profile.place.number) == ({phone}, number)


def test_who_and_what_without_where() -> None:
    forms = name_forms("上海市皓月阀门集团有限公司"), name_forms("皓月阀门集团(上海)有限公司")
    assert {form and form.core for form in forms} == {"皓月阀门"}


def test_words_that_tell_parts_of_a_house_apart() -> None:
    found = [name_forms(name) for name in ("The Ritz Caffe", "华山大学附属医院", "Acme Tools")]
    assert [form and form.units for form in found] == [{"cafe"}, {"university", "hospital"}, frozenset()]


def test_a_very_long_name_does_no_harm_in_a_labelled_file() -> None:
    assert record_from_fields({"company": "远" * 10_000, "address": "路" * 10_000}).company is None


def test_tokens_are_words_and_pairs_of_neighbouring_characters() -> None:
    assert tokens("tcl远航科 2号") == {"tcl", "远航", "航科", "2", "号"}


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("万科A", "万科"),
        ("粤电力", "广东电力"),
        ("ST国华", "国华"),
        ("*ST国华", "国华"),
        ("寒武纪-U", "寒武纪"),
        ("百济神州-UW", "百济神州"),
        ("退市国华", "国华"),
        ("中石化", "中石化"),
    ],
)
def test_a_short_name_is_read_in_every_way(name: str, reading: str) -> None:
    forms = name_forms(name)
    assert forms is not None
    assert reading in forms.short_names


def test_a_record_is_kept_under_its_fields_names_and_read_back_equal() -> None:
    """Bases keep records for years: the bytes are a map by names, whatever class stands for it."""
    fields = {"company": "深圳市远航科技有限公司", "person": "王小明", "address": "深圳市南山区科苑路15号"}
    record = record_from_fields(fields)
    kept = msgpack.decode(packed(record))
    assert kept["company"]["parsed"]["normal"] == "深圳市远航科技有限公司"
    assert (kept["people"][0]["family"], kept["place"]["number"], kept["uscc"]) == ("王", "15", None)
    assert unpacked(packed(record)) == record
