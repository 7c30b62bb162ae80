"""The quotations in a paper's prose, and which citation each of them stands beside."""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from citekit.app.auditing.prose.text import DROPPED, Cite
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.auditing.prose.text import Prose, Range

_CLOSERS: Final = {
    "“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "›": "‹", "「": "」", "『": "』", "‘": "’'",
    "‚": "‘", '"': '"', "'": "'", "”": "”",
}  # fmt: skip
_OPENS_AFTER_SPACE: Final = frozenset("\"'»›”")
_MAY_BE_APOSTROPHE: Final = frozenset("’'")
_BEFORE: Final = frozenset(" \t\r\n\u00a0\u202f([{—–-/“„«‘‚\"'")
_LONGEST: Final = 10_000
"""Signs of one quotation: what is longer is a mark that lacks its other one."""
_SENTENCE_END: Final = re.compile(r"[.!?…][\"”»’)\]]*\s+(?=[^\W\d_a-zß-öø-ÿ]|[“„«‘\"(\[])|[。！？]")
_ABBREVIATION: Final = re.compile(
    r"(?:\b[A-Z]|\b(?:[Mm]rs?|[DdSs][rt]|cf|vs|pp?|[Vv]gl|Prof|No|Nr))\Z"
)
_ATTRIBUTION: Final = re.compile(r"(?:^|\n)\s*(?:—|–|---?|~)\s*[^\n]*\Z")
_MARKS: Final = re.compile('[“”„«»‹›「」『』"]')
_DECADE: Final = re.compile(r"\d\ds?\b")
_WORD: Final = re.compile(r"\w+")
_FEW_WORDS: Final = 5
_NEAR: Final = 60


class Quoted(Value):
    """A quotation: its range in the file and its words, with the cites that may be its source.

    ``is_beside`` says that a citation stands in its sentence; ``inner`` are the quotations in a
    block that may be no quotation as a whole.
    """

    start: int
    end: int
    text: str
    cites: tuple[Cite, ...] = ()
    is_beside: bool = False
    longer: str = ""
    """Its words up to the next mark, where the first one may be an apostrophe."""
    inner: tuple[Quoted, ...] = ()


def find_quotations(prose: Prose) -> Iterator[Quoted]:
    """The quotations of a text in its order."""
    finder = _Finder(prose)
    found = [*finder.displayed(), *finder.marked(), *finder.in_blocks()]
    yield from sorted(found, key=attrgetter("start"))


class _Finder:
    def __init__(self, prose: Prose) -> None:
        self._prose = prose
        self._bound = dict(prose.bound)
        taken = {cite.at for cites in self._bound.values() for cite in cites}
        self._cites = tuple(cite for cite in prose.cites if cite.at not in taken)
        self._starts = [cite.start for cite in self._cites]
        self._special = [*prose.displayed, *prose.marked]

    def displayed(self) -> Iterator[Quoted]:
        """Block quotes; the citation stands in them, before them or behind them."""
        for start, end in self._prose.displayed:
            inside = self._inside(start, end)
            cites = self._bound.get(start) or inside or self._before(start) or self._behind(end)
            last = self._attribution(start, end, inside) if cites is inside else end
            said = self._prose.said(start, last)
            if said and cites:
                inner = tuple(self._in(start, end))
                yield Quoted(
                    start=start, end=last, text=said, cites=cites, is_beside=True, inner=inner
                )

    def _attribution(self, start: int, end: int, cites: Sequence[Cite]) -> int:
        """Where the words of a block end before the line or brackets that say whose they are."""
        text = self._prose.text
        if len(_WORD.findall(text, cites[-1].end, end)) >= _FEW_WORDS:
            return end
        line = _ATTRIBUTION.search(text, start, cites[0].start)
        return line.start() if line else cites[0].start

    def marked(self) -> Iterator[Quoted]:
        """Quotations that commands make."""
        for start, end in self._prose.marked:
            cites = self._bound.get(start)
            block = next((b for b in self._prose.blocks if b[0] <= start < b[1]), (start, end))
            is_beside = True
            if not cites:
                cites, is_beside = self._attributed(block, start, end)
            said = self._prose.said(start, end)
            if said:
                yield Quoted(start=start, end=end, text=said, cites=cites, is_beside=is_beside)

    def in_blocks(self) -> Iterator[Quoted]:
        """Quotations between marks, but those in quotations that are made otherwise."""
        for block in self._prose.blocks:
            for quoted in self._in(*block):
                if not any(s <= quoted.start < e for s, e in self._special):
                    yield quoted

    def _in(self, start: int, end: int) -> Iterator[Quoted]:
        for first, last, longer in _between_marks(self._prose.text, start, end):
            said = self._prose.said(first, last)
            if said:
                cites, is_beside = self._attributed((start, end), first, last)
                more = self._prose.said(first, longer) if longer else ""
                yield Quoted(
                    start=first, end=last, text=said, cites=cites, is_beside=is_beside, longer=more
                )

    def _attributed(self, block: Range, start: int, end: int) -> tuple[tuple[Cite, ...], bool]:
        """The cites of a quotation, and whether they stand in its sentence."""
        within = self._inside(*block)
        after = [cite for cite in within if cite.start >= end]
        before = [cite for cite in within if cite.end <= start][::-1]
        inside = self._prose.text[max(start, end - 2) : end].rstrip(DROPPED)[-1:]
        since = end - 1 if inside in (".", "!", "?") else end
        near_after = [c for c in after if not self._ends_before(since, c)]
        near_before = [c for c in before if not self._ends_sentence(c.end, start)]
        if near_after and not near_after[0].is_narrative:
            return _group(near_after, near_after[0]), True
        narrative = [
            _group(cites, cite)
            for cites in (near_before, near_after)
            for cite in [next((c for c in cites if c.is_narrative), None)]
            if cite
        ]
        if narrative:
            return tuple(cite for group in narrative for cite in group), True
        if near_before or near_after:
            cites = near_before or near_after
            return _group(cites, cites[0]), bool(near_after) or self._is_free(block, cites[0])
        cites = after or before
        return (_group(cites, cites[0]), False) if cites else ((), False)

    def _inside(self, start: int, end: int) -> tuple[Cite, ...]:
        first = bisect_left(self._starts, start)
        return self._cites[first : bisect_left(self._starts, end, first)]

    def _before(self, at: int) -> tuple[Cite, ...]:
        """The last citation of the paragraph before, where it is in its last sentence."""
        block = next((b for b in reversed(self._prose.blocks) if b[1] <= at), None)
        cites = self._inside(*block)[::-1] if block else ()
        near = [c for c in cites if block and not self._ends_sentence(c.end, block[1])]
        return _group(near, near[0]) if near else ()

    def _behind(self, at: int) -> tuple[Cite, ...]:
        """The citation with which the paragraph behind begins."""
        block = next((b for b in self._prose.blocks if b[0] >= at), None)
        cites = self._inside(block[0], min(block[1], block[0] + _NEAR)) if block else ()
        return _group(cites, cites[0]) if cites else ()

    def _is_free(self, block: Range, cite: Cite) -> bool:
        """Whether no other quotation stands before a citation, which would be its own."""
        before = self._prose.text[block[0] : cite.start]
        marks = [mark.start() for mark in _MARKS.finditer(before)]
        return not any(not self._ends_sentence(block[0] + at, cite.start) for at in marks)

    def _ends_before(self, start: int, cite: Cite) -> bool:
        """Whether a sentence ends before a citation, or right before one that begins the next."""
        between = self._prose.text[start : cite.start].replace(DROPPED, "")
        begins = cite.is_narrative and re.search(r"[.!?][\"”»’)\]]*\s+\Z", between)
        return bool(begins) or self._ends_sentence(start, cite.start)

    def _ends_sentence(self, start: int, end: int) -> bool:
        between = self._prose.text[start:end].replace(DROPPED, "")
        return any(
            not (mark[0].startswith(".") and _ABBREVIATION.search(between, 0, mark.start()))
            for mark in _SENTENCE_END.finditer(between)
        )


