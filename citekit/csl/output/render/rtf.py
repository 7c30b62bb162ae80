r"""RTF: groups for fonts, everything outside ASCII as ``\u`` escapes, blocks as new lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.render.base import OutputFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.output.spacing import Spacing

_WORDS = {
    ("font-style", "italic"): "\\i ",
    ("font-style", "oblique"): "\\i ",
    ("font-style", "normal"): "\\i0 ",
    ("font-variant", "small-caps"): "\\scaps ",
    ("font-variant", "normal"): "\\scaps0 ",
    ("font-weight", "bold"): "\\b ",
    ("font-weight", "normal"): "\\b0 ",
    ("font-weight", "light"): "\\b0 ",
    ("text-decoration", "underline"): "\\ul ",
    ("text-decoration", "none"): "\\ulnone ",
    ("vertical-align", "sup"): "\\super ",
    ("vertical-align", "sub"): "\\sub ",
    ("vertical-align", "baseline"): "\\nosupersub ",
}


_LINE = 240
"""A line, in twentieths of a point."""


class Rtf(OutputFormat):
    r"""RTF; cites and entries are to be put into a document that declares ``\uc1``."""

    def escape(self, text: str) -> str:
        """Text in which no character means anything to an RTF reader."""
        return _escaped(text)

    def marks(self, kind: str, value: str, *, follows: bool) -> tuple[str, str]:
        """A group with a control word."""
        word = _WORDS.get((kind, value))
        if word is not None:
            return "{" + word, "}"
        if kind == "link":
            address = _escaped(value.replace("\\", "%5C"))  # a backslash would begin a switch
            return f'{{\\field{{\\*\\fldinst HYPERLINK "{address}"}}{{\\fldrslt ', "}}"
        if kind == "display" and value in ("block", "indent"):
            return ("\\line " if follows else "") + "{", "}\\line "
        if kind == "display" and value == "left-margin":
            return "{", "\\tab }"
        return "{", "}"

    def bibliography(self, entries: Sequence[tuple[str, str]], spacing: Spacing) -> str:
        """A document of its own, its paragraphs set as the style asks for."""
        is_hanging = spacing.hanging_indent or spacing.second_field_align is not None
        indent = "\\li720\\fi-720" if is_hanging else ""
        after, lines = spacing.entry_spacing * _LINE, spacing.line_spacing * _LINE
        start = f"\\pard{indent}\\sa{after}\\sl{lines}\\slmult1 "
        return "{\\rtf1\\ansi\\uc1\n" + "".join(f"{start}{t}\\par\n" for _, t in entries) + "}"


def _escaped(text: str) -> str:
    if text.isascii() and text.isprintable() and not any(mark in text for mark in "\\{}"):
        return text
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    code = ord(letter)
    if letter in "\\{}":
        return "\\" + letter
    if 32 <= code < 127:
        return letter
    if letter == "\u00a0":
        return "\\~"
    if code < 32:
        return "\\line " if letter == "\n" else " "
    units = letter.encode("utf-16-le", "replace")
    numbers = [
        int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2)
    ]
    return "".join(f"\\u{number}?" for number in numbers)
