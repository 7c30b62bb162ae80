"""What machines read in a page's head: Zotero, search engines, link previews.

Rules found with Zotero's translation server: Highwire and Dublin Core together with ``z.itemType``
and ``prism.publicationName`` bring a news article over whole; ``citation_journal_title`` on news
would make it a journal article; a corporate author needs a trailing comma; a COinS on an item's
page would win over all of this, so COinS stand on the bibliography alone.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from citekit.model.date import Date
from citekit.pages import wording
from citekit.pages.element import Element, h, is_web_address
from citekit.pages.feeds.whole_site import FEED, has_feeds
from citekit.pages.title_markup import plain
from citekit.pages.title_markup import title as plain_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.model.item import Item
    from citekit.model.name import Name
    from citekit.pages.library import Library, Shelf

_DEFAULT_TYPE: Final = ("document", "CreativeWork")
_JOURNALS: Final = frozenset(["article-journal", "review", "review-book"])
_IN_BOOKS: Final = frozenset(
    ["chapter", "paper-conference", "entry-dictionary", "entry-encyclopedia"]
)
_BOOKS: Final = frozenset(["book", "classic", "pamphlet", "periodical", "musical_score"])


@cache
def _tables() -> dict[str, Any]:
    """Zotero's names: types, fields, numbers, containers, people."""
    text = files("citekit.pages").joinpath("zotero.toml").read_text("utf-8")
    return tomllib.loads(text)


def _types_of(item: Item) -> tuple[str, str]:
    zotero, schema = _tables()["types"].get(item.type, _DEFAULT_TYPE)
    return zotero, schema


def item_head(library: Library, shelf: Shelf) -> Iterator[Element]:
    """The head of an item's page: Highwire, Dublin Core, Prism, OpenGraph, schema.org."""
    item = shelf.item
    page = library.pages[item.key]
    zotero_type, schema_type = _types_of(item)
    yield h("link", rel="schema.z", href="http://www.zotero.org/namespaces/export#")
    yield h("link", rel="schema.dc", href="http://purl.org/dc/elements/1.1/")
    yield h("link", rel="schema.prism", href="http://prismstandard.org/namespaces/1.2/basic/")
    for extension, media_type in _ALTERNATES.items():
        yield h("link", rel="alternate", type=media_type, href=f"{page}.{extension}")
    abstract = plain(item.text("abstract")) if library.shows_field(item.key, "abstract") else ""
    for name, value in _tags(item, zotero_type, abstract):
        if value:
            yield h("meta", name=name, content=value)
    yield from _preview(library, plain_title(item), abstract, "article")
    yield h("meta", name="twitter:description", content=description(item))
    yield _json_ld({**_schema(item, schema_type), **({"abstract": abstract} if abstract else {})})


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
    if has_feeds(library):
        address = f"{library.address}{FEED}"
        yield h("link", rel="alternate", type="application/atom+xml", title="New", href=address)


def coins(item: Item) -> str:
    """The item as an OpenURL context object, for the ``title`` of a COinS span.

    Source: COinS, https://www.worldcat.org/.../ocoins.info; Z39.88-2004, key/encoded-value formats
    for journals, books, dissertations and Dublin Core.
    """
    identifiers = (item.text("URL"), item.text("DOI") and f"info:doi/{item.text('DOI')}")
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        *_referent(item),
        ("rft.date", _dashed(item)),
        ("rft.language", item.text("language")),
        *(("rft_id", identifier) for identifier in identifiers),
    ]
    return urlencode([(name, value) for name, value in fields if value])


def _referent(item: Item) -> Iterator[tuple[str, str]]:
    """The fields by which Zotero knows the kind of a thing."""
    title, container = plain(item.title), plain(item.text("container-title"))
    first, last = _pages(item)
    people = "rft.au"
    if item.type in _JOURNALS:
        yield from (_format("journal"), ("rft.genre", "article"), ("rft.atitle", title))
        yield from (("rft.jtitle", container), ("rft.stitle", item.text("container-title-short")))
        yield from (("rft.volume", item.text("volume")), ("rft.issue", item.text("issue")))
        yield from (("rft.issn", item.text("ISSN")), ("rft.pages", item.text("page")))
        yield from (("rft.spage", first), ("rft.epage", last))
    elif item.type in _IN_BOOKS or item.type in _BOOKS:
        is_part = item.type in _IN_BOOKS
        genre = "proceeding" if item.type == "paper-conference" else "bookitem"
        yield from (_format("book"), ("rft.genre", genre if is_part else "book"))
        if is_part:
            yield from (("rft.atitle", title), ("rft.btitle", container), ("rft.spage", first))
            yield from (("rft.epage", last), ("rft.pages", item.text("page")))
        else:
            yield from (("rft.btitle", title), ("rft.tpages", item.text("number-of-pages")))
        yield from (("rft.isbn", item.text("ISBN")), ("rft.edition", item.text("edition")))
        yield from (
            ("rft.pub", item.text("publisher")),
            ("rft.place", item.text("publisher-place")),
        )
        yield ("rft.series", plain(item.text("collection-title")))
    elif item.type == "thesis":
        yield from (_format("dissertation"), ("rft.title", title))
        yield from (("rft.inst", item.text("publisher")), ("rft.degree", item.text("genre")))
    else:
        yield from (_format("dc"), ("rft.type", _types_of(item)[0]), ("rft.title", title))
        yield from (("rft.source", container), ("rft.publisher", item.text("publisher")))
        people = "rft.creator"
    for name in item.names("author"):
        yield people, _inverted(name)


