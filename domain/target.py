"""Where deliveries may go: which URLs, and which addresses of the network behind them (against SSRF).

URLs are read the browsers' way (WHATWG URL), so that decimal, octal, hexadecimal and full-width forms of an address are
the address. Names are looked up only when a connection is made, and every address that a name stands for is judged.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal, TypeAlias

from pydantic import HttpUrl, TypeAdapter, ValidationError

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Code = Literal["url_invalid", "url_not_https", "url_with_credentials", "url_port", "url_private"]

MAX_URL = 2000
HTTPS_PORT, FIRST_FREE_PORT = 443, 1024
"""Below 1024 stand services that a web request must not reach, mail servers among them."""

_URL = TypeAdapter(HttpUrl)

_NEVER: tuple[Network, ...] = (
    IPv4Network("169.254.0.0/16"),  # link-local, where clouds keep their machines' credentials
    IPv6Network("fe80::/10"),
    IPv4Network("100.100.100.200/32"),  # Alibaba Cloud's metadata, among the carriers' addresses
    IPv4Network("192.0.0.192/32"),  # Oracle Cloud's
    IPv6Network("fd00:ec2::/32"),  # Amazon's
    IPv6Network("fd20:ce::254/128"),  # Google's
    IPv4Network("0.0.0.0/8"),  # "this" machine
    IPv6Network("::/128"),
    IPv4Network("224.0.0.0/4"),  # multicast
    IPv6Network("ff00::/8"),
    IPv4Network("240.0.0.0/4"),  # reserved, with broadcast
    IPv6Network("2002::/16"),  # 6to4, its relay, Teredo and local NAT64: tunnels to any IPv4 address
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/32"),
    IPv6Network("64:ff9b:1::/48"),
)
"""Where no receiver is, in no company's network either."""

_PRIVATE: tuple[Network, ...] = (
    IPv4Network("192.0.0.0/24"),
    IPv6Network("::/8"),  # loopback, and forms that hold an IPv4 address
    IPv6Network("100::/64"),
    IPv6Network("2001::/23"),
    IPv6Network("2001:db8::/32"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
    IPv6Network("fec0::/10"),
)
"""Beside what Python knows to be not global: its table is that of the year it was released in (IANA, RFC 6890)."""

_NAT64 = IPv6Network("64:ff9b::/96")
_INNER_IPV4 = (IPv6Network("::ffff:0:0/96"), _NAT64, IPv6Network("::/96"))
"""Mapped (RFC 4291), translated (RFC 6052), compatible (RFC 4291, of old): the last 32 bits are where it goes."""
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})

_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "metadata.tencentyun.com", "instance-data"})
_LOCAL_ZONES = ("localhost", "local", "internal", "localdomain", "home.arpa", "lan", "intranet", "corp", "home")


class TargetRefused(ValueError):
    """A URL to which nothing may be delivered; ``code`` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Target:
    """Where to send a request, as it was read once and for all."""

    https: bool
    host: str
    """A name in ASCII, or an address without brackets."""
    port: int
    path: str
    """With its query."""

    @property
    def authority(self) -> str:
        """Host and port as a Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.https else 80) else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL in its one normal form."""
        return f"{'https' if self.https else 'http'}://{self.authority}{self.path}"


def target_of(url: str, *, private: bool) -> Target:
    """The target that a URL names, when something may be delivered there as far as the URL itself tells.

    Args:
        url: what somebody entered.
        private: whether receivers may be in the company's own network; then plain HTTP and every port will do.

    Raises:
        TargetRefused: when not.
    """
    try:
        read = _URL.validate_python(url if len(url) <= MAX_URL else "")
    except ValidationError as error:
        raise TargetRefused("url_invalid") from error
    host, port = (read.host or "").strip("[]").rstrip("."), read.port or 0
    if not host or not port:
        raise TargetRefused("url_invalid")
    if read.username or read.password:
        raise TargetRefused("url_with_credentials")
    if read.scheme != "https" and not private:
        raise TargetRefused("url_not_https")
    if not private and port != HTTPS_PORT and port < FIRST_FREE_PORT:
        raise TargetRefused("url_port")
    if not may_name(host, private=private):
        raise TargetRefused("url_private")
    path = (read.path or "/") + (f"?{read.query}" if read.query else "")
    return Target(read.scheme == "https", host, port, path)


def may_name(host: str, *, private: bool) -> bool:
    """Whether a host may be looked up at all: an address only where it may be reached, no name of this machine."""
    try:
        return may_reach(ip_address(host), private=private)
    except ValueError:
        name = host.lower().rstrip(".")
    if name in _METADATA_NAMES:
        return False
    return private or ("." in name and not any(name == zone or name.endswith(f".{zone}") for zone in _LOCAL_ZONES))


def may_reach(address: Address, *, private: bool) -> bool:
    """Whether a connection to an address may be made.

    Args:
        address: what a name stands for, or the URL itself names.
        private: whether the company's own network may be reached. Metadata services, multicast and tunnels never may.
    """
    inner = _inner(address)
    if inner is not None:
        return may_reach(inner, private=private)
    if _within(address, _NEVER) or (isinstance(address, IPv6Address) and _isatap(address)):
        return False
    return private or (address.is_global and not _within(address, _PRIVATE))


def _inner(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address really is; ``::`` and ``::1`` are what they are."""
    if isinstance(address, IPv4Address) or int(address) <= 1 or not _within(address, _INNER_IPV4):
        return None
    return IPv4Address(int(address) & 0xFFFFFFFF)


def _isatap(address: IPv6Address) -> bool:
    """Whether it is a tunnel's end that holds an IPv4 address (RFC 5214)."""
    return (int(address) >> 32) & 0xFFFFFFFF in _ISATAP


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
