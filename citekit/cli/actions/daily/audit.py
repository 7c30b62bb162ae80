"""``citekit audit``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from citekit.app.auditing.audit import audit as audit_papers
from citekit.app.auditing.page import audit_page
from citekit.cli import output
from citekit.cli.actions.daily.finding_lines import finding_line, github_line
from citekit.errors import UsageError
from citekit.store.outputs import write_output

if TYPE_CHECKING:
    from citekit.app.auditing.result import Audit
    from citekit.cli.context import Context
    from citekit.store.reading import ArchiveReader


def audit(
    context: Context,
    *,
    papers: list[str],
    format: Literal["text", "github", "json", "html"] | None,  # noqa: A002  # the word users know
    output_: str | None,
    online: bool,
    strict: bool,
) -> int:
    """Print what is wanting in papers; 1 where anything is."""
    store = context.reader()
    if output_ is not None:
        _check(output_, papers, store)
    found = audit_papers(store, papers, online=online)
    if output_ is not None:
        write_output(Path(output_), audit_page(found).encode())
    if context.json or format == "json":
        output.answer_json(found.to_json())
    elif format == "html":
        output.answer_as_it_is(audit_page(found))
    else:
        _tell(found, is_github=format == "github", quiet=context.quiet)
    output.tell_left_out(found.left_out, quiet=context.quiet)
    return found.exit_code(strict=strict)


def _tell(found: Audit, *, is_github: bool, quiet: bool) -> None:
    line = github_line if is_github else finding_line
    for finding in found.findings:
        output.answer(line(finding))
    output.note(found.summary(), quiet=quiet)


def _check(path: str, papers: list[str], store: ArchiveReader) -> None:
    """Raise UsageError where the page would take the place of something else."""
    if os.path.realpath(path) in map(os.path.realpath, papers):
        raise UsageError("is the paper itself", place=path, hint="choose another file")
    if store.layout.would_hold(Path(path)):
        message = f"is inside the archive, which holds records alone: {path}"
        raise UsageError(message, hint="choose a path outside")
