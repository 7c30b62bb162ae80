"""Cutting paragraphs at the boundaries of annotations."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from citekit.pages.text.highlight import Span, cut, find_paragraphs, paragraph_of


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Ranges that overlap, nest and stick out of the paragraph."""
    pairs = draw(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=8))
    return [
        Span(start=start, end=start + length, annotation=str(n))
        for n, (start, length) in enumerate(pairs)
    ]


@given(spans())
def test_pieces_join_up_to_the_paragraph(found: list[Span]) -> None:
    """No character is lost, doubled or moved by cutting."""
    pieces = cut(10, 50, found)

    covered = [offset for piece in pieces for offset in range(piece.start, piece.end)]
    assert covered == list(range(10, 50))


@given(spans())
def test_every_character_knows_its_annotations(found: list[Span]) -> None:
    """A piece names exactly the annotations whose range covers it."""
    pieces = cut(10, 50, found)

    told = [set(p.annotations) for p in pieces for _ in range(p.start, p.end)]
    true = [{s.annotation for s in found if s.start <= o < s.end} for o in range(10, 50)]
    assert told == true


def test_overlapping_annotations_share_the_middle_piece() -> None:
    """Two passages that cross give three pieces, the middle one with both."""
    pieces = cut(
        0, 10, [Span(start=1, end=6, annotation="a"), Span(start=4, end=9, annotation="b")]
    )

    assert [p.annotations for p in pieces] == [(), ("a",), ("a", "b"), ("b",), ()]
    assert [p.ends for p in pieces] == [(), (), ("a",), ("b",), ()]


def test_paragraphs_are_ranges_of_the_text() -> None:
    """Paragraph numbers count what stands between blank lines, in code points."""
    text = "Eins 🛶.\n\nZwei.\n"

    ranges = find_paragraphs(text)

    assert [text[start:end] for start, end in ranges] == ["Eins 🛶.", "Zwei."]
    assert paragraph_of(text.index("Zwei"), ranges) == 2
    assert paragraph_of(8, ranges) is None
