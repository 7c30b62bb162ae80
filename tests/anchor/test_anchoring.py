"""Quotes are found again in texts that changed; those that are gone are not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.anchor.anchoring import Anchor, AnchoredText, Quote, words_left
from citekit.anchor.normal import normalise

TEXT = (
    "The harbour council closed the old pier on Saturday, after a storm had broken three of its "
    "pillars.\n\nRepairs will begin in May, the council said. Until then the ferry will use the "
    "north quay.\n\nThe fishermen said that nobody had asked them. The council said nothing more."
)


def _quote(exact: str, text: str = TEXT, *, nth: int = 1) -> Quote:
    """A quote of these words with what stands around them."""
    at = -1
    for _ in range(nth):
        at = text.index(exact, at + 1)
    end = at + len(exact)
    return Quote(exact=exact, prefix=text[max(0, at - 32) : at], suffix=text[end : end + 32])


def _found(text: str, quote: Quote) -> tuple[str, str] | None:
    anchor = AnchoredText(text).find(quote)
    return (anchor.state, text[anchor.start : anchor.end]) if anchor else None


REPAIRS = "Repairs will begin in May"
PARAGRAPHS = TEXT.split("\n\n")

CHANGED = [
    ("nothing", TEXT, REPAIRS, ("exact", REPAIRS)),
    ("more before it", f"Read more.\n\n{TEXT}", REPAIRS, ("exact", REPAIRS)),
    ("a word", TEXT.replace("May", "June"), REPAIRS, ("edited", "Repairs will begin in June")),
    ("a letter", TEXT.replace("Repairs", "Repeirs"), REPAIRS,
     ("edited", "Repeirs will begin in May")),
    ("a word more", TEXT.replace("begin in", "begin late in"), REPAIRS,
     ("edited", "Repairs will begin late in May")),
    ("the order of paragraphs", "\n\n".join(reversed(PARAGRAPHS)), PARAGRAPHS[2],
     ("moved", PARAGRAPHS[2])),
    ("its passage is gone", TEXT.replace(PARAGRAPHS[1], ""), REPAIRS, None),
    ("all of it", "Nothing of that is left here, and of other words there are enough.", REPAIRS,
     None),
    ("it is empty", "", REPAIRS, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "exact", "expected"), [pytest.param(*case, id=what) for what, *case in CHANGED]
)
def test_what_has_become_of_a_quote(
    text: str, exact: str, expected: tuple[str, str] | None
) -> None:
    """Its state, and the words that stand for it now."""
    assert _found(text, _quote(exact)) == expected


def test_of_the_same_words_the_context_tells_which() -> None:
    """Though the other place be nearer to where it was."""
    later = _quote("The council said", f"{TEXT} Then silence.")
    text = f"The council said this. {TEXT}"
    anchor = AnchoredText(text).find(later)
    assert anchor is not None
    assert text[anchor.start : anchor.end + 13] == "The council said nothing more"


def test_a_few_words_elsewhere_are_no_echo() -> None:
    """They occur everywhere; without their surroundings they are gone."""
    text = "The weather was fair. Whoever had nothing to do went in May to the hills."
    assert _found(text, _quote("in May")) is None


def test_a_quote_in_the_middle_of_a_word_stays_whole() -> None:
    """It is taken as it was given."""
    assert _found(TEXT, _quote("arbour coun")) == ("exact", "arbour coun")


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("He said: “It is not ﬁnished – not yet…”", '"It is not finished - not yet..."'),
        ("Das Café\u00a0am Hafen hat ge\u00adschlossen.", "Das Cafe\u0301 am Hafen"),
        ("می\u200cخواهم بروم به بندر", "میخواهم بروم"),
        ("港の防波堤を再建する", "防波堤を再建"),
        ("👩\u200d🚒 came to the quay 𝔸 first", "quay 𝔸 first"),
    ],
)
def test_what_typesetters_change_does_not_count(text: str, exact: str) -> None:
    """Quotation marks, dashes, ligatures, spaces, composed letters, what has no width."""
    found = AnchoredText(text).find(Quote(exact=exact))
    assert found is not None
    assert found.state == "exact"
    assert normalise(text[found.start : found.end]).text == normalise(exact).text


def test_bounds_take_in_whole_letters() -> None:
    """An accent that is a letter of its own belongs to the one before it."""
    text = "to the cafe\u0301 at the quay"
    anchor = AnchoredText(text).find(Quote(exact="the café"))
    assert anchor is not None
    assert text[anchor.start : anchor.end] == "the cafe\u0301"


def test_words_are_told_though_they_are_mistyped() -> None:
    """In their order; others count for nothing."""
    assert words_left(["the", "breakwater"], ["the", "braekwater"]) == 1.0
    assert words_left(["the", "old", "pier"], ["a", "new", "pier"]) == pytest.approx(1 / 3)
    assert words_left([], ["a"]) == 1.0
    assert words_left(["a"], []) == 0.0


@given(st.text(max_size=60))
def test_the_plain_form_leads_back(text: str) -> None:
    """Each letter to a stretch of the text, in order; what is plain already stays."""
    plain = normalise(text)
    assert len(plain.text) == len(plain.starts) == len(plain.ends)
    assert plain.starts == sorted(plain.starts)
    assert all(0 <= s < e <= len(text) for s, e in zip(plain.starts, plain.ends, strict=True))
    composed = unicodedata.normalize("NFC", plain.text)
    assert normalise(composed).text == composed


@given(st.text(min_size=1, max_size=200), st.data())
def test_an_unchanged_text_has_its_quotes(text: str, data: st.DataObject) -> None:
    """Wherever they are; at words that are alike at least."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = Quote(exact=text[start:end], prefix=text[:start][-32:], suffix=text[end:][:32])
    anchor = AnchoredText(text).find(quote)
    if anchor is not None and anchor.state == "exact":
        words = normalise(quote.exact).text.strip()
        assert normalise(text[anchor.start : anchor.end]).text == words


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_quote_has_an_answer(text: str, exact: str, prefix: str, suffix: str) -> None:
    """Within the text, or none."""
    anchor = AnchoredText(text).find(Quote(exact=exact, prefix=prefix, suffix=suffix))
    assert anchor is None or isinstance(anchor, Anchor)
    if anchor:
        assert 0 <= anchor.start < anchor.end <= len(text)
        assert 0 <= anchor.score <= 1
