"""An item's text as rows, whether the words may be shown or not.

Each paragraph becomes a row: its number, the text with highlights, the notes on it: in the margin
where they fit there, else below in columns. Anchors are ``#p3`` and ``#a-<annotation id>``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote as percent_encode

from citekit.pages import wording
from citekit.pages.element import Content, Element, h, is_web_address, joined, link, to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.model.annotation import Annotation
    from citekit.pages.library import Library
    from citekit.pages.text.article import Article
    from citekit.pages.text.highlight import Piece

# A margin is about half as wide as the text and its print smaller; a note has lines of its own.
_MARGIN_COST: Final = 1.7
_NOTE_COST: Final = 150


def article_rows(library: Library, article: Article) -> list[Element]:
    """One row for each paragraph."""
    return [article_row(library, article, n) for n in range(1, len(article.paragraphs) + 1)]


def article_row(
    library: Library, article: Article, number: int, *, is_guest: bool = False
) -> Element:
    """Paragraph ``number`` with its notes; as a guest on another page it has no anchors."""
    notes = article.notes.get(number, ())
    name = f"p{number}"
    cards = [note_card(library, article, note, is_guest=is_guest) for note in notes]
    if is_guest:
        mark: Element = to("item", f"{article.key}#{name}", str(number))
    else:
        mark = h("a", str(number), href=f"#{name}", title=f"Paragraph {number}")
    return h(
        "div",
        h("p", mark, class_="ck-pnum"),
        h(
            "p",
            [
                _piece(library, article, number, piece, is_guest=is_guest)
                for piece in article.pieces(number)
            ],
            class_="ck-text",
        ),
        h("div", cards, class_="ck-margin") if cards else None,
        class_="ck-row ck-dense" if _is_dense(article, number, notes) else "ck-row",
        id=None if is_guest else name,
    )


def lost_notes(library: Library, article: Article) -> list[Element]:
    """Notes that no row holds: on the whole item, on other captures, outside every paragraph."""
    shelf = library.shelves[article.key]
    placed = {a.short_id for a in article.annotations if article.paragraph(a)}
    return [note_card(library, article, a) for a in shelf.annotations if a.short_id not in placed]


def note_card(
    library: Library, article: Article, annotation: Annotation, *, is_guest: bool = False
) -> Element:
    """One note: the words it is about, what it says, what it belongs to."""
    name = f"a-{annotation.short_id}"
    number = article.numbers.get(annotation.short_id)
    quoted = article.quotes.get(annotation.short_id)
    mark: Element | None = h("a", str(number or "✻"), href=f"#{name}", class_="ck-number")
    if is_guest:
        mark = to("item", f"{article.key}#{name}", str(number or "✻"), class_="ck-number")
    return h(
        "div",
        h(
            "p",
            mark,
            h("q", wording.shorten(quoted, 90)) if quoted else _where(annotation),
            _other_capture(library, article, annotation),
            class_="ck-quote",
        ),
        _note(library, article, annotation),
        _labels(library, article, annotation, quoted),
        class_="ck-note",
        id=None if is_guest else name,
        role="note",
    )


def source_link(url: str, quoted: str | None) -> str:
    """The address of the source, with a text fragment that scrolls to the words where known.

    Source: https://wicg.github.io/scroll-to-text-fragment/ §3.
    """
    if not quoted or "#" in url or not is_web_address(url):
        return url
    # a hyphen is syntax of the fragment, and quote() would leave it
    return f"{url}#:~:text={percent_encode(quoted, safe='').replace('-', '%2D')}"


def _is_dense(article: Article, number: int, notes: Sequence[Annotation]) -> bool:
    """Whether the notes are so many that beside the paragraph they would run far beyond it."""
    start, end = article.paragraphs[number - 1]
    needed = sum(len(note.note) + _NOTE_COST for note in notes) * _MARGIN_COST
    return len(notes) > 1 and needed > 2 * (end - start) + 300


def _piece(
    library: Library, article: Article, number: int, piece: Piece, *, is_guest: bool
) -> list[Content]:
    """A piece of a paragraph: plain, or a highlight with the numbers of the notes that end here."""
    shown = article.words(number, piece)
    content: Content = (
        h("withheld", length=str(piece.end - piece.start)) if shown is None else shown
    )
    notes = [a for a in piece.annotations if a in article.numbers]
    content = _mention(library, article, number, piece, content, is_guest=is_guest)
    if notes:
        depth = min(len(notes), 3)
        content = h("mark", content, class_=f"ck-hl ck-depth{depth}", data_notes=" ".join(notes))
    ends = [_anchor(article, a, is_guest=is_guest) for a in piece.ends if a in article.numbers]
    return [content, *ends]


def _mention(
    library: Library,
    article: Article,
    number: int,
    piece: Piece,
    content: Content,
    *,
    is_guest: bool,
) -> Content:
    """The content as a link to the entity it names; the anchors of mentions that begin here."""
    mentions = [a for a in article.covering(number, piece) if a.short_id not in article.numbers]
    known = [a for a in mentions if a.entities[0] in library.entities]
    if known:
        narrowest = max(known, key=lambda a: piece.annotations.index(a.short_id))
        content = to("entity", narrowest.entities[0], content, class_="ck-mention")
    anchors = [
        h("span", id=f"a-{a.short_id}", class_="ck-target")
        for a in mentions
        if not is_guest and a.passage and a.passage.start == piece.start
    ]
    return [*anchors, content]


def _anchor(article: Article, identifier: str, *, is_guest: bool) -> Element:
    number = str(article.numbers[identifier])
    if is_guest:
        return to("item", f"{article.key}#a-{identifier}", number, class_="ck-anchor")
    return h("a", number, href=f"#a-{identifier}", class_="ck-anchor", title=f"Note {number}")


def _where(annotation: Annotation) -> Element:
    passage = annotation.passage
    if passage is None:
        return h("span", "On the whole item", class_="ck-faint")
    return h("span", f"Characters {passage.start:,}–{passage.end:,}", class_="ck-faint")


def _other_capture(library: Library, article: Article, annotation: Annotation) -> Element | None:
    """Of a note on another capture than the text that is shown: on which."""
    stamp = annotation.passage.capture if annotation.passage else article.stamp
    capture = library.shelves[article.key].captures.get(stamp)
    if stamp == article.stamp or capture is None:
        return None
    when = h("a", wording.show_instant(capture.captured_at), href=f"#capture-{stamp}")
    return h("span", " in the capture of ", when, class_="ck-faint")


def _note(library: Library, article: Article, annotation: Annotation) -> Element | None:
    if not annotation.note:
        return None
    ids = [a.id for a in library.shelves[article.key].annotations]
    return h(
        "md",
        library.readable(annotation.note),
        source=f"items/{library.pages[article.key]}/annotations.jsonl",
        line=str(ids.index(annotation.id) + 1),
        only="inline",
    )


def _labels(
    library: Library, article: Article, annotation: Annotation, quoted: str | None
) -> Element | None:
    """The entities, claims and tags of a note, and the way to its passage at the source."""
    labels: list[Content] = [
        to("entity", e, library.entities[e].name)
        for e in annotation.entities
        if e in library.entities
    ]
    labels += [
        to("claim", c.id, wording.shorten(c.question or c.statement, 48), class_="ck-isclaim")
        for c in library.claims_of_annotation.get(annotation.short_id, ())
    ]
    labels += [h("span", tag, class_="ck-istag") for tag in annotation.tags]
    if annotation.passage and article.url:
        labels.append(link(source_link(article.url, quoted), "at the source", class_="ck-out"))
    return h("p", joined(labels, " · "), class_="ck-traces") if labels else None
