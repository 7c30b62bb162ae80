"""Laws of the comparison of two texts, and what it costs when they have nothing in common."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from citekit.app.looking.text_diff import align, diff_texts, diff_words

WORDS = st.text(alphabet="ab c.\né漢", max_size=40)
PARAGRAPHS = st.lists(st.text(alphabet="abc d", min_size=1, max_size=20), max_size=8)


@given(st.lists(st.integers(0, 3), max_size=20), st.lists(st.integers(0, 3), max_size=20))
def test_an_alignment_is_both_sequences(old: list[int], new: list[int]) -> None:
    """Same and removed give the old one, same and added the new one; the same are the same."""
    script = list(align(old, new))
    assert [old[i] for op, i, _ in script if op != "added"] == old
    assert [new[j] for op, _, j in script if op != "removed"] == new
    assert all(old[i] == new[j] for op, i, j in script if op == "same")


@given(st.lists(st.integers(0, 2), max_size=9), st.lists(st.integers(0, 2), max_size=9))
def test_an_alignment_is_the_shortest(old: list[int], new: list[int]) -> None:
    """As many elements stay as the longest common subsequence has."""
    longest = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, one in enumerate(old):
        for j, other in enumerate(new):
            longest[i + 1][j + 1] = (
                longest[i][j] + 1 if one == other else max(longest[i][j + 1], longest[i + 1][j])
            )
    same = sum(op == "same" for op, _, _ in align(old, new))
    assert same == longest[-1][-1]


@given(WORDS, WORDS)
def test_pieces_are_both_texts(old: str, new: str) -> None:
    """No character is lost or invented."""
    pieces = diff_words(old, new)
    assert "".join(p.text for p in pieces if p.op != "added") == old
    assert "".join(p.text for p in pieces if p.op != "removed") == new


@given(PARAGRAPHS, PARAGRAPHS)
def test_every_paragraph_is_told_once_and_in_order(old: list[str], new: list[str]) -> None:
    """The numbers of both texts run from 1 without a gap, and the pieces are the paragraphs."""
    found = diff_texts("\n\n".join(old), "\n\n".join(new))
    assert [p.old for p in found if p.old] == list(range(1, len(old) + 1))
    assert [p.new for p in found if p.new] == list(range(1, len(new) + 1))
    for paragraph in found:
        if paragraph.old:
            text = "".join(p.text for p in paragraph.pieces if p.op != "added")
            assert text == old[paragraph.old - 1]


def test_a_rewritten_sentence_is_told_by_words() -> None:
    """Only what changed is marked, and a paragraph that moved down keeps both its numbers."""
    old = "The mayor said forty people were hurt.\n\nThe end."
    new = "Correction.\n\nThe mayor said that fourteen people were hurt.\n\nThe end."
    added, changed, same = diff_texts(old, new)
    assert (added.old, added.new) == (None, 1)
    assert (changed.old, changed.new) == (1, 2)
    assert [(p.op, p.text) for p in changed.pieces if p.op != "same"] == [
        ("removed", "forty"),
        ("added", "that fourteen"),
    ]
    assert same.is_same


def test_texts_with_nothing_in_common_cost_little() -> None:
    """Two books of 100,000 words are compared in seconds, as altogether different."""
    old = "\n\n".join(" ".join(f"a{i * 100 + j}" for j in range(100)) for i in range(1000))
    new = "\n\n".join(" ".join(f"b{i * 100 + j}" for j in range(100)) for i in range(1000))
    begin = time.perf_counter()
    assert len(diff_texts(old, new)) == 2000
    one, other = old.replace("\n\n", " "), new.replace("\n\n", " ")
    assert [piece.op for piece in diff_words(one, other)].count("removed") >= 1
    assert time.perf_counter() - begin < 20
