"""Which words of a restricted item the site may show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.pages.library import Library
from citekit.pages.text.article import allowed_quotes, make_article
from citekit.pages.text.rows import source_link
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


def test_a_link_to_words_escapes_what_is_syntax() -> None:
    """Hyphens, commas and ampersands in a quote do not break the text fragment."""
    link = source_link("https://example.org/a", "well-known, A & B")

    assert link == "https://example.org/a#:~:text=well%2Dknown%2C%20A%20%26%20B"
