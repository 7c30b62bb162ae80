"""The scripts that make bash, zsh and fish ask citekit, and where each shell looks for its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from citekit.cli.quoting import quoted
from citekit.errors import StorageFailed

SHELLS: Final = ("bash", "zsh", "fish")


def script(shell: str) -> str:
    """The script that makes a shell ask citekit."""
    return Path(__file__).with_name(f"citekit.{shell}").read_text("utf-8")


def install(shell: str) -> Path:
    """Write the shell's script where it looks for one, and return its path.

    bash and zsh are told in their start-up file, once. Raises StorageFailed.
    """
    home = Path.home()
    try:
        if shell == "fish":
            folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
            return _write(folder / "fish" / "completions" / "citekit.fish", shell)
        if shell == "zsh":
            start = Path(os.environ.get("ZDOTDIR") or home) / ".zshrc"
            _add_line(start, "fpath+=~/.zfunc; autoload -Uz compinit; compinit")
            return _write(home / ".zfunc" / "_citekit", shell)
        path = _write(home / ".bash_completions" / "citekit.sh", shell)
        _add_line(home / ".bashrc", f"source {quoted(path)}")
    except OSError as error:
        raise StorageFailed(error.strerror or str(error), place=error.filename) from error
    return path


def _write(path: Path, shell: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script(shell), "utf-8", newline="\n")
    return path


def _add_line(path: Path, line: str) -> None:
    """A line at the end of a file of the user's, if it is not there yet."""
    text = path.read_text("utf-8", errors="replace") if path.exists() else ""
    if line not in text.splitlines():
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{'' if text.endswith(chr(10)) or not text else chr(10)}{line}\n")
