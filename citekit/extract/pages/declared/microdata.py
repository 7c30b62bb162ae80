"""Read microdata into the same things as JSON-LD: items, their properties, their types.

Source: HTML §5 (Microdata), without ``itemref``. A property belongs to the item that encloses it,
so that the author of a comment or of a related article is never the page's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.extract.pages.declared.things import Thing
from citekit.extract.pages.frame import is_outside
from citekit.extract.pages.tree import clean, selector_of, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from citekit.extract.shared.evidence import Json

_MOST_ELEMENTS, _DEEPEST, _LONGEST = 2_000, 60, 400
# Where HTML says that the value of an element stands; ``content`` wins, as programs read it.
_VALUES = {
    "a": "href",
    "link": "href",
    "area": "href",
    "img": "src",
    "time": "datetime",
    "data": "value",
    "meter": "value",
}
_SHOWN = frozenset({"name", "author", "headline"})  # of a link the words, not where it leads
_LOOSE = frozenset({"headline", "datePublished", "dateModified"})
_NOT_READ = frozenset({"articlebody", "text", "description", "comment", "image"})


def read_microdata(root: HtmlElement) -> list[Thing]:
    """The items of a page in order; what stands in another, or beside the article, is a part.

    Properties outside of any item are taken for those of an article, the last one.
    """
    nodes: dict[HtmlElement, dict[str, Any]] = {}
    loose: dict[str, Any] = {"@type": ["Article"]}
    parts: set[HtmlElement] = set()
    for element in root.xpath("//*[@itemprop or @itemscope]")[:_MOST_ELEMENTS]:
        owner = _owner(element, nodes)
        if element.get("itemscope") is not None:
            nodes[element] = {"@type": _types(element)}
            if owner is not None or is_outside(element):
                parts.add(element)
        for name in (element.get("itemprop") or "").split()[:5]:
            if owner is not None and name.casefold() not in _NOT_READ:
                nodes[owner].setdefault(name, []).append(_value(element, name, nodes))
            elif owner is None and name in _LOOSE and element.tag != "meta":
                loose.setdefault(name, _value(element, name, nodes))
    found = [
        Thing(node=node, path=selector_of(element), origin="microdata", is_part=element in parts)
        for element, node in nodes.items()
    ]
    return [*found, Thing(node=loose, path="html", origin="microdata")]


def in_item(element: HtmlElement) -> bool:
    """Whether an element's ``itemprop`` belongs to an item."""
    return any(
        ancestor.get("itemscope") is not None
        for ancestor, _ in zip(element.iterancestors(), range(_DEEPEST), strict=False)
    )


def _owner(element: HtmlElement, nodes: dict[HtmlElement, dict[str, Any]]) -> HtmlElement | None:
    for ancestor, _ in zip(element.iterancestors(), range(_DEEPEST), strict=False):
        if ancestor in nodes:
            return ancestor
    return None


def _types(element: HtmlElement) -> list[str]:
    kinds = (element.get("itemtype") or "").split()[:5]
    return [kind.rstrip("/").rpartition("/")[2] for kind in kinds]


def _value(element: HtmlElement, name: str, nodes: dict[HtmlElement, dict[str, Any]]) -> Json:
    if element in nodes:
        return nodes[element]
    said = element.get("content")
    attribute = _VALUES.get(str(element.tag))
    if said is None and attribute and name not in _SHOWN:
        said = element.get(attribute)
    if said is None:
        said = text_of(element, limit=_LONGEST)
    return clean(said[:_LONGEST])
