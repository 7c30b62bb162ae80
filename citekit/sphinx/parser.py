"""Staged pages → docutils: a small translator from elements to nodes.

Text becomes text nodes and nothing else, so no title or name is ever read as markup. What the
archive's owner wrote in Markdown goes through ``markdown``, which knows what is allowed.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from sphinx import addnodes
from sphinx.parsers import Parser

from citekit.model.records.json_text import parse_json
from citekit.pages.element import Element, h, is_web_address
from citekit.pages.site import Page
from citekit.pages.title_markup import rich
from citekit.sphinx.bibliography.listing import Listing
from citekit.sphinx.citation_domain import CitationDomain
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.markdown import render_markdown
from citekit.sphinx.nodes import (
    html_block,
    html_inline,
    html_line,
    pending_backlinks,
    pending_file,
    picture,
    withheld,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.environment import BuildEnvironment


_SIMPLE: Final[dict[str, type[nodes.Element]]] = {
    "p": nodes.paragraph,
    "em": nodes.emphasis,
    "strong": nodes.strong,
    "code": nodes.literal,
    "sup": nodes.superscript,
    "sub": nodes.subscript,
    "ul": nodes.bullet_list,
    "ol": nodes.enumerated_list,
    "li": nodes.list_item,
    "title": nodes.title,
    "blockquote": nodes.block_quote,
}
_HTML: Final[dict[str, type[nodes.Element]]] = {
    **dict.fromkeys(("span", "mark", "q", "time", "small"), html_inline),
    **dict.fromkeys(("summary", "dt", "dd"), html_line),
    **dict.fromkeys(("div", "details", "dl", "nav"), html_block),
}


class PageParser(Parser):
    """Reads the pages that ``staging`` wrote."""

    supported = ("citekit",)

    def parse(self, inputstring: str | Any, document: nodes.document) -> None:  # noqa: ANN401
        """Fill the document with the page's title and body."""
        # straight quotes in an archived text are the text's own: no educated ones
        document.settings.smart_quotes = False
        page = Page.from_json(parse_json(str(inputstring)))
        if page.kind == "item":
            _depend_on_log(document)
        fields = [_field(name, "") for name in ("orphan", *page.options)]
        document += nodes.docinfo("", *fields)
        document["citekit_head"] = [element.to_json() for element in page.head]
        section = nodes.section("", ids=["title"], classes=["ck-page", f"ck-{page.kind}"])
        document += section
        document.note_explicit_target(section)
        # a title in an archive has mark-up of its own; what entities and claims are called has none
        title = h("span", rich(page.title) if page.kind == "item" else page.title)
        section += nodes.title("", "", *_children(title, document))
        section += [node for part in page.body for node in make_nodes(part, document)]


def _depend_on_log(document: nodes.document) -> None:
    """Tell Sphinx that an item's page shows the checkpoint of the log."""
    env = _env(document)
    layout = ArchiveDomain.of(env).library.store.layout
    if layout.checkpoint_file.is_file():  # Sphinx reads again, always, what misses a file
        env.note_dependency(str(layout.checkpoint_file))


def make_nodes(part: Element | str, document: nodes.document) -> list[nodes.Node]:
    """The docutils nodes of an element; an unknown tag gives what is inside it."""
    if isinstance(part, str):
        return [nodes.Text(part)]
    special = _SPECIAL.get(part.tag)
    if special:
        return special(part, document)
    children = _children(part, document)
    kind = _SIMPLE.get(part.tag)
    if kind is not None and issubclass(kind, nodes.TextElement):
        return [_dress(kind("", "", *children), part)]
    if kind is not None:
        return [_dress(kind("", *_in_paragraphs(children)), part)]
    if part.tag in _HTML:
        return [_dress(_html(part, children), part)]
    return children


def _html(part: Element, children: list[nodes.Node]) -> nodes.Element:
    """The node of an element that docutils has none for."""
    kind = _HTML[part.tag]
    if issubclass(kind, nodes.TextElement):
        node: nodes.Element = kind("", "", *children)
    else:
        node = kind("", *_in_paragraphs(children))
    node["tag"] = part.tag
    node["html"] = dict(part.attributes)
    return node


def _in_paragraphs(children: list[nodes.Node]) -> list[nodes.Node]:
    """The children with every run of inline ones in a paragraph, as a block wants them."""
    made: list[nodes.Node] = []
    for is_inline, run in groupby(children, key=lambda n: isinstance(n, nodes.Text | nodes.Inline)):
        together = list(run)
        made += [nodes.paragraph("", "", *together)] if is_inline else together
    return made


def _children(part: Element, document: nodes.document) -> list[nodes.Node]:
    return [node for child in part.children for node in make_nodes(child, document)]


def _dress(node: nodes.Element, part: Element) -> nodes.Element:
    node["classes"] += part.attributes.get("class", "").split()
    if "id" in part.attributes:
        node["ids"].append(_safe_id(part.attributes["id"]))
    return node


def _safe_id(name: str) -> str:
    """The id, if it is one word: Sphinx writes the ids of headings into links as they are."""
    return name if re.fullmatch(r"[\w.:~-]+", name) else nodes.make_id(name) or "unnamed"


def _field(name: str, value: str) -> nodes.field:
    body = nodes.field_body("", nodes.paragraph("", value))
    return nodes.field("", nodes.field_name("", name), body)


