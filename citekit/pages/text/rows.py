"""An item's text as rows, whether the words may be shown or not.

Each paragraph becomes a row: its number, the text with highlights, the notes on it: in the margin
where there is room, else below, where a script folds them. Of a withheld text there is what our
note says of the paragraph, and the words that are quoted. Anchors are ``#p3`` and
``#a-<annotation id>``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote as percent_encode

from citekit.model.value import NOTHING
from citekit.pages import wording
from citekit.pages.element import Content, Element, h, is_web_address, joined, link, to

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.model.annotation import Annotation
    from citekit.pages.library import Library
    from citekit.pages.text.article import Article
    from citekit.pages.text.highlight import Piece


def article_rows(
    library: Library, article: Article, gists: Mapping[int, Element] = NOTHING
) -> list[Element]:
    """One row for each paragraph, with what our note says of it."""
    numbers = range(1, len(article.paragraphs) + 1)
    return [article_row(library, article, n, gist=gists.get(n)) for n in numbers]


def article_row(
    library: Library,
    article: Article,
    number: int,
    *,
    gist: Element | None = None,
    is_guest: bool = False,
) -> Element:
    """Paragraph ``number`` with its notes; as a guest on another page it has no anchors."""
    name = f"p{number}"
    if is_guest:
        mark: Element = to("item", f"{article.key}#{name}", str(number))
    else:
        mark = h("a", str(number), href=f"#{name}", title=f"Paragraph {number}")
    pieces = [
        _piece(library, article, number, piece, is_guest=is_guest)
        for piece in article.pieces(number)
    ]
    return h(
        "div",
        h("p", mark, class_="ck-pnum"),
        h("div", gist, class_="ck-gist") if gist else None,
        h("p", pieces, class_="ck-text"),
        _margin(library, article, number, is_guest=is_guest),
        class_="ck-row",
        id=None if is_guest else name,
    )


def _margin(library: Library, article: Article, number: int, *, is_guest: bool) -> Element | None:
    """The notes on a paragraph; on the item's own page they fold."""
    notes = article.notes.get(number, ())
    cards = [note_card(library, article, note, is_guest=is_guest) for note in notes]
    if is_guest or not cards:
        return h("div", cards, class_="ck-margin") if cards else None
    told = h("summary", wording.count(len(cards), "note"))
    return h("details", told, cards, class_="ck-margin", open="")


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


def _piece(
    library: Library, article: Article, number: int, piece: Piece, *, is_guest: bool
) -> list[Content]:
    """A piece of a paragraph: plain, or a highlight with the numbers of the notes that end here."""
    shown = article.words(number, piece)
    content: Content = shown
    if shown is None:
        content = h("withheld", length=str(piece.end - piece.start))
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
        if article.words(number, piece) is None:
            content = f"[{library.entities[narrowest.entities[0]].name}]"
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
