"""From an argument list to an exit code: the fast path, else typer."""

from __future__ import annotations

import os

from citekit.cli import output
from citekit.cli.arguments import read_fast, take_globals
from citekit.cli.call import call
from citekit.cli.table import ARCHIVE
from citekit.errors import UsageError


def run(words: list[str]) -> int:
    """Run one call and return its exit code (INTERFACES, "Exit codes")."""
    output.prepare()
    found, rest = take_globals(words)
    if rest[-1:] == [ARCHIVE.name] and "--" not in rest:  # no command knows it: say what lacks
        output.tell_error(
            UsageError("--archive needs a folder", hint="--archive DIR"), as_json=found.json
        )
        return UsageError.exit_code
    is_completing = "_CITEKIT_COMPLETE" in os.environ
    fast = None if is_completing else read_fast(rest)
    if fast is not None:
        return call(fast[0], fast[1], found)
    from citekit.cli.typer_app import run_typer

    return run_typer(rest, found)
