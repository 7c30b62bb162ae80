"""CSL names as BibTeX names: ``von Family, Jr, Given``, institutions in braces.

Nothing is guessed: a particle is written as one only where CSL says so, and a family name that
begins in lower case is braced so that BibTeX does not take a part of it for a particle.
Sources: BibTeXing (Patashnik 1988), §4; biblatex manual, §2.3.3 and §3.14 (extended name format).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from citekit.formats.one_line import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    Escape = Callable[[str], str]


def write_names(names: object, latex: Escape, *, extended: bool) -> str:
    r"""The names joined by ``and``; ``extended`` allows biblatex's ``family=…`` form.

    >>> write_names([{"literal": "Middle East Monitor"}], str, extended=True)
    '{Middle East Monitor}'
    >>> de_gaulle = {"family": "Gaulle", "given": "C.", "non-dropping-particle": "de"}
    >>> write_names([de_gaulle], str, extended=False)
    'de Gaulle, C.'
    """
    if not isinstance(names, Sequence) or isinstance(names, str):
        return ""

    def escape(text: str) -> str:
        # "family=" begins a name in parts, even in braces; but \= is an accent
        written = re.sub(r"(?<!\\)=", "{=}", latex(text)) if "=" in text else latex(text)
        return (
            re.sub(r"(?<!\\)~", "{~}", written) if "~" in written else written
        )  # no word ends here

    written = (_write_name(name, escape, extended=extended) for name in names)
    return " and ".join(name for name in written if name)


def _write_name(name: object, escape: Escape, *, extended: bool) -> str:
    if not isinstance(name, Mapping):
        return ""
    part = {key: fold(str(value)) for key, value in name.items() if isinstance(value, str | int)}
    family, given = part.get("family", ""), part.get("given", "")
    whole = part.get("literal") or ("" if family else given)
    if whole:
        return whole if whole == "others" else f"{{{escape(whole)}}}"  # BibTeX's "et al."
    if not family:
        return ""
    dropping, kept = part.get("dropping-particle", ""), part.get("non-dropping-particle", "")
    suffix, particle = part.get("suffix", ""), f"{dropping} {kept}".strip()
    if not given and not suffix and not particle and " " in family and not extended:
        return f"{{{escape(family)}}}"
    if extended and _reads_otherwise(family, given, suffix, particle, dropping):
        parts = {"family": family, "given": given, "suffix": suffix, "prefix": particle}
        return _in_parts(parts, escape, use_prefix=not dropping)
    last = f"{escape(particle)} {_shielded(family, escape)}".strip()
    return ", ".join(filter(None, [last, _closed(suffix, escape), _closed(given, escape)]))


def _reads_otherwise(family: str, given: str, suffix: str, particle: str, dropping: str) -> bool:
    """Whether the plain form would be taken for another name, and one in parts would not."""
    whole = f"{family}{given}{suffix}{particle}"
    if "=" in whole:
        return False
    alone = not given and not suffix and " " in f"{particle} {family}".strip()
    strange = any(not _is_lower(word) for word in particle.split())
    return bool(dropping) or alone or strange or "," in whole  # biber counts commas in braces too


def _in_parts(parts: Mapping[str, str], escape: Escape, *, use_prefix: bool) -> str:
    """The name as ``family=…, given=…``; biber reads that as one line of CSV."""
    shown = [_part(key, text, escape) for key, text in parts.items() if text]
    if parts["prefix"]:
        shown.append(f"useprefix={str(use_prefix).lower()}")
    return ", ".join(shown)


def _part(key: str, text: str, escape: Escape) -> str:
    value = _closed(text, escape).replace('"', "\\textquotedbl{}")
    return f'"{key}={value}"' if value.startswith("{") else f"{key}={value}"


def _shielded(family: str, escape: Escape) -> str:
    """The family name, in braces where BibTeX would see a particle in it."""
    words = family.split(" ")
    if len(words) > 1 and any(_is_lower(word) for word in words):
        return f"{{{escape(family)}}}"
    return _closed(family, escape)


def _is_lower(word: str) -> bool:
    return next((char for char in word if char.isalpha()), "").islower()


def _closed(text: str, escape: Escape) -> str:
    """The text, in braces where a comma, a semicolon, an equals sign or ``and`` would split it."""
    splits = any(sign in text for sign in ",=;") or " and " in f" {text.casefold()} "
    return f"{{{escape(text)}}}" if splits or text.casefold() == "others" else escape(text)
