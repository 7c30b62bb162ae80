"""When two web addresses are one: what is left of them when they are compared."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

_PORTS: Final = {"http": 80, "https": 443}
_UNRESERVED: Final = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)


def compared_address(url: str) -> str:
    """What two addresses of one page have in common; empty for what is no web address.

    Only differences that name the same page for every server, or for all but the strangest, are
    taken away: the fragment (unless it names a page of a script, ``#!`` or ``#/``), an empty
    query, letter case of the host and a dot at its end, the default port, the form of
    percent-encoding, and ``http`` for ``https`` at their default ports. The order of a query, its
    tracking words, ``www.`` and a slash at the end stay. Source: RFC 3986 §6.2.

    >>> compared_address("http://News.example:80/a%7eb?#top")
    '//news.example/a~b'
    >>> compared_address("https://news.example/a~b")
    '//news.example/a~b'
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:  # a bracket or a port that is none
        return ""
    if parts.scheme not in _PORTS or not parts.hostname:
        return ""
    is_default = port in (None, _PORTS[parts.scheme])
    account, at, _ = parts.netloc.rpartition("@")
    host = parts.hostname.rstrip(".")
    place = host if is_default else f"{host}:{port}"
    page = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    query = f"?{_encoded(parts.query)}" if parts.query else ""
    scheme = "" if is_default else f"{parts.scheme}:"
    compared = f"{scheme}//{account}{at}{place}{_encoded(parts.path) or '/'}{query}{page}"
    # Where a query or a fragment was left out, the blanks before it stand at the end now.
    return compared.rstrip(" ")


def _encoded(text: str) -> str:
    """Percent-encoded where it has to be, in capitals, and nowhere else."""
    whole = quote(text, safe="%/:?#[]@!$&'()*+,;=~|^`{}\\\"<> ", errors="replace")
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda match: _octet(int(match[1], 16)), whole)


def _octet(octet: int) -> str:
    return chr(octet) if octet in _UNRESERVED else f"%{octet:02X}"
