"""The text of a page as its tree has it, character by character, and the blocks it stands in.

Trafilatura chooses which paragraphs are the article, but drops joiners, marks and other characters.
Here a paragraph that was chosen is found again in the tree by its letters and digits alone, and
what the tree has from the first to the last of them is taken.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from citekit.extract.pages.tree import is_hidden
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    Span = tuple[int, int]

BREAK: Final = "\n"  # the end of a block; a line break of the source is a blank
_MOST_NODES: Final = 400_000
_INLINE: Final = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "q", "ruby", "rb", "s"),
        *(
            "samp",
            "small",
            "span",
            "strike",
            "strong",
            "sub",
            "sup",
            "time",
            "tt",
            "u",
            "var",
            "wbr",
        ),
    }
)
_SKIPPED: Final = frozenset(
    {
        *("script", "style", "noscript", "template", "svg", "iframe", "button", "select", "head"),
        *("title", "object", "video", "audio", "canvas", "textarea", "input"),
    }
)
_UNSEEN: Final = re.compile(
    r"(?:^|\s)(?:sr-only|screen-?reader(?:-text|-only)?|visually-?hidden|a11y-hidden)(?:$|\s)",
    re.IGNORECASE,
)
_EMOJI: Final = re.compile(r"(?:^|[\s_-])(?:emoji|wp-smiley)(?:$|[\s_-])", re.IGNORECASE)
_LONGEST_EMOJI: Final = 12
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
# CSS Text 3 §4.1.3: a line break of the source between two East Asian letters is no blank.
_WIDE: Final = "[\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]"
_WIDE_BREAK: Final = re.compile(rf"(?<={_WIDE})[ \t]*[\r\n][ \t\r\n\f]*(?={_WIDE})")
_LEAST_PIECE: Final = 8  # letters of a piece that is looked for on its own
_MOST_PIECES: Final = 12
_SURE: Final = 20  # letters of a line that is looked for in the whole page
_NEAR: Final = 4_000  # letters behind a line in which a short one, or its next piece, stands


class Found(Value):
    """A line as the tree has it, and the same with blanks between elements; `is_row` of a table."""

    text: str
    apart: str
    is_row: bool = False


class Flow:
    """The text of a tree; lines are looked for in their order."""

    def __init__(self, root: HtmlElement) -> None:
        self._seams: list[int] = []
        self._text = self._read(root)
        self._places = [i for i, c in enumerate(self._text) if c.isalnum()]
        self._letters = "".join(self._text[i] for i in self._places)
        self._position = 0  # among the letters, behind the last line that was found

    def _read(self, root: HtmlElement) -> str:
        pieces: list[str] = []
        length = 0
        for piece in _pieces(root):
            if not piece:
                self._seams.append(length)
            text = unicodedata.normalize("NFC", piece)
            pieces.append(text)
            length += len(text)
        return "".join(pieces)

    def find(self, line: str) -> list[Found]:
        """A line that was chosen, in the page's own characters: a line for each of its blocks.

        Nothing where it is not found.
        """
        if line.startswith("|") or " | " in line:
            return self._find_row(line)
        letters = "".join(c for c in unicodedata.normalize("NFC", line) if c.isalnum())
        spans = self._spans(letters) if letters else None
        return self._found(spans, line) if spans else []

    def _find_row(self, line: str) -> list[Found]:
        """A row of a table: each of its cells."""
        cells = [cell.strip() for cell in line.split("|")]
        found = [self.find(cell) for cell in cells if any(c.isalnum() for c in cell)]
        if not found or [] in found:
            return []
        text, apart = (
            " | ".join(" ".join(getattr(one, name) for one in cell) for cell in found)
            for name in ("text", "apart")
        )
        return [Found(text=text, apart=apart, is_row=True)]

    def _spans(self, letters: str) -> list[Span] | None:
        """The ranges of letters that a line has, in one piece where that can be."""
        sure = len(letters) >= _SURE
        start = self._letters.find(
            letters, self._position, None if sure else self._position + _NEAR + len(letters)
        )
        if start < 0 and sure:
            start = self._letters.find(letters)
        if start >= 0:
            self._position = start + len(letters)
            return [(start, self._position)]
        return self._in_pieces(letters) if sure else None

    def _in_pieces(self, letters: str) -> list[Span] | None:
        """The ranges of a line that leaves out what stands in its middle."""
        spans: list[Span] = []
        done, position = 0, self._position
        while done < len(letters) and len(spans) < _MOST_PIECES:
            piece = letters[done : done + _LEAST_PIECE]
            start = self._letters.find(piece, position, position + _NEAR if spans else None)
            if start < 0:
                return None
            size = _common(letters, done, self._letters, start)
            spans.append((start, start + size))
            done, position = done + size, start + size
        if done < len(letters):
            return None
        self._position = position
        return spans

    def _found(self, spans: list[Span], line: str) -> list[Found]:
        ranges = [(self._places[first], self._places[last - 1] + 1) for first, last in spans]
        first, last = self._before(ranges[0][0], line), self._behind(ranges[-1][1], line)
        ranges = _with_marks(self._text, ranges)
        ranges[0] = (first, ranges[0][1])
        ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
        text = "".join(_padded(self._text, *one) for one in ranges)
        apart = " ".join(self._apart(*one) for one in ranges)
        pairs = zip(text.split(BREAK), apart.split(BREAK), strict=True)
        return [Found(text=_one_line(a), apart=_one_line(b)) for a, b in pairs if not a.isspace()]

    def _before(self, start: int, line: str) -> int:
        """Where a line begins whose first letter is at `start`: signs before it belong to it."""
        wanted = _signs(line[: next((i for i, c in enumerate(line) if c.isalnum()), 0)])
        position = start
        while position > 0 and (c := self._text[position - 1]) != BREAK and not c.isalnum():
            if not c.isspace() and unicodedata.category(c) != "Cf":
                if wanted == 0:
                    break
                wanted -= 1
                start = position - 1
            elif not c.isspace() and position == start:
                start = position - 1
            elif wanted == 0:
                break
            position -= 1
        return start

    def _behind(self, end: int, line: str) -> int:
        """Where a line ends whose last letter is before `end`."""
        tail = next((i for i, c in enumerate(reversed(line)) if c.isalnum()), 0)
        wanted = _signs(line[len(line) - tail :])
        position = end
        while position < len(self._text) and (c := self._text[position]) != BREAK:
            if c.isalnum():
                break
            if not c.isspace() and not _is_mark(c):
                if wanted == 0:
                    break
                wanted -= 1
                end = position + 1
            elif not c.isspace() and position == end:
                end = position + 1
            elif wanted == 0:
                break
            position += 1
        return end

    def _apart(self, start: int, end: int) -> str:
        """A range with a blank at each place where an inline element begins or ends."""
        seams = self._seams[bisect_left(self._seams, start) : bisect_right(self._seams, end)]
        cuts = [start, *seams, end]
        return " ".join(self._text[a:b] for a, b in pairwise(cuts))


def _signs(text: str) -> int:
    return sum(not c.isspace() and not _is_mark(c) for c in text)


def _is_mark(character: str) -> bool:
    """Whether a character belongs to the one before it, or is not seen: marks, joiners."""
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}


def _with_marks(text: str, ranges: list[Span]) -> list[Span]:
    """The ranges, each with the marks that stand on its last letter."""
    longer: list[Span] = []
    for start, end in ranges:
        last = end
        while last < len(text) and _is_mark(text[last]):
            last += 1
        longer.append((start, last))
    return longer


def _padded(text: str, start: int, end: int) -> str:
    """A range, with a blank behind it where the text has one."""
    return text[start:end] + (" " if text[end : end + 1] in {" ", BREAK} else "")


def _one_line(text: str) -> str:
    return re.sub(" {2,}", " ", text).strip(" ")


def _common(one: str, start: int, other: str, first: int) -> int:
    """How many characters two texts have in common from their positions on."""
    size = 0
    for a, b in zip(islice(one, start, None), islice(other, first, None), strict=False):
        if a != b:
            break
        size += 1
    return size


def _pieces(root: HtmlElement) -> Iterator[str]:
    """Texts in order; a break where blocks begin and end, "" where inline elements do."""
    stack: list[tuple[HtmlElement, bool]] = [(root, False)]
    for _ in range(_MOST_NODES):
        if not stack:
            return
        node, done = stack.pop()
        is_text = isinstance(node.tag, str)
        inline = node.tag in _INLINE or not is_text
        yield "" if inline else BREAK
        if done:
            yield _plain(node.tail or "") if node is not root else ""
            continue
        stack.append((node, True))
        if is_text and node.tag not in _SKIPPED:
            yield _plain(node.text or _emoji(node))
            stack.extend((child, False) for child in reversed(node))


def drop_unseen(root: HtmlElement) -> None:
    """Take words out of sentences that nobody sees. Hidden blocks stay: programs may show them."""
    for node in list(islice(root.iter(*_INLINE), _MOST_NODES)):
        unseen = is_hidden(node) or _UNSEEN.search(node.get("class") or "")
        alone = unseen and all(part.tag in _INLINE for part in node.iter("*"))
        if alone and node.tag != "img" and node.getparent() is not None:
            node.drop_tree()


def _emoji(node: HtmlElement) -> str:
    """The sign that a picture of it stands for."""
    if node.tag != "img" or not _EMOJI.search(node.get("class") or ""):
        return ""
    sign = node.get("alt") or ""
    return sign if len(sign) <= _LONGEST_EMOJI and not sign.isascii() else ""


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", _WIDE_BREAK.sub("", text))
