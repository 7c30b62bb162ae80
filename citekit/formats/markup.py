"""The light markup of CSL-JSON text: ``<i>``, ``<b>``, ``<sup>``, ``<sub>``, small caps, nocase.

Source: CSL-JSON, "HTML-like formatting tags". Tags that do not pair up are text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TAG = r"(</?(?:i|b|sc|sup|sub)>|<span(?: [^<>]*)?>|</span>)"
_SPACE = r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+"  # not the no-break and thin spaces
_CONTROL = dict.fromkeys([*range(9), *range(14, 28), *range(127, 133), *range(134, 160)])


class Styled(NamedTuple):
    """Text in one style: ``i b sc sup sub nocase``, or ``""`` for a span without a meaning."""

    style: str
    parts: tuple[str | Styled, ...]


Rich = tuple[str | Styled, ...]


def fold(text: str) -> str:
    """The text on one line: white space folded, control characters and lone surrogates gone."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = re.sub(_SPACE, " ", text.translate(_CONTROL)).strip()
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def parse_markup(text: str) -> Rich:
    """The text as a tree.

    >>> parse_markup("H<sub>2</sub>O")
    ('H', Styled(style='sub', parts=('2',)), 'O')
    """
    if "<" not in text:
        return (text,) if text else ()
    open_tags: list[tuple[str, list[str | Styled]]] = [("", [])]
    for number, piece in enumerate(re.split(_TAG, text)):
        here = open_tags[-1][1]
        if number % 2 == 0 or (piece[1] == "/" and not _closes(piece, open_tags[-1][0])):
            here.extend([piece] if piece else [])
        elif piece[1] == "/":
            tag, parts = open_tags.pop()
            open_tags[-1][1].append(Styled(_style(tag), tuple(parts)))
        else:
            open_tags.append((piece, []))
    while len(open_tags) > 1:
        tag, parts = open_tags.pop()
        open_tags[-1][1].extend([tag, *parts])
    return tuple(open_tags[0][1])


def without_markup(text: str) -> str:
    """The text alone.

    >>> without_markup("<i>Salmonella</i> in pork")
    'Salmonella in pork'
    """
    return _flat(parse_markup(text))


def _flat(parts: Rich) -> str:
    return "".join(part if isinstance(part, str) else _flat(part.parts) for part in parts)


def _closes(closing: str, opening: str) -> bool:
    return opening[1:5].rstrip(">").split(" ")[0] == closing[2:-1]


def _style(tag: str) -> str:
    if not tag.startswith("<span"):
        return tag[1:-1]
    if "nocase" in tag:
        return "nocase"
    return "sc" if "small-caps" in tag else ""
