"""Tokens: what a tree becomes before rendering, a flat run of texts and marks."""

from __future__ import annotations

from citekit.csl.style.ir import Look
from citekit.model.value import Value


class Open(Value):
    """The start of a font change, a block or a link: one of FONT_KINDS, display, link."""

    kind: str
    value: str = ""


class Source(Open):
    """The start of what one element of the style wrote; only in flattening for explanations."""

    kind: str = "source"
    look: Look


class Close(Value):
    """The end of the innermost open mark."""


CLOSE = Close()
Token = str | Open | Close

FONT_KINDS = ("font-style", "font-variant", "font-weight", "text-decoration", "vertical-align")
OPENS = {
    (kind, value): Open(kind=kind, value=value)
    for kind, values in zip(
        FONT_KINDS,
        (("italic", "oblique", "normal"), ("small-caps", "normal"), ("bold", "light", "normal"),
         ("underline", "none"), ("sup", "sub", "baseline")),
        strict=True,
    )
    for value in values
}  # fmt: skip
"""The starts of font changes, made once."""
