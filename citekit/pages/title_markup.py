"""The mark-up of CSL-JSON titles, as elements for a page and as plain words for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.model.title_markup import Span, read_markup, without_markup
from citekit.pages.element import Element, h

if TYPE_CHECKING:
    from citekit.model.item import Item

_MADE: Final = {"i": "em", "b": "strong", "sup": "sup", "sub": "sub"}


def rich(text: str) -> tuple[Element | str, ...]:
    """The parts of a field, its mark-up as elements.

    >>> [p if isinstance(p, str) else (p.tag, p.text()) for p in rich("CO<sub>2</sub> <i>x")]
    ['CO', ('sub', '2'), ' <i>x']
    """
    return tuple(p if isinstance(p, str) else _element(p) for p in read_markup(text))


def plain(text: str) -> str:
    """The field as words alone.

    >>> plain("CO<sub>2</sub> and a < b")
    'CO2 and a < b'
    """
    return without_markup(text)


def title(item: Item) -> str:
    """The item's title as words, or its key."""
    return plain(item.title) or item.key


def rich_title(item: Item) -> tuple[Element | str, ...]:
    """The item's title as it is shown, or its key."""
    return rich(item.title) or (item.key,)


def _element(span: Span) -> Element:
    parts = [p if isinstance(p, str) else _element(p) for p in span.parts]
    if span.style in _MADE:
        return h(_MADE[span.style], parts)
    return h("span", parts, class_="ck-csl-small-caps" if span.style == "sc" else None)
