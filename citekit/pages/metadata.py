"""What machines read in a page's head: Zotero, search engines, link previews.

Rules found with Zotero's translation server: Highwire and Dublin Core together with ``z.itemType``
and ``prism.publicationName`` bring a news article over whole; ``citation_journal_title`` on news
would make it a journal article; a corporate author needs a trailing comma; a COinS on an item's
page would win over all of this, so COinS stand on the bibliography alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from citekit.pages import wording
from citekit.pages.element import Element, h, is_web_address
from citekit.pages.title_markup import plain
from citekit.pages.title_markup import title as plain_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.model.item import Item
    from citekit.model.name import Name
    from citekit.pages.library import Library, Shelf

# CSL type: (Zotero's type, schema.org's type)
_TYPES: Final = {
    "article-newspaper": ("newspaperArticle", "NewsArticle"),
    "article-magazine": ("magazineArticle", "Article"),
    "article-journal": ("journalArticle", "ScholarlyArticle"),
    "post-weblog": ("blogPost", "BlogPosting"),
    "webpage": ("webpage", "WebPage"),
    "report": ("report", "Report"),
    "book": ("book", "Book"),
    "chapter": ("bookSection", "Chapter"),
    "thesis": ("thesis", "Thesis"),
    "dataset": ("dataset", "Dataset"),
    "broadcast": ("radioBroadcast", "CreativeWork"),
}
_DEFAULT_TYPE: Final = ("document", "CreativeWork")


def item_head(library: Library, shelf: Shelf) -> Iterator[Element]:
    """The head of an item's page: Highwire, Dublin Core, Prism, OpenGraph, schema.org."""
    item = shelf.item
    page = library.pages[item.key]
    zotero_type, schema_type = _TYPES.get(item.type, _DEFAULT_TYPE)
    yield h("link", rel="schema.z", href="http://www.zotero.org/namespaces/export#")
    yield h("link", rel="schema.dc", href="http://purl.org/dc/elements/1.1/")
    yield h("link", rel="schema.prism", href="http://prismstandard.org/namespaces/1.2/basic/")
    for extension, media_type in _ALTERNATES.items():
        yield h("link", rel="alternate", type=media_type, href=f"{page}.{extension}")
    for name, value in _tags(item, zotero_type):
        if value:
            yield h("meta", name=name, content=value)
    yield from _preview(library, plain_title(item), description(item), "article")
    yield _json_ld(_schema(item, schema_type))


def plain_head(library: Library, title: str, text: str) -> Iterator[Element]:
    """The head of a page that is no item."""
    if text:
        yield h("meta", name="description", content=wording.shorten(text, 200))
    yield from _preview(library, title, text, "website")


def bibliography_head(library: Library, title: str) -> Iterator[Element]:
    """The head of a page that lists the archive."""
    yield from plain_head(
        library, title, f"{title}: {library.settings.title}" if library.settings.title else title
    )


def coins(item: Item) -> str:
    """The item as an OpenURL context object, for the ``title`` of a COinS span.

    Source: COinS, https://www.worldcat.org/.../ocoins.info; Z39.88-2004, key/encoded-value format.
    """
    date = item.date()
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", _TYPES.get(item.type, _DEFAULT_TYPE)[0]),
        ("rft.title", plain(item.title)),
        ("rft.source", wording.publisher(item)),
        ("rft.publisher", item.text("publisher")),
        ("rft.date", date.to_edtf() if date else ""),
        ("rft.language", item.text("language")),
        ("rft.identifier", item.text("URL")),
        *(("rft.creator", _inverted(name)) for name in item.names("author")),
    ]
    return urlencode([(name, value) for name, value in fields if value])


def description(item: Item) -> str:
    """One line about an item that holds no text of it."""
    date = wording.show_date(item.date())
    return " · ".join(
        part for part in (wording.type_label(item), wording.publisher(item), date) if part
    )


_ALTERNATES: Final = {
    "json": "application/vnd.citationstyles.csl+json",
    "ris": "application/x-research-info-systems",
    "bib": "application/x-bibtex",
}


