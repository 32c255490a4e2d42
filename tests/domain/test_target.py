"""Where deliveries may go: no form of writing an address gets past the judge."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.target import TargetRefused, may_name, may_reach, target_of

LOOPBACK_IN_DISGUISE = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1./",
    "https://１２７.０.０.１/",
    "https://127。0。0。1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:53aa:64c:0:0:80ff:fffe]/",
    "https://[2001:4860::5efe:7f00:1]/",
    "https://%31%32%37.0.0.1/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://ａdmin.localhost/",
]

NEVER = [
    "169.254.169.254",
    "169.254.0.23",
    "100.100.100.200",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "0.0.0.0",  # noqa: S104
    "::",
    "224.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "2002:a9fe:a9fe::",
]

PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "127.0.0.1",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "::1",
    "fd12:3456::1",
    "2001:db8::1",
    "3fff::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
]

PUBLIC = ["8.8.8.8", "119.29.29.29", "2400:3200::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("url", LOOPBACK_IN_DISGUISE)
def test_no_form_of_this_machine_is_let_through(url: str) -> None:
    with pytest.raises(TargetRefused, match="url_private"):
        target_of(url, private=False)


@pytest.mark.parametrize("address", NEVER)
def test_metadata_multicast_and_tunnels_are_never_reached(address: str) -> None:
    assert not may_reach(ip_address(address), private=False)
    assert not may_reach(ip_address(address), private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_reached_on_premises_only(address: str) -> None:
    assert not may_reach(ip_address(address), private=False)
    assert may_reach(ip_address(address), private=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reached(address: str) -> None:
    assert may_reach(ip_address(address), private=False)


@given(st.ip_addresses(v=4))
def test_an_address_in_ipv6_clothes_is_judged_as_itself(address: IPv4Address) -> None:
    number = int(address)
    for prefix in (0xFFFF << 32, 0x64FF9B << 96):
        for private in (False, True):
            assert may_reach(IPv6Address(prefix | number), private=private) == may_reach(address, private=private)


@given(st.ip_addresses())
def test_whatever_python_calls_not_global_is_not_public(address: IPv4Address | IPv6Address) -> None:
    if may_reach(address, private=False):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
        assert address.is_global or inner.is_global
        assert not address.is_multicast
        assert may_reach(address, private=True), "who may be reached from outside may be from inside"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example.com/", "url_not_https"),
        ("ftp://hooks.example.com/", "url_invalid"),
        ("file:///etc/passwd", "url_invalid"),
        ("hooks.example.com", "url_invalid"),
        ("https://", "url_invalid"),
        ("https://hooks.example.com:0/", "url_invalid"),
        ("https://hooks.example.com:99999/", "url_invalid"),
        ("https://exa mple.com/", "url_invalid"),
        (f"https://hooks.example.com/{'a' * 2000}", "url_invalid"),
        ("https://user:secret@hooks.example.com/", "url_with_credentials"),
        ("https://user@hooks.example.com/", "url_with_credentials"),
        ("https://hooks.example.com:25/", "url_port"),
        ("https://hooks.example.com:80/", "url_port"),
        ("https://metadata.google.internal/", "url_private"),
        ("https://metadata.tencentyun.com/", "url_private"),
        ("https://intranet/", "url_private"),
        ("https://crm.corp/", "url_private"),
        ("https://printer.local/", "url_private"),
    ],
)
def test_what_is_refused_says_why(url: str, code: str) -> None:
    with pytest.raises(TargetRefused) as refused:
        target_of(url, private=False)
    assert refused.value.code == code


def test_on_premises_plain_http_any_port_and_short_names_will_do() -> None:
    assert target_of("http://crm:81/hook?from=oneowner", private=True).url == "http://crm:81/hook?from=oneowner"
    with pytest.raises(TargetRefused):
        target_of("http://169.254.169.254/latest/meta-data/", private=True)
    assert not may_name("metadata.google.internal", private=True)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://Hooks.Example.COM", "https://hooks.example.com/"),
        ("https://hooks.example.com.:443/a", "https://hooks.example.com/a"),
        ("https://例子.测试:8443/接收?q=1", "https://xn--fsqu00a.xn--0zwm56d:8443/%E6%8E%A5%E6%94%B6?q=1"),
        ("https://[2400:3200::1]/", "https://[2400:3200::1]/"),
        ("https://134744072/", "https://8.8.8.8/"),
    ],
)
def test_a_url_has_one_normal_form(url: str, normal: str) -> None:
    target = target_of(url, private=False)
    assert target.url == normal
    assert target_of(target.url, private=False) == target
