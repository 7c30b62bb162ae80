"""A file in the user's own editor: what was written there is never lost."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from citekit.errors import CitekitError, NotFound, UsageError


def let_edit(content: str, *, name: str) -> Path:
    """Let the user edit a private file with this content; where it is.

    Raises UsageError where there is no editor, or it ends with an error: then the file stays if it
    was changed. Raises NotFound for an editor that does not start.
    """
    command = _editor()
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in name)[:40]
    handle, path = tempfile.mkstemp(prefix=f"citekit-{safe}-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(content)
    try:
        _run(command, Path(path))
    except CitekitError as error:
        if Path(path).read_text("utf-8", "replace") == content:
            Path(path).unlink()
            error.hint = None if isinstance(error, UsageError) else error.hint
        raise
    return Path(path)


def edit_again(path: Path) -> None:
    """Let the user edit a file that is there, and stays; raises as ``let_edit`` does."""
    _run(_editor(), path)


def _run(command: list[str], path: Path) -> None:
    try:
        ended = subprocess.run([*command, str(path)], check=False)  # noqa: S603  # the user's own editor
    except OSError as error:
        raise NotFound(f"the editor does not start: {command[0]}", hint="set EDITOR") from error
    if ended.returncode != 0:
        message = f"the editor ended with {ended.returncode}: nothing was changed"
        raise UsageError(message, hint=f"what you wrote is kept in {path}")


def _editor() -> list[str]:
    """The words that start it: those of VISUAL, else EDITOR, else what every system has."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if editor is None and not sys.stdin.isatty():
        raise UsageError("no editor: EDITOR is not set", hint="set it, or give options instead")
    default = "notepad" if os.name == "nt" else "vi"
    return shlex.split(editor or default, posix=os.name != "nt")
