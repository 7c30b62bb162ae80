"""The bylines that a reader sees, found by what their markup says of them.

Of several bylines that nearest to the headline is the article's; others are those of teasers and
boxes about the author. What stands in a picture is its credit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.frame import class_words, is_outside
from citekit.extract.pages.seen import any_of, seen
from citekit.extract.pages.tree import text_of
from citekit.extract.shared.bylines import (
    bare_byline,
    read_byline,
    split_names,
    without_marker,
)
from citekit.extract.shared.datelines import read_meta_line
from citekit.extract.shared.names import is_organisation
from citekit.extract.shared.noise import is_label
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
_PICTURE = re.compile(
    r"(?:^|[\s_-])(?:caption|credits?|cr[eé]dito|figure|image|img|photo|picture|gallery|bild|foto|media)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"@?[^\W_][\w.-]{1,29}")
_AUTHOR = re.compile(r"(?:^|[\s-])(?:p-|u-)?(?:author|nickname|username|user-name|fn)(?:$|[\s-])")
_FRAME = frozenset({"body", "html", "main", "article"})
_MOST = 400
_MOST_BYLINES = 12
_TAGS = "span div p a address ul li cite strong h2 h3 h4 h5 em section footer header"
_WITH_ITEMPROP = "//*[contains(concat(' ',normalize-space(@itemprop),' '),' author ')]"
_WITH_REL = "//a[contains(concat(' ',normalize-space(@rel),' '),' author ')]"


def read_bylines(root: HtmlElement, language: str | None) -> list[Evidence]:
    """Evidence for authors from elements that say that they hold a byline, surest first."""
    groups = (
        ("itemprop-author", _WITH_ITEMPROP, 0.8),
        ("rel-author", _WITH_REL, 0.74),
        ("visible-byline", any_of(_TAGS, "@class or @id or @data-testid"), 0.66),
    )
    found: list[Evidence] = []
    for rule, query, sure in groups:
        for element, names, is_handle in _nearest(_named(root, query, rule, language)):
            is_vague = rule == "visible-byline" and "line" not in _label(element).lower()
            weaker = 0.06 * is_vague + 0.1 * is_handle
            found.append(seen("author", names, rule, element, sure - weaker))
    return found


Named = tuple["HtmlElement", list[Party], bool]


def _named(
    root: HtmlElement, query: str, rule: str, language: str | None
) -> Iterator[Named | None]:
    """The elements of a group that name somebody, in order; None where the headline stands."""
    taken: list[HtmlElement] = []
    for element in root.xpath(f"{query} | //h1"):
        if element.tag == "h1" and "author" not in (element.get("itemprop") or "").split():
            yield None
            continue
        if not _can_be(element, rule) or len(taken) >= _MOST:
            continue
        inside = set(element.iterancestors())
        if any(other in inside for other in taken[-_MOST_BYLINES:]):
            continue
        text = text_of(element, limit=400, apart=True)
        names, is_handle = _names_in(element, text, language), False
        if not names and (handle := _handle(element, text, rule, language)):
            names, is_handle = (handle,), True
        if names:
            taken.append(element)
            yield element, [Party(text=name) for name in names], is_handle


def _can_be(element: HtmlElement, rule: str) -> bool:
    if element.tag == "meta" or (rule == "visible-byline" and not _is_labelled(element)):
        return False
    return not is_outside(element) and not is_set_apart(element)


def _label(element: HtmlElement) -> str:
    names = (element.get("class"), element.get("id"), element.get("data-testid"))
    return class_words(" ".join(name or "" for name in names))[:300]


def _is_labelled(element: HtmlElement) -> bool:
    label = _label(element)
    return bool(_BYLINE.search(label)) and not _NOT_BYLINE.search(label)


def is_set_apart(element: HtmlElement) -> bool:
    """Whether an element stands in a picture, or in what is quoted from elsewhere."""
    for ancestor, _ in zip([element, *element.iterancestors()], range(6), strict=False):
        if ancestor.tag in {"figure", "figcaption", "picture", "blockquote"}:
            return True
        if ancestor is not element and _PICTURE.search(class_words(ancestor.get("class") or "")):
            return ancestor.find(".//h1") is None  # else it is the head of the article
    return False


def _nearest(group: Iterator[Named | None]) -> list[Named]:
    """The first byline behind the headline, else the first of all, and those beside it."""
    before: list[Named] = []
    behind: list[Named] = []
    is_behind = False
    for one in group:
        if one is None:
            is_behind = True
        else:
            (behind if is_behind else before).append(one)
    chosen = (behind or before)[:_MOST_BYLINES]
    return [one for one in chosen if one is chosen[0] or _is_beside(one[0], chosen[0][0])]


def _is_beside(element: HtmlElement, first: HtmlElement) -> bool:
    """Whether two elements are of one byline: near each other, and marked alike."""
    if element.getparent() is first.getparent():
        return True
    return element.get("class") == first.get("class") and bool(_around(element) & _around(first))


def _around(element: HtmlElement) -> set[HtmlElement]:
    """The elements that enclose a byline, up to three; the page's own frame does not count."""
    around = [node for node, _ in zip(element.iterancestors(), range(3), strict=False)]
    return {node for i, node in enumerate(around) if i == 0 or node.tag not in _FRAME}


def _names_in(element: HtmlElement, text: str, language: str | None) -> tuple[str, ...] | None:
    if not text or len(text) > 300:
        return None
    nested = element.xpath(".//*[contains(concat(' ',@itemprop,' '),' name ')]")
    named = [text_of(one, limit=120) for one in nested[:10]]
    if named and all(named):
        return tuple(dict.fromkeys(named))
    if names := _names_of(text, language) or _names_of(text, None):
        return names
    links = [text_of(link, limit=80) for link in element.xpath(".//a")[:8]]
    names = tuple(name for link in links if (name := _single_name(link, language)))
    return tuple(dict.fromkeys(names)) or None


def _names_of(text: str, language: str | None) -> tuple[str, ...] | None:
    meta = read_meta_line(Unit(text=text), language=language)
    if meta and meta.byline:
        return meta.byline.names
    byline = read_byline(text, language=language) or bare_byline(text, language=language)
    return byline.names if byline else None


def _single_name(text: str, language: str | None) -> str | None:
    names = split_names(text, language=language, marked=False) if text else None
    return names[0] if names and len(names) == 1 else None


def _handle(element: HtmlElement, text: str, rule: str, language: str | None) -> str | None:
    """The one word by which an author goes; only where the markup says that it is an author."""
    if rule == "visible-byline" and not _AUTHOR.search(_label(element).lower()):
        return None
    word = without_marker(text, language).strip(" ,:|·•–-")
    if not _HANDLE.fullmatch(word) or is_label(word) or is_organisation(word):
        return None
    if len(word) < 4 and word.islower() and word.isalpha():
        return None  # what editors sign with
    return word.removeprefix("@")