def _format(name: str) -> tuple[str, str]:
    return "rft_val_fmt", f"info:ofi/fmt:kev:mtx:{name}"


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


def _tags(item: Item, zotero_type: str, abstract: str) -> Iterator[tuple[str, str]]:
    """Names and values; Zotero takes any description for the abstract, so there is no other."""
    yield from (("description", abstract), ("citation_abstract", abstract))
    yield from _highwire(item)
    yield from _dublin_core(item)
    yield from _zotero(item, zotero_type)
    yield "prism.publicationName", plain(item.text("container-title"))
    yield "prism.publicationDate", _dashed(item)


def _highwire(item: Item) -> Iterator[tuple[str, str]]:
    """What Google Scholar reads, and Zotero first."""
    url, container = item.text("URL"), plain(item.text("container-title"))
    first, last = _pages(item)
    yield "citation_title", plain(item.title)
    for role in ("author", "editor"):
        for name in item.names(role):
            yield f"citation_{role}", _inverted(name)
    yield "citation_publication_date", _dashed(item).replace("-", "/")
    if item.type == "thesis":
        yield "citation_dissertation_institution", item.text("publisher")
    elif item.type == "report":
        yield "citation_technical_report_institution", item.text("publisher")
        yield "citation_technical_report_number", item.text("number")
    else:
        yield "citation_publisher", item.text("publisher")
    if item.type in _JOURNALS:
        yield "citation_journal_title", container
        yield "citation_journal_abbrev", item.text("container-title-short")
    elif item.type == "paper-conference":
        yield "citation_conference_title", plain(item.text("event-title")) or container
    elif item.type in _IN_BOOKS:
        yield "citation_inbook_title", container
    yield "citation_volume", item.text("volume")
    yield "citation_issue", item.text("issue")
    yield from (("citation_firstpage", first), ("citation_lastpage", last))
    yield from ((f"citation_{name.lower()}", item.text(name)) for name in ("ISSN", "ISBN", "PMID"))
    for keyword in item.tags:
        yield "citation_keywords", keyword
    yield "citation_language", item.text("language")
    yield "citation_doi", item.text("DOI")
    yield "citation_public_url", url if is_web_address(url) else ""


def _dublin_core(item: Item) -> Iterator[tuple[str, str]]:
    yield "dc.title", plain(item.title)
    for name in item.names("author"):
        yield "dc.creator", _inverted(name)
    yield "dc.date", _dashed(item)
    yield "dc.publisher", item.text("publisher")
    yield "dc.language", item.text("language")
    yield "dc.identifier", item.text("URL")
    yield "dc.rights", item.text("rights") or item.text("license")


def _zotero(item: Item, zotero_type: str) -> Iterator[tuple[str, str]]:
    """Fields of Zotero's own, which has no other name for them."""
    tables = _tables()
    yield "z.itemType", zotero_type
    if item.type not in _JOURNALS:
        name = tables["containers"].get(zotero_type, "publicationTitle")
        yield f"z.{name}", plain(item.text("container-title"))
    if zotero_type in tables["numbers"]:
        yield f"z.{tables['numbers'][zotero_type]}", item.text("number")
    for variable, name in tables["fields"].items():
        yield f"z.{name}", plain(item.text(variable))
    for role, name in tables["people"].items():
        for person in item.names(role):
            yield f"z.{name}", _inverted(person)


def _dashed(item: Item) -> str:
    """The day, month or year, without a word on how sure it is; of a range the first end."""
    date = item.date()
    if date is None or not date.parts or not date.parts[0]:
        return ""
    return Date(parts=date.parts[:1]).to_edtf()


def _pages(item: Item) -> tuple[str, str]:
    """The first and the last page: ``101-119``, ``12–15``; of several ranges those of the first."""
    first, _, last = item.text("page").replace("–", "-").partition(",")[0].partition("-")
    return first.strip(), last.strip()


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
    url = item.text("URL")
    publisher = wording.publisher(item)
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "headline": plain(item.title),
        "datePublished": _dashed(item),
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
