"""Nodes of our own, and how each builder writes them.

Elements that docutils has no node for stay HTML elements: a builder that is not HTML writes what is
inside. Nodes that stand for something known only at the end (a citation, a reference, the list of
pages that link here) are replaced by ``resolve`` and ``site_files`` before any builder sees them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docutils import nodes

from citekit.pages.element import Element
from citekit.pages.html import quote, start_tag

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator


class html_block(nodes.General, nodes.Element):  # noqa: N801  # nodes are named so
    """A block that is one HTML element: ``tagname_`` and the attributes in ``html``."""


class html_inline(nodes.Inline, nodes.TextElement):  # noqa: N801
    """An inline piece that is one HTML element."""


class html_line(nodes.General, nodes.TextElement):  # noqa: N801
    """A line of words that is one HTML element in a block: ``summary``, ``dt``, ``dd``."""


class withheld(nodes.Inline, nodes.Element):  # noqa: N801
    """As many characters as ``length`` says that may not be shown."""


class picture(nodes.General, nodes.Element):  # noqa: N801
    """A drawing: ``svg`` is its element as JSON. A link in it has the name of its ``page``."""


class pending_citation(nodes.Inline, nodes.Element):  # noqa: N801
    """A citation in a page; ``number`` counts those of the page."""


class pending_bibliography(nodes.General, nodes.Element):  # noqa: N801
    """The list of what a page, or all of them, cite."""


class pending_file(nodes.Inline, nodes.TextElement):  # noqa: N801
    """A link to the file ``name`` beside the pages."""


class pending_backlinks(nodes.General, nodes.Element):  # noqa: N801
    """The list of pages that name ``object``."""


_DATA: Final = ("data-facet", "data-filter", "data-notes", "data-values")
_DRAWING_TAGS: Final = frozenset(["a", "circle", "line", "svg", "text", "title"])
_PLACES: Final = ("cx", "cy", "r", "viewBox", "x", "x1", "x2", "y", "y1", "y2")
_DRAWING_ATTRIBUTES: Final = frozenset(["aria-label", "class", "role", "text-anchor", *_PLACES])
# Attributes that may be written; everything else is dropped, ``on…`` and ``style`` above all.
SAFE_ATTRIBUTES: Final = frozenset(
    ["aria-hidden", "aria-label", "datetime", "open", "role", "title", *_DATA]
)


def add_nodes(app: Sphinx) -> None:
    """Announce the nodes to Sphinx, for HTML and for every other builder."""
    for kind in (html_block, html_line, html_inline):
        app.add_node(
            kind,
            html=(_open_element, _close_element),
            latex=(_pass, _pass),
            text=(_pass, _pass),
            man=(_pass, _pass),
            texinfo=(_pass, _pass),
        )
    app.add_node(
        withheld,
        html=(_write_gap, None),
        text=(_write_dots_text, None),
        latex=(_write_dots, None),
        man=(_write_dots, None),
        texinfo=(_write_dots, None),
    )
    nothing = (_skip, None)
    app.add_node(
        picture,
        html=(_write_picture, None),
        text=nothing,
        latex=nothing,
        man=nothing,
        texinfo=nothing,
    )
    for mark in (pending_citation, pending_bibliography, pending_backlinks, pending_file):
        app.add_node(mark)


def _open_element(self: HTML5Translator, node: nodes.Element) -> None:
    # not by starttag(), which would turn the tab between two values into a blank
    given: dict[str, str] = node.get("html", {})
    attributes = {name: value for name, value in given.items() if name in SAFE_ATTRIBUTES}
    if node["classes"]:
        attributes["class"] = " ".join(dict.fromkeys(node["classes"]))
    if node["ids"]:
        attributes["id"] = node["ids"][0]
    suffix = "" if isinstance(node, html_inline) else "\n"
    self.body.append(start_tag(node["tag"], dict(sorted(attributes.items()))) + suffix)


def _close_element(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append(f"</{node['tag']}>" + ("" if isinstance(node, html_inline) else "\n"))


def _write_gap(self: HTML5Translator, node: nodes.Element) -> None:
    """An ellipsis; a screen reader hears how much is missing, and a pointer is told."""
    told = f"{int(node['length']):,} characters not shown"
    self.body.append(
        f'<span class="ck-gap" aria-hidden="true" title="{told}"> … </span>'
        f'<span class="ck-sr"> [{told}] </span>'
    )
    raise nodes.SkipNode


def _write_dots(self: Any, _node: nodes.Element) -> None:  # noqa: ANN401  # any translator
    self.body.append(" […] ")
    raise nodes.SkipNode


def _write_dots_text(self: Any, _node: nodes.Element) -> None:  # noqa: ANN401
    self.add_text(" […] ")
    raise nodes.SkipNode


def _skip(_self: object, _node: nodes.Element) -> None:
    raise nodes.SkipNode


def _write_picture(self: HTML5Translator, node: nodes.Element) -> None:
    """The drawing itself, without what could run or load anything; links lead to pages."""
    self.body.append(
        f'<div class="ck-drawing">{_drawn(self, Element.from_json(node["svg"]))}</div>'
    )
    raise nodes.SkipNode


def _drawn(self: HTML5Translator, part: Element) -> str:
    if part.tag not in _DRAWING_TAGS:
        return ""
    attributes = {n: value for n, value in part.attributes.items() if n in _DRAWING_ATTRIBUTES}
    if "page" in part.attributes:
        here = self.builder.current_docname
        attributes["href"] = self.builder.get_relative_uri(here, part.attributes["page"])
    inside = (quote(c) if isinstance(c, str) else _drawn(self, c) for c in part.children)
    return f"{start_tag(part.tag, attributes)}{''.join(inside)}</{part.tag}>"


def _pass(_self: object, _node: nodes.Element) -> None:
    """Write nothing of the element itself: other builders want what is inside."""
