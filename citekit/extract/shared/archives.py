"""Copies in web archives: which address is one, of what, and made when.

Source: the addresses of the Wayback Machine and of pywb, which most archives share (a time of up to
14 digits, perhaps letters for how it is replayed, the original's address), and the forms of those
that have others: the table ``archives.toml``.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qsl, unquote

from citekit.extract.shared.addresses import split_address
from citekit.extract.shared.evidence import Evidence
from citekit.model.value import Value

_LONGEST = 2_000
_REPLAYED = re.compile(
    r"^https?://[^/\s]+(?:/[^/\s]+){0,4}?/(?P<time>\d{4,14})(?:[a-z]{2}_|\*)?/"
    r"(?P<original>(?:https?:|//|[\w-]+\.)\S+)$"
)
_DOTTED = re.compile(
    r"^https?://[^/\s]+/(?P<time>\d{4}\.\d\d\.\d\d-\d{6}|\d{4}-\d{4}-\d{4}-\d\d)/(?P<original>\S+)$"
)
_NUMBERED = re.compile(r"^https?://[^/\s]+/(?:\d+/)?info:ndljp/pid/\d+/(?P<original>\S+)$")
_PLAIN = re.compile(r"^https?://[^/\s]+/(?P<original>https?:/{1,2}\S+)$")
_SCHEME = re.compile(r"^(?:(?P<scheme>https?):/{1,3}|//)?", re.IGNORECASE)
_HOST = re.compile(r"^[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#]|$)")
_WHOLE_TIME = 14  # digits


class Archive(Value):
    """A web archive: its name, its hosts, and what its pages have of their own.

    `says_created` tells that ``dateCreated`` in its pages is the time of the copy.
    """

    name: str
    hosts: tuple[str, ...] = ()
    short: str | None = None
    banners: tuple[str, ...] = ()
    says_created: bool = False


class Copy(Value):
    """A copy in an archive: its address, the original's, and when it was made (UTC)."""

    archive: Archive
    url: str
    original: str | None = None
    at: datetime | None = None


def copy_at(url: str | None) -> Copy | None:
    """The copy that is at an address, or None where there is none.

    >>> copy_at("https://web.archive.org/web/20240315101112id_/http://www.quay.example/a").original
    'http://www.quay.example/a'
    >>> copy_at("https://www.quay.example/2024/03/15/a") is None
    True
    """
    parts = split_address(url or "")
    if url is None or parts is None:
        return None
    url = url.strip()[:_LONGEST]
    archive = archive_of(url)
    if copy := _replayed(url, archive):
        return copy
    if archive is None:
        return None
    asked = dict(parse_qsl(parts.query)).get("url", "")
    if original := _original(asked):
        time = dict(parse_qsl(parts.query)).get("date", "")
        return Copy(archive=archive, url=url, original=original, at=_instant(time))
    is_short = archive.short is not None and re.fullmatch(archive.short, parts.path)
    return Copy(archive=archive, url=url) if is_short else None


def _replayed(url: str, archive: Archive | None) -> Copy | None:
    """A copy whose address holds the original's."""
    known = (_REPLAYED, _DOTTED, _NUMBERED, _PLAIN) if archive else (_REPLAYED,)
    match = next((found for form in known if (found := form.match(url))), None)
    if match is None:
        return None
    time = re.sub(r"\D", "", match.groupdict().get("time") or "")
    is_explicit = len(time) == _WHOLE_TIME and match["original"].startswith("http")
    original = _original(match["original"])
    if original is None or not (archive or is_explicit):
        return None
    host = (parts.hostname or "") if (parts := split_address(url)) else ""
    return Copy(
        archive=archive or Archive(name=host), url=url, original=original, at=_instant(time)
    )


def archive_of(url: str | None) -> Archive | None:
    """The archive that the table has for the host of an address."""
    parts = split_address(url or "")
    host = (parts.hostname or "").removeprefix("www.") if parts else ""
    while host:
        if host in _hosts():
            return _hosts()[host]
        host = host.partition(".")[2]
    return None


def copy_evidence(copy: Copy | None, origin: str, rule: str) -> list[Evidence]:
    """Evidence for the archive, the copy's address and its time."""
    if copy is None:
        return []
    said = {
        "archive": copy.archive.name,
        "archive_location": copy.url,
        "archived-at": copy.at.isoformat().replace("+00:00", "Z") if copy.at else None,
    }
    return [
        Evidence(field=field, value=value, origin=origin, rule=rule, confidence=0.9)
        for field, value in said.items()
        if value
    ]


def archive_names() -> frozenset[str]:
    """Names and hosts of all archives of the table, which name no site of an article."""
    return frozenset([*_hosts(), *(one.name for one in _hosts().values())])


def _original(text: str) -> str | None:
    """The original's address, with the scheme and slashes that archives leave out."""
    plain = unquote(text) if re.match(r"https?%3a", text, re.IGNORECASE) else text
    match = _SCHEME.match(plain)
    rest = plain[match.end() :] if match else plain
    if not _HOST.match(rest):
        return None
    scheme = (match["scheme"] or "http").lower() if match else "http"
    return f"{scheme}://{rest}"


def _instant(time: str) -> datetime | None:
    """The instant of a time of 8 to 14 digits."""
    digits = re.sub(r"\D", "", time)
    if len(digits) < 8:
        return None
    whole = digits[:_WHOLE_TIME].ljust(_WHOLE_TIME, "0")
    try:
        return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


@cache
def _hosts() -> dict[str, Archive]:
    text = files("citekit.extract.shared").joinpath("archives.toml").read_text(encoding="utf-8")
    found: dict[str, Archive] = {}
    for row in tomllib.loads(text)["archive"]:
        lists = {key: tuple(row.get(key, ())) for key in ("hosts", "banners")}
        archive = Archive(**{**row, **lists})
        found.update(dict.fromkeys(archive.hosts, archive))
    return found
