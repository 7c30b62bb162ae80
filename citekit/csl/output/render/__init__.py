"""Tokens → text, HTML, Markdown, LaTeX or RTF; each format escapes what it would read.

A format is an ``OutputFormat``; hosts with another output write their own on that base and hand it
over, or register it and call it by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

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
    from importlib.metadata import EntryPoint

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
GROUP: Final = "citekit.formats"
"""The group of entry points by which a package adds a format to the command line."""


def register_format(name: str, output: OutputFormat) -> None:
    """Let a format of your own be called by its name, in this process; again, to exchange it.

    Raises UsageError for a name of ours.
    """
    if name in _OURS:
        raise UsageError(f"the format {name!r} is citekit's own", hint="choose another name")
    _REGISTERED[name] = output


def format_names() -> tuple[str, ...]:
    """The names of all formats there are, ours first, then registered and installed ones."""
    return tuple(dict.fromkeys((*_OURS, *_REGISTERED, *_installed())))


def _installed() -> dict[str, EntryPoint]:
    """The formats that installed packages offer, by name; see ``GROUP``."""
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP)}


def _load(point: EntryPoint) -> OutputFormat:
    """The format of a package, or what its class makes; raises UsageError for anything else."""
    try:
        found = point.load()
        found = found() if isinstance(found, type) else found
    except Exception as error:  # somebody else's code
        raise UsageError(f"the format {point.name} cannot be loaded: {error}") from error
    if not isinstance(found, OutputFormat):
        raise UsageError(f"{point.value} is no OutputFormat")
    return found


def output_format(output: Output) -> OutputFormat:
    """The format of that name, or the format itself; raises UsageError for one nobody wrote."""
    if isinstance(output, OutputFormat):
        return output
    found = _OURS.get(output) or _REGISTERED.get(output)
    if found is None and output in (installed := _installed()):
        found = _REGISTERED[output] = _load(installed[output])
    if found is None:
        hint = did_you_mean(output, format_names()) or "one of " + ", ".join(format_names())
        raise UsageError(f"unknown format {output!r}", hint=hint)
    return found


def renderer(output: Output) -> Renderer:
    """The function that renders one cite or bibliography entry in this format.

    Raises UsageError for a format nobody wrote.
    """
    return output_format(output).render
