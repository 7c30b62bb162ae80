"""Language tags and babel's names for them (``langid``)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from citekit.model.records.plain_toml import read_table


def babel_name(language: str) -> str:
    """The name babel has for a language tag or name; what babel does not know stays, lowered.

    A region that babel does not tell apart is left out.

    >>> babel_name("en-GB"), babel_name("tr-TR"), babel_name("Turkish")
    ('british', 'turkish', 'turkish')
    """
    wanted = language.strip().replace("_", "-").casefold()
    names = _names()
    if wanted in names:
        return names[wanted]
    return names.get(wanted.split("-", 1)[0], wanted)


def language_tag(babel: str) -> str:
    """The language tag of a babel name; an unknown name stays.

    >>> language_tag("british"), language_tag("ngerman")
    ('en-GB', 'ngerman')
    """
    tags = _table().get(babel.strip().casefold(), "").split()
    return tags[0] if tags else babel


def is_english(language: str) -> bool:
    """Whether titles follow English rules for capitals; so do titles in no known language."""
    return not language or babel_name(language) in _ENGLISH


_ENGLISH = frozenset({"english", "american", "australian", "british", "canadian", "newzealand"})


@cache
def _table() -> dict[str, str]:
    table: dict[str, str] = read_table(Path(__file__).with_name("languages.toml"))["babel"]
    return table


@cache
def _names() -> dict[str, str]:
    names = {name: name for name in _table()}
    for name, tags in _table().items():
        names |= {tag.casefold(): name for tag in tags.split()}
    return names
