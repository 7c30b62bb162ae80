"""``citekit-pandoc``: a filter, which Pandoc calls with a document on stdin.

    pandoc paper.md --filter citekit-pandoc -o paper.docx

The archive is the one that the metadata name (``citekit-archive``), else that of
``CITEKIT_ARCHIVE``, else the nearest one upwards, else none.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.rendering.pandoc.document import MOST_SIGNS, make_citations
from citekit.cli import output
from citekit.cli.call import told_of
from citekit.cli.context import Context
from citekit.errors import NotFound
from citekit.version import __version__

if TYPE_CHECKING:
    from citekit.store.reading import ArchiveReader

_USAGE = "usage: pandoc PAPER --filter citekit-pandoc -o OUTPUT"


def main() -> int:
    """Filter the document on stdin; the exit code is that of ``citekit``."""
    output.prepare()
    if sys.argv[1:] == ["--version"]:
        output.answer(f"citekit-pandoc {__version__}")
        return 0
    if sys.argv[1:] in (["--help"], ["-h"]) or sys.stdin.isatty():
        output.note(_USAGE)
        return 0 if sys.argv[1:] else 2
    try:
        return _filter()
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001  # every way to end becomes an exit code
        told, code = told_of(error)
        output.tell_error(told)
        return code


def _filter() -> int:
    text = sys.stdin.buffer.read(MOST_SIGNS + 1).decode("utf-8", errors="replace")
    filtered = make_citations(text, Path(), _archive)
    for warning in filtered.warnings:
        output.note(f"warning: {warning}")
    output.tell_some_findings(filtered.findings)
    output.answer_as_it_is(filtered.text)
    return 0


def _archive() -> ArchiveReader | None:
    context = Context(at_end=[])
    try:
        return context.reader()
    except NotFound:
        if context.named:
            raise
        return None


if __name__ == "__main__":
    sys.exit(main())
