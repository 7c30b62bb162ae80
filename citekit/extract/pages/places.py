"""Where a page is, and whether it is the copy of a web archive: told, and its banners taken out.

Most copies say in their address what they are copies of; others tell it in their page.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from citekit.extract.pages.tree import text_of
from citekit.extract.pages.weighing.addresses import (
    candidates_for_copy,
    read_addresses,
    weigh_addresses,
)
from citekit.extract.shared.addresses import split_address
from citekit.extract.shared.archives import (
    Copy,
    archive_names,
    archive_of,
    copy_at,
    copy_evidence,
)
from citekit.extract.shared.dates.machine import parse_iso
from citekit.extract.shared.dates.printed import find_dates
from citekit.extract.shared.evidence import Evidence
from citekit.extract.shared.words import fold
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

_WAYBACK = re.compile(
    r"FILE ARCHIVED ON (?P<clock>\d\d:\d\d:\d\d) "
    r"(?P<month>[A-Z][a-z]{2}) (?P<day>\d\d?), (?P<year>\d{4})"
    r" AND RETRIEVED FROM THE\s{1,40}INTERNET ARCHIVE"
)
_WAYBACK_HOST = "https://web.archive.org"
_ORIGINALS = (
    "//link[contains(concat(' ',@rel,' '),' original ')]/@href",
    "//input[@name='q' or @name='url']/@value",
)
_TO_ORIGINAL = re.compile(
    r"(?:view|see|visit)? ?(?:the )?(?:live|original)(?: page| view| site| url)?"
)
_TELLS = re.compile(r"\b(?:captured|archived|archive created|snapshot|saved)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s\"'<>]{4,1500}")
_MOST_ELEMENTS, _LONGEST = 3_000, 200


class Place(Value):
    """Where a page is: its address, the candidates for it, and the copy that it is, if any.

    ``own`` is the surest address that the page or its file says.
    """

    address: str | None
    own: str | None = None
    evidence: tuple[Evidence, ...] = ()
    copy: Copy | None = None

    def is_of_archive(self, one: Evidence) -> bool:
        """Whether a value of a copy is the archive's own: its name, or the copy's time."""
        if self.copy is None:
            return False
        if one.field in {"container-title", "publisher"}:
            return fold(str(one.value)) in map(fold, archive_names())
        return self.copy.archive.says_created and one.rule.casefold() == "datecreated"


def find_place(root: HtmlElement, decoded: str, *, given: str | None, saved: str | None) -> Place:
    """Where a page is; what an archive put into a copy of it is taken out of the tree."""
    read = read_addresses(root, base=given or saved, saved=saved)
    copy = find_copy(root, decoded, tuple(candidates_for_copy(read, given)))
    if copy:
        take_out_banners(root, copy)
    found = weigh_addresses(read, copy)
    own = next((str(e.value) for e in found), None)
    told = copy_evidence(copy, "html", "copy") if copy and copy.url != given else []
    return Place(
        address=(copy and copy.original) or given or saved or own,
        own=own,
        evidence=(*found, *told),
        copy=copy,
    )


def find_copy(root: HtmlElement, decoded: str, addresses: Iterable[str]) -> Copy | None:
    """The copy that a page is, by the addresses it may be at, or by what it says; or None."""
    copies = [copy for one in addresses if (copy := copy_at(one))]
    whole = [copy for copy in copies if copy.original]
    if whole:
        return next((copy for copy in whole if copy.at), whole[0])
    if copies:
        return _completed(copies[0], root)
    return _by_comment(decoded, addresses)


def take_out_banners(root: HtmlElement, copy: Copy) -> None:
    """Take out of a page what the archive has put into it for its readers."""
    for name in copy.archive.banners:
        for element in root.xpath("//*[@id=$name]", name=name)[:5]:
            if element.getparent() is not None:
                element.drop_tree()


def _completed(copy: Copy, root: HtmlElement) -> Copy:
    """A copy whose address hides the original, with what its page tells of it."""
    told = [text for element in islice(root.iter(), _MOST_ELEMENTS) for text in _telling(element)]
    original = copy.original or next(_originals(root, told, copy), None)
    return replace(copy, original=original, at=copy.at or _created(root, copy, told))


def _telling(element: HtmlElement) -> Iterator[str]:
    if not isinstance(element.tag, str) or len(element) > 6:
        return
    text = text_of(element, limit=_LONGEST)
    if len(text) < _LONGEST and _TELLS.search(text):
        yield text


def _originals(root: HtmlElement, told: list[str], copy: Copy) -> Iterator[str]:
    """Addresses that the page says are the original's, likeliest first."""
    said = [str(value) for query in _ORIGINALS for value in root.xpath(query)[:3]]
    said += [match[0] for text in told for match in _ADDRESS.finditer(text)]
    said += [
        link.get("href")
        for link in root.xpath("//a[@href]")[:200]
        if _TO_ORIGINAL.fullmatch(fold(text_of(link, limit=60)))
    ]
    for address in said:
        if split_address(address) and archive_of(address) is not copy.archive:
            yield address


def _created(root: HtmlElement, copy: Copy, told: list[str]) -> datetime | None:
    if copy.archive.says_created:
        for value in root.xpath("//meta[@itemprop='dateCreated']/@content")[:1]:
            date = parse_iso(str(value))
            if date and (at := date.instant):
                return at
    for text in told[:20]:
        for date in find_dates(text)[:1]:
            if len(date.parts) == 3:
                return datetime(date.parts[0], date.parts[1], date.parts[2], tzinfo=UTC)
    return None


def _by_comment(decoded: str, addresses: Iterable[str]) -> Copy | None:
    """The copy of which the Wayback Machine says at the end of the page when it was made."""
    match = _WAYBACK.search(decoded[-20_000:]) or _WAYBACK.search(decoded[:20_000])
    original = next((one for one in addresses if split_address(one)), None)
    if match is None or original is None:
        return None
    text = f"{match['day']} {match['month']} {match['year']} {match['clock']}"
    date = next(iter(find_dates(text, language="en")), None)
    if date is None:
        return None
    stamp = "".join(f"{part:02}" for part in date.parts) + match["clock"].replace(":", "")
    return copy_at(f"{_WAYBACK_HOST}/web/{stamp}/{original}")
