"""Tokens → text, HTML, Markdown, LaTeX or RTF; each renderer escapes what its format would read.

A renderer is a function from the tokens of ``writer.flatten`` to a string. Hosts with another
output (docutils, a word processor) write their own for the same tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from citekit.csl.output.render import html, latex, markdown, rtf, text
from citekit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from citekit.csl.output.tokens import Token

Renderer: TypeAlias = "Callable[[Iterable[Token]], str]"
Format = Literal["text", "html", "markdown", "latex", "rtf"]

_RENDERERS: dict[Format, Renderer] = {
    "text": text.render,
    "html": html.render,
    "markdown": markdown.render,
    "latex": latex.render,
    "rtf": rtf.render,
}
FORMATS: tuple[Format, ...] = tuple(_RENDERERS)


def renderer(name: Format) -> Renderer:
    """The function that renders one cite or bibliography entry in this format.

    Raises UsageError for a format nobody wrote.
    """
    render = _RENDERERS.get(name)
    if render is None:
        raise UsageError(f"unknown format {name!r}", hint="one of " + ", ".join(FORMATS))
    return render
