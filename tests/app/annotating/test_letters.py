"""A quote is found by its letters, however white space, hyphens and quotation marks are set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.app.annotating.passages import Letters
from citekit.model.quotation import MOST_WORDS, repeats

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=1, max_size=30)
TEXT = "The clerks re-\nmember “what” the ﬁrst-rate tide, and what the tide, brought."


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ('remember "what"', "re-\nmember “what”"),
        ("first rate", "ﬁrst-rate"),
        ("The  clerks", "The clerks"),
        ("tide,", None),
        ("nobody", None),
        ("- \n", None),
    ],
)
def test_a_quote_by_its_letters(quote: str, found: str | None) -> None:
    """The one place that has the letters, as it is written there; several are none."""
    span = Letters(TEXT).find(quote)

    assert (TEXT[slice(*span)] if span else None) == found


@given(text=st.text(), ends=st.tuples(st.integers(0, 40), st.integers(0, 40)))
def test_what_is_found_has_the_letters(text: str, ends: tuple[int, int]) -> None:
    """A part of a text is found with its letters and no others, if it is found at all."""
    quote = text[min(ends) : max(ends)]

    span = Letters(text).find(quote)

    again = Letters(text[slice(*span)]).find(quote) if span else None
    assert again == ((0, span[1] - span[0]) if span else None)


@given(words=WORDS, start=st.integers(0, 30), size=st.integers(1, 20))
def test_words_in_a_row_are_noticed(words: list[str], start: int, size: int) -> None:
    """More words in a row than may be quoted are a repetition, whatever stands around them."""
    said = words[start : start + size]

    is_repeated = repeats(f"Somebody wrote: “{', '.join(said)}”?", "\n".join(words))

    assert is_repeated or len(said) <= MOST_WORDS


def test_a_script_without_spaces_is_counted_by_its_signs() -> None:
    """Thirteen signs of Chinese in a row are thirteen words."""
    text = "潮水退去以后港口办公室清点了所有船只"

    assert repeats(f"他说：{text[:13]}。", text)
    assert not repeats(f"他说：{text[:12]}。", text)
