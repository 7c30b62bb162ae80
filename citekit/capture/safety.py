"""What may be asked for over the network: whose addresses, by which names, and no further.

A host's name is looked up once, every address of it is judged, and the connection goes to exactly
the address that was judged: a name that resolves differently a moment later leads nowhere. Other
spellings of an address (``127.1``, ``0x7f.1``, ``2130706433``) are looked up like names.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from typing import Final
from urllib.parse import quote, urlsplit

from citekit.errors import CaptureFailed, UsageError
from citekit.model.value import Value

_PORTS: Final = {"http": 80, "https": 443}
_MAX_URL: Final = 8192

# No article is published at an address that is set apart: the special-purpose registries of IANA
# (RFC 6890), multicast, and what older standards set apart. The list is whole, because Python's own
# ``is_global`` differs from one release to the next. Each way to write an IPv4 address as an IPv6
# one is among them, whatever that address is: nobody has to write one so who means well.
_SPECIAL: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


class Target(Value):
    """Where a URL leads: ``path`` with its query is what a request line takes."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The value of the ``Host`` header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


def split_url(url: str) -> Target:
    """The parts of an http(s) URL; raises UsageError for anything else, also one with a password.

    >>> split_url("http://example.org/a b").path
    '/a%20b'
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError) as error:
        raise UsageError(f"not a web address: {url[:200]!r}") from error
    is_odd = "@" in parts.netloc or any(c < " " or c == "\x7f" for c in url)
    if parts.scheme not in _PORTS or not host or is_odd or len(url) > _MAX_URL:
        raise UsageError(
            f"not a web address: {url[:200]!r}", hint="for example https://example.org/news"
        )
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return Target(scheme=parts.scheme, host=host, port=port or _PORTS[parts.scheme],
                  path=f"{path}?{query}" if query else path)  # fmt: skip


def is_public(address: str) -> bool:
    """Whether the IP address belongs to a host of the public Internet.

    >>> is_public("9.9.9.9"), is_public("127.0.0.1"), is_public("64:ff9b::7f00:1")
    (True, False, False)

    Source: the IANA registries of special-purpose addresses for IPv4 and IPv6.
    """
    ip = ipaddress.ip_address(address)
    return ip.is_global and not any(ip in net for net in _SPECIAL if net.version == ip.version)


def resolve(target: Target, *, allow_private: bool = False) -> tuple[str, ...]:
    """The addresses of the host, in the system's order; raises CaptureFailed.

    One private address among several is enough to refuse: which one is used is chance.
    """
    try:
        found = socket.getaddrinfo(target.host, None)
    except (OSError, UnicodeError) as error:
        raise CaptureFailed(f"no such host: {target.host}", hint="look at the address") from error
    addresses = tuple(dict.fromkeys(str(info[4][0]) for info in found))
    if not addresses:
        raise CaptureFailed(f"no such host: {target.host}")
    if not allow_private and not all(map(is_public, addresses)):
        raise CaptureFailed(
            f"{target.host} is at a private address: {', '.join(sorted(addresses))}",
            hint="if this host is your own, say so with --allow-private",
        )
    return addresses


def connect(target: Target, address: str, *, timeout_s: float) -> socket.socket:
    """A connection to that address and no other; with TLS the name must be in the certificate.

    Raises OSError, of which ``ssl.SSLError`` is one.
    """
    plain = socket.create_connection((address, target.port), timeout=timeout_s)
    if target.scheme == "http":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise
