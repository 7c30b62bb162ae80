r"""RTF: groups for fonts, everything outside ASCII as ``\u`` escapes, blocks as new lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.render.nested import nest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.csl.output.tokens import Open, Token

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


def render(tokens: Iterable[Token]) -> str:
    r"""RTF of one cite or entry, to be put into a document that declares ``\uc1``."""
    return nest(tokens, escape, _group)


def escape(text: str) -> str:
    """Text in which no character means anything to an RTF reader."""
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


def _group(token: Open, follows: bool) -> tuple[str, str]:
    word = _WORDS.get((token.kind, token.value))
    if word is not None:
        return "{" + word, "}"
    if token.kind == "link":
        address = escape(token.value.replace("\\", "%5C"))  # a backslash would begin a switch
        return f'{{\\field{{\\*\\fldinst HYPERLINK "{address}"}}{{\\fldrslt ', "}}"
    if token.kind == "display" and token.value in ("block", "indent"):
        return ("\\line " if follows else "") + "{", "}\\line "
    if token.kind == "display" and token.value == "left-margin":
        return "{", "\\tab }"
    return "{", "}"
