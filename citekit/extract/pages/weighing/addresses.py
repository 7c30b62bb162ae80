"""Where the page is: what it says, what programs that saved it say, and whose copy it is.

An address that names no page (the entrance of a site, a private host) is none. In a copy of an
archive the original's address is the page's, and that of the copy is kept apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from citekit.extract.shared.addresses import is_public, names_page
from citekit.extract.shared.archives import copy_at
from citekit.extract.shared.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from citekit.extract.shared.archives import Copy

_LONGEST = 2_000
# What a page calls its address: query, rule, selector, confidence.
_DECLARED = (
    ("//link[@rel='canonical']/@href", "canonical", "link[rel=canonical]", 0.85),
    ("//meta[@property='og:url']/@content", "og:url", "meta[property=og:url]", 0.75),
    ("//meta[@name='citation_public_url']/@content", "citation_public_url", "meta", 0.6),
    ("//meta[@name='citation_abstract_html_url']/@content", "citation_abstract", "meta", 0.6),
)


def read_addresses(root: HtmlElement, *, base: str | None, saved: str | None) -> list[Evidence]:
    """What a page and the program that saved it call its address, surest first.

    `base` is the address that relative ones belong to, `saved` what SingleFile wrote.
    """
    found: list[Evidence] = []
    for query, rule, selector, confidence in _DECLARED:
        said = (_whole(str(href), base) for href in root.xpath(query)[:3])
        address = next((one for one in said if one), None)
        if address:
            found.append(_evidence(address, "html", rule, {"selector": selector}, confidence))
    if saved and is_public(saved):
        first = {"payload": "original", "line": 1}
        found.append(_evidence(saved, "singlefile", "saved-page-comment", first, 0.8))
    return found


def weigh_addresses(read: list[Evidence], copy: Copy | None) -> list[Evidence]:
    """The candidates that name a page; of copies in archives, the original's addresses."""
    found: list[Evidence] = []
    for one in read:
        address = _original_of(one.value, copy)
        if address and (names_page(address) or one.origin == "singlefile"):
            found.append(one if address == one.value else _evidence_of_original(one, address))
    return found


def _original_of(address: str, copy: Copy | None) -> str | None:
    mine = copy_at(address)
    if mine is None:
        return address
    return mine.original or (copy.original if copy and copy.url == address else None)


def _evidence_of_original(one: Evidence, address: str) -> Evidence:
    return _evidence(address, one.origin, f"{one.rule}-of-copy", dict(one.place), one.confidence)


def _whole(href: str, base: str | None) -> str | None:
    """An address as a whole; a relative one only where it is known what it belongs to."""
    href = href.strip()[:_LONGEST]
    if not href:
        return None
    try:
        address = urljoin(base, href) if base else href
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None


def _evidence(
    address: str, origin: str, rule: str, place: dict[str, object], confidence: float
) -> Evidence:
    return Evidence(
        field="URL",
        value=address,
        origin=origin,
        rule=rule,
        place=place,
        confidence=confidence,
    )


def candidates_for_copy(read: list[Evidence], given: str | None) -> Iterator[str]:
    """The addresses at which the copy of an archive may be, likeliest first."""
    if given:
        yield given
    yield from (one.value for one in read if one.origin == "singlefile")
    yield from (one.value for one in read if one.origin != "singlefile")
