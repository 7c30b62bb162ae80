"""``text-case``: six ways to change the letters of a tree, never those of ``nocase`` parts.

Source: CSL 1.0.2 §Text-case. Title case follows the words of the whole element, across markup.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.csl.tree import Kept, Node, with_children

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Leaf = tuple[str, bool]

_WORD = re.compile(r"[^\s\u00a0\-–—/]+|[\s\u00a0\-–—/]+")
_SEPARATOR = re.compile(r"[\s\u00a0\-–—/]")
_LEADING = "\"'“”‘’«»„‚([{¿¡…*"
_TRAILING = "\"'“”‘’«»)]},.;:!?…*"


def apply_case(children: Sequence[Node | str], case: str, lang: str) -> Sequence[Node | str]:
    """The children in this letter case; ``lang`` is the language of the item ("" if unsaid)."""
    change = _CHANGES.get(case)
    if change is None or (case == "title" and not lang.startswith("en")):
        return children
    found: list[Leaf] = []
    _collect(children, found, kept=False)
    changed = change(found, lang)
    return _rebuild(children, iter(changed).__next__)


def _collect(children: Sequence[Node | str], into: list[Leaf], *, kept: bool) -> None:
    for child in children:
        if isinstance(child, str):
            into.append((child, kept))
        else:
            _collect(child.children, into, kept=kept or isinstance(child, Kept))


def _rebuild(children: Sequence[Node | str], following: Callable[[], str]) -> list[Node | str]:
    return [
        following()
        if isinstance(child, str)
        else with_children(child, _rebuild(child.children, following))
        for child in children
    ]


def _each(change: Callable[[str, str], str]) -> Callable[[list[Leaf], str], list[str]]:
    def apply(found: list[Leaf], lang: str) -> list[str]:
        return [text if kept else change(text, lang) for text, kept in found]

    return apply


def _upper(text: str, lang: str) -> str:
    if lang.startswith(("tr", "az")):
        text = text.replace("i", "İ")
    return text.upper()


def _lower(text: str, lang: str) -> str:
    if lang.startswith(("tr", "az")):
        text = text.replace("I", "ı").replace("İ", "i")
    return text.lower()


def _capitalize_all(text: str, lang: str) -> str:
    return "".join(
        _capital(word, lang) if not word.isspace() else word for word in re.split(r"(\s+)", text)
    )


def _capital(word: str, lang: str = "") -> str:
    """The word with its first letter raised; marks before it are passed over."""
    for i, letter in enumerate(word):
        if letter.isalnum():
            return word[:i] + _upper(letter, lang) + word[i + 1 :]
        if letter not in _LEADING:
            break
    return word


def _capitalize_first(found: list[Leaf], lang: str) -> list[str]:
    done = False
    out = []
    for text, kept in found:
        raised = text
        if not done and not kept:
            raised = _capital_start(text, lang)
        done = done or any(letter.isalnum() for letter in text)
        out.append(raised)
    return out


def _capital_start(text: str, lang: str) -> str:
    for i, letter in enumerate(text):
        if letter.isalnum():
            return text[:i] + _upper(letter, lang) + text[i + 1 :]
        if letter not in _LEADING and not letter.isspace():
            break
    return text


def _sentence(found: list[Leaf], lang: str) -> list[str]:
    lowered = [(text if kept else _lower(text, lang), kept) for text, kept in found]
    return _capitalize_first(lowered, lang)


def _title(found: list[Leaf], lang: str) -> list[str]:
    """Title case over all leaves as one text."""
    if len(found) == 1 and not found[0][1]:
        return [_title_text(found[0][0])]
    joined = "".join(text for text, _ in found)
    changed = _title_text(joined)
    if len(changed) != len(joined):  # a letter that grows when raised: leave markup texts alone
        return [text for text, _ in found]
    out, at = [], 0
    for text, kept in found:
        out.append(text if kept else changed[at : at + len(text)])
        at += len(text)
    return out


@lru_cache(maxsize=4096)
def _title_text(text: str) -> str:
    pieces = _WORD.findall(text)
    words = [i for i, piece in enumerate(pieces) if not _SEPARATOR.match(piece)]
    last = words[-1] if words else -1
    start = True
    for i in words:
        before = pieces[i - 1] if i else ""
        after = pieces[i + 1] if i + 1 < len(pieces) else ""
        pieces[i] = _title_word(pieces[i], before, after, start=start, last=i == last)
        start = bool(re.search(r"[:?!.][\"'”’»)\]]*$", pieces[i])) and not _is_initial(pieces[i])
    return "".join(pieces)


def _title_word(word: str, before: str, after: str, *, start: bool, last: bool) -> str:
    core = word.strip(_LEADING + _TRAILING)
    if not core or not core.islower() or (len(core) == 1 and (before in ("-", "–") or after in ("-", "–"))):
        return word
    stop = core in _stop_words()
    joined = before in ("-", "–", "/")
    if stop and not start and not (last and not joined) and not (after == "-" and not joined):
        return word
    if core[:2] in ("d'", "d’") and not start:
        return word
    return _capital(word)


def _is_initial(word: str) -> bool:
    """Whether the full stop belongs to an abbreviation such as ``vs.`` or ``A.``."""
    core = word.strip(_LEADING)
    return core.endswith(".") and (core.lower() in _stop_words() or len(core) == 2)


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    text = Path(__file__).with_name("stop_words.txt").read_text("utf-8")
    return frozenset(line for line in text.split() if not line.startswith("#"))


_CHANGES: dict[str, Callable[[list[Leaf], str], list[str]]] = {
    "lowercase": _each(_lower),
    "uppercase": _each(_upper),
    "capitalize-all": _each(_capitalize_all),
    "capitalize-first": _capitalize_first,
    "sentence": _sentence,
    "title": _title,
}
