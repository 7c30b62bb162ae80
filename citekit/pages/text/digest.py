"""The reading note of an item whose text is withheld: its digest, paragraph by paragraph.

A paragraph of the note that begins with a link to a paragraph of the text says what stands there,
so it has its place beside that paragraph's number; the rest stays the note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from citekit.model.value import Value
from citekit.pages.element import Element, h

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.pages.library import Library
    from citekit.pages.text.article import Article

_LEAD: Final = re.compile(r"\{ck:passage\}`(?:[^`<>]{0,200}<)?(?P<name>[^`<>]{1,300})>?`", re.ASCII)
_FENCE: Final = re.compile(r" {0,3}(?:```|~~~|:::)")


class Digest(Value):
    """Pieces of a reading note: those of paragraphs by number, and the others in their order."""

    gists: Mapping[int, Element]
    rest: tuple[Element, ...]


def make_digest(library: Library, article: Article) -> Digest:
    """The reading note in pieces; in one piece where the text itself is on the page."""
    note = library.readable(library.shelves[article.key].note or "")
    gists: dict[int, Element] = {}
    rest: list[tuple[int, list[str]]] = []
    for line, block in _blocks(note):
        number = None if article.text is not None else _paragraph(library, article, block)
        if number is not None and number not in gists:
            gists[number] = _markdown(library, article, line, block)
        elif rest and rest[-1][0] + len(rest[-1][1]) == line:
            rest[-1][1].extend(block)
        else:
            rest.append((line, list(block)))
    pieces = (_markdown(library, article, line, lines) for line, lines in rest if any(lines))
    return Digest(gists=gists, rest=tuple(pieces))


def _blocks(note: str) -> Iterator[tuple[int, list[str]]]:
    """The number of its first line, from 1, and the lines of each paragraph with what is after.

    From the first fence on all is one block: an empty line in it ends nothing.
    """
    start, block = 1, list[str]()
    is_fenced = False
    for number, line in enumerate(note.split("\n"), 1):
        is_fenced = is_fenced or bool(_FENCE.match(line))
        if block and not block[-1].strip() and line.strip() and not is_fenced:
            yield start, block
            start, block = number, []
        block.append(line)
    yield start, block


def _paragraph(library: Library, article: Article, block: list[str]) -> int | None:
    """Which paragraph of the text a block of the note begins with."""
    lead = _LEAD.match(block[0])
    if lead is None:
        return None
    name, passage = library.split_name(lead["name"])
    digits = (passage or "").removeprefix("p")
    if library.resolve(name) != article.key or not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits[:6])
    return number if passage == f"p{number}" and number <= len(article.paragraphs) else None


def _markdown(library: Library, article: Article, line: int, lines: list[str]) -> Element:
    source = f"items/{library.pages[article.key]}/note.md"
    return h("md", "\n".join(lines), source=source, line=str(line))
