"""The headlines that a reader sees, and the pieces that stand in one heading with them.

A kicker, a date or a label is often a piece of its own inside of the heading, parted by a style
sheet alone. By its class it is known; else weighing finds that other sources have the rest alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.frame import class_words, is_outside
from citekit.extract.pages.seen import seen
from citekit.extract.pages.tree import clean, is_hidden, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from citekit.extract.shared.evidence import Evidence

_LONGEST = 600
_KICKERS = (
    "kicker|strapline|eyebrow|overline|topline|dach-?zeile|spitz-?marke|ober-?zeile|over-?title|pre-?title"
    "|sur-?titre|ante-?titulo|volanta|cintillo|occhiello|vignette"
)
_KICKER = re.compile(rf"(?:^|[\s_-])(?:{_KICKERS})(?:$|[\s_-])", re.IGNORECASE)
_PIECE = re.compile(
    rf"(?:^|[\s_-])(?:{_KICKERS}|rubric|rubrik|label|badge|category|categoria|section|flag|tag|descriptor|prefix"
    r"|sub-?(?:head|headline|title|titel|heading|line)|unter-?titel|deck|date|datum|time|meta|byline|author"
    r"|comments?|count|share|sr-only|screen-reader-text|visually-?hidden)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LOGO = re.compile(
    r"(?:^|[\s_-])(?:site-?(?:title|name|logo|branding)|blog-?(?:title|name)|logo|branding|masthead)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_APART = frozenset({"time", "small", "sup"})
_MOST_PIECES = 8


def read_headlines(root: HtmlElement) -> list[Evidence]:
    """Evidence for titles from ``h1``, else ``h2``, and from the ``title`` element."""
    found: list[Evidence] = []
    for position, element in enumerate(root.xpath("//h1")[:20]):
        found += _headings(element, position)
    if not any(one.rule == "h1" for one in found):
        found += [
            seen("title", text, "h2", element, 0.3)
            for element in root.xpath("//article//h2 | //main//h2 | //header//h2 | //h2")[:3]
            if (text := _headline(element)) and not is_outside(element)
        ]
    for element in root.xpath("//head/title | /html/title | //title[not(ancestor::svg)]")[:1]:
        if text := clean(text_of(element, limit=_LONGEST) or element.text_content()[:_LONGEST]):
            found.append(seen("title", text, "title-element", element, 0.6))
    return found


def _headings(element: HtmlElement, position: int) -> Iterator[Evidence]:
    """The headline of an ``h1``, and its pieces; one that leads home is the name of the site."""
    text = _headline(element)
    if not text or is_hidden(element):
        return
    if _is_logo(element):
        yield seen("title", text, "h1-logo", element, 0.1)
        return
    if _KICKER.search(_label(element)):
        yield seen("title", text, "h1", element, 0.25)
        for other in element.xpath("following-sibling::h2")[:1]:
            yield seen("title", _headline(other), "h2", other, 0.5)
        return
    outside = is_outside(element) or element.xpath("boolean(ancestor::li)")
    sure = 0.72 - 0.05 * min(position, 5) - (0.4 if outside else 0.0)
    yield seen("title", text, "h1", element, max(sure, 0.1))
    for piece in _pieces(element):
        if piece != text:
            yield seen("title", piece, "h1-piece", element, 0.1)


def _headline(element: HtmlElement) -> str:
    """The text of a heading without the pieces that are none of it, or all where none is left."""
    kept = [text for text, is_apart in _parts(element) if not is_apart]
    if len(kept) == sum(1 for _ in _parts(element)):
        return text_of(element, limit=_LONGEST)
    return " ".join(kept) or text_of(element, limit=_LONGEST)


def _parts(element: HtmlElement) -> Iterator[tuple[str, bool]]:
    """The texts side by side in a heading, each with whether its markup sets it apart."""
    inner = _innermost(element)
    if text := " ".join((inner.text or "").split()):
        yield text, False
    for child in inner:
        if isinstance(child.tag, str) and (text := text_of(child, limit=_LONGEST)):
            yield text, child.tag in _APART or bool(_PIECE.search(_label(child)))
        if text := " ".join((child.tail or "").split()):
            yield text, False


def _innermost(element: HtmlElement) -> HtmlElement:
    """The element that has the parts: a heading may hold one link or span around all of them."""
    for _ in range(4):
        if len(element) != 1 or not isinstance(element[0].tag, str):
            break
        if (element.text or "").strip() or (element[0].tail or "").strip():
            break
        element = element[0]
    return element


def _pieces(element: HtmlElement) -> Iterator[str]:
    """What may be the headline alone: all of it, each part, all but the first or the last."""
    parts = [text for text, _ in _parts(element)][:_MOST_PIECES]
    if len(parts) < 2:
        return
    yield text_of(element, limit=_LONGEST)
    yield from parts
    if len(parts) > 2:
        yield " ".join(parts[1:])
        yield " ".join(parts[:-1])


def _is_logo(element: HtmlElement) -> bool:
    """Whether a heading is the site's name: it leads home, or its markup says so."""
    links = element.xpath(".//a[@href] | ancestor::a[@href]")
    leads_home = len(links) == 1 and (
        "home" in (links[0].get("rel") or "").split() or links[0].get("href") in {"/", "./", "#"}
    )
    if leads_home and text_of(links[0], limit=_LONGEST) and links[0].get("href") != "#":
        return True
    return bool(_LOGO.search(_label(element)))


def _label(element: HtmlElement) -> str:
    return class_words(f"{element.get('class') or ''} {element.get('id') or ''}"[:200])
