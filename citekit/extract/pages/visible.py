"""Read what a reader sees of a page: headline, byline, date, captions.

Pages say the same in machine form, but not always, and the visible headline is the one to cite.
Class names are read as hints, never a site's own in particular.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from citekit.extract.pages.bylines import is_set_apart, read_bylines
from citekit.extract.pages.dates import dates_of_line, read_dates
from citekit.extract.pages.frame import is_outside
from citekit.extract.pages.seen import seen
from citekit.extract.pages.tree import text_of
from citekit.extract.shared.datelines import read_meta_line
from citekit.extract.shared.parties import Party
from citekit.extract.shared.unit import Unit

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from citekit.extract.shared.dates.context import DateContext
    from citekit.extract.shared.evidence import Evidence


def read_visible(root: HtmlElement, context: DateContext) -> list[Evidence]:
    """Evidence from visible bylines and dates."""
    found = [*read_bylines(root, context.language), *read_dates(root, context)]
    return [*found, *_near_headline(root, context)]


_ABOVE, _BELOW = 25, 140  # elements before and behind the headline
_NEAR = frozenset(
    [
        "p",
        "span",
        "div",
        "li",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "address",
        "time",
        "em",
        "small",
        "td",
        "header",
        "strong",
        "b",
        "i",
        "a",
        "dd",
        "cite",
        "font",
    ],
)


def _is_fragment(element: HtmlElement, text: str) -> bool:
    """Whether an element is a piece of a longer sentence, as "**On 22 October** appears …" is."""
    parent = element.getparent()
    if element.tag not in _INLINE or parent is None or parent.tag not in {"p", "li", "span"}:
        return False
    return len(text_of(parent, limit=400)) > len(text) + _LONGER


_INLINE = frozenset({"strong", "b", "em", "i", "a", "font", "small", "cite"})
_LONGER = 80


def _near_headline(root: HtmlElement, context: DateContext) -> list[Evidence]:
    """Short lines around the headline that read as byline or dateline, whatever their class is."""
    order = list(islice(root.iter(), 30_000))
    places = [
        i for i, element in enumerate(order) if element.tag == "h1" and not is_outside(element)
    ]
    if not places:
        places = [
            i for i, element in enumerate(order) if element.tag == "h2" and not is_outside(element)
        ]
    if not places:
        return []
    found: list[Evidence] = []
    first = places[0]
    for position, element in enumerate(order[max(0, first - _ABOVE) : first + _BELOW]):
        if element.tag not in _NEAR or len(element) > 12:
            continue
        text = text_of(element, limit=240, apart=True)
        if not 5 <= len(text) <= 200 or is_outside(element):
            continue
        if _is_fragment(element, text):
            continue
        meta = read_meta_line(Unit(text=text), language=context.language, order=context.order)
        if meta is None:
            continue
        far = 0.001 * abs(position - _ABOVE) + (0.08 if position < min(first, _ABOVE) else 0.0)
        if meta.byline and meta.byline.rule == "byline-marker" and not is_set_apart(element):
            pairs = [Party(text=name) for name in meta.byline.names]
            found.append(seen("author", pairs, "byline-near-headline", element, 0.62 - far))
        found += dates_of_line(meta, "date-near-headline", element, 0.58 - far, context)
    best = next((e for e in found if e.field == "author"), None)
    return [e for e in found if e.field != "author" or e is best]
