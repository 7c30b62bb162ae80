"""XML text → a plain tree of elements, each with its line.

Styles and locales come from strangers, so the reader is strict: a DOCTYPE is refused before
anything in it is expanded, and size and depth are bounded. Expat is used directly: importing
lxml costs more than formatting a citation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from citekit.errors import InvalidData, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 8_000_000
MAX_DEPTH = 100
_REFERENCE = r"&#(\d{1,6});"
_WORDED = frozenset(["term", "single", "multiple", "title"])  # what has words of its own
_CSL = "http://purl.org/net/xbiblio/csl "
_XML_LANG = "http://www.w3.org/XML/1998/namespace lang"


class Element:
    """One element: local name, attributes, child elements, own text, line from 1."""

    __slots__ = ("attrs", "children", "line", "tag", "text")

    def __init__(self, tag: str, attrs: dict[str, str], line: int) -> None:
        self.tag = tag
        self.attrs = attrs
        self.line = line
        self.children: list[Element] = []
        self.text = ""

    def find(self, tag: str) -> Element | None:
        """The first child of this name."""
        return next(self.all(tag), None)

    def all(self, tag: str) -> Iterator[Element]:
        """The children of this name, in order."""
        return (child for child in self.children if child.tag == tag)


def read_xml(text: str | bytes, path: str) -> Element:
    """The root element of a CSL document; elements of other namespaces are left out.

    Raises InvalidData, with the line, for malformed XML, any DOCTYPE, and absurd sizes.
    """
    if len(text) > MAX_BYTES:
        raise InvalidData(f"larger than {MAX_BYTES} bytes", place=Place(path=path))
    encoding = "utf-8" if isinstance(text, str) else None
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    parser = expat.ParserCreate(encoding, " ")
    parser.buffer_text = True
    builder = _Builder(parser, path)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        place = Place(path=path, line=error.lineno, column=error.offset + 1)
        raise InvalidData(
            f"not well-formed XML: {expat.ErrorString(error.code)}", place=place
        ) from error
    except (LookupError, ValueError) as error:  # an encoding nobody knows
        raise InvalidData(f"not readable as XML: {error}", place=Place(path=path)) from error
    if builder.root is None:
        raise InvalidData("no CSL element in this XML", place=Place(path=path))
    return builder.root


class _Builder:
    """Collects expat's events into elements."""

    def __init__(self, parser: expat.XMLParserType, path: str) -> None:
        self.root: Element | None = None
        self._parser = parser
        self._path = path
        self._open: list[Element | None] = []
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        if len(self._open) >= MAX_DEPTH:
            raise InvalidData("nested too deeply", place=Place(path=self._path, line=line))
        if " " in name and not name.startswith(_CSL):
            self._open.append(None)
            return
        lang = attrs.pop(_XML_LANG, None)
        if lang is not None:
            attrs["lang"] = lang
        if "&#" in "".join(attrs.values()):
            attrs = {key: re.sub(_REFERENCE, _character, attrs[key]) for key in attrs}
        element = Element(name.removeprefix(_CSL), attrs, line)
        parent = self._open[-1] if self._open else None
        if parent is not None:
            parent.children.append(element)
        elif self.root is None:
            self.root = element
        self._open.append(element)
        # Most text of a style is white space between elements; not asking for it saves time.
        self._parser.CharacterDataHandler = self._text if element.tag in _WORDED else None

    def _end(self, _name: str) -> None:
        self._open.pop()
        self._parser.CharacterDataHandler = None

    def _text(self, data: str) -> None:
        element = self._open[-1] if self._open else None
        if element is not None:
            element.text += data

    def _doctype(self, *_: object) -> None:
        place = Place(path=self._path, line=self._parser.CurrentLineNumber)
        raise InvalidData(
            "a DOCTYPE is not allowed in a style", place=place, hint="remove the <!DOCTYPE …>"
        )


def _character(reference: re.Match[str]) -> str:
    """The character of a reference that was escaped twice, as in some 20 styles."""
    code = int(reference[1])
    is_text = code in (9, 10) or 32 <= code < 0xD800 or code >= 0xE000
    return chr(code) if is_text else reference[0]
