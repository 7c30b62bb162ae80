"""Paths as one types them in a shell."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    from subprocess import list2cmdline
else:
    from shlex import quote


def quoted(path: str | os.PathLike[str]) -> str:
    """A path as one types it after a command, spaces and quotes included."""
    text = os.fspath(path)
    if sys.platform == "win32":
        return list2cmdline([text])
    return quote(text)
