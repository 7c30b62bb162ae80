"""bash, zsh and fish: how each asks for words, how it is answered, and where its script lies.

The scripts call citekit with ``_CITEKIT_COMPLETE`` set to ``complete_`` and the shell's name. zsh
and fish hand over the words as arguments, the unfinished one last; bash as ``COMP_WORDS``, one a
line, with the place of the unfinished one in ``COMP_CWORD``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.cli import output
from citekit.cli.completion.complete import complete
from citekit.errors import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citekit.cli.completion.cache import Entry

SHELLS: Final = ("bash", "zsh", "fish")

_UNSAFE = re.compile(r"[^\w@%+=:,./~-]", re.ASCII)


def answer(shell: str, words: list[str]) -> int:
    """Print the words that can stand where the shell's cursor is, in the form the shell reads."""
    if shell == "bash":
        before, incomplete = bash_words(os.environ)
        lines = _for_bash(complete(before, incomplete), incomplete)
    else:
        *before, incomplete = words or [""]
        lines = (_for_zsh if shell == "zsh" else _for_fish)(complete(before, incomplete))
    output.answer("\n".join(lines))
    return 0


def bash_words(given: Mapping[str, str]) -> tuple[list[str], str]:
    r"""The words before the cursor, and the unfinished one, put together as they were typed.

    bash takes ``=`` and ``:`` for words of their own: ``--style=apa`` comes as three of them.

    >>> bash_words({"COMP_WORDS": "citekit\ncite\n--style\n=\nap", "COMP_CWORD": "4"})
    (['cite'], '--style=ap')
    """
    text = given.get("COMP_WORDS", "")
    words = text.split("\n") if "\n" in text else text.split()
    position = int(given.get("COMP_CWORD", "0") or 0)
    words = [*words, ""][1 : position + 1] if position < len(words) else [*words[1:], ""]
    joined: list[str] = []
    is_open = False
    for word in words:
        is_joint = word in ("=", ":") and bool(joined)
        if is_joint or (is_open and word):
            joined[-1] += word
        else:
            joined.append(word)
        is_open = is_joint
    if is_open or not joined:
        return joined[:-1], joined[-1] if joined else ""
    return joined[:-1], joined[-1].lstrip("\"'")


def _for_bash(entries: Iterable[Entry], incomplete: str) -> list[str]:
    """Words as they are typed, without what bash has taken for words before."""
    done = max(incomplete.rfind(":"), incomplete.rfind("=")) + 1
    return [_UNSAFE.sub(r"\\\g<0>", word[done:]) for word, _ in entries if word.isprintable()]


def _for_zsh(entries: Iterable[Entry]) -> list[str]:
    """``word:description`` as ``_describe`` reads it."""
    return [f"{_escaped(word)}:{_line(said)}" if said else _escaped(word) for word, said in entries]


def _escaped(word: str) -> str:
    return _line(word).replace("\\", "\\\\").replace(":", "\\:")


def _for_fish(entries: Iterable[Entry]) -> list[str]:
    return [f"{_line(word)}\t{_line(said)}" if said else _line(word) for word, said in entries]


def _line(text: str) -> str:
    """Text on one line that drives no terminal."""
    return output.printable(text.replace("\n", " ").replace("\t", " "))


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
        _add_line(home / ".bashrc", f"source {output.quoted(path)}")
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
