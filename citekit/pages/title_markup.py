"""The small mark-up of CSL-JSON titles, as elements for a page and as plain words for the rest.

``<i> <b> <sup> <sub> <sc>`` and spans of small capitals or ``nocase``; tags that do not pair are
words like any other, so nothing else can come in this way. Source: CSL-JSON schema, "rich text".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.pages.element import Element, h

if TYPE_CHECKING:
    from citekit.model.item import Item

_TAG: Final = re.compile(
    r"</(?P<end>i|b|sc|sup|sub|span)>|<(?P<start>i|b|sc|sup|sub)>"
    r"|<span (?P<span>style=\"font-variant: ?small-caps;?\"|class=\"nocase\")>"
)
_MADE: Final = {"i": "em", "b": "strong", "sup": "sup", "sub": "sub"}
_DEEPEST: Final = 20


def rich(text: str) -> tuple[Element | str, ...]:
    """The parts of a field, its mark-up as elements.

    >>> [p if isinstance(p, str) else (p.tag, p.text()) for p in rich("CO<sub>2</sub> <i>x")]
    ['CO', ('sub', '2'), ' <i>x']
    """
    opened: list[tuple[re.Match[str], list[Element | str]]] = []
    parts: list[Element | str] = []
    at = 0
    for tag in _TAG.finditer(text):
        parts.append(text[at : tag.start()])
        at = tag.end()
        if not tag["end"] and len(opened) < _DEEPEST:
            opened.append((tag, parts))
            parts = []
        elif opened and tag["end"] == (opened[-1][0]["start"] or "span"):
            begun, outer = opened.pop()
            parts = [*outer, _element(begun, parts)]
        else:
            parts.append(tag[0])
    parts.append(text[at:])
    while opened:
        begun, outer = opened.pop()
        parts = [*outer, begun[0], *parts]
    return h("span", _joined(parts)).children


def plain(text: str) -> str:
    """The field as words alone.

    >>> plain("CO<sub>2</sub> and a < b")
    'CO2 and a < b'
    """
    return h("span", rich(text)).text() if "<" in text else text


def title(item: Item) -> str:
    """The item's title as words, or its key."""
    return plain(item.title) or item.key


def rich_title(item: Item) -> tuple[Element | str, ...]:
    """The item's title as it is shown, or its key."""
    return rich(item.title) or (item.key,)


def _element(begun: re.Match[str], parts: list[Element | str]) -> Element:
    if begun["start"] in _MADE:
        return h(_MADE[begun["start"]], _joined(parts))
    is_small = begun["start"] == "sc" or "small-caps" in begun["span"]
    return h("span", _joined(parts), class_="ck-csl-small-caps" if is_small else None)


def _joined(parts: list[Element | str]) -> list[Element | str]:
    """The parts with neighbouring words as one."""
    made: list[Element | str] = []
    for part in parts:
        if isinstance(part, str) and made and isinstance(made[-1], str):
            made[-1] += part
        else:
            made.append(part)
    return made
