"""The table of publishers: from a domain or a tagline to the name one cites.

The citable name of a newspaper is rarely in its pages. `publishers.toml` has facts on widely known
ones; users add their own under ``[[publisher]]`` in ``archive.toml``, which come first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from citekit.errors import InvalidData
from citekit.extract.shared.evidence import Evidence
from citekit.extract.shared.words import fold
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TEXT_KEYS = ("name", "publisher", "place", "issn", "language", "type")
_LIST_KEYS = ("domains", "taglines", "aliases")


class Publisher(Value):
    """A publication and how to know it; `type` is the CSL type of its articles.

    `publisher` is the body that publishes it, where that is not the publication itself.
    """

    name: str
    domains: tuple[str, ...] = ()
    taglines: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    publisher: str | None = None
    place: str | None = None
    issn: str | None = None
    language: str | None = None
    type: str = "article-newspaper"


def read_publishers(rows: Iterable[Mapping[str, Any]]) -> tuple[Publisher, ...]:
    """The publishers of a ``[[publisher]]`` table; InvalidData where a row cannot be one."""
    return tuple(_read_row(row) for row in rows)


def _read_row(row: Mapping[str, Any]) -> Publisher:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not row["name"].strip():
        raise InvalidData("a publisher has no name", hint='write name = "…"')
    unknown = sorted(set(row) - {*_TEXT_KEYS, *_LIST_KEYS})
    if unknown:
        allowed = ", ".join((*_TEXT_KEYS, *_LIST_KEYS))
        raise InvalidData(
            f"publisher {row['name']}: unknown key {unknown[0]}",
            hint=f"keys are {allowed}",
        )
    for key in _TEXT_KEYS:
        if not isinstance(row.get(key, ""), str):
            raise InvalidData(f"publisher {row['name']}: {key} must be a text")
    for key in _LIST_KEYS:
        value = row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise InvalidData(f"publisher {row['name']}: {key} must be a list of texts")
    lists = {key: tuple(row[key]) for key in _LIST_KEYS if key in row}
    texts = {key: row[key] for key in _TEXT_KEYS if key in row}
    fields: dict[str, Any] = {**texts, **lists}
    return Publisher(**fields)


@cache
def known_publishers() -> tuple[Publisher, ...]:
    """The publishers that come with the package."""
    text = files("citekit.extract.shared").joinpath("publishers.toml").read_text(encoding="utf-8")
    return read_publishers(tomllib.loads(text)["publisher"])


class Directory(Value):
    """Publishers by domain, by tagline and by name."""

    by_domain: Mapping[str, Publisher]
    by_tagline: Mapping[str, Publisher]
    by_name: Mapping[str, Publisher]

    def of_url(self, url: str | None) -> Publisher | None:
        """The publisher of an address: the longest domain that its host ends with."""
        host = host_of(url)
        while host:
            if host in self.by_domain:
                return self.by_domain[host]
            host = host.partition(".")[2]
        return None

    def of_line(self, line: str) -> Publisher | None:
        """The publisher whose tagline is a line of a page."""
        return self.by_tagline.get(_key(line))

    def of_name(self, name: str) -> Publisher | None:
        """The publisher of this name or alias."""
        return self.by_name.get(_key(name))


def directory(own: Sequence[Publisher] = ()) -> Directory:
    """The known publishers and the user's own, which win."""
    return _directory(tuple(own))


@cache
def _directory(own: tuple[Publisher, ...]) -> Directory:
    everyone = (*known_publishers(), *own)
    return Directory(
        by_domain={domain.casefold(): one for one in everyone for domain in one.domains},
        by_tagline={_key(tagline): one for one in everyone for tagline in one.taglines},
        by_name={_key(name): one for one in everyone for name in (one.name, *one.aliases)},
    )


def host_of(url: str | None) -> str:
    """The host of an address in lower case without ``www.``, or an empty text."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _key(name: str) -> str:
    return fold(name).strip(" .!|-–—").removeprefix("the ")


def publisher_evidence(
    publisher: Publisher,
    origin: str,
    rule: str,
    place: dict[str, Any],
    confidence: float,
) -> list[Evidence]:
    """What the table knows of a publisher, as evidence: names, place, ISSN and type."""
    values = {
        "container-title": publisher.name,
        "publisher": publisher.publisher or publisher.name,
        "publisher-place": publisher.place,
        "ISSN": publisher.issn,
        "type": publisher.type,
    }
    return [
        Evidence(
            field=name,
            value=value,
            origin=origin,
            rule=rule,
            place=place,
            confidence=confidence,
        )
        for name, value in values.items()
        if value
    ]
