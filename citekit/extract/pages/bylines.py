"""The bylines that a reader sees, found by what their markup says of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.frame import class_words, is_outside
from citekit.extract.pages.seen import any_of, seen
from citekit.extract.pages.tree import text_of
from citekit.extract.shared.bylines import bare_byline, read_byline, split_names
from citekit.extract.shared.datelines import read_meta_line
from citekit.extract.shared.parties import Party
from citekit.extract.shared.unit import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from citekit.extract.shared.evidence import Evidence

_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|byl|author|authors|auteur|autor|autoren|autorin|autore|writer|journalist|contributor|reporter"
    r"|article-?author|post-?author|entry-?author|c-byline|vcard|skribent|redakteur|signature|firma|forfatter)s?"
    r"(?:$|[\s_-]|name|link|info|byline)",
    re.IGNORECASE,
)
_NOT_BYLINE = re.compile(
    r"bio|avatar|image|photo|picture|comment|related|social|share|follow|desc|box|card-list|teaser|recommend|widget"
    r"|count|email|twitter|title|role|position|time|date|icon|separator|popular|profile-text",
    re.IGNORECASE,
)
_MOST = 400
_BYLINE_TAGS = "span div p a address ul li cite strong h2 h3 h4 h5 em section footer header"


def read_bylines(root: HtmlElement, language: str | None) -> list[Evidence]:
    """Evidence for authors from elements that say that they hold a byline, surest first."""
    found: list[Evidence] = []
    taken: list[HtmlElement] = []
    for element, sure in _byline_elements(root):
        inside = set(element.iterancestors())
        if len(taken) >= 12 or any(other in inside for other in taken):
            continue
        text = text_of(element, limit=400, apart=True)
        names = _names_in(element, text, language)
        if names:
            taken.append(element)
            pairs = [Party(text=name) for name in names]
            found.append(seen("author", pairs, "visible-byline", element, sure))
    return found


def _byline_elements(root: HtmlElement) -> Iterator[tuple[HtmlElement, float]]:
    """Elements that hold bylines, surest first: microdata, ``rel=author``, then class names."""
    groups = (
        ("//*[@itemprop and contains(concat(' ',normalize-space(@itemprop),' '),' author ')]", 0.8),
        ("//a[@rel and contains(concat(' ',normalize-space(@rel),' '),' author ')]", 0.74),
    )
    for query, sure in groups:
        for element in root.xpath(query)[:_MOST]:
            if element.tag != "meta" and not is_outside(element):
                yield element, sure
    query = any_of(_BYLINE_TAGS, "@class or @id or @data-testid")
    for element in root.xpath(query):
        label = class_words(
            " ".join(
                (
                    element.get("class") or "",
                    element.get("id") or "",
                    element.get("data-testid") or "",
                ),
            ),
        )
        match = _BYLINE.search(label[:300])
        if match and not _NOT_BYLINE.search(label[:300]) and not is_outside(element):
            yield element, 0.66 if "line" in match[0].lower() else 0.6


def _names_in(element: HtmlElement, text: str, language: str | None) -> tuple[str, ...] | None:
    if not text or len(text) > 300:
        return None
    nested = element.xpath(".//*[contains(concat(' ',@itemprop,' '),' name ')]")
    named = [text_of(one, limit=120) for one in nested[:10]]
    if named and all(named):
        return tuple(dict.fromkeys(named))
    meta = read_meta_line(Unit(text=text), language=language)
    if meta and meta.byline:
        return meta.byline.names
    byline = read_byline(text, language=language) or bare_byline(text, language=language)
    if byline:
        return byline.names
    links = [text_of(link, limit=80) for link in element.xpath(".//a")[:8]]
    names = [name for link in links if (name := _single_name(link, language))]
    return tuple(dict.fromkeys(names)) or None


def _single_name(text: str, language: str | None) -> str | None:
    names = split_names(text, language=language, marked=False) if text else None
    return names[0] if names and len(names) == 1 else None
