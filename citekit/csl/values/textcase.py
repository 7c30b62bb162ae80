"""``text-case``: six ways to change the letters of a tree, never those of ``nocase`` parts.

Source: CSL 1.0.2 §Text-case. Title case follows the words of the whole element, across markup.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from citekit.csl.output.tree import Kept, Node, Quoted, with_children

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Leaf = tuple[str, bool, bool]
    """A text, whether it keeps its letters, and whether it touches an apostrophe before it."""

# strings: what few items need is compiled when it is needed, since start-up counts
_MARK = "([-–—/.,;?!:\\[\\]()\"'‘’“”])"
_GAP = r"(\s+)"
_WORD_END = "([-–—/.,;?!:\\[\\]()\"'‘’“”\\s])"
_GREEK = "[\u0370-\u03ff\u1f00-\u1fff]"
_GREEK_HIATUS = "([ΑΕΗΟ]\u0301)([ΙΥ])(?!\u0308)"  # Μάιος: the accent told that ι stands alone
_GREEK_ACCENTS = (
    "([\u0370-\u03ff])[\u0300\u0301\u0313\u0314\u0342\u0345]*(\u0308?)"
    "[\u0300\u0301\u0313\u0314\u0342\u0345]*"
)
_FIRST_WORD = "\\W*[^-–—/.,;?!:\\[\\]()\"'‘’“”\\s]*"
_STARTS = frozenset("?!:")
_APOSTROPHES = frozenset("'’")
_LEADING = "\"'“”‘’«»„‚([{¿¡…*"


def apply_case(children: Sequence[Node | str], case: str, lang: str) -> Sequence[Node | str]:
    """The children in this letter case; ``lang`` is the language of the item ("" if unsaid)."""
    change = _CHANGES.get(case)
    if change is None or (case == "title" and not lang.startswith("en")):
        return children
    found: list[Leaf] = []
    _collect(children, found, kept=False)
    changed = change(found, lang)
    return _rebuild(children, iter(changed).__next__)


def _collect(
    children: Sequence[Node | str], into: list[Leaf], *, kept: bool, touches: bool = False
) -> None:
    for child in children:
        if isinstance(child, str):
            into.append((child, kept, touches))
        else:
            apostrophe = isinstance(child, Quoted) and child.is_straight_single
            _collect(child.children, into, kept=kept or isinstance(child, Kept), touches=apostrophe)
        touches = False


def _rebuild(children: Sequence[Node | str], following: Callable[[], str]) -> list[Node | str]:
    return [
        following()
        if isinstance(child, str)
        else with_children(child, _rebuild(child.children, following))
        for child in children
    ]


def _each(change: Callable[[str, str], str]) -> Callable[[list[Leaf], str], list[str]]:
    def apply(found: list[Leaf], lang: str) -> list[str]:
        return [text if kept else change(text, lang) for text, kept, _ in found]

    return apply


def _upper(text: str, lang: str) -> str:
    if lang.startswith(("tr", "az")):
        text = text.replace("i", "İ")
    return text.upper()


def _upper_whole(text: str, lang: str) -> str:
    """All letters as capitals; Greek ones lose their accents (Unicode, CLDR ``el-Upper``)."""
    raised = _upper(text, lang)
    if raised.isascii() or not re.search(_GREEK, raised):
        return raised
    pieces = re.sub(_GREEK_HIATUS, "\\1\\2\u0308", normalize("NFD", raised))
    return normalize("NFC", re.sub(_GREEK_ACCENTS, r"\1\2", pieces))


def _lower(text: str, lang: str) -> str:
    if lang.startswith(("tr", "az")):
        text = text.replace("I", "ı").replace("İ", "i")
    return text.lower()


def _capitalize_all(found: list[Leaf], lang: str) -> list[str]:
    return [
        text if kept else _all_capital(text, lang, touches=touches) for text, kept, touches in found
    ]


def _all_capital(text: str, lang: str, *, touches: bool) -> str:
    """Every lower-case word raised, but not what follows an apostrophe."""
    tokens = re.split(_WORD_END, text)
    for i in range(0, len(tokens), 2):
        word = tokens[i]
        after = touches if i == 0 else tokens[i - 1] in _APOSTROPHES
        if not after and word == _lower(word, lang):
            tokens[i] = _upper(word[:1], lang) + word[1:]
    return "".join(tokens)


def _capitalize_first(found: list[Leaf], lang: str) -> list[str]:
    """The first word raised, if it is in lower case: not *iPhone* (§Text-case)."""
    return _started(found, lang, spares_mixed=True)


def _started(found: list[Leaf], lang: str, *, spares_mixed: bool) -> list[str]:
    done = False
    out = []
    for text, kept, touches in found:
        raised = text
        if not done and not kept and not touches:
            raised = _capital_start(text, lang, spares_mixed=spares_mixed)
        done = done or any(letter.isalnum() for letter in text)
        out.append(raised)
    return out


def _capital_start(text: str, lang: str, *, spares_mixed: bool) -> str:
    for i, letter in enumerate(text):
        if letter.isalnum():
            word = re.split(_WORD_END, text[i:], maxsplit=1)[0]
            if spares_mixed and word != _lower(word, lang):
                return text
            return text[:i] + _upper(letter, lang) + text[i + 1 :]
        if letter not in _LEADING and not letter.isspace():
            break
    return text


def _sentence(found: list[Leaf], lang: str) -> list[str]:
    """Everything lowered but the first word, unless all is upper case (§Sentence case)."""
    shouted = not any(letter.islower() for text, _, _ in found for letter in text)
    lowered: list[Leaf] = []
    for text, kept, touches in found:
        head = None if lowered or kept or touches or shouted else re.match(_FIRST_WORD, text)
        keep = 0 if head is None else head.end()
        rest = text if kept else text[:keep] + _lower(text[keep:], lang)
        lowered.append((rest, kept, touches))
    return _started(lowered, lang, spares_mixed=False)


def _title(found: list[Leaf], lang: str) -> list[str]:  # noqa: ARG001  # one signature for all
    """Title case over all leaves as one text."""
    if len(found) == 1 and not found[0][1] and not found[0][2]:
        return [_title_text(found[0][0])]
    caser = _TitleCaser()
    for text, kept, touches in found:
        caser.add(text, kept=kept, touches=touches)
    return caser.texts()


@lru_cache(maxsize=16384)
def _title_text(text: str) -> str:
    caser = _TitleCaser()
    caser.add(text, kept=False)
    return caser.texts()[0]


class _TitleCaser:
    """Raises the words of a title: all but stop words; the first, the last, those after ``: ? !``.

    A word stands between spaces, quotes, brackets, hyphens and the other marks of ``_MARK``. Single
    letters and words that hold a capital stay as they are, and so does what follows an apostrophe.
    """

    def __init__(self) -> None:
        self.leaves: list[list[str]] = []
        self.first = True  # no word has been seen
        self.after = False  # the next word begins a part of the title
        self.quotes = 0  # open ‘
        self.last: tuple[int, int] | None = None  # the place of the last word

    def add(self, text: str, *, kept: bool, touches: bool = False) -> None:
        """The next leaf; ``kept`` ones stay as they are and count as words.

        ``touches`` says whether it stands behind an apostrophe, so that its first word stays.
        """
        if kept:
            self.leaves.append([text])
            if text.strip():
                self.first = self.after = False
                self.last = None
            return
        tokens = re.split(_MARK, text)
        self.leaves.append(tokens)
        for i in range(0, len(tokens), 2):
            mark = tokens[i + 1] if i + 1 < len(tokens) else ""
            tokens[i] = self._piece(tokens[i], mark, i, touches=touches)
            self.after = mark in _STARTS or (self.after and not tokens[i].strip())
            touches = self._is_apostrophe(mark)

    def _is_apostrophe(self, mark: str) -> bool:
        if mark == "‘":
            self.quotes += 1
        elif mark == "’" and self.quotes:
            self.quotes -= 1
            return False
        return mark in _APOSTROPHES

    def _piece(self, piece: str, mark: str, place: int, *, touches: bool) -> str:
        """Raise the words of the text before a mark."""
        words = re.split(_GAP, piece)
        for i, word in enumerate(words):
            if not word or word.isspace():
                continue
            opens = mark == "-" and place == 0 and len(self.leaves) == 1 and i == len(words) - 1
            if self.first or self.after or opens or (len(word) > 1 and not _is_stop(word)):
                words[i] = word if touches and i == 0 and not self.after else _raised(word)
            self.first = self.after = False
            self.last = None if touches and i == 0 else (len(self.leaves) - 1, place)
        return "".join(words)

    def texts(self) -> list[str]:
        """The leaves in title case; a stop word in last place is raised after all."""
        if self.last is not None:
            leaf, place = self.last
            words = re.split(_GAP, self.leaves[leaf][place])
            at = max(i for i, word in enumerate(words) if word and not word.isspace())
            if len(words[at]) > 1 and _is_stop(words[at]):
                words[at] = _raised(words[at])
                self.leaves[leaf][place] = "".join(words)
        return ["".join(tokens) for tokens in self.leaves]


def _is_stop(word: str) -> bool:
    return word.lower() in _stop_words()


def _raised(word: str) -> str:
    """The word with its first letter raised, unless it holds a capital or is a Greek letter."""
    if len(word) == 1 and "\u0370" <= word <= "\u03ff":
        return word
    return word[0].upper() + word[1:] if word == word.lower() else word


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    text = Path(__file__).with_name("stop_words.txt").read_text("utf-8")
    return frozenset(line for line in text.split() if not line.startswith("#"))


_CHANGES: dict[str, Callable[[list[Leaf], str], list[str]]] = {
    "lowercase": _each(_lower),
    "uppercase": _each(_upper_whole),
    "capitalize-all": _capitalize_all,
    "capitalize-first": _capitalize_first,
    "sentence": _sentence,
    "title": _title,
}