def _group(cites: Sequence[Cite], one: Cite) -> tuple[Cite, ...]:
    """The cites of the same citation."""
    return tuple(cite for cite in cites if cite.start == one.start)


def _between_marks(text: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """What stands between marks in a block: start, end, and a later end where there may be one."""
    signs = [(at, text[at]) for at in range(start, end) if text[at] != DROPPED]
    line = "".join(sign for _, sign in signs)
    places = [at for at, _ in signs]
    at, vain = 0, set()
    opener = re.compile("[" + re.escape("".join(_CLOSERS)) + "]")
    while (mark := opener.search(line, at)) is not None:
        at = mark.end()
        if mark[0] in vain or not _opens(line, mark.start()):
            continue
        ends = _closings(line, mark.start())
        if not ends:
            vain.add(mark[0])
            continue
        last = places[ends[1]] if len(ends) > 1 else 0
        yield places[mark.end()], places[ends[0]], last
        at = ends[0] + 1


def _opens(line: str, at: int) -> bool:
    """Whether a mark begins a quotation."""
    follows = line[at + 1 : at + 2]
    if not follows or follows.isspace():
        return line[at] in "«‹" and bool(follows)  # French puts a space there
    if line[at] in _MAY_BE_APOSTROPHE and _DECADE.match(line, at + 1):
        return False
    before = line[at - 1] if at else " "
    return line[at] not in _OPENS_AFTER_SPACE or before in _BEFORE


def _closings(line: str, at: int) -> list[int]:
    """Where the quotation may end that a mark begins: the first place, and a second one."""
    opener, depth = line[at], 0
    closers = _CLOSERS[opener]
    found: list[int] = []
    unpaired = 0
    for sign in re.finditer(f"[{re.escape(opener + closers)}]", line[at + 1 : at + 1 + _LONGEST]):
        place = at + 1 + sign.start()
        if sign[0] in closers:
            if sign[0] in _MAY_BE_APOSTROPHE and not _closes(line, place):
                continue
            if depth == 0:
                found.append(place)
                if sign[0] not in _MAY_BE_APOSTROPHE or len(found) == 2:
                    break
            else:
                depth -= 1
                unpaired = unpaired or place
        elif not found:
            depth += 1
        else:
            break  # the next one begins
    return found or ([unpaired] if unpaired else [])


def _closes(line: str, at: int) -> bool:
    """Whether a mark that may be an apostrophe ends a quotation."""
    follows = line[at + 1 : at + 2]
    return not line[at - 1].isspace() and not follows.isalnum()
