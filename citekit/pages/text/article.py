"""An item's text with its annotations as values: what may be quoted, what stands where.

Where the text is withheld or absent its shape is enough (the length of every paragraph is part of
the public record), so pages are made from the same values either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from citekit.model.annotation import Annotation
from citekit.model.quotation import Quota, longest_text, words_shown
from citekit.model.value import Value
from citekit.pages.text.highlight import Piece, Span, cut, find_paragraphs, paragraph_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from citekit.model.capture import TextMap
    from citekit.pages.library import Library


class Article(Value):
    """The annotated text of one capture, the ``stamp`` of which is empty where there is none.

    ``paragraphs`` are ranges of code points. ``text`` is None where it is withheld or absent;
    ``quotes`` are the words that may be shown, by annotation. ``annotations`` are in the order of
    the text, ``numbers`` count those that are notes.
    """

    key: str
    stamp: str
    url: str
    text: str | None
    paragraphs: tuple[tuple[int, ...], ...]
    annotations: tuple[Annotation, ...]
    quotes: Mapping[str, str]
    numbers: Mapping[str, int]

    def paragraph(self, annotation: Annotation) -> int | None:
        """The number of the paragraph in which the annotation begins."""
        passage = annotation.passage
        return paragraph_of(passage.start, self.paragraphs) if passage else None

    def pieces(self, number: int) -> tuple[Piece, ...]:
        """Paragraph ``number``, cut at every boundary of an annotation."""
        start, end = self.paragraphs[number - 1]
        spans = [
            Span(start=a.passage.start, end=a.passage.end, annotation=a.short_id)
            for a in self.annotations
            if a.passage
        ]
        return cut(start, end, spans)

    def notes(self, number: int) -> list[Annotation]:
        """The notes that begin in paragraph ``number``."""
        return [
            a
            for a in self.annotations
            if a.short_id in self.numbers and self.paragraph(a) == number
        ]

    def words(self, piece: Piece) -> str | None:
        """The words of a piece: of the text, or of a quote that covers it; None if withheld."""
        if self.text is not None:
            return self.text[piece.start : piece.end]
        for annotation in self.annotations:
            passage = annotation.passage
            if passage and annotation.short_id in piece.annotations:
                quoted = self.quotes.get(annotation.short_id, "")
                if len(quoted) == passage.end - passage.start:
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
    return Article(
        key=key,
        stamp=stamp,
        url=shelf.item.text("URL"),
        text=text,
        paragraphs=_paragraphs(text, text_map),
        annotations=tuple(ours),
        quotes=quotes,
        numbers={a.short_id: number for number, a in enumerate(notes, 1)},
    )


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
    if text is not None:
        return find_paragraphs(text)
    ranges = text_map.paragraphs if text_map else ()
    return tuple(r for r in ranges if len(r) == 2 and 0 <= r[0] < r[1])


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
