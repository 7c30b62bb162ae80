"""Asking a timestamp authority over HTTP (RFC 3161 §3.4), and nobody else.

The host's address is looked up once, judged, and the connection goes to exactly that address: a
name that resolves differently a moment later leads nowhere. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from typing import Final
from urllib.parse import urlsplit

from citekit.errors import CaptureFailed, UsageError
from citekit.integrity.timestamp import MAX_RESPONSE_BYTES, QUERY_TYPE, REPLY_TYPE

TIMEOUT_S: Final = 20.0

# Beyond what Python 3.11's ``is_global`` knows: ways to write a private IPv4 address as IPv6,
# protocol assignments, shared address space, multicast.
_NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "::/96",
        "ff00::/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "224.0.0.0/4",
    )
)


def ask_authority(
    url: str, query: bytes, *, allow_private: bool = False, timeout_s: float = TIMEOUT_S
) -> bytes:
    """The DER answer of the authority at ``url`` to a DER query; not judged here.

    Raises UsageError for what is no http(s) address, CaptureFailed when there is no answer, or the
    host is at a private address and ``allow_private`` does not say that this is meant.
    """
    scheme, host, port, target = _parts(url)
    address = _address(host, port, allow_private=allow_private)
    headers = {"Host": _host_header(scheme, host, port), "Content-Type": QUERY_TYPE}
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        connection.sock = _connect(address, host if scheme == "https" else None, timeout_s)
        connection.request("POST", target, query, {**headers, "Accept": REPLY_TYPE})
        answer = connection.getresponse()
        body = answer.read(MAX_RESPONSE_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise CaptureFailed(f"no answer from {url}: {error}", hint="try again later") from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise CaptureFailed(f"{url} answers {answer.status} {answer.reason[:80]}")
    if len(body) > MAX_RESPONSE_BYTES:
        raise CaptureFailed(f"the answer of {url} is larger than {MAX_RESPONSE_BYTES} bytes")
    return body


def is_public(address: str) -> bool:
    """Whether the IP address belongs to a host of the public Internet.

    >>> is_public("9.9.9.9"), is_public("127.0.0.1"), is_public("64:ff9b::7f00:1")
    (True, False, False)
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not any(ip in net for net in _NOT_PUBLIC if net.version == ip.version)


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise UsageError(f"not an address: {url!r}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        hint = "for example https://freetsa.org/tsr"
        raise UsageError(f"not the address of a timestamp authority: {url!r}", hint=hint)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii() or any(c <= " " for c in target):
        raise UsageError(f"not an address: {url!r}")
    return parts.scheme, parts.hostname, port, target


def _address(host: str, port: int, *, allow_private: bool) -> tuple[str, int]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CaptureFailed(f"no such host: {host}") from error
    addresses = [str(info[4][0]) for info in found]
    if not allow_private and not all(map(is_public, addresses)):
        raise CaptureFailed(
            f"{host} is at a private address: {', '.join(sorted(set(addresses)))}",
            hint="if this authority is your own, say so with --allow-private",
        )
    return addresses[0], port


def _connect(address: tuple[str, int], tls_host: str | None, timeout_s: float) -> socket.socket:
    plain = socket.create_connection(address, timeout=timeout_s)
    if tls_host is None:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=tls_host)
    except BaseException:
        plain.close()
        raise


def _host_header(scheme: str, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == {"http": 80, "https": 443}[scheme] else f"{name}:{port}"
