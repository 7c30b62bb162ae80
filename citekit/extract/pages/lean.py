"""A page without what is large and no text: pictures in attributes, styles, programs, comments.

Programs that save a page as one file put its pictures and fonts into it, tens of megabytes, which
the parser would read or give up on. They are set aside before it reads; where a position leads in
the page as it came is kept. Tags are read as HTML §13.2.5 reads them, each character once.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PARSE_LIMIT: Final = 16_000_000  # code points that are parsed; more than any article
_MOST_ATTRIBUTES: Final = 1000  # of one element; libxml2 compares each with all others
_LONGEST_TAG: Final = 2_000  # shorter ones are not looked into
_LONGEST_VALUE: Final = 2_000  # of an attribute; nothing that is read is longer
_KEPT: Final = 64  # of a longer one: enough to tell what it was
_LONGEST_STYLE, _LONGEST_COMMENT = 1_000, 1_000
_LONGEST_SCRIPT: Final = 2_000_000
_MOST_FRAMES, _LARGEST_FRAME = 20, 4_000_000
# Possessive, as nothing is to be tried twice.
_ATTRIBUTE: Final = re.compile(
    r"""(?P<name>[^\s/>][^\s/>=]*+)"""
    r"""(?:\s*+=\s*+(?P<value>"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
)
_ATTRIBUTES: Final = re.sub(r"\?P<\w+>", "?:", _ATTRIBUTE.pattern)
_TOKEN: Final = re.compile(
    r"(?P<comment><!--[^-]*+(?:-(?!->)[^-]*+)*+)"
    rf"|(?P<raw><(?P<kind>style|script)(?=[\s/>])(?:[\s/]++|{_ATTRIBUTES})*+>)"
    r"(?P<content>[^<]*+(?:<(?!/(?P=kind))[^<]*+)*+)"
    rf"|(?P<tag>(?P<start><[a-z][^\s/>]*+)(?:[\s/]++|{_ATTRIBUTES})*+)",
    re.IGNORECASE,
)


class Lean:
    """A page's text without the large parts, and what was in its frames."""

    def __init__(self, page: str) -> None:
        self.frames: list[str] = []
        self._cuts: list[tuple[int, int]] = [
            (0, 0)
        ]  # where in the text, and what is left out so far
        pieces: list[str] = []
        done = length = 0
        for start, end, kept in self._replaced(page):
            pieces += [page[done:start], kept]
            length += start - done + len(kept)
            done = end
            self._cuts.append((length, end - length))
        pieces.append(page[done:])
        whole = "".join(pieces)
        self.text: Final = whole[:PARSE_LIMIT]
        self.left_out: Final = len(whole) - len(self.text)

    def original(self, position: int) -> int:
        """Where in the page a position of the text is."""
        number = bisect_right(self._cuts, position, key=lambda cut: cut[0]) - 1
        return position + self._cuts[number][1]

    def _replaced(self, page: str) -> Iterator[tuple[int, int, str]]:
        """The ranges that are left out, with what takes their place."""
        for token in _TOKEN.finditer(page):
            if token["comment"] is not None:
                if token.end() - token.start() > _LONGEST_COMMENT:
                    yield token.start() + 4, token.end(), " "
            elif token["raw"] is not None:
                first, last = token.span("content")
                longest = _LONGEST_STYLE if token["kind"].lower() == "style" else _LONGEST_SCRIPT
                if last - first > longest:
                    yield first, last, ""
            elif token.end() - token.start() > _LONGEST_TAG:
                yield from self._of_tag(token)

    def _of_tag(self, tag: re.Match[str]) -> Iterator[tuple[int, int, str]]:
        first, last = tag.end("start"), tag.end()
        attributes = list(
            islice(_ATTRIBUTE.finditer(tag.string, first, last), _MOST_ATTRIBUTES + 1)
        )
        if len(attributes) > _MOST_ATTRIBUTES:
            yield first, last, ""
            return
        for one in attributes:
            start, end = one.span("value")
            if end - start <= _LONGEST_VALUE:
                continue
            if one["name"].lower() == "srcdoc":
                self._keep_frame(one["value"])
            quote = one["value"][0] if one["value"][0] in "\"'" else ""
            yield start + _KEPT, end - len(quote), ""

    def _keep_frame(self, value: str) -> None:
        if len(self.frames) < _MOST_FRAMES and len(value) <= _LARGEST_FRAME:
            self.frames.append(html.unescape(value.strip("\"'")))
