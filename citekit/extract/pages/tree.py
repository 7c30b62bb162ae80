"""Parse HTML safely: bounded size and depth, no entities from outside, no network.

The tree is lxml's; the functions here read text and places out of it.
"""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING

from citekit.extract.pages.lean import Lean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.html import HtmlElement

_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Python refuses to read such a number, and no character has it.
_ENDLESS_NUMBER = re.compile(r"&#[0-9]{100,};?")
_PIECES_A_LETTER = 10  # where elements without text stand in thousands, the rest is not looked at
_MOST_ELEMENTS, _SHORT = 20_000, 200
_TAG = re.compile(r"<(?P<slash>/?)(?P<name>[a-zA-Z][\w-]*)(?:[\s/][^<>]{0,200})?>")
_ENDLESS_TAGS = {"br", "wbr", "hr", "img", "input"}
_SPACES = re.compile(r"\s+")
_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "button", "select"},
)
_INLINE_BREAK = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "section"})


def parse_html(text: str) -> HtmlElement | None:
    """The tree of a page, or None where nothing can be parsed."""
    return parse_lean(Lean(text))


def parse_lean(lean: Lean) -> HtmlElement | None:
    """The tree of a page without its large parts, or None where nothing can be parsed."""
    from lxml import etree, html

    data = lean.text.replace("\0", "").encode("utf-8", "replace")
    if not data.strip():
        return None
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_pis=True)
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError, RecursionError):
        return None
    # HTML §4.5.13: what ruby adds beside the line tells how it is read, and is no part of the text
    etree.strip_elements(root, "rt", "rp", "rtc", with_tail=False)
    etree.strip_tags(root, "ruby", "rb")
    return root


def text_of(
    element: HtmlElement,
    *,
    limit: int = 4000,
    apart: bool = False,
    without: Callable[[HtmlElement], bool] | None = None,
) -> str:
    """The visible text of an element on one line, up to `limit` code points.

    `apart` puts a space between any two elements, for parts that only a style sheet separates;
    `without` says of an element that it, and what is in it, is left out.
    """
    parts: list[str] = []
    size = 0
    for piece in islice(_pieces(element, without), _PIECES_A_LETTER * limit):
        parts.append(piece + " " if apart else piece)
        size += len(piece)
        if size > limit:
            break
    return _SPACES.sub(" ", "".join(parts)).strip()


def _pieces(
    element: HtmlElement, without: Callable[[HtmlElement], bool] | None = None
) -> Iterator[str]:
    """Texts in document order, without recursion; scripts and the like are left out."""
    stack: list[tuple[HtmlElement, bool]] = [(element, False)]
    while stack:
        node, done = stack.pop()
        if done:
            yield " " if node.tag in _INLINE_BREAK else ""
            yield node.tail or "" if node is not element else ""
            continue
        stack.append((node, True))
        if not isinstance(node.tag, str) or node.tag in _SKIPPED or is_hidden(node):
            continue
        if without is not None and without(node):
            continue
        if node.tag in _INLINE_BREAK:
            yield " "
        yield node.text or ""
        stack.extend((child, False) for child in reversed(node))


def short_texts(root: HtmlElement) -> Iterator[str]:
    """The short pieces of text of a page, in order and one after the other."""
    for element in islice(root.iter(), _MOST_ELEMENTS):
        for text in (element.text, element.tail):
            if text and len(text) <= _SHORT and isinstance(element.tag, str):
                yield text


def is_hidden(element: HtmlElement) -> bool:
    """Whether an element says that it is not shown."""
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style") or ""))


def selector_of(element: HtmlElement) -> str:
    """A short path to an element: its id if it has one, else tags with positions."""
    if element.get("id"):
        return f"{element.tag}#{element.get('id')}"
    parts: list[str] = []
    node: HtmlElement | None = element
    while node is not None and isinstance(node.tag, str) and len(parts) < 4:
        css = (node.get("class") or "").split()
        parts.append(node.tag + (f".{css[0]}" if css else ""))
        node = node.getparent()
    return " > ".join(reversed(parts))


def clean(text: str) -> str:
    """A value without entities, mark-up and surplus white space.

    A tag that nothing closes is what the text speaks of, unless it is one that has no end.

    >>> clean("The <em>Odyssey</em> &amp;amp; more"), clean("Why &lt;div&gt; is not enough")
    ('The Odyssey & more', 'Why <div> is not enough')
    """
    for _ in range(2):
        text = html.unescape(_ENDLESS_NUMBER.sub("\ufffd", text))
    tags = [(match["slash"], match["name"].casefold()) for match in _TAG.finditer(text)]
    ended = {name for slash, name in tags if slash}
    markup = {name for slash, name in tags if not slash} & ended | _ENDLESS_TAGS
    return " ".join(_TAG.sub(lambda m: _without_markup(m, markup), text).split())


def _without_markup(tag: re.Match[str], markup: set[str]) -> str:
    return "" if tag["name"].casefold() in markup else tag[0]
