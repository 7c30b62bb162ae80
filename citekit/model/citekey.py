"""What may be the key of an item: whatever BibTeX and biber take as one.

No folder, page or file is named here: ``store.folder_names`` does that, whatever the key.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from citekit.errors import InvalidData

MAX_CHARACTERS: Final = 1000
_BREAKS_BIBTEX: Final = frozenset(",{}")
# Controls (line ends among them), marks that cannot be seen or that turn text round, halves of
# characters, and all kinds of white space: none of them can be told from its like on a screen.
_UNSEEN: Final = frozenset(["Cc", "Cf", "Cs", "Zs", "Zl", "Zp"])


def check_citekey(key: str) -> str:
    """The key, if an item may have it; raises InvalidData.

    Everything but white space, comma, braces and characters that cannot be seen; at least one
    and at most 1,000 characters.
    """
    if not is_citekey(key):
        raise InvalidData(
            f"cannot be a citekey: {_shown(key)}",
            hint="leave out white space, commas and braces, for example smith2023kosovo",
        )
    return key


def is_citekey(key: str) -> bool:
    """Whether an item may have this key.

    >>> [is_citekey(k) for k in ("DBLP:conf/x/Y21", "müller+2020", "a b", "a,b", "")]
    [True, True, False, False, False]
    """
    if not 0 < len(key) <= MAX_CHARACTERS:
        return False
    if key.isalnum() and key.isascii():
        return True  # as most are
    if _BREAKS_BIBTEX.intersection(key):
        return False
    return not any(unicodedata.category(character) in _UNSEEN for character in key)


def _shown(key: str) -> str:
    return repr(key if len(key) <= 80 else f"{key[:79]}…")
