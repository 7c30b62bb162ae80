"""Whether a text holds a quotation as somebody quotes it, and where the words differ.

What quoting allows is no difference: other marks, a letter in another case, an ellipsis, words of
one's own in brackets. An ellipsis is none of these where it hides a negation of the sentence, or
makes one sentence of two. Sources: Chicago Manual of Style, 13.50-13.59 (ellipses), 13.60
(brackets).
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from citekit.anchor.alignment import word_steps
from citekit.anchor.words import Words
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

State = Literal["verbatim", "altered", "absent"]
Reason = Literal["", "words", "sentences", "omission", "joined"]

MOST_WORDS: Final = 1_000
"""Of one quotation: so many are compared."""
_LEAST_LEFT: Final = 0.6
"""The share of a quotation's words that make it one that was altered."""
_LEAST_RUN: Final = 3
_JOINED: Final = 0.8
_MOST_RUNS: Final = 5
_MOST_PLACES: Final = 200
_MOST_REPLACED: Final = 12
"""Words that one bracket may stand for."""
_GAP: Final = re.compile(
    r"(?P<ellipsis>[\[(]\s*(?:…|\.\s?\.\s?\.)\s*[\])]|\.?\s?…\.?|\.\s?\.\s?\.(?:\s?\.)?)"
    r"|(?P<aside>\[\s*(?i:sic|emphasis|italics|hervorh|herv\.|vurgu|sig|recte)[^\[\]]{0,40}\])"
    r"|\[(?P<letter>\w)\](?=\w)"
    r"|(?P<own>\w*\[[^\[\]]{0,120}\]\w*)"
)
_NEGATIONS: Final = frozenset(
    {
        *("not", "no", "never", "nor", "neither", "none", "nothing", "nobody", "nowhere", "hardly"),
        *("scarcely", "barely", "without", "unless", "except", "cannot", "false", "falsely"),
        *("deny", "denies", "denied", "nicht", "kein", "keine", "keinen", "keiner", "nie"),
        *("niemals", "ohne", "pas", "jamais", "sans", "aucun", "aucune", "nunca", "jamás", "sin"),
        *("değil", "hiç"),
    }
)


class Change(NamedTuple):
    """A stretch of the words' diff: what both say, only the quotation, or only the source."""

    kind: Literal["same", "quoted", "source"]
    text: str


class Match(Value):
    """What became of a quotation in a text.

    ``places`` are the half-open ranges of code points where it stands (of *altered* the nearest
    one), ``share`` which share of its words stands there in their order. ``reason`` says what was
    altered: *words*; *sentences*, whose end is left out or put in; *omission*, an ellipsis that
    hides what matters; *joined*, passages that stand apart.
    """

    state: State
    places: tuple[tuple[int, int], ...] = ()
    share: float = 0.0
    reason: Reason = ""
    changes: tuple[Change, ...] = ()
    hidden: str = ""
    """The words behind an ellipsis that hides."""


class _Piece(NamedTuple):
    """Words of the quotation that stand together; what is before them, and how wide it may be."""

    words: Words
    after: Literal["", "ellipsis", "own"]


