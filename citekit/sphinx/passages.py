"""An item's text with its annotations beside it, whether the words may be shown or not.

Each paragraph becomes a row: its number, the text with highlights, the notes on it. Where the text
is withheld the row has the paragraph's shape instead (its length is part of the public record), with
the short quotes in their places. Both have the same anchors: ``#p3`` and ``#a-<annotation id>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote as percent_encode

from citekit.app.annotate import MOST_SHARE, MOST_WORDS
from citekit.app.passages import count_words
from citekit.sphinx import words
from citekit.sphinx.element import Content, Element, h, is_web_address, joined, link, to
from citekit.sphinx.highlight import Piece, Span, cut, find_paragraphs, paragraph_of

if TYPE_CHECKING:
    from citekit.model.annotation import Annotation, Passage
    from citekit.model.capture import TextMap
    from citekit.sphinx.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The annotated text of one capture.

    ``paragraphs`` are ranges of code points. ``text`` is None where it is withheld or absent;
    ``quotes`` are the words that may be shown, by annotation. ``numbers`` count the notes.
    """

    key: str
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


@lru_cache(maxsize=64)
def make_article(library: Library, key: str) -> Article:
    """The article of an item's newest capture that has a text."""
    shelf = library.shelves[key]
    stamp, text_map = _text_capture(library, key)
    text = library.text(key, stamp) if stamp else None
    ranges: tuple[tuple[int, ...], ...] = ()
    if text is not None:
        ranges = find_paragraphs(text)
    elif text_map:
        ranges = tuple(r for r in text_map.paragraphs if len(r) == 2 and 0 <= r[0] < r[1])
    ours = sorted(
        (a for a in shelf.annotations if a.passage and a.passage.capture == stamp), key=_order
    )
    known_words = text_map.words if text_map else None
    return Article(
        key=key,
        url=shelf.item.text("URL"),
        text=text,
        paragraphs=ranges,
        annotations=tuple(ours),
        quotes=_whole_quotes(ours, text)
        if library.shows_text(shelf.item)
        else allowed_quotes(shelf.annotations, known_words),
        numbers={a.short_id: n for n, a in enumerate((a for a in ours if not is_mention(a)), 1)},
    )


def is_mention(annotation: Annotation) -> bool:
    """Whether the annotation only says which entity is named; it needs no note in the margin."""
    return bool(annotation.entities) and not annotation.note and not annotation.tags


def allowed_quotes(annotations: Iterable[Annotation], text_words: int | None) -> dict[str, str]:
    """The quotes of a restricted item that may be shown: short ones, and few in all.

    An archive edited by hand may hold more; the site never shows the excess.
    """
    quotes: dict[str, str] = {}
    shown = 0
    for annotation in annotations:
        passage = annotation.passage
        if passage is None or not passage.exact:
            continue
        size = count_words(passage.quoted)
        is_too_much = text_words is not None and shown + size > MOST_SHARE * text_words
        if size <= MOST_WORDS and not is_too_much:
            shown += size
            quotes[annotation.short_id] = passage.exact
    return quotes


def article_rows(library: Library, article: Article) -> list[Element]:
    """One row for each paragraph."""
    spans = [
        Span(start=a.passage.start, end=a.passage.end, annotation=a.short_id)
        for a in article.annotations
        if a.passage
    ]
    return [
        _row(library, article, number, cut(start, end, spans))
        for number, (start, end) in enumerate(article.paragraphs, start=1)
    ]


def lost_notes(library: Library, article: Article) -> list[Element]:
    """Notes that no row holds: on the whole item, on other captures, outside every paragraph."""
    shelf = library.shelves[article.key]
    placed = {a.short_id for a in article.annotations if article.paragraph(a)}
    return [note_card(library, article, a) for a in shelf.annotations if a.short_id not in placed]


def note_card(library: Library, article: Article, annotation: Annotation) -> Element:
    """One note as it stands in the margin."""
    identifier, passage = annotation.short_id, annotation.passage
    quoted = article.quotes.get(identifier)
    number = article.numbers.get(identifier)
    return h(
        "div",
        h(
            "p",
            h("span", str(number), class_="ck-number") if number else None,
            h("q", words.shorten(quoted, 120)) if quoted else _unquoted(passage),
            class_="ck-quote",
        ),
        h(
            "md",
            annotation.note,
            source=f"items/{article.key}/annotations.jsonl",
            line="1",
            only="inline",
        )
        if annotation.note
        else None,
        _labels(library, annotation),
        _traces(article, annotation, quoted),
        class_="ck-note",
        id=f"a-{identifier}",
        role="note",
    )


def source_link(url: str, quoted: str | None) -> str:
    """The address of the source, with a text fragment that scrolls to the words where known.

    Source: https://wicg.github.io/scroll-to-text-fragment/ §3.
    """
    if not quoted or "#" in url or not is_web_address(url):
        return url
    # a hyphen and a comma are syntax of the fragment, quote() would leave the hyphen
    return f"{url}#:~:text={percent_encode(quoted, safe='').replace('-', '%2D')}"


