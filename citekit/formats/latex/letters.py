"""Letters beyond ASCII as LaTeX commands, for BibTeX files that must be ASCII.

Accents come from Unicode's own decomposition; letters without one have a table. What LaTeX has no
command for (Cyrillic, CJK …) stays as it is: no letter is ever replaced by a look-alike. The tables
are in ``letters.toml``.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path


def to_ascii(text: str) -> str:
    r"""The text with what LaTeX can name in braces.

    >>> to_ascii("Çelik, Özgür")
    '{\\c{C}}elik, {\\"{O}}zg{\\"{u}}r'
    """
    characters = unicodedata.normalize("NFC", text)
    return "".join(char if char.isascii() else _command(char) for char in characters)


def _command(char: str) -> str:
    letters, accents = letter_table("letters"), letter_table("accents")
    if char in letters:
        return f"{{\\{letters[char]}}}"
    decomposed = unicodedata.normalize("NFD", char)
    base, marks = decomposed[0], decomposed[1:]
    if not marks or not (base.isascii() or base in letters):
        return char
    if any(mark not in accents for mark in marks):
        return char
    text = f"\\{letters[base]}" if base in letters else {"i": "\\i", "j": "\\j"}.get(base, base)
    for mark in marks:
        text = f"\\{accents[mark]}{{{text}}}"
    return f"{{{text}}}"


def letter_table(name: str) -> dict[str, str]:
    """The table ``accents`` (mark to command), ``letters`` (letter to command) or ``symbols``."""
    return _tables()[name]


@cache
def _tables() -> dict[str, dict[str, str]]:
    import tomllib  # most entries are written in ASCII

    return tomllib.loads(Path(__file__).with_name("letters.toml").read_text(encoding="utf-8"))
