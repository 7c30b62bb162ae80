"""Notes of Zotero, which are HTML, as Markdown: text with its shape, and nothing that acts.

Tags, scripts and pictures are gone, links lead to the web alone, and every sign that would mean
something in Markdown or MyST is escaped.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from lxml import etree, html

from citekit.model.quotation import count_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_MOST_DEPTH: Final = 60
"""What is nested more deeply is text without shape."""
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>{}$~|]|&(?=[#A-Za-z]))")
_AT_START: Final = re.compile(r"^(?:([#>+=%:-])|(\d{1,9})([.)]))", re.MULTILINE)
_MARKS: Final = {"b": "**", "strong": "**", "em": "*", "i": "*", "s": "~~", "del": "~~"}
_SKIPPED: Final = frozenset({"script", "style", "head", "title", "template", "noscript", "svg"})
_BLOCKS: Final = frozenset(
    """address article aside blockquote body dd div dl dt figure footer form h1 h2 h3 h4 h5 h6
    header hr html li main ol p pre section table tbody td tfoot th thead tr ul""".split()  # noqa: SIM905
)
_WEB: Final = re.compile(r"(?:https?://|mailto:)[^\s<>\\]{1,2000}", re.IGNORECASE)


def read_note(text: str) -> tuple[str, int]:
    r"""A note in Markdown, and the words of the longest quotation that it marks as one.

    >>> read_note("<p>On <b>reeds</b>: 2 * 3</p><blockquote>Cut them low.</blockquote>")
    ('On **reeds**: 2 \\* 3\n\n> Cut them low.', 3)
    """
    root = _parsed(text)
    written = _joined(root, 0) if root is not None else ""
    if root is None or not written:  # no mark-up, or none that a tree could be made of
        return _paragraph(_escaped(unescape(re.sub("<[^<>]*>", " ", text)))), 0
    return written, max(map(count_words, _quotations(root)), default=0)


def _parsed(text: str) -> HtmlElement | None:
    """The tree of a text; None where it holds no mark-up, or the parser gives up."""
    if "<" not in text and "&" not in text:
        return None
    try:
        return html.document_fromstring(text.replace("\0", ""))
    except (etree.LxmlError, ValueError):  # an empty document
        return None


def _quotations(root: HtmlElement) -> Iterator[str]:
    for element in root.iter("blockquote", "q"):
        if next(element.iterancestors("blockquote"), None) is None:
            yield str(element.text_content())
    for element in root.iter("span"):
        if "highlight" in (element.get("class") or "").split():
            yield str(element.text_content())


def _blocks(element: HtmlElement, depth: int) -> Iterator[str]:
    """The blocks of an element, each in Markdown; text between them is a paragraph."""
    if depth > _MOST_DEPTH:
        yield _paragraph(_escaped(str(element.text_content())))
        return
    inline = [_escaped(element.text or "")]
    for child in element:
        if isinstance(child.tag, str) and child.tag in _BLOCKS:
            yield _paragraph("".join(inline))
            yield from _block(child, depth + 1)
            inline = []
        else:
            inline.append(_inline(child, depth + 1))
        inline.append(_escaped(child.tail or ""))
    yield _paragraph("".join(inline))


def _block(element: HtmlElement, depth: int) -> Iterator[str]:
    tag = str(element.tag)
    if re.fullmatch("h[1-6]", tag):
        yield _headed("#" * int(tag[1]) + " ", " ".join(_blocks(element, depth)))
    elif tag == "hr":
        yield "***"
    elif tag == "pre":
        yield _code(str(element.text_content()))
    elif tag == "blockquote":
        yield _indented("> ", "> ", _joined(element, depth))
    elif tag in ("ul", "ol"):
        yield from _list(element, depth)
    elif tag == "tr":
        cells = (" ".join(_joined(cell, depth).split()) for cell in element if _is_tag(cell))
        yield _paragraph(" \\| ".join(cells))
    else:
        yield from _blocks(element, depth)


def _list(element: HtmlElement, depth: int) -> Iterator[str]:
    items = []
    for number, child in enumerate(filter(_is_tag, element), 1):
        mark = f"{number}. " if element.tag == "ol" else "- "
        items.append(_indented(mark, " " * len(mark), _joined(child, depth)))
    yield "\n".join(filter(None, items))


def _joined(element: HtmlElement, depth: int) -> str:
    return "\n\n".join(filter(None, _blocks(element, depth)))


def _inline(element: HtmlElement, depth: int) -> str:
    """The Markdown of what stands within a line."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _SKIPPED:
        return ""
    if tag == "br":
        return "\n"
    if depth > _MOST_DEPTH:
        return _escaped(str(element.text_content()))
    inner = _escaped(element.text or "") + "".join(
        _inline(child, depth + 1) + _escaped(child.tail or "") for child in element
    )
    if tag in _MARKS:
        return _marked(_MARKS[tag], inner)
    if tag == "a" and _WEB.fullmatch(element.get("href") or "") and inner.strip():
        return f"[{inner.strip()}](<{element.get('href')}>)"
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
    return (
        re.sub("\n{2,}", "\n\n", "\n".join(safe)).replace("\n", "\\\n").replace("\\\n\\\n", "\n\n")
    )


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


def _is_tag(element: HtmlElement) -> bool:
    return isinstance(element.tag, str) and element.tag not in _SKIPPED