def _text_capture(library: Library, key: str) -> tuple[str, TextMap | None]:
    for stamp, capture in reversed(list(library.shelves[key].captures.items())):
        payload = capture.payloads.get("text")
        if payload:
            return stamp, payload.map
    return "", None


def _order(annotation: Annotation) -> tuple[int, int, str]:
    passage = annotation.passage
    return (passage.start, passage.end, annotation.id) if passage else (0, 0, annotation.id)


def _whole_quotes(annotations: Sequence[Annotation], text: str | None) -> dict[str, str]:
    """The words of each passage: from the text itself where it is here."""
    quotes = {}
    for annotation in annotations:
        passage = annotation.passage
        if passage:
            exact = text[passage.start : passage.end] if text is not None else passage.exact
            quotes[annotation.short_id] = exact or ""
    return quotes


def _row(library: Library, article: Article, number: int, pieces: Sequence[Piece]) -> Element:
    notes = [
        note_card(library, article, a)
        for a in article.annotations
        if a.short_id in article.numbers and article.paragraph(a) == number
    ]
    return h(
        "div",
        h(
            "p",
            h("a", str(number), href=f"#p{number}", title=f"Paragraph {number}"),
            class_="ck-pnum",
        ),
        h("p", [_piece(article, piece) for piece in pieces], class_="ck-text"),
        h("div", notes, class_="ck-margin") if notes else None,
        class_="ck-row",
        id=f"p{number}",
    )


def _piece(article: Article, piece: Piece) -> list[Content]:
    """A piece of a paragraph: plain, or a highlight that leads to the note on it."""
    content = _content(article, piece)
    if not piece.annotations:
        return [content]
    by_id = {a.short_id: a for a in article.annotations}
    notes = [a for a in piece.annotations if a in article.numbers]
    mentions = [by_id[a] for a in piece.annotations if a not in article.numbers]
    if mentions:
        entity = mentions[-1].entities[0]
        begins = _is_beginning(mentions[-1], piece)
        content = h(
            "ref",
            content,
            to=f"entity:{entity}",
            class_="ck-mention",
            id=f"a-{mentions[-1].short_id}" if begins else None,
            quiet="1",
        )
    if notes:
        depth = min(len(notes), 3)
        content = h("mark", content, class_=f"ck-hl ck-depth{depth}", data_notes=" ".join(notes))
    ends = [
        h(
            "a",
            str(article.numbers[a]),
            href=f"#a-{a}",
            class_="ck-anchor",
            aria_label=_label(a, article),
        )
        for a in piece.ends
        if a in article.numbers
    ]
    return [content, *ends]


def _is_beginning(annotation: Annotation, piece: Piece) -> bool:
    """Whether the annotation's passage begins with this piece."""
    return annotation.passage is not None and annotation.passage.start == piece.start


def _label(identifier: str, article: Article) -> str:
    return f"Note {article.numbers[identifier]}"


def _content(article: Article, piece: Piece) -> Element | str:
    """The words of a piece, those of a quote that covers it, or the shape of what is withheld."""
    if article.text is not None:
        return article.text[piece.start : piece.end]
    for annotation in article.annotations:
        passage = annotation.passage
        if passage and annotation.short_id in piece.annotations:
            quoted = article.quotes.get(annotation.short_id, "")
            if len(quoted) == passage.end - passage.start:
                return quoted[piece.start - passage.start : piece.end - passage.start]
    return h("withheld", length=str(piece.end - piece.start))


def _unquoted(passage: Passage | None) -> Element:
    if passage is None:
        return h("span", "On the whole item", class_="ck-faint")
    return h("span", f"Characters {passage.start:,}–{passage.end:,}", class_="ck-faint")


def _labels(library: Library, annotation: Annotation) -> Element | None:
    """The entities, claims and tags of a note."""
    chips = [
        to("entity", e, library.entities[e].name, class_="ck-chip")
        for e in annotation.entities
        if e in library.entities
    ]
    chips += [
        to(
            "claim",
            claim.id,
            words.shorten(claim.question or claim.statement, 48),
            class_="ck-chip ck-chip-claim",
        )
        for claim in library.claims_of_annotation.get(annotation.short_id, ())
    ]
    chips += [h("span", tag, class_="ck-chip ck-tag") for tag in annotation.tags]
    return h("p", joined(chips, " "), class_="ck-chips") if chips else None


def _traces(article: Article, annotation: Annotation, quoted: str | None) -> Element:
    """Where the note can be linked, and where its passage stands at the source."""
    paragraph = article.paragraph(annotation)
    parts = [
        h("a", f"¶ {paragraph}", href=f"#p{paragraph}") if paragraph else None,
        h("a", "Link to this note", href=f"#a-{annotation.short_id}", class_="ck-copylink"),
        link(source_link(article.url, quoted), "At the source", class_="ck-out")
        if article.url
        else None,
    ]
    return h("p", joined(parts, " · "), class_="ck-traces")
