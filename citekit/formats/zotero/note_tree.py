"""The HTML of a note as a tree: tags and text, in a time that grows with its size alone.

Notes are written by one editor, so little of HTML is needed; what is malformed stays text. Neither
lxml, which is kept out of the process that has the archive, nor html.parser would do: of some texts
the latter takes the square of their size.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_DEPTH: Final = 60
"""What is nested more deeply is text without shape."""
SKIPPED: Final = frozenset("head noscript script style svg template title".split())  # noqa: SIM905
"""What is in these is no text of the note."""
BLOCKS: Final = frozenset(
    """address article aside blockquote body dd div dl dt figure footer form h1 h2 h3 h4 h5 h6
    header hr html li main ol p pre section table tbody td tfoot th thead tr ul""".split()  # noqa: SIM905
)
_EMPTY: Final = frozenset("area br col embed hr img input link meta source wbr".split())  # noqa: SIM905
_CLOSED_BY: Final = {
    "li": frozenset({"li"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
    "tr": frozenset({"td", "th", "tr"}),
}
# No part of a tag crosses another "<", so that looking for its end is never done twice.
_TOKEN: Final = re.compile(
    r"<!--|<(/?)([A-Za-z][A-Za-z0-9]{0,20}+)((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>"
)
_ATTRIBUTE: Final = re.compile(
    r"(href|class)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)


class Node:
    """One element: its tag, where it leads, its classes, and what is in it in order."""

    __slots__ = ("children", "classes", "href", "tag")

    def __init__(self, tag: str, attributes: str = "") -> None:
        self.tag = tag
        self.children: list[str | Node] = []
        given = {
            match[1].casefold(): unescape(match[2] or match[3] or match[4] or "")
            for match in _ATTRIBUTE.finditer(attributes)
        }
        self.href = given.get("href", "").strip()
        self.classes = given.get("class", "").split()

    def words(self) -> str:
        """All text in it, parted by blanks where tags stand."""
        return " ".join(_texts(self))


def read_tree(text: str) -> Node:
    """The root of a note's HTML."""
    root = Node("body")
    opened, position = [root], 0
    while match := _TOKEN.search(text, position):
        opened[-1].children.append(unescape(text[position : match.start()]))
        position = _take(match, text, opened)
    opened[-1].children.append(unescape(text[position:]))
    return root


def _take(match: re.Match[str], text: str, opened: list[Node]) -> int:
    """Take in a tag, or what is no text of the note; where that ends."""
    if match[2] is None:
        return _end_of("-->", text, match.end())
    tag = match[2].casefold()
    if match[1]:
        _close(tag, opened)
    elif tag in SKIPPED:
        return _end_of(rf"</{tag}\s*>", text, match.end())
    else:
        _open(Node(tag, match[3]), opened)
    return match.end()


def _open(node: Node, opened: list[Node]) -> None:
    closes = _CLOSED_BY.get(node.tag, frozenset({"p"} if node.tag in BLOCKS else ()))
    while len(opened) > 1 and opened[-1].tag in closes:
        opened.pop()
    opened[-1].children.append(node)
    if node.tag not in _EMPTY and len(opened) < MOST_DEPTH:
        opened.append(node)


def _close(tag: str, opened: list[Node]) -> None:
    """End the element of this tag, and what is open in it; nothing where none is open."""
    if any(node.tag == tag for node in opened[1:]):
        while opened.pop().tag != tag:
            pass


def _end_of(pattern: str, text: str, start: int) -> int:
    """Where that ends which is no text of the note; the whole rest where nothing ends it."""
    end = re.compile(pattern, re.IGNORECASE).search(text, start)
    return end.end() if end else len(text)


def _texts(node: Node) -> Iterator[str]:
    stack: list[str | Node] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            yield part
        else:
            stack.extend(reversed(part.children))
