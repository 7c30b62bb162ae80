"""Tokens → text, HTML, Markdown, LaTeX or RTF; each renderer escapes what its format would read.

A renderer is a function from the tokens of ``punctuation.flatten`` to a string. Hosts with another
output (docutils, a word processor) write their own for the same tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from citekit.csl.output.tokens import Token

    Renderer = Callable[[Iterable[Token]], str]

Format = Literal["text", "html", "markdown", "latex", "rtf"]
FORMATS: tuple[Format, ...] = ("text", "html", "markdown", "latex", "rtf")


def renderer(name: Format) -> Renderer:
    """The function that renders one cite or bibliography entry in this format.

    Raises UsageError for a format nobody wrote.
    """
    from importlib import import_module

    if name not in FORMATS:
        from citekit.errors import UsageError

        raise UsageError(f"unknown format {name!r}", hint="one of " + ", ".join(FORMATS))
    render: Renderer = import_module(f"{__name__}.{name}").render
    return render
