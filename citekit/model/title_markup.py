r"""The mark-up of CSL-JSON texts, read in one place: styles, BibTeX and the site go by this tree.

``<i> <b> <sc> <sup> <sub>``, and spans of small capitals, of ``nocase`` and of upright text; any
other span is mark-up that means nothing.

- A tag that does not pair is text, and so is every other tag: nothing else can come in this way.
- Whatever pairs is nested, never deeper than ``DEEPEST``; hostile nesting stays text, and so does
  what comes after ``MOST_TAGS``: a title is shown on many pages, and each span is an element there.

Source: CSL-JSON schema, "rich text"; variants that people type (``<i >``, ``class=\"nocase\"``) are
read as the reference processor reads them.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Literal

from citekit.model.value import Value

DEEPEST = 40
MOST_TAGS = 1000
_TAG = (
    r"<(?:/(?P<end>i|b|sc|sup|sub|span)\s*|(?P<start>i|b|sc|sup|sub)\s*"
    r"|span(?P<attributes>\s[^<>]*)?)>"
)
_ATTRIBUTE = r"\b(class|style)\s*=\s*\\?[\"']([^\"'\\]*)"
Style = Literal["i", "b", "sc", "sup", "sub", "nocase", "nodecor", ""]
_CLASSES: dict[str, Style] = {"nocase": "nocase", "nodecor": "nodecor", "smallcaps": "sc"}
_FONTS: dict[str, Style] = {
    "font-variant:small-caps": "sc",
    "font-style:italic": "i",
    "font-weight:bold": "b",
    "font-style:normal": "nodecor",
    "font-variant:normal": "nodecor",
    "font-weight:normal": "nodecor",
}


class Span(Value):
    """A marked part. ``nodecor`` is upright text, ``""`` a span that means nothing."""

    style: Style
    parts: tuple[str | Span, ...]


Part = str | Span


class _Opened:
    """A tag that waits for its end."""

    __slots__ = ("name", "parts", "raw", "style")

    def __init__(self, raw: str, name: str, style: Style) -> None:
        self.raw = raw
        self.name = name
        self.style = style
        self.parts: list[Part] = []


_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def escaped(text: str) -> str:
    """Text between tags or in an attribute of HTML; Python's own ``html`` costs a short command.

    >>> escaped("<Quill & 'Sons'>")
    '&lt;Quill &amp; &#x27;Sons&#x27;&gt;'
    """
    return text.translate(_ESCAPED)


def read_markup(text: str) -> tuple[Part, ...]:
    """The text as a tree: strings, of which no two are neighbours, and spans.

    >>> read_markup("H<sub>2</sub>O <i>a")
    ('H', Span(style='sub', parts=('2',)), 'O <i>a')
    """
    if "<" not in text:
        return (text,) if text else ()
    opened = [_Opened("", "", "")]
    at = 0
    for number, tag in enumerate(re.finditer(_TAG, text)):
        opened[-1].parts.append(text[at : tag.start()])
        at = tag.end()
        if not tag["end"] and len(opened) <= DEEPEST and number < MOST_TAGS:
            opened.append(_Opened(tag[0], tag["start"] or "span", _style(tag)))
        elif tag["end"] and tag["end"] == opened[-1].name:
            done = opened.pop()
            opened[-1].parts.append(Span(style=done.style, parts=_joined(done.parts)))
        else:
            opened[-1].parts.append(tag[0])
    opened[-1].parts.append(text[at:])
    while len(opened) > 1:
        unpaired = opened.pop()
        opened[-1].parts += [unpaired.raw, *unpaired.parts]
    return _joined(opened[0].parts)


def without_markup(text: str) -> str:
    """The text alone, for comparing, sorting and wherever only words can stand.

    >>> without_markup("<i>Salmonella</i> in pork, 3 < 5")
    'Salmonella in pork, 3 < 5'
    """
    return _flat(read_markup(text)) if "<" in text else text


def _flat(parts: tuple[Part, ...]) -> str:
    return "".join(part if isinstance(part, str) else _flat(part.parts) for part in parts)


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """The parts with neighbouring texts as one, so that whole words are seen."""
    out: list[Part] = []
    for is_text, run in groupby((p for p in parts if p != ""), lambda p: isinstance(p, str)):
        found = list(run)
        out += ["".join(map(str, found))] if is_text else found
    return tuple(out)


def _style(tag: re.Match[str]) -> Style:
    if tag["start"]:
        plain: Style = tag["start"]  # type: ignore[assignment]  # one that the pattern names
        return plain
    for name, value in re.findall(_ATTRIBUTE, (tag["attributes"] or "").lower()):
        words = value.split() if name == "class" else value.replace(" ", "").split(";")
        known = _CLASSES if name == "class" else _FONTS
        for word in words:
            if word in known:
                return known[word]
    return ""