def _tags(item: Item, zotero_type: str) -> Iterator[tuple[str, str]]:
    yield "description", description(item)
    yield from _highwire(item)
    yield from _dublin_core(item)
    yield from _zotero(item, zotero_type)
    yield "prism.publicationName", wording.publisher(item)
    yield "prism.publicationDate", _edtf(item)


def _highwire(item: Item) -> Iterator[tuple[str, str]]:
    """What Google Scholar reads, and Zotero first."""
    date, edtf, url = item.date(), _edtf(item), item.text("URL")
    yield "citation_title", plain(item.title)
    for name in item.names("author"):
        yield "citation_author", _inverted(name)
    is_one_day = date is not None and len(date.parts) == 1
    yield "citation_publication_date", edtf.replace("-", "/") if is_one_day else edtf
    yield "citation_publisher", item.text("publisher")
    if item.type == "article-journal":
        yield "citation_journal_title", wording.publisher(item)
        yield "citation_volume", item.text("volume")
        yield "citation_issue", item.text("issue")
    yield "citation_language", item.text("language")
    yield "citation_doi", item.text("DOI")
    yield "citation_public_url", url if is_web_address(url) else ""


def _dublin_core(item: Item) -> Iterator[tuple[str, str]]:
    yield "dc.title", plain(item.title)
    for name in item.names("author"):
        yield "dc.creator", _inverted(name)
    yield "dc.date", _edtf(item)
    yield "dc.publisher", item.text("publisher") or wording.publisher(item)
    yield "dc.language", item.text("language")
    yield "dc.identifier", item.text("URL")
    yield "dc.rights", item.text("rights") or item.text("license")


def _zotero(item: Item, zotero_type: str) -> Iterator[tuple[str, str]]:
    """Fields of Zotero's own, which has no other name for them."""
    yield "z.itemType", zotero_type
    is_journal = item.type == "article-journal"
    yield "z.publicationTitle", "" if is_journal else wording.publisher(item)
    yield "z.place", item.text("publisher-place")
    yield "z.section", item.text("section")
    yield "z.archive", item.text("archive")
    yield "z.archiveLocation", item.text("archive_location")


def _edtf(item: Item) -> str:
    date = item.date()
    return date.to_edtf() if date else ""


def _inverted(name: Name) -> str:
    """``Family, Given``; an institution ends in a comma, or Zotero would split it."""
    if name.is_institution or not name.given:
        return f"{name.literal or name.family},"
    particles = " ".join(p for p in (name.dropping_particle, name.non_dropping_particle) if p)
    family = f"{particles} {name.family}".strip()
    return f"{family}, {name.given}" + (f", {name.suffix}" if name.suffix else "")


def _preview(library: Library, title: str, text: str, kind: str) -> Iterator[Element]:
    yield h("meta", property="og:title", content=title)
    yield h("meta", property="og:type", content=kind)
    if text:
        yield h("meta", property="og:description", content=wording.shorten(text, 200))
    if library.settings.title:
        yield h("meta", property="og:site_name", content=library.settings.title)
    yield h("meta", name="twitter:card", content="summary")


def _schema(item: Item, kind: str) -> dict[str, Any]:
    date = item.date()
    url = item.text("URL")
    publisher = wording.publisher(item)
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "headline": plain(item.title),
        "datePublished": date.to_edtf()
        if date and date.parts and "/" not in date.to_edtf()
        else None,
        "author": [
            {"@type": "Organization" if name.is_institution else "Person", "name": str(name)}
            for name in item.names("author")
        ],
        "publisher": {"@type": "Organization", "name": publisher} if publisher else None,
        "inLanguage": item.text("language"),
        "url": url if is_web_address(url) else None,
        "isAccessibleForFree": True if item.facts.access == "public" else None,
    }
    return {name: value for name, value in data.items() if value}


def _json_ld(data: dict[str, Any]) -> Element:
    """JSON inside a script: ``<`` and its kin are escaped, so that no title can end the script."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return h("script", text, type="application/ld+json")
