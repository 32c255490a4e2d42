"""Addresses: their division where it is sure, road, number, and one normal form for one address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.normalise.address import parse_address
from domain.normalise.errors import Malformed


@pytest.mark.parametrize(
    ("raw", "division", "region", "road", "number", "rest"),
    [
        ("广东省深圳市南山区科技园1号", "440305", "CN-GD", "科技园", "1", ""),
        (
            "上海市浦东新区世纪大道100号上海环球金融中心52楼",
            "310115",
            "CN-SH",
            "世纪大道",
            "100",
            "上海环球金融中心52楼",
        ),
        ("北京朝阳区建国路88号院3号楼2单元501", "110105", "CN-BJ", "建国路", "88", "3栋2单元501"),
        ("上海市黄浦区南京东路100弄5号302室", "310101", "CN-SH", "南京东路", "100弄5", "302室"),
        ("四川省成都市武侯区人民南路四段十二号", "510107", "CN-SC", "人民南路4段", "12", ""),
        ("江苏省昆山市花桥镇兆丰路18号", "320583", "CN-JS", "兆丰路", "18", "花桥镇"),
        ("昆山市花桥镇兆丰路18号", "320583", "CN-JS", "兆丰路", "18", "花桥镇"),
        (
            "地址：浙江省杭州市余杭区五常街道文一西路969号（邮编：311121）",
            "330110",
            "CN-ZJ",
            "文一西路",
            "969",
            "五常街道",
        ),
        ("518057 广东省深圳市南山区高新南一道9号", "440305", "CN-GD", "高新南一道", "9", ""),
        ("南京市鼓楼区中山北路26-8号", "320106", "CN-JS", "中山北路", "26-8", ""),
        ("内蒙古呼和浩特新城区中山东路8号", "150102", "CN-NM", "中山东路", "8", ""),
        ("广州市天河区天河路385号太古汇一座", "440106", "CN-GD", "天河路", "385", "太古汇1座"),
        ("香港九龙弥敦道100号", "810000", "CN-HK", "九龙弥敦道", "100", ""),
        ("深圳市龙岗区坂田街道华为基地", "440307", "CN-GD", None, None, "坂田街道华为基地"),
        ("深圳市南山区科技路1 203室", "440305", "CN-GD", "科技路", "1", "203室"),
        ("深圳市南山区科技路88-1203室", "440305", "CN-GD", "科技路", "88", "1203室"),
        ("深圳市南山区科技路12层", "440305", "CN-GD", "科技路", None, "12楼"),
        ("中国", None, "CN", None, None, ""),
    ],
)
def test_chinese_addresses(
    raw: str, division: str | None, region: str | None, road: str | None, number: str | None, rest: str
) -> None:
    address = parse_address(raw)
    assert (address.division, address.region, address.road, address.number, address.rest) == (
        division,
        region,
        road,
        number,
        rest,
    )


@pytest.mark.parametrize(
    "raw",
    [
        "朝阳区建国路88号",
        "鼓楼区中山路1号",
        "南山区科技园",
        "城区解放路1号",
        "江苏省鼓楼区中山路1号",
        "朝阳区",
        "海淀区中关村",
        "浦东新区世纪大道1号",
        "广东省朝阳区建国路1号",
    ],
)
def test_a_district_alone_is_not_a_place(raw: str) -> None:
    division = parse_address(raw).division
    assert division is None or division.endswith("0000")


def test_a_road_named_after_a_city_is_not_that_city() -> None:
    for raw in ("南京东路100号", "上海大厦5楼", "北京路1号", "中山一路2号"):
        assert parse_address(raw).division is None


@pytest.mark.parametrize(
    ("former", "today"),
    [
        ("上海市闸北区天目西路1号", "上海市静安区天目西路1号"),
        ("北京市宣武区广安门内大街1号", "北京市西城区广安门内大街1号"),
        ("湖北省襄樊市长虹路1号", "湖北省襄阳市长虹路1号"),
        ("重庆市渝北区金开大道1号", "重庆市两江新区金开大道1号"),
        ("安徽省六安市寿县宾阳大道1号", "安徽省淮南市寿县宾阳大道1号"),
    ],
)
def test_former_divisions_meet_their_successors(former: str, today: str) -> None:
    assert parse_address(former).division == parse_address(today).division
    assert parse_address(former).normal == parse_address(today).normal


@pytest.mark.parametrize(
    "spellings",
    [
        [
            "广东省深圳市南山区科技园1号",
            "深圳南山科技园1号",
            "廣東省深圳市南山區科技園一號",
            "广东 深圳 南山区 科技园１号",
            "深圳市,南山区,科技园1号",
        ],
        [
            "北京市朝阳区建国路88号A座1203室",
            "北京朝阳建国路88号A座1203房",
            "北京市 北京市 朝阳区 建国路 88 号 a座-1203室",
        ],
        ["杭州市西湖区文三路478号华星时代广场A座12层", "浙江杭州西湖区文三路478号华星时代广场A座十二楼"],
    ],
    ids=lambda spellings: spellings[0],
)
def test_spellings_of_one_chinese_address_agree(spellings: list[str]) -> None:
    assert len({parse_address(spelling).normal for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("raw", "country", "region", "road", "number", "rest"),
    [
        ("435 S. La Cienega Blv., Los Angeles", "US", None, "south la cienega boulevard", "435", "los angeles"),
        (
            "435 S La Cienega Blvd, Los Angeles, CA 90048-1234",
            "CN",
            "US-CA",
            "south la cienega boulevard",
            "435",
            "los angeles, california, 90048",
        ),
        ("21 W. 52nd St., New York", "US", "US-NY", "west 52nd street", "21", "new york"),
        (
            "Suite 200, 100 Main St., Boston, MA 02110, USA",
            "US",
            "US-MA",
            "main street",
            "100",
            "suite 200, boston, massachusetts, 02110",
        ),
        (
            "1 St. Louis St, St. Louis, MO 63101",
            "US",
            "US-MO",
            "saint louis street",
            "1",
            "saint louis, missouri, 63101",
        ),
        ("100 Main St, Springfield, IL", "US", "US-IL", "main street", "100", "springfield, il"),
        (
            "854 7th ave.  between 54th and 55th sts., new york",
            "US",
            "US-NY",
            "7th avenue",
            "854",
            "between 54th and 55th street, new york",
        ),
        ("10 St James's Sq., London SW1Y 4LE", "GB", "GB", "saint jamess square", "10", "london, sw1y4le"),
        ("221B Baker Street", "GB", None, "baker street", "221b", ""),
        ("stanley street", "GB", None, "stanley street", None, ""),
        ("P.O. Box 123, Springfield", "US", None, None, None, "p o box 123, springfield"),
    ],
)
def test_english_addresses(
    raw: str, country: str, region: str | None, road: str | None, number: str | None, rest: str
) -> None:
    address = parse_address(raw, country)
    assert (address.region, address.road, address.number, address.rest) == (region, road, number, rest)


@pytest.mark.parametrize(
    ("raw", "division", "road", "number"),
    [
        ("No. 1 Keji Road, Nanshan District, Shenzhen, Guangdong 518057, China", "440305", "keji road", "1"),
        ("Room 1203, Building A, 88 Jianguo Rd, Chaoyang District, Beijing", "110105", "jianguo road", "88"),
        ("88 Jianguo Rd, Chaoyang District", None, "jianguo road", "88"),
        ("5 Xinghai St, Suzhou, Jiangsu", "320500", "xinghai street", "5"),
        ("5 Xinghai St, Suzhou", None, "xinghai street", "5"),
        ("5th Floor, 1 Queen's Road Central, Hong Kong", "810000", "queens road central", "1"),
    ],
)
def test_chinese_addresses_in_english(raw: str, division: str | None, road: str, number: str) -> None:
    address = parse_address(raw)
    assert (address.division, address.road, address.number) == (division, road, number)


def test_spellings_of_one_english_address_agree() -> None:
    spellings = [
        "100 N. Main St., Ste. 200, Boston, MA 02110",
        "100 North Main Street, Suite 200, Boston MA 02110-1234",
        "100 n main st #200",
    ]
    normals = [parse_address(spelling, "US").normal for spelling in spellings]
    assert normals[0] == normals[1]
    assert parse_address(spellings[2], "US").road == "north main street 200"


@pytest.mark.parametrize("raw", ["", "-", "🚀", "\u200b"])
def test_an_address_that_says_nothing(raw: str) -> None:
    address = parse_address(raw)
    assert (address.raw, address.normal, address.division, address.rest) == (raw, "", None, "")


def test_an_address_of_unreasonable_length_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        parse_address("路" * 10_000)
    assert refused.value.code == "address_too_long"


PIECES = [
    "广东省",
    "深圳",
    "深圳市",
    "南山区",
    "朝阳",
    "朝阳区",
    "海东地区",
    "乐都区",
    "吉林",
    "科技园",
    "路",
    "大道",
    "1",
    "十二",
    "号",
    "弄",
    "-",
    " ",
    "栋",
    "楼",
    "幢",
    "室",
    "镇",
    "街道",
    "(",
    "邮编518057",
    "518057",
    "A",
    "中国",
    "，",
    "地址：",
    "市辖区",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_the_normal_form_of_a_chinese_address_is_its_own(raw: str) -> None:
    address = parse_address(raw)
    again = parse_address(address.normal)
    assert (again.normal, again.division) == (address.normal, address.division)


@given(st.text(max_size=120), st.sampled_from(["CN", "US", "GB", "DE"]))
def test_any_text_is_taken_apart(raw: str, country: str) -> None:
    assert parse_address(raw, country).raw == raw
