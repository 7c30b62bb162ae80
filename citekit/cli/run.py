"""From an argument list to an exit code: the fast path, else typer."""

from __future__ import annotations

import os

from citekit.cli import output
from citekit.cli.call import call
from citekit.cli.parse import read_fast, take_globals


def run(words: list[str]) -> int:
    """Run one call and return its exit code (INTERFACES, "Exit codes")."""
    output.prepare()
    found, rest = take_globals(words)
    is_completing = "_CITEKIT_COMPLETE" in os.environ
    fast = None if is_completing else read_fast(rest)
    if fast is not None:
        return call(fast[0], fast[1], found)
    from citekit.cli.typer_app import run_typer

    return run_typer(rest, found)
