"""Web addresses: the domain that a company registered, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.normalise.web import is_shared, registrable_domain


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.example.com", "example.com"),
        ("http://shop.foo.com.cn:8080/a?b=c#d", "foo.com.cn"),
        ("foo.co.uk", "foo.co.uk"),
        ("WWW.Foo.COM.", "foo.com"),
        ("http://user:secret@foo.com/x", "foo.com"),
        ("//foo.com", "foo.com"),
        ("foo.com:8080/x", "foo.com"),
        ("官网:www.foo.cn", "foo.cn"),
        ("网址：www.foo.cn", "foo.cn"),
        ("http://www.foo.com，联系我们", "foo.com"),
        ("ｗｗｗ．ｆｏｏ．ｃｏｍ", "foo.com"),
        ("www。foo。cn", "foo.cn"),
        ("http://例子.中国/", "xn--fsqu00a.xn--fiqs8s"),
        ("例子.公司", "xn--fsqu00a.xn--55qx5d"),
        ("foo.bar.kawasaki.jp", "foo.bar.kawasaki.jp"),
        ("wang@foo.com", "foo.com"),
    ],
)
def test_registrable_domain(url: str, domain: str) -> None:
    assert registrable_domain(url) == domain


@pytest.mark.parametrize(
    "url",
    [
        "https://shop123.taobao.com",
        "detail.1688.com/offer/1.html",
        "https://weibo.com/foo",
        "linkedin.com/company/foo",
        "foo.github.io",
        "https://mp.weixin.qq.com/s/x",
        "foo.myshopify.com",
        "https://www.163.com",
        "mail.google.com",
    ],
)
def test_platforms_name_no_company(url: str) -> None:
    assert registrable_domain(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "foo",
        "localhost",
        "1.2.3.4",
        "http://[::1]/",
        "com",
        "foo.nosuchsuffix",
        "javascript:alert(1)",
        "http://",
        "无",
        "a..b.com",
    ],
)
def test_what_holds_no_domain_gives_none(url: str) -> None:
    assert registrable_domain(url) is None


def test_a_host_is_shared_from_its_own_name_upwards_only() -> None:
    assert is_shared("shop.taobao.com")
    assert not is_shared("nottaobao.com")
    assert not is_shared("com")


@given(st.text(max_size=300))
def test_any_text_gives_a_domain_or_nothing(url: str) -> None:
    domain = registrable_domain(url)
    assert domain is None or registrable_domain(f"https://www.{domain}/") == domain
