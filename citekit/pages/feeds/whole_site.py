"""The Atom feed and the sitemap, where ``base_url`` says at which address the site will stand.

Both hold full addresses, so a site that does not know its own has neither; nor has a private build,
which nobody shall find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from citekit.model.records.codec import write_instant
from citekit.pages import wording
from citekit.pages.addresses import FOLDERS
from citekit.pages.element import shown
from citekit.pages.title_markup import title as plain_title

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from citekit.pages.library import Library, Shelf

FEED: Final = "feed.atom"
SITEMAP: Final = "sitemap.xml"
_MOST_ENTRIES: Final = 50
_MOST_ADDRESSES: Final = 50_000  # the protocol's own limit
_ATOM: Final = "http://www.w3.org/2005/Atom"
_LISTS: Final = (*(f"{folder}/index" for folder in FOLDERS.values()), "timeline", "bibliography")


def has_feeds(library: Library) -> bool:
    """Whether the site has a feed and a sitemap."""
    return bool(library.address) and not library.with_restricted


def make_feeds(library: Library) -> Iterator[tuple[str, str]]:
    """The name and the text of each, if the site has them."""
    if has_feeds(library):
        yield FEED, _feed(library)
        yield SITEMAP, _sitemap(library)


def _feed(library: Library) -> str:
    """The items captured last, the newest first.

    Source: RFC 4287, §4.1.
    """
    dated = [(when, key) for key, shelf in library.shelves.items() if (when := _captured(shelf))]
    newest = sorted(dated, reverse=True)[:_MOST_ENTRIES]
    root = etree.Element("feed", xmlns=_ATOM)
    _add(root, "id", library.address)
    _add(root, "title", library.settings.title or "Archive")
    _add(root, "updated", write_instant(newest[0][0]) if newest else "1970-01-01T00:00:00Z")
    _add(etree.SubElement(root, "author"), "name", library.settings.title or "Archive")
    etree.SubElement(root, "link", rel="self", href=f"{library.address}{FEED}")
    etree.SubElement(root, "link", rel="alternate", href=f"{library.address}items/index.html")
    for when, key in newest:
        _entry(root, library, key, when)
    return _written(root)


def _entry(root: etree._Element, library: Library, key: str, when: datetime) -> None:
    item = library.shelves[key].item
    address = f"{library.address}items/{library.pages[key]}.html"
    entry = etree.SubElement(root, "entry")
    _add(entry, "id", address)
    _add(entry, "title", plain_title(item) or key)
    _add(entry, "updated", write_instant(when))
    etree.SubElement(entry, "link", rel="alternate", href=address)
    said = (wording.type_label(item), wording.source_name(item), wording.show_date(item.date()))
    _add(entry, "summary", " · ".join(filter(None, said)))


def _sitemap(library: Library) -> str:
    """Every page of the archive; other pages of a project are its author's affair.

    Source: https://www.sitemaps.org/protocol.html.
    """
    names = [
        *_LISTS,
        *(f"items/{page}" for page in library.pages.values()),
        *(f"entities/{entity}" for entity in library.entities),
        *(f"claims/{claim}" for claim in library.claims),
    ]
    root = etree.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for name in names[:_MOST_ADDRESSES]:
        _add(etree.SubElement(root, "url"), "loc", f"{library.address}{name}.html")
    return _written(root)


def _captured(shelf: Shelf) -> datetime | None:
    return max((c.captured_at for c in shelf.captures.values()), default=None)


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = shown(text)


def _written(root: etree._Element) -> str:
    etree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{etree.tostring(root, encoding="unicode")}\n'
