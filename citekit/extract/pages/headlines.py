"""The headlines that a reader sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.extract.pages.frame import is_outside
from citekit.extract.pages.seen import seen
from citekit.extract.pages.tree import clean, is_hidden, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from citekit.extract.shared.evidence import Evidence


def read_headlines(root: HtmlElement) -> list[Evidence]:
    """Evidence for titles from ``h1``, else ``h2``, and from the ``title`` element."""
    found: list[Evidence] = []
    for position, element in enumerate(root.xpath("//h1")[:20]):
        text = text_of(element, limit=600)
        if text and not is_hidden(element):
            outside = is_outside(element)
            sure = 0.72 - 0.05 * min(position, 5) - (0.4 if outside else 0.0)
            found.append(seen("title", text, "h1", element, max(sure, 0.1)))
    if not found:
        found += [
            seen("title", text, "h2", element, 0.3)
            for element in root.xpath("//article//h2 | //main//h2 | //header//h2 | //h2")[:3]
            if (text := text_of(element, limit=600)) and not is_outside(element)
        ]
    for element in root.xpath("//head/title | /html/title | //title[not(ancestor::svg)]")[:1]:
        if text := clean(text_of(element, limit=600) or element.text_content()[:600]):
            found.append(seen("title", text, "title-element", element, 0.6))
    return found
