"""Tokens: what a tree becomes before rendering, a flat run of texts and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from citekit.csl.style.ir import Look


class Open:
    """The start of a font change, a block or a link: one of FONT_KINDS, display, link."""

    __slots__ = ("kind", "value")

    def __init__(self, kind: str, value: str) -> None:
        self.kind = kind
        self.value = value


class Source(Open):
    """The start of what one element of the style wrote; only in flattening for explanations."""

    __slots__ = ("look",)

    def __init__(self, look: Look) -> None:
        super().__init__("source", "")
        self.look = look


class Close:
    """The end of the innermost open mark."""

    __slots__ = ()


CLOSE = Close()
Token = str | Open | Close

FONT_KINDS = ("font-style", "font-variant", "font-weight", "text-decoration", "vertical-align")
OPENS = {
    (kind, value): Open(kind, value)
    for kind, values in zip(
        FONT_KINDS,
        (("italic", "oblique", "normal"), ("small-caps", "normal"), ("bold", "light", "normal"),
         ("underline", "none"), ("sup", "sub", "baseline")),
        strict=True,
    )
    for value in values
}  # fmt: skip
"""The starts of font changes, made once."""
