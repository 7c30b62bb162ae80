"""What the script of a text means for how it is set: italics, and blanks around short words.

Source: the reference processor, which tells these scripts from all others; the specification is
silent.
"""

from __future__ import annotations

import re

# strings: what few items need is compiled when it is needed, since start-up counts
_LETTERS = (
    "a-zA-Z\u00c0-\u017f\u0218-\u021b\u0370-\u03ff\u0400-\u052f\u0590-\u05d4\u05d6-\u05ff"
    "\u0600-\u06ff\u0e01-\u0e5b\u1f00-\u1fff\u200c-\u200e\u202a-\u202e"
)
"""Latin, Greek, Cyrillic, Hebrew, Arabic and Thai; without vav, the Hebrew "and"."""
_SLANTING = f"[-0-9{_LETTERS}]"
_APART = f"[&{_LETTERS}]"


def has_italics(text: str) -> bool:
    """Whether a text is set in italics where a style asks for them: others have no such letters.

    >>> [has_italics(text) for text in ("Salt", "海の本", "海 2")]
    [True, False, True]
    """
    first = text[:1]
    return (first.isascii() and first.isalnum()) or bool(re.search(_SLANTING, text))


def stands_apart(word: str) -> bool:
    """Whether a word such as "and" has blanks around it; 和 and 와 touch their neighbours."""
    return bool(re.match(_APART, word))