def _section(part: Element, document: nodes.document) -> list[nodes.Node]:
    section = nodes.section("", *_children(part, document))
    _dress(section, part)
    document.note_explicit_target(section)
    return [section]


def _anchor(part: Element, document: nodes.document) -> list[nodes.Node]:
    """A link to an address, or to an anchor or file beside the page."""
    address = part.attributes.get("href", "")
    if ":" in address.split("#")[0] and not is_web_address(address):
        return _children(part, document)
    kind = {"internal": True} if not is_web_address(address) else {}
    node = nodes.reference("", "", *_children(part, document), refuri=address, **kind)
    if "title" in part.attributes:
        node["reftitle"] = part.attributes["title"]
    return [_dress(node, part)]


def _reference(part: Element, document: nodes.document) -> list[nodes.Node]:
    """A link to an item, entity, claim or entry; the domain finds its page."""
    kind, _, name = part.attributes["to"].partition(":")
    domain = CitationDomain.name if kind == "entry" else ArchiveDomain.name
    inner = nodes.inline("", "", *_children(part, document))
    node = addnodes.pending_xref(
        "", inner, refdomain=domain, reftype=kind, reftarget=name, refexplicit=True, refwarn=False
    )
    node["refdoc"] = _env(document).docname
    node["ck_class"] = part.attributes.get("class", "")
    return [node]


def _page(part: Element, document: nodes.document) -> list[nodes.Node]:
    """A link to a page by its name; Sphinx warns where there is none."""
    inner = nodes.inline("", "", *_children(part, document))
    node = addnodes.pending_xref(
        "",
        inner,
        refdomain="std",
        reftype="doc",
        reftarget=f"/{part.attributes['to']}",
        refexplicit=True,
        refwarn=True,
    )
    node["refdoc"] = _env(document).docname
    return [node]


def _table(part: Element, _document: nodes.document) -> list[nodes.Node]:
    """A table: rows that hold only ``th`` are its head. Wide ones scroll inside their own box."""
    rows = [row for row in part.children if isinstance(row, Element)]
    width = max((len(row.children) for row in rows), default=0)
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in range(width)), cols=width)
    heads = [
        row for row in rows if all(isinstance(c, Element) and c.tag == "th" for c in row.children)
    ]
    bodies = [row for row in rows if row not in heads]
    if heads:
        group += nodes.thead("", *(_row(row, _document) for row in heads))
    group += nodes.tbody("", *(_row(row, _document) for row in bodies))
    return [_dress(nodes.table("", group, classes=["ck-table"]), part)]


def _row(row: Element, document: nodes.document) -> nodes.row:
    node = nodes.row("")
    _dress(node, row)
    for cell in row.children:
        if isinstance(cell, Element):
            entry = nodes.entry("", *_in_paragraphs(_children(cell, document)))
            node += _dress(entry, cell)
    return node


def _literal(part: Element, _document: nodes.document) -> list[nodes.Node]:
    text = part.text().rstrip("\n")
    language = _LANGUAGES.get(part.attributes.get("language", ""), "none")
    return [nodes.literal_block(text, text, language=language, force=True)]


_LANGUAGES: Final = {"csl-json": "json", "biblatex": "bibtex"}


def _withheld(part: Element, _document: nodes.document) -> list[nodes.Node]:
    return [withheld("", length=int(part.attributes["length"]))]


def _bibliography(_part: Element, document: nodes.document) -> list[nodes.Node]:
    env = _env(document)
    citations = CitationDomain.of(env)
    listing = Listing(scope="archive", with_coins=True)
    return [citations.note_bibliography(env.docname, listing)]


def _picture(part: Element, _document: nodes.document) -> list[nodes.Node]:
    """The drawing that a picture holds."""
    return [
        picture("", svg=child.to_json()) for child in part.children if not isinstance(child, str)
    ]


def _file(part: Element, document: nodes.document) -> list[nodes.Node]:
    children = _children(part, document)
    return [_dress(pending_file("", "", *children, name=part.attributes["name"]), part)]


def _site(part: Element, document: nodes.document) -> list[nodes.Node]:
    return [addnodes.only("", *_children(part, document), expr="html and not epub")]


def _backlinks(part: Element, _document: nodes.document) -> list[nodes.Node]:
    return [pending_backlinks("", object=part.attributes["object"])]


def _markdown(part: Element, document: nodes.document) -> list[nodes.Node]:
    archive = ArchiveDomain.of(_env(document)).library.store.root
    return render_markdown(
        part.text(),
        document,
        source=Path(archive) / part.attributes["source"],
        line=int(part.attributes.get("line", "1")),
        is_short=part.attributes.get("only") == "inline",
    )


def _env(document: nodes.document) -> BuildEnvironment:
    env: BuildEnvironment = document.settings.env
    return env


_SPECIAL: Final[dict[str, Callable[[Element, nodes.document], list[nodes.Node]]]] = {
    "section": _section,
    "a": _anchor,
    "ref": _reference,
    "page": _page,
    "table": _table,
    "pre": _literal,
    "withheld": _withheld,
    "bibliography": _bibliography,
    "backlinks": _backlinks,
    "picture": _picture,
    "file": _file,
    "site": _site,
    "md": _markdown,
}
