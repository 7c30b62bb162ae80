"""Which words of a restricted item the site may show."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from citekit.model.value import replace
from citekit.pages.library import Library
from citekit.pages.text.article import allowed_quotes, make_article
from citekit.pages.text.rows import article_rows, source_link
from citekit.testing.builders import Mark, Source, build_archive, make_annotation

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.model.annotation import Annotation

TEXT = " ".join(f"word{n}" for n in range(100))
SOURCE = Source(key="long2024", data={"title": "Long"}, text=TEXT)


def mark(count: int, start: int = 0) -> Annotation:
    """An annotation on ``count`` words from word ``start`` on."""
    words = TEXT.split()[start : start + count]
    return make_annotation(SOURCE, Mark(quote=" ".join(words), note=f"{count} {start}"))


def test_a_quote_of_thirteen_words_is_left_out() -> None:
    """An archive edited by hand cannot make the site quote more than twelve words."""
    short, long = mark(12), mark(13, 20)

    assert list(allowed_quotes([short, long], 1000)) == [short.short_id]


def test_quotes_end_where_the_share_is_used_up() -> None:
    """All quotes of a restricted text together stay within 15 % of its words."""
    marks = [mark(10), mark(5, 20), mark(1, 40)]

    assert list(allowed_quotes(marks, 100)) == [marks[0].short_id, marks[1].short_id]


def test_withheld_text_has_the_same_paragraphs(tmp_path: Path) -> None:
    """Paragraph numbers come from the public record, whether the text may be shown or not."""
    build_archive(tmp_path)

    closed = make_article(Library.read(tmp_path), "harbour2024")
    opened = make_article(Library.read(tmp_path, with_restricted=True), "harbour2024")

    assert closed.text is None
    assert opened.text is not None
    assert closed.paragraphs == opened.paragraphs


def test_ten_thousand_paragraphs_with_a_thousand_notes_take_seconds(tmp_path: Path) -> None:
    """Which notes lie on which paragraph is found once, and not for each of them anew."""
    text = "\n\n".join(f"w{n} x" for n in range(10_000))
    marks = tuple(Mark(quote=f"w{n} x", note=str(n)) for n in range(1_000, 9_000, 8))
    source = Source(key="many", data={"title": "Many"}, access="public", text=text, marks=marks)
    build_archive(tmp_path, [source])
    library = Library.read(tmp_path)
    start = time.process_time()

    article = make_article(library, "many")
    rows = article_rows(library, article)

    assert time.process_time() - start < 10
    assert len(rows) == 10_000
    assert [a.note for a in article.notes[1_009]] == ["1008"]
    assert [len(article.pieces(n)[0].annotations) for n in (1_008, 1_009)] == [0, 1]


def test_the_rest_of_a_text_without_end_is_one_paragraph(tmp_path: Path) -> None:
    """No word is lost where there are more paragraphs than a page can have."""
    text = "\n\n".join("ab" for _ in range(10_005)) + "\n"
    source = Source(key="long", data={"title": "Long"}, access="public", text=text)
    build_archive(tmp_path, [source])

    article = make_article(Library.read(tmp_path), "long")

    assert len(article.paragraphs) == 10_000
    assert article.words(10_000, article.pieces(10_000)[0]) == "\n\n".join(["ab"] * 6)


def test_ranges_of_a_withheld_text_that_overlap_are_none(tmp_path: Path) -> None:
    """A record edited by hand cannot show the same words in many paragraphs."""
    store = build_archive(tmp_path)
    path = next((store.layout.item_folder("harbour2024") / "captures").glob("*.json"))
    record = json.loads(path.read_text("utf-8"))
    ranges = record["payloads"]["text"]["map"]["paragraphs"]
    ranges += [ranges[0]] * 100
    path.write_text(json.dumps(record), "utf-8")

    article = make_article(Library.read(tmp_path), "harbour2024")

    assert len(article.paragraphs) == len(ranges) - 100


def test_a_passage_under_a_thousand_notes_names_some(tmp_path: Path) -> None:
    """What a piece of text lists does not grow with the square of the notes over it."""
    marks = tuple(Mark(quote=TEXT[n:-n], note=str(n)) for n in range(1, 250))
    build_archive(tmp_path, [replace(SOURCE, marks=marks, access="public")])

    article = make_article(Library.read(tmp_path), "long2024")

    assert max(len(piece.annotations) for piece in article.pieces(1)) == 100
    assert len(article.notes[1]) == 249


def test_a_link_to_words_escapes_what_is_syntax() -> None:
    """Hyphens, commas and ampersands in a quote do not break the text fragment."""
    link = source_link("https://example.org/a", "well-known, A & B")

    assert link == "https://example.org/a#:~:text=well%2Dknown%2C%20A%20%26%20B"
