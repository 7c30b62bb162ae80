r"""Characters that steer what shows a text, and are no part of its words: the one rule about them.

Controls drive a terminal (C0 but tab and line feed, DEL, C1); those of direction make one text look
like another; tags (U+E0000 to U+E007F), interlinear annotations and noncharacters hold words that
machines read and nobody sees; the separators U+2028 and U+2029 end a line for some readers and not
for others. Each place shows them in its own way:

- a person reads them spelled out (``visible``), as ``\x1b`` or ``\u202e``;
- JSON holds them escaped (``escaped_json``): the value stays, and the file can be looked at;
- pages and references, which are handed on, have U+FFFD instead (``replaced``), or a blank for a
  separator.

Spaces and joiners stay everywhere, French, Persian and Hindi need them. In what is handed on, so do
the three marks of direction (U+061C, U+200E, U+200F), which Hebrew and Arabic need and which turn
no letter round.
"""

from __future__ import annotations

_CONTROLS = (*(n for n in range(0x20) if n not in (9, 10)), *range(0x7F, 0xA0))
_OVERRIDES = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SEPARATORS = (0x2028, 0x2029)
_NONCHARACTERS = (
    *range(0xFDD0, 0xFDF0),
    *(plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF)),
)
_UNSEEN = (*range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080), *_NONCHARACTERS)
_MARKS = (0x061C, 0x200E, 0x200F)

REPLACED = {
    **dict.fromkeys((*_CONTROLS, *_OVERRIDES, *_UNSEEN), "\ufffd"),
    **dict.fromkeys(_SEPARATORS, " "),
}
"""Code point -> what stands for it, for ``str.translate``."""
_SPELLED = (*_OVERRIDES, *_SEPARATORS, *_UNSEEN, *_MARKS)
_VISIBLE = {
    number: ascii(chr(number))[1:-1] if number > 255 else f"\\x{number:02x}"
    for number in (*_CONTROLS, *_SPELLED)
}


def _in_json(number: int) -> str:
    """A code point as JSON escapes it: by its UTF-16 (RFC 8259, section 7)."""
    digits = chr(number).encode("utf-16-be").hex()
    return "".join(f"\\u{digits[at : at + 4]}" for at in range(0, len(digits), 4))


_IN_JSON = {number: _in_json(number) for number in (*range(0x80, 0xA0), *_SPELLED)}
_IN_JSON[0x7F] = "\\u007f"


def visible(text: str) -> str:
    r"""The text with each such character spelled out, for a person who reads it on a terminal.

    >>> print(visible("harbour\x1b[2J \u202egpj"))
    harbour\x1b[2J \u202egpj
    """
    return text if text.isascii() and text.isprintable() else text.translate(_VISIBLE)


def replaced(text: str) -> str:
    """The text with U+FFFD for each such character but marks of direction."""
    return text if text.isascii() and text.isprintable() else text.translate(REPLACED)


def escaped_json(document: str) -> str:
    r"""A JSON text in which no such character stands as it is; its values are the same.

    >>> print(escaped_json('{"title": "\u202egpj"}'))
    {"title": "\u202egpj"}
    """
    return document if document.isascii() else document.translate(_IN_JSON)
