"""An item's text with its annotations as values: what may be quoted, what stands where.

Where the text is withheld or absent its shape is enough (the length of every paragraph is part of
the public record), so pages are made from the same values either way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from citekit.model.annotation import Annotation
from citekit.model.quotation import Quota, longest_text, words_shown
from citekit.model.value import Value
from citekit.pages.text.highlight import Piece, Span, cut, find_paragraphs, paragraph_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.model.capture import TextMap
    from citekit.pages.library import Library

_MOST_ROWS: Final = 10_000
"""A report of three hundred pages has five thousand paragraphs; a row takes 0.5 ms to lay out."""
_MOST_OVER: Final = 100


class Article(Value):
    """The annotated text of one capture, the ``stamp`` of which is empty where there is none.

    ``paragraphs`` are ranges of code points. ``text`` is None where it is withheld or absent;
    ``quotes`` are the words that may be shown, by annotation. ``annotations`` are in the order of
    the text, ``numbers`` count those that are notes; ``notes`` begin in a paragraph, ``over`` lie
    over it, both by its number.
    """

    key: str
    stamp: str
    url: str
    text: str | None
    paragraphs: tuple[tuple[int, ...], ...]
    annotations: tuple[Annotation, ...]
    quotes: Mapping[str, str]
    numbers: Mapping[str, int]
    notes: Mapping[int, Sequence[Annotation]]
    over: Mapping[int, Sequence[Annotation]]

    def paragraph(self, annotation: Annotation) -> int | None:
        """The number of the paragraph in which the annotation begins."""
        passage = annotation.passage
        return paragraph_of(passage.start, self.paragraphs) if passage else None

    def pieces(self, number: int) -> tuple[Piece, ...]:
        """Paragraph ``number``, cut at every boundary of an annotation."""
        start, end = self.paragraphs[number - 1]
        spans = [
            Span(start=a.passage.start, end=a.passage.end, annotation=a.short_id)
            for a in self.over.get(number, ())
            if a.passage
        ]
        return cut(start, end, spans)

    def covering(self, number: int, piece: Piece) -> list[Annotation]:
        """The annotations over a piece of paragraph ``number``, in the order of the text."""
        return [a for a in self.over.get(number, ()) if a.short_id in piece.annotations]

    def words(self, number: int, piece: Piece) -> str | None:
        """The words of a piece: of the text, or of a quote that covers it; None if withheld."""
        if self.text is not None:
            return self.text[piece.start : piece.end]
        for annotation in self.covering(number, piece):
            passage = annotation.passage
            quoted = self.quotes.get(annotation.short_id, "")
            if passage and len(quoted) == passage.end - passage.start:
                return quoted[piece.start - passage.start : piece.end - passage.start]
        return None


@lru_cache(maxsize=64)
def make_article(library: Library, key: str) -> Article:
    """The article of an item's newest capture that has a text."""
    shelf = library.shelves[key]
    stamp, text_map = _text_capture(library, key)
    text = library.text(key, stamp) if stamp else None
    ours = sorted(
        (a for a in shelf.annotations if a.passage and a.passage.capture == stamp), key=_order
    )
    if library.shows_text(shelf.item):
        quotes = _whole_quotes(shelf.annotations, ours, text)
    else:
        quotes = allowed_quotes(shelf.annotations, longest_text(shelf.captures.values()))
    notes = [a for a in ours if not is_mention(a)]
    paragraphs = _paragraphs(text, text_map)
    return Article(
        key=key,
        stamp=stamp,
        url=shelf.item.text("URL"),
        text=text,
        paragraphs=paragraphs,
        annotations=tuple(ours),
        quotes=quotes,
        numbers={a.short_id: number for number, a in enumerate(notes, 1)},
        notes=_begun(notes, paragraphs),
        over=_laid_over(ours, paragraphs),
    )


def _begun(
    notes: Iterable[Annotation], paragraphs: Sequence[Sequence[int]]
) -> dict[int, list[Annotation]]:
    """The notes that begin in each paragraph, by its number."""
    begun: dict[int, list[Annotation]] = {}
    for note in notes:
        number = paragraph_of(note.passage.start, paragraphs) if note.passage else None
        if number is not None:
            begun.setdefault(number, []).append(note)
    return begun


def _laid_over(
    annotations: Sequence[Annotation], paragraphs: Sequence[Sequence[int]]
) -> dict[int, list[Annotation]]:
    """The annotations over each paragraph, both in the order of the text.

    Of more than ``_MOST_OVER`` the later ones have no highlight: a piece names all that cover it.
    """
    over: dict[int, list[Annotation]] = {}
    coming = deque(annotations)
    active: list[Annotation] = []
    for number, (start, end) in enumerate(paragraphs, 1):
        while coming and coming[0].passage and coming[0].passage.start < end:
            if len(active) < _MOST_OVER:
                active.append(coming[0])
            coming.popleft()
        active = [a for a in active if a.passage and a.passage.end > start]
        if active:
            over[number] = list(active)
    return over


def is_mention(annotation: Annotation) -> bool:
    """Whether the annotation only says which entity is named; it needs no note in the margin."""
    return bool(annotation.entities) and not annotation.note and not annotation.tags


def allowed_quotes(annotations: Iterable[Annotation], text_words: int | None) -> dict[str, str]:
    """The quotes of a restricted item that may be shown: short ones, and few in all.

    An archive edited by hand may hold more; the site never shows the excess.
    """
    quotes: dict[str, str] = {}
    quota = Quota(text_words)
    for annotation in annotations:
        passage = annotation.passage
        if passage and passage.exact and quota.spend(words_shown(annotation)):
            quotes[annotation.short_id] = passage.exact
    return quotes


def _text_capture(library: Library, key: str) -> tuple[str, TextMap | None]:
    for stamp, capture in reversed(list(library.shelves[key].captures.items())):
        payload = capture.payloads.get("text")
        if payload:
            return stamp, payload.map
    return "", None


def _paragraphs(text: str | None, text_map: TextMap | None) -> tuple[tuple[int, ...], ...]:
    """The ranges, in order and apart; beyond ``_MOST_ROWS`` the rest of the text is one."""
    if text is not None:
        ranges: tuple[tuple[int, ...], ...] = find_paragraphs(text)
    else:
        ranges = tuple(_in_order(text_map.paragraphs if text_map else ()))
    if len(ranges) <= _MOST_ROWS:
        return ranges
    return (*ranges[: _MOST_ROWS - 1], (ranges[_MOST_ROWS - 1][0], ranges[-1][1]))


def _in_order(ranges: Iterable[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    """The ranges that are some, without those that begin before another one has ended."""
    last = 0
    for found in ranges:
        if len(found) == 2 and last <= found[0] < found[1]:
            yield found
            last = found[1]


def _order(annotation: Annotation) -> tuple[int, int, str]:
    passage = annotation.passage
    return (passage.start, passage.end, annotation.id) if passage else (0, 0, annotation.id)


def _whole_quotes(
    annotations: Iterable[Annotation], ours: Sequence[Annotation], text: str | None
) -> dict[str, str]:
    """The words of each passage: from the text itself, if it is one of this text and it is here."""
    quotes = {a.short_id: a.passage.exact or "" for a in annotations if a.passage}
    for annotation in ours if text is not None else ():
        passage = annotation.passage
        if passage and text is not None:
            quotes[annotation.short_id] = text[passage.start : passage.end]
    return quotes
