"""Tokens → text, HTML, Markdown, LaTeX or RTF; each format escapes what it would read.

A format is an ``OutputFormat``; hosts with another output write their own on that base and hand it
over, or register it and call it by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from citekit.csl.output.render.base import OutputFormat
from citekit.csl.output.render.html import Html
from citekit.csl.output.render.latex import Latex
from citekit.csl.output.render.markdown import Markdown
from citekit.csl.output.render.rtf import Rtf
from citekit.csl.output.render.text import Text
from citekit.errors import UsageError
from citekit.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from citekit.csl.output.tokens import Token

Renderer: TypeAlias = "Callable[[Iterable[Token]], str]"
Format = Literal["text", "html", "markdown", "latex", "rtf"]
"""The formats that come with citekit."""
Output: TypeAlias = "str | OutputFormat"
"""A format by its name (one of ``Format``, or one that was registered), or the format itself."""

_OURS: dict[str, OutputFormat] = {
    "text": Text(),
    "html": Html(),
    "markdown": Markdown(),
    "latex": Latex(),
    "rtf": Rtf(),
}
_REGISTERED: dict[str, OutputFormat] = {}


def register_format(name: str, output: OutputFormat) -> None:
    """Let a format of your own be called by its name, in this process; again, to exchange it.

    Raises UsageError for a name of ours.
    """
    if name in _OURS:
        raise UsageError(f"the format {name!r} is citekit's own", hint="choose another name")
    _REGISTERED[name] = output


def format_names() -> tuple[str, ...]:
    """The names of all formats there are, ours first."""
    return (*_OURS, *_REGISTERED)


def output_format(output: Output) -> OutputFormat:
    """The format of that name, or the format itself; raises UsageError for one nobody wrote."""
    if isinstance(output, OutputFormat):
        return output
    found = _OURS.get(output) or _REGISTERED.get(output)
    if found is None:
        hint = did_you_mean(output, format_names()) or "one of " + ", ".join(format_names())
        raise UsageError(f"unknown format {output!r}", hint=hint)
    return found


def renderer(output: Output) -> Renderer:
    """The function that renders one cite or bibliography entry in this format.

    Raises UsageError for a format nobody wrote.
    """
    return output_format(output).render
