"""bash, zsh and fish: how each asks for words, and how it is answered.

The scripts call citekit with ``_CITEKIT_COMPLETE`` set to ``complete_`` and the shell's name. zsh
and fish hand over the words as arguments, the unfinished one last; bash as ``COMP_WORDS``, one a
line, with the place of the unfinished one in ``COMP_CWORD``.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from citekit.cli import output
from citekit.cli.completion.complete import complete
from citekit.model.records.control_characters import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citekit.cli.completion.cache import Entry

_UNSAFE = re.compile(r"[^\w@%+=:,./~-]", re.ASCII)


def answer(shell: str, words: list[str]) -> int:
    """Print the words that can stand where the shell's cursor is, in the form the shell reads."""
    if shell == "bash":
        before, incomplete, done = bash_words(os.environ)
        lines = _for_bash(complete(before, incomplete), done)
    else:
        *before, incomplete = words or [""]
        lines = (_for_zsh if shell == "zsh" else _for_fish)(complete(before, incomplete))
    output.answer("\n".join(lines))
    return 0


def bash_words(given: Mapping[str, str]) -> tuple[list[str], str, int]:
    r"""The words before the cursor, the unfinished one, and how much of it bash does not replace.

    bash takes ``=`` and ``:`` for words of their own: ``--style=apa`` comes as three of them.

    >>> bash_words({"COMP_WORDS": "citekit\ncite\n--style\n=\nap", "COMP_CWORD": "4"})
    (['cite'], '--style=ap', 8)
    """
    text = given.get("COMP_WORDS", "")
    position = int(given.get("COMP_CWORD", "0") or 0)
    words = text.split("\n") if "\n" in text else text.split()
    words = [*words, *[""] * (position + 1 - len(words))][1 : position + 1]
    joined: list[str] = []
    done = 0
    is_open = False
    for word in words:
        is_joint = word in ("=", ":") and bool(joined)
        if is_joint or (is_open and word):
            done = len(joined[-1]) + is_joint
            joined[-1] += word
        else:
            joined.append(word.lstrip("\"'"))
            done = 0
        is_open = is_joint
    incomplete = joined.pop() if joined else ""
    return joined, incomplete, done


def _for_bash(entries: Iterable[Entry], done: int) -> list[str]:
    """Words as they are typed, without the part that bash does not replace."""
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
    return visible(text.replace("\n", " ").replace("\t", " "))
