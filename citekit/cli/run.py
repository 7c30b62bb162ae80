"""From an argument list to an exit code: the command at once, else what typer says."""

from __future__ import annotations

import os

from citekit.cli import output
from citekit.cli.arguments import normalise, read
from citekit.cli.call import call
from citekit.errors import UsageError


def run(words: list[str]) -> int:
    """Run one call and return its exit code (docs/reference/exit-codes.md)."""
    output.prepare()
    shell = os.environ.get("_CITEKIT_COMPLETE", "").removeprefix("complete_")
    if shell in ("bash", "zsh", "fish"):  # what others ask, typer answers
        from citekit.cli.completion.shells import answer

        return answer(shell, words)
    found, rest = normalise(words)
    if rest[-1:] == ["--archive"] and "--" not in rest:  # no command knows it: say what lacks
        error = UsageError("--archive needs a folder", hint="--archive DIR")
        output.tell_error(error, as_json=found.json)
        return error.exit_code
    called = read(rest)
    if called is not None:
        return call(called[0].door, called[1], found)
    from citekit.cli.typer_app import run_typer

    return run_typer(rest, found)