class Quotation:
    """A quotation in its pieces; made once, looked for in many texts."""

    def __init__(self, text: str) -> None:
        text = unicodedata.normalize("NFC", text)
        self.whole = Words(text)
        self._is_long = len(self.whole) > MOST_WORDS
        self._pieces = list(_pieces(text))

    def __len__(self) -> int:
        """Its words, those in brackets left out."""
        return sum(len(piece.words) for piece in self._pieces)

    @property
    def rarest(self) -> tuple[str, ...]:
        """Its longest words: a text that lacks them cannot hold it."""
        words = {word for piece in self._pieces for word in piece.words.words if word.isalnum()}
        return tuple(sorted(words, key=len, reverse=True)[:3])

    def find(self, source: Words) -> Match:
        """Where a text has it, verbatim or altered."""
        if not len(self) or self._is_long or not len(source):
            return Match(state="absent")
        for places in (self._contiguous(source), self._chained(source)):
            judged = [self._judge(source, place) for place in places]
            best = [match for match in judged if match.state == "verbatim"] or judged[:1]
            if best:
                return _together(best)
        return max(
            (self._aligned(source), self._joined(source)), key=lambda match: match.share
        )  # fmt: skip

    def _contiguous(self, source: Words) -> list[list[tuple[int, int]]]:
        """The places that have all its words together, those in brackets too."""
        size = len(self.whole)
        found = source.find_all(self.whole.words, _MOST_PLACES)
        return [[(at, at + size)] for at in found]

    def _chained(self, source: Words) -> list[list[tuple[int, int]]]:
        """The places of its pieces one behind the other, as its gaps allow; the narrowest first."""
        first, *others = self._pieces
        found = []
        for start in source.find_all(first.words.words, _MOST_PLACES):
            chain = [(start, start + len(first.words))]
            for piece in others:
                at = source.find(piece.words.words, chain[-1][1])
                if at < 0 or (piece.after == "own" and at - chain[-1][1] > _MOST_REPLACED):
                    break
                chain.append((at, at + len(piece.words)))
            else:
                found.append(chain)
        return sorted(found, key=lambda chain: chain[-1][1] - chain[0][0])

    def _judge(self, source: Words, chain: list[tuple[int, int]]) -> Match:
        """What to say of a place that has all the words."""
        place = (source.spans[chain[0][0]][0], source.spans[chain[-1][1] - 1][1])
        whole = Match(state="verbatim", places=(place,), share=1.0)
        pieces = [self.whole] if len(chain) == 1 else [piece.words for piece in self._pieces]
        for words, (first, last) in zip(pieces, chain, strict=True):
            if changes := _moved_sentence_end(words, source, first, last):
                return _altered(whole, "sentences", changes)
        for (_, end), (start, _), piece in zip(chain, chain[1:], self._pieces[1:], strict=False):
            if piece.after == "ellipsis" and (hidden := _hidden(source, end, start)):
                changes = (
                    Change("same", source.said(max(0, end - 4), end)),
                    Change("source", hidden),
                    Change("same", source.said(start, start + 4)),
                )
                return _altered(whole, "omission", changes, hidden)
        return whole

    def _aligned(self, source: Words) -> Match:
        """The stretch of the text that is most like it, where enough of its words are left."""
        words = [word for piece in self._pieces for word in piece.words.words]
        spans = [(piece.words, n) for piece in self._pieces for n in range(len(piece.words))]
        steps = _paired_at_ends(word_steps(words, source.words, most=len(words)), source)
        same = [there for step, _, there in steps if step == "="]
        share = len(same) / len(words)
        if share < _LEAST_LEFT or len(same) < min(_LEAST_RUN, len(words)):
            return Match(state="absent", share=0.0)
        changes: list[Change] = []
        for step, here, there in steps:
            if step == "=":
                changes.append(Change("same", source.said(there, there + 1)))
                continue
            if step in "XI":
                own, number = spans[here]
                changes.append(Change("quoted", own.said(number, number + 1)))
            if step in "XD":
                changes.append(Change("source", source.said(there, there + 1)))
        place = (source.spans[same[0]][0], source.spans[same[-1]][1])
        return Match(
            state="altered", places=(place,), share=share, reason="words",
            changes=tuple(_grouped(changes)),
        )  # fmt: skip

    def _joined(self, source: Words) -> Match:
        """It as runs of words that stand apart in the text, where there are few of them."""
        words = [word for piece in self._pieces for word in piece.words.words]
        runs: list[tuple[int, int]] = []
        at = 0
        while at < len(words) and len(runs) < _MOST_RUNS:
            size, place = _longest(words[at:], source)
            if size < _LEAST_RUN:
                at += 1
                continue
            runs.append((place, place + size))
            at += size
        share = sum(last - first for first, last in runs) / len(words)
        if len(runs) < 2 or share < _JOINED:
            return Match(state="absent")
        places = tuple((source.spans[first][0], source.spans[last - 1][1]) for first, last in runs)
        changes = [Change("same", source.said(*runs[0]))]
        for run in runs[1:]:
            changes += [Change("source", "…"), Change("same", source.said(*run))]
        return Match(
            state="altered", places=places, share=share, reason="joined", changes=tuple(changes)
        )


