"""RDF in XML as a graph of nodes: as much of the syntax as programs write, each node with its line.

Expat is used directly, as for styles: a DOCTYPE is refused before anything in it is expanded, size
and depth are bounded, and nothing is fetched. Names of well-known vocabularies are short
(``dc:title``), others whole. Source: RDF 1.1 XML Syntax, W3C Recommendation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from citekit.errors import InvalidData, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SIGNS: Final = 32_000_000
MAX_DEPTH: Final = 64
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PREFIXES: Final = {
    _RDF: "rdf:",
    "http://www.zotero.org/namespaces/export#": "z:",
    "http://purl.org/net/biblio#": "bib:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://xmlns.com/foaf/0.1/": "foaf:",
    "http://purl.org/rss/1.0/modules/link/": "link:",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism:",
    "http://nwalsh.com/rdf/vCard#": "vcard:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
}


class Node:
    """A thing that is spoken of: its id (an address, or one made here), types, and properties.

    A property has its values in the order of the file: texts, and other nodes.
    """

    __slots__ = ("id", "line", "properties", "types")

    def __init__(self, identifier: str, line: int) -> None:
        self.id = identifier
        self.line = line
        self.types: list[str] = []
        self.properties: dict[str, list[str | Node]] = {}

    def add(self, name: str, value: str | Node) -> None:
        """Say one thing more of it."""
        self.properties.setdefault(name, []).append(value)

    def texts(self, name: str) -> Iterator[str]:
        """The values of a property that are texts and say something."""
        for value in self.properties.get(name, ()):
            if isinstance(value, str) and value.strip():
                yield value.strip()

    def text(self, name: str) -> str:
        """The first of them; empty where there is none."""
        return next(self.texts(name), "")

    def nodes(self, name: str) -> Iterator[Node]:
        """The values of a property that are nodes."""
        return (value for value in self.properties.get(name, ()) if isinstance(value, Node))


def read_rdf_xml(text: str) -> dict[str, Node]:
    """The nodes of a document by their ids, in the order in which they are first named.

    Raises InvalidData, with the line, for what is no RDF in XML, and for absurd sizes.
    """
    if len(text) > MAX_SIGNS:
        raise InvalidData(f"has more than {MAX_SIGNS:,} signs", hint="export it in parts")
    parser = expat.ParserCreate("utf-8", "\n")
    parser.buffer_text = True
    graph = _Graph(parser)
    try:
        parser.Parse(text.removeprefix("\ufeff").encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        place = Place(line=error.lineno, column=error.offset + 1)
        raise InvalidData(
            f"is no well-formed XML: {expat.ErrorString(error.code)}", place=place
        ) from error
    return graph.nodes


class _Open:
    """An element that is not closed: a node, or a property of the node above it."""

    __slots__ = ("has_node", "name", "node", "text")

    def __init__(self, node: Node, name: str = "") -> None:
        self.node = node
        self.name = name
        self.text: list[str] = []
        self.has_node = False


class _Graph:
    """Collects expat's events into nodes."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.nodes: dict[str, Node] = {}
        self._parser = parser
        self._open: list[_Open] = []
        self._is_rdf = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _short(name)
        given = {_short(key): value for key, value in attributes.items()}
        if len(self._open) >= MAX_DEPTH:
            raise self._wrong("is nested too deeply")
        if not self._is_rdf:
            if name != "rdf:RDF":
                raise self._wrong("is no RDF", hint="export it from Zotero as Zotero RDF")
            self._is_rdf = True
        elif not self._open or self._open[-1].name:
            self._start_node(name, given)
        else:
            self._start_property(name, given)

    def _start_node(self, name: str, given: dict[str, str]) -> None:
        """``<bib:Article rdf:about="…">``, at the top or as the value of a property."""
        node = self._node(given.get("rdf:about"), given.get("rdf:ID"), given.get("rdf:nodeID"))
        if name != "rdf:Description":
            node.types.append(name)
        _add_attributes(node, given)
        if self._open:
            self._open[-1].has_node = True
            self._open[-1].node.add(self._open[-1].name, node)
        self._open.append(_Open(node))

    def _start_property(self, name: str, given: dict[str, str]) -> None:
        """``<dc:title>…``, ``<link:link rdf:resource="#a"/>``, or a node without an element."""
        above, opened = self._open[-1].node, _Open(self._open[-1].node, name)
        target = (given.get("rdf:resource"), None, given.get("rdf:nodeID"))
        own = {key: value for key, value in given.items() if not key.startswith(("rdf:", "xml:"))}
        if any(target) or own or given.get("rdf:parseType") == "Resource":
            node = self._node(*target)
            _add_attributes(node, own)
            above.add(name, node)
            opened.has_node = True
        if given.get("rdf:parseType") == "Resource":
            opened = _Open(node)
        self._open.append(opened)

    def _end(self, _name: str) -> None:
        if not self._open:
            return
        closed = self._open.pop()
        if closed.name and not closed.has_node:
            closed.node.add(closed.name, "".join(closed.text))

    def _text(self, data: str) -> None:
        if self._open and self._open[-1].name:
            self._open[-1].text.append(data)

    def _doctype(self, *_: object) -> None:
        raise self._wrong("has a DOCTYPE, which is not read", hint="remove the <!DOCTYPE …>")

    def _node(self, about: str | None, own: str | None, blank: str | None) -> Node:
        """The node that is meant; a new one where nothing names it."""
        name = about if about is not None else f"#{own}" if own else f"_:{blank}" if blank else ""
        name = name or f"_:{len(self.nodes)} here"  # no name of a file has a blank in it
        if name not in self.nodes:
            self.nodes[name] = Node(name, self._parser.CurrentLineNumber)
        return self.nodes[name]

    def _wrong(self, message: str, *, hint: str | None = None) -> InvalidData:
        return InvalidData(message, place=Place(line=self._parser.CurrentLineNumber), hint=hint)


def _add_attributes(node: Node, given: dict[str, str]) -> None:
    for name, value in given.items():
        if not name.startswith(("rdf:", "xml:")):
            node.add(name, value)


def _short(name: str) -> str:
    """A name as expat gives it, the namespace before a line feed, with its prefix."""
    space, separator, local = name.partition("\n")
    return _PREFIXES.get(space, space) + local if separator else name
