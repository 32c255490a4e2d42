"""E-mail addresses: one key for one mailbox, and what an address tells about its owner."""

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from domain.normalise.email import parse_email
from domain.normalise.errors import Malformed


@pytest.mark.parametrize(
    ("raw", "address", "key"),
    [
        ("Wang.Xiao+crm@Gmail.com", "Wang.Xiao+crm@gmail.com", "wangxiao@gmail.com"),
        ("wangxiao@googlemail.com", "wangxiao@googlemail.com", "wangxiao@gmail.com"),
        ("wang.xiao@acme.com.cn", "wang.xiao@acme.com.cn", "wang.xiao@acme.com.cn"),
        ("wang+shop@163.com", "wang+shop@163.com", "wang@163.com"),
        ("12345678@qq.com", "12345678@qq.com", "12345678@qq.com"),
        ("12345678@foxmail.com", "12345678@foxmail.com", "12345678@foxmail.com"),
        ("Wang@Example.COM", "Wang@example.com", "wang@example.com"),
        ("ｗａｎｇ＠ｅｘａｍｐｌｅ。ｃｏｍ", "wang@example.com", "wang@example.com"),
        (" <wang@example.com>; ", "wang@example.com", "wang@example.com"),
        ("mailto:wang@example.com", "wang@example.com", "wang@example.com"),
        ("邮箱：wang@example.com", "wang@example.com", "wang@example.com"),
        ("王小明 <wang@example.com>", "wang@example.com", "wang@example.com"),
        ("wang @ example.com", "wang@example.com", "wang@example.com"),
        ("wang\u200b@example.com", "wang@example.com", "wang@example.com"),
        ("王小明@例子.公司", "王小明@例子.公司", "王小明@xn--fsqu00a.xn--55qx5d"),
        ("amy@mac.com", "amy@mac.com", "amy@icloud.com"),
        ("amy@corp.test", "amy@corp.test", "amy@corp.test"),
    ],
)
def test_address_and_key(raw: str, address: str, key: str) -> None:
    email = parse_email(raw)
    assert (email.raw, email.address, email.key) == (raw, address, key)


@pytest.mark.parametrize(
    ("raw", "free"),
    [
        ("a@qq.com", True),
        ("a@163.com", True),
        ("a@126.com", True),
        ("a@vip.163.com", True),
        ("a@sina.com", True),
        ("a@139.com", True),
        ("a@foxmail.com", True),
        ("a@aliyun.com", True),
        ("a@gmail.com", True),
        ("a@outlook.com", True),
        ("a@exmail.qq.com", True),
        ("a@user.github.io", True),
        ("a@huawei.com", False),
        ("a@acme.com.cn", False),
        ("a@mail.acme.co.uk", False),
        ("a@notqq.com", False),
    ],
)
def test_free_mail_names_no_company(raw: str, free: bool) -> None:
    assert parse_email(raw).free is free


@pytest.mark.parametrize(
    ("raw", "role"),
    [
        ("info@acme.com", True),
        ("Sales@acme.com", True),
        ("sales01@acme.com", True),
        ("sales-cn@acme.com", True),
        ("客服@acme.com", True),
        ("kefu2@acme.com", True),
        ("no-reply@acme.com", True),
        ("hr.service@acme.com", True),
        ("wang.sales@acme.com", False),
        ("infowang@acme.com", False),
        ("john@acme.com", False),
        ("1234@qq.com", False),
        ("王小明@acme.com", False),
    ],
)
def test_role_addresses_are_nobodys_own(raw: str, role: bool) -> None:
    assert parse_email(raw).role is role


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "13800138000",
        "a@b",
        "a@@b.com",
        "@b.com",
        "a b@c.com",
        "a@1.2.3.4",
        "a@b.com, c@d.com",
        "无",
        "🚀@b.com",
        "a@[127.0.0.1]",
        "x" * 65 + "@b.com",
        "a" * 400 + "@b.com",
        'a"b@c.com',
        "a@localhost",
        "a@-b.com",
    ],
)
def test_what_is_no_address_is_refused(raw: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_email(raw)
    assert (refused.value.code, refused.value.value) == ("email_invalid", raw)


@given(st.emails())
def test_the_key_ignores_case_and_tag(raw: str) -> None:
    try:
        email = parse_email(raw)
    except Malformed:
        return
    local, _, domain = email.address.rpartition("@")
    assert parse_email(email.address).key == email.key
    assert parse_email(f"{local}@{domain.upper()}").key == email.key
    if "+" not in local and len(local) < 60:
        assert parse_email(f"{local}+tag@{domain}").key == email.key


@given(st.text(max_size=400))
def test_any_text_gives_an_address_or_a_refusal(raw: str) -> None:
    try:
        email = parse_email(raw)
    except Malformed as refused:
        assert refused.code == "email_invalid"
        return
    assert parse_email(email.address).key == email.key


@given(
    st.from_regex(
        r"[a-z0-9]{1,8}([._-][a-z0-9]{1,8}){0,2}@([a-z0-9]{1,6}(-[a-z0-9]{1,5})?\.){1,3}(com|net|org|[a-z]{2})",
        fullmatch=True,
    )
)
def test_a_plain_address_is_what_the_library_makes_of_it(address: str) -> None:
    checked = validate_email(address, check_deliverability=False, strict=True)
    email = parse_email(address)
    assert (email.address, email.domain) == (checked.normalized, checked.ascii_domain)


@pytest.mark.parametrize(
    "raw", ["wang@com", "wang@a.localhost", "wang..x@a.com", ".wang@a.com", "w@-a.com", "w@ab--c.cn"]
)
def test_what_the_library_refuses_is_no_plain_address(raw: str) -> None:
    with pytest.raises(Malformed):
        parse_email(raw)