def _pieces(text: str) -> Iterator[_Piece]:
    """The pieces of a quotation between its ellipses and brackets."""
    said: list[str] = []
    at = 0
    after: Literal["", "ellipsis", "own"] = ""
    for gap in _GAP.finditer(text):
        said.append(text[at : gap.start()])
        at = gap.end()
        if gap["letter"]:
            said.append(gap["letter"])
        elif gap["ellipsis"] or gap["own"]:
            words = Words("".join(said))
            if len(words):
                yield _Piece(words, after)
                after = ""
            after = "ellipsis" if gap["ellipsis"] or after == "ellipsis" else "own"
            said = []
    words = Words("".join([*said, text[at:]]))
    if len(words):
        yield _Piece(words, after)


def _moved_sentence_end(
    words: Words, source: Words, first: int, last: int
) -> tuple[Change, ...]:  # fmt: skip
    """The words around the end of a sentence that one of both lacks; nothing where none does."""
    if len(words) != last - first:
        return ()
    for number in range(last - first - 1):
        ours, theirs = words.ends_sentence(number), source.ends_sentence(first + number)
        if ours == theirs or (ours and re.search(r"[;:–—.…]", source.between(first + number))):
            continue
        if theirs and re.search(r"[;:–—.…!?]", words.between(number)):
            continue
        start, end = max(0, number - 3), min(len(words), number + 5)
        return (
            Change("same", source.said(first + start, first + number + 1)),
            Change("quoted", words.between(number).strip() or "∅"),
            Change("source", source.between(first + number).strip() or "∅"),
            Change("same", source.said(first + number + 1, first + end)),
        )
    return ()


def _hidden(source: Words, end: int, start: int) -> str:
    """What matters in the words between two pieces, where an ellipsis may not stand for it."""
    if end >= start or source.is_set_off(end, start):
        return ""
    ends = [n for n in range(end - 1, start) if source.ends_sentence(n)]
    near = [*range(end, start)]
    if ends:
        if end <= ends[0] and ends[-1] < start - 1:
            return source.said(end, start)
        near = [*range(end, ends[0] + 1), *range(ends[-1] + 1, start)]
    return source.said(end, start) if any(_negates(source.words[n]) for n in near) else ""


def _negates(word: str) -> bool:
    return word in _NEGATIONS or word.endswith("n't")


def _longest(words: list[str], source: Words) -> tuple[int, int]:
    """How many of the first words stand together in the text, and where."""
    low, high, place = 0, len(words), -1
    while low < high:
        middle = (low + high + 1) // 2
        at = source.find(words[:middle])
        if at >= 0:
            low, place = middle, at
        else:
            high = middle - 1
    return low, place


def _paired_at_ends(steps: list[tuple[str, int, int]], source: Words) -> list[tuple[str, int, int]]:
    """The steps, where a first or last word that the text has not stands for the one it has there.

    An alignment ends where the text goes on, as if nothing stood in the place of such words.
    """
    paired = list(steps)
    numbers = [number for number, (step, _, _) in enumerate(steps) if step != "I"]
    if not numbers:
        return paired
    at = steps[numbers[-1]][2]
    for number in range(numbers[-1] + 1, len(steps)):
        if source.ends_sentence(at):
            break
        at += 1
        paired[number] = ("X", steps[number][1], at)
    at = steps[numbers[0]][2]
    for number in range(numbers[0] - 1, -1, -1):
        if at == 0 or source.ends_sentence(at - 1):
            break
        at -= 1
        paired[number] = ("X", steps[number][1], at)
    return paired


def _grouped(changes: list[Change]) -> Iterator[Change]:
    """Neighbours of a kind in one; of a stretch that differs, the quotation's words first."""
    for is_same, stretch in groupby(changes, key=lambda change: change.kind == "same"):
        told = list(stretch)
        kinds: tuple[Literal["same", "quoted", "source"], ...] = ("quoted", "source")
        for kind in ("same",) if is_same else kinds:
            text = " ".join(change.text for change in told if change.kind == kind)
            if text:
                yield Change(kind, text)


def _together(matches: list[Match]) -> Match:
    """The matches of one kind as one, with all their places."""
    first = matches[0]
    places = tuple(place for match in matches for place in match.places)
    return Match(**{**first.__dict__, "places": places}) if len(matches) > 1 else first


def _altered(
    match: Match, reason: Reason, changes: tuple[Change, ...], hidden: str = ""
) -> Match:  # fmt: skip
    return Match(
        state="altered", places=match.places, share=match.share, reason=reason, changes=changes,
        hidden=hidden,
    )  # fmt: skip
