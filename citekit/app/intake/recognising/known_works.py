"""The works that the archive has: found by DOI, by address, and by title, year and author.

A key, DOI or address may be shared: a chapter has the DOI of its book, a project's page stands in
many entries. So each names the item only where the titles are alike as well.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from difflib import SequenceMatcher
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

from citekit.errors import CitekitError
from citekit.model.address import compared_address
from citekit.model.item import Item
from citekit.model.value import Value
from citekit.store.addresses import known_addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citekit.store.reading import ArchiveReader

Sign = Literal["key", "id", "doi", "url", "title", "text"]
"""What an entry is recognised by; ``text``: it has no key, and says all that the item says."""

_ALIKE: Final = 0.8
"""The ratio of difflib from which two titles are one with a slip; "Tides I" and "II" are above."""
_MOST_SIGNS: Final = 120
"""Longer titles are compared so far: difflib takes quadratic time."""
_MOST_SHARING: Final = 20
"""So many items of one sign are looked at: a site's front page in every entry names no work."""
_OWN: Final = (
    "type",
    "DOI",
    "ISBN",
    "PMID",
    "volume",
    "issue",
    "page",
    "edition",
    "chapter-number",
)
"""Where two works of one title, year and author may differ: a volume, a reprint, a talk."""


class Match(Value):
    """The item that an entry is, by what it was recognised, and whether that is certain."""

    item: Item
    by: Sign
    is_sure: bool = True


class KnownWorks:
    """The items of an archive as they were before an import; read when first asked for.

    ``read`` gives an item as it is to be, where something is planned that is not on the disk yet.
    """

    def __init__(self, store: ArchiveReader, read: Callable[[str], Item] | None = None) -> None:
        self._store = store
        self._read = read or store.item
        self._by_sign: dict[tuple[str, str], list[str]] | None = None

    def find(self, entry: Item) -> Match | None:
        """The item that an entry is, going by what it says; None for none."""
        signs: tuple[tuple[Sign, str], ...] = (
            ("doi", folded_doi(entry)),
            ("url", compared_address(entry.text("URL"))),
        )
        for by, value in signs:
            for item in islice(self.with_sign(by, value), _MOST_SHARING):
                if are_alike(item, entry):
                    return Match(item=item, by=by)
        return self._titled(entry)

    def with_sign(self, by: Sign, value: str) -> Iterator[Item]:
        """The items with this DOI, address, or title and year; the first time, all are read."""
        if self._by_sign is None:
            self._by_sign = {}
            for key in self._store.keys():  # noqa: SIM118  # no mapping
                with suppress(CitekitError):  # what cannot be read is not recognised
                    for sign in self._signs(self._store.item(key)):
                        self._by_sign.setdefault(sign, []).append(key)
        if value:
            yield from map(self._read, self._by_sign.get((by, value), ()))

    def _titled(self, entry: Item) -> Match | None:
        """The item of the same title and year; the same author makes it sure."""
        doubtful = None
        for item in islice(self.with_sign("title", _title_and_year(entry)), _MOST_SHARING):
            if _author(entry) and _author(item) == _author(entry) and not _differ(item, entry):
                return Match(item=item, by="title")
            doubtful = doubtful or Match(item=item, by="title", is_sure=False)
        return doubtful

    def _signs(self, item: Item) -> Iterator[tuple[str, str]]:
        yield "doi", folded_doi(item)
        yield "title", _title_and_year(item)
        captures = self._store.captures(item.key).values() if item.facts.evidence else ()
        for address in known_addresses(item, captures):
            yield "url", address


def folded_doi(item: Item) -> str:
    """The DOI as it is compared: letter case does not count in one."""
    return item.text("DOI").strip().casefold()


def folded_title(item: Item) -> str:
    """The title as it is compared: letters and digits alone, without marks and case."""
    return _folded(item.title)


def are_alike(item: Item, entry: Item) -> bool:
    """Whether two titles name one work: one has the other in it, or they differ by a slip."""
    ours, other = (folded_title(one)[:_MOST_SIGNS] for one in (item, entry))
    if not ours or not other:
        return ours == other
    if ours in other or other in ours:
        return True
    both = SequenceMatcher(None, ours, other, autojunk=False)
    return both.quick_ratio() >= _ALIKE and both.ratio() >= _ALIKE


def _title_and_year(item: Item) -> str:
    """Empty where one of them is missing."""
    title, date = folded_title(item), item.date()
    return f"{title} {date.year}" if title and date and date.year is not None else ""


def _author(item: Item) -> str:
    """The first author's family name, or what else names them."""
    for name in item.names("author")[:1]:
        return _folded(name.family or str(name))
    return ""


def _differ(item: Item, entry: Item) -> bool:
    """Whether both have something of the work's own, and not the same."""
    pairs = ((_folded(item.text(name)), _folded(entry.text(name))) for name in _OWN)
    return any(ours and other and ours != other for ours, other in pairs)


def _folded(text: str) -> str:
    """Letters and digits alone, without marks and case."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())
