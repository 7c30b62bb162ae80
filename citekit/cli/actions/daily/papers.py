"""``citekit render``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.rendering.archive_of import archive_of
from citekit.app.rendering.render import PaperFormat
from citekit.app.rendering.render import render as render_paper
from citekit.cli import output
from citekit.errors import NotFound, UsageError
from citekit.model.records.control_characters import replaced
from citekit.store.outputs import write_output

if TYPE_CHECKING:
    from citekit.app.rendering.render import RenderedPaper
    from citekit.cli.context import Context
    from citekit.store.reading import ArchiveReader

_ENDINGS: dict[str, PaperFormat] = {
    ".html": "html",
    ".htm": "html",
    ".tex": "latex",
    ".latex": "latex",
    ".txt": "text",
}


def render(
    context: Context,
    *,
    paper: str,
    style: str | None,
    locale: str | None,
    to: PaperFormat | None,
    output_: str | None,
    bibliography: list[str],
    with_private: bool,
) -> int:
    """Print a paper with its citations made, or write it; 3 where nobody knows a key."""
    store = _archive(context, Path(paper))
    if output_ is not None:
        _check(output_, paper, store)
    rendered = render_paper(
        store,
        paper,
        style=style,
        locale=locale,
        to=to or _format_of(output_),
        bibliography=bibliography,
        with_private=with_private,
    )
    for warning in rendered.warnings:
        output.note(f"warning: {warning}", quiet=context.quiet)
    if not context.json:
        output.tell_some_findings(rendered.findings, quiet=context.quiet)
    if output_ is not None:
        write_output(Path(output_), rendered.text.encode())
    if context.json:
        output.answer_json(_as_json(rendered, output_))
    elif output_ is None:
        output.answer_as_it_is(replaced(rendered.text))
    return NotFound.exit_code if rendered.unknown else 0


def _archive(context: Context, paper: Path) -> ArchiveReader | None:
    """The archive that is named, by whoever calls or by the paper, else the nearest, else none."""
    if context.named:
        return context.reader()
    named = archive_of(paper)
    if named is not None:
        return named
    try:
        return context.reader()
    except NotFound:
        return None


def _check(path: str, paper: str, store: ArchiveReader | None) -> None:
    """Raise UsageError where the output would take the place of something else."""
    if os.path.realpath(path) == os.path.realpath(paper):
        raise UsageError("is the paper itself", place=path, hint="choose another file")
    if store is not None and store.layout.would_hold(Path(path)):
        message = f"is inside the archive, which holds records alone: {path}"
        raise UsageError(message, hint="choose a path outside")


def _format_of(path: str | None) -> PaperFormat:
    return _ENDINGS.get(Path(path or "").suffix.lower(), "markdown")


def _as_json(rendered: RenderedPaper, path: str | None) -> dict[str, object]:
    return {
        "path": path,
        "format": rendered.format,
        "cited": list(rendered.cited),
        "unknown": list(rendered.unknown),
        "warnings": list(rendered.warnings),
        "findings": [finding.to_json() for finding in rendered.findings],
        **({} if path is not None else {"text": rendered.text}),
    }
