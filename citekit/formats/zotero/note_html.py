"""Notes of Zotero, which are HTML, as Markdown: text with its shape, and nothing that acts.

Tags, scripts and pictures are gone, links lead to the web alone, and every sign that would mean
something in Markdown or MyST is escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.formats.zotero.note_tree import BLOCKS, Node, read_tree
from citekit.model.quotation import count_words

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>{}$~|]|&(?=[#A-Za-z]))")
_AT_START: Final = re.compile(r"^(?:([#>+=%:-])|(\d{1,9})([.)]))", re.MULTILINE)
_MARKS: Final = {"b": "**", "strong": "**", "em": "*", "i": "*", "s": "~~", "del": "~~"}
_WEB: Final = re.compile(r"(?:https?://|mailto:)[^\s<>\\]{1,2000}", re.IGNORECASE)


def read_note(text: str) -> tuple[str, int]:
    r"""A note in Markdown, and the words of the longest quotation that it marks as one.

    >>> read_note("<p>On <b>reeds</b>: 2 * 3</p><blockquote>Cut them low.</blockquote>")
    ('On **reeds**: 2 \\* 3\n\n> Cut them low.', 3)
    """
    root = read_tree(text)
    return _joined(root), max(map(count_words, _quotations(root)), default=0)


def as_words(text: str) -> str:
    r"""A text in Markdown that says its words and nothing else, line by line.

    >>> as_words("2 * 3\n- a")
    '2 \\* 3\\\n\\- a'
    """
    return _paragraph("\n".join(map(_escaped, text.splitlines())))


def _quotations(node: Node) -> Iterator[str]:
    """What stands in quotations, each whole, and not again for one in it."""
    stack: list[str | Node] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            continue
        if part.tag in ("blockquote", "q") or "highlight" in part.classes:
            yield part.words()
        else:
            stack.extend(part.children)


def _joined(node: Node) -> str:
    return "\n\n".join(filter(None, _blocks(node)))


def _blocks(node: Node) -> Iterator[str]:
    """The blocks of an element, each in Markdown; text between them is a paragraph."""
    inline: list[str] = []
    for child in node.children:
        if isinstance(child, Node) and child.tag in BLOCKS:
            yield _paragraph("".join(inline))
            yield from _block(child)
            inline = []
        else:
            inline.append(_inline(child))
    yield _paragraph("".join(inline))


def _block(node: Node) -> Iterator[str]:
    if re.fullmatch("h[1-6]", node.tag):
        yield _headed("#" * int(node.tag[1]) + " ", " ".join(_blocks(node)))
    elif node.tag == "hr":
        yield "***"
    elif node.tag == "pre":
        yield _code("".join(_raw(node)))
    elif node.tag == "blockquote":
        yield _indented("> ", "> ", _joined(node))
    elif node.tag in ("ul", "ol"):
        yield _list(node)
    elif node.tag == "tr":
        cells = (" ".join(_joined(cell).split()) for cell in _elements(node))
        yield _paragraph(" \\| ".join(cells))
    else:
        yield from _blocks(node)


def _list(node: Node) -> str:
    items = []
    for number, child in enumerate(_elements(node), 1):
        mark = f"{number}. " if node.tag == "ol" else "- "
        items.append(_indented(mark, " " * len(mark), _joined(child)))
    return "\n".join(filter(None, items))


def _elements(node: Node) -> Iterator[Node]:
    """What is in a list or a row; text that stands there is an element, too."""
    for child in node.children:
        if isinstance(child, Node):
            yield child
        elif child.strip():
            wrapped = Node("p")
            wrapped.children.append(child)
            yield wrapped


def _raw(node: Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, str):
            yield child
        else:
            yield "\n" if child.tag == "br" else "".join(_raw(child))


def _inline(part: str | Node) -> str:
    """The Markdown of what stands within a line."""
    if isinstance(part, str):
        return _escaped(part)
    if part.tag == "br":
        return "\n"
    inner = "".join(map(_inline, part.children))
    if part.tag in _MARKS:
        return _marked(_MARKS[part.tag], inner)
    if part.tag == "a" and _WEB.fullmatch(part.href) and inner.strip():
        return f"[{' '.join(inner.split())}](<{part.href}>)"
    return inner


def _marked(mark: str, inner: str) -> str:
    """A text between two marks; blanks stay outside, where Markdown wants them."""
    core = inner.strip()
    if not core or "\n" in core:
        return inner
    start = inner.index(core)
    return f"{inner[:start]}{mark}{core}{mark}{inner[start + len(core) :]}"


def _paragraph(text: str) -> str:
    """Lines without surplus blanks, none of which begins a block of another kind.

    Several line breaks end a paragraph, as people mean them.
    """
    lines = [" ".join(line.split()) for line in text.strip().split("\n")]
    safe = [_AT_START.sub(_kept_text, line) for line in lines]
    parts = re.split("\n{2,}", "\n".join(safe))
    return "\n\n".join(part.replace("\n", "\\\n") for part in parts)


def _kept_text(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}"


def _headed(head: str, text: str) -> str:
    line = " ".join(text.replace("\\\n", " ").split())
    return head + line if line else ""


def _indented(first: str, others: str, text: str) -> str:
    lines = text.split("\n")
    more = (f"{others}{line}".rstrip() for line in lines[1:])
    return "\n".join([first + lines[0], *more]) if text else ""


def _code(text: str) -> str:
    """A block of code, whose fence is longer than any run of backticks in it."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.strip()}\n{fence}" if text.strip() else ""


def _escaped(text: str) -> str:
    """Text in which no sign means anything; a line break of the source is a blank."""
    return _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text))
