"""BibTeX names as CSL names.

Sources: BibTeXing (Patashnik 1988), §4; biblatex manual, §3.14 (extended name format).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from citekit.formats.latex.read import is_one_group, read_latex, text_branches

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTS = {
    "family": "family",
    "given": "given",
    "suffix": "suffix",
    "prefix": "non-dropping-particle",
}

_MOST_PARTS = 3  # von Last, Jr, First
_BLANK = r"[\s~]+"  # a tie separates words too


def read_names(text: str) -> list[dict[str, Any]]:
    """The names of a field; what is wholly in braces is an institution.

    >>> read_names("de Gaulle, Charles and {Middle East Monitor}")[1]
    {'literal': 'Middle East Monitor'}
    """
    text = text_branches(text)
    names = (_read_name(" ".join(words)) for words in _split_words(text) if words)
    return [name for name in names if name]


def wrong_in_names(text: str) -> str:
    """What is wrong with the names of a field, in words; empty where nothing is.

    >>> wrong_in_names("A, B, C, D and Quill, Ada")
    'a name with 3 commas is kept as it is written'
    """
    if re.search(r"(?<!\\);", text) and len(top_level(text, ";")) > 1:
        return "names are put apart by semicolons and not by “and”"
    commas = (len(top_level(" ".join(words), ",")) - 1 for words in _split_words(text))
    most = max(commas, default=0)
    if most >= _MOST_PARTS and not re.search(r"(?:family|given)\s*=", text):
        return f"a name with {most} commas is kept as it is written"
    return ""


def _read_name(text: str) -> dict[str, Any]:
    if re.match(r'"?(?:family|given|prefix|suffix)(?:-i)?\s*=', text):
        return _read_parts(text)
    if is_one_group(text):
        return {"literal": read_latex(text[1:-1])}
    if text.casefold() == "others":
        return {"literal": "others"}  # "et al.": CSL has no other way to say it
    parts = [" ".join(top_level(part, _BLANK)) for part in top_level(text, ",")] or [""]
    if len(parts) == 1:
        return _given_first(parts[0])
    if len(parts) > _MOST_PARTS:
        return {"literal": read_latex(text)}
    particle, family = _particle(parts[0])
    name = {"family": read_latex(family), "given": read_latex(parts[-1])}
    if len(parts) > 2:
        name["suffix"] = read_latex(parts[1])
    return _named({**name, "non-dropping-particle": read_latex(particle)})


def _given_first(text: str) -> dict[str, Any]:
    """``Charles de Gaulle``: the family name is the last word, with lower-case words before it."""
    words = top_level(text, _BLANK)
    start = next((i for i, word in enumerate(words[:-1]) if _is_lower(word)), len(words) - 1)
    particle, family = _particle(" ".join(words[start:]))
    given = " ".join(words[:start])
    return _named(
        {
            "family": read_latex(family),
            "given": read_latex(given),
            "non-dropping-particle": read_latex(particle),
        }
    )


def _read_parts(text: str) -> dict[str, Any]:
    """``family=Humboldt, given=Alexander, prefix=von, useprefix=false``."""
    pairs = (part.strip().strip('"').partition("=") for part in top_level(text, ","))
    raw = {key.strip().casefold(): value.strip() for key, _, value in pairs}
    name = {shown: read_latex(raw[key]) for key, shown in _PARTS.items() if key in raw}
    if raw.get("useprefix", "true").casefold() == "false" and "non-dropping-particle" in name:
        name["dropping-particle"] = name.pop("non-dropping-particle")
    return _named(name)


def _particle(last: str) -> tuple[str, str]:
    """The particle and the family name: up to the last lower-case word but the final one."""
    words = top_level(last, _BLANK)
    end = max((i + 1 for i, word in enumerate(words[:-1]) if _is_lower(word)), default=0)
    return " ".join(words[:end]), " ".join(words[end:])


def _is_lower(word: str) -> bool:
    if word.startswith("{") and not word.startswith("{\\"):
        return False
    first = next((char for char in read_latex(word) if char.isalpha()), "")
    return first.islower()


def _named(parts: dict[str, str]) -> dict[str, Any]:
    order = ("family", "given", "suffix", "non-dropping-particle", "dropping-particle")
    return {key: parts[key] for key in order if parts.get(key)}


def _split_words(text: str) -> Iterator[list[str]]:
    """The words between each ``and`` outside braces."""
    name: list[str] = []
    for word in top_level(text, _BLANK):
        if word.casefold() == "and":
            yield name
            name = []
        elif word == ";" or (word.endswith(";") and not word.endswith("\\;")):
            yield [*name, word[:-1]]  # what many people type in place of "and"
            name = []
        else:
            name.append(word)
    yield name


def top_level(text: str, separator: str) -> list[str]:
    """The pieces between separators (a pattern) that stand outside braces.

    >>> top_level("{a, b}, c", ",")
    ['{a, b}', ' c']
    """
    pieces, depth, start = [], 0, 0
    for match in re.finditer(rf"\\.|[{{}}]|{separator}", text, re.DOTALL):
        sign = match[0]
        if sign in "{}":
            depth += 1 if sign == "{" else -1
        elif depth == 0 and not sign.startswith("\\"):
            pieces.append(text[start : match.start()])
            start = match.end()
    pieces.append(text[start:])
    return [piece for piece in pieces if piece.strip()]
