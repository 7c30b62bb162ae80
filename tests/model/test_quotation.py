from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.model.annotation import Annotation
from citekit.model.capture import Capture, Payload, Source, TextMap, Tool
from citekit.model.quotation import (
    MOST_SHARE,
    MOST_WORDS,
    Quota,
    count_words,
    evidence_beyond,
    longest_text,
    may_show_field,
    words_beyond,
    words_shown,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("  two\n words ", 2),
        ("naïve café", 2),
        ("北京的船", 4),
        ("북한 배", 2),
        ("สวัสดี", 6),
        ("ship 北京 harbour", 4),
        ("\u00a0no-break\u00a0space", 2),
    ],
)
def test_words_are_runs_and_signs_of_unspaced_scripts(text: str, words: int) -> None:
    """A Chinese sentence cannot pass as one word."""
    assert count_words(text) == words


def test_twelve_words_may_be_shown_and_thirteen_not() -> None:
    """The bound itself is allowed."""
    quota = Quota(10_000)
    assert quota.excess(MOST_WORDS) is None
    assert quota.excess(MOST_WORDS + 1) == "a quote of 13 words (the limit is 12)"


def test_the_share_is_of_all_that_was_shown() -> None:
    """At 100 words of text the fifteenth may be shown, the sixteenth not."""
    quota = Quota(100)
    assert quota.spend(12)
    assert quota.spend(3)
    assert quota.excess(1) == "16 of 100 words quoted (the limit is 15%)"
    assert not quota.spend(1)
    assert quota.shown == 15


def test_what_was_refused_is_not_counted() -> None:
    """A long quote that is kept back leaves the others their share."""
    quota = Quota(100)
    assert not quota.spend(40)
    assert quota.spend(12)
    assert quota.shown == 12


def test_without_a_text_there_is_no_share() -> None:
    """An item that was never captured has annotations of its own words alone."""
    quota = Quota(None)
    assert all(quota.spend(12) for _ in range(50))
    assert not quota.spend(13)


@given(st.integers(0, 400), st.lists(st.integers(0, 40), max_size=30))
def test_no_order_of_quotes_shows_too_much(text_words: int, quotes: list[int]) -> None:
    """Whatever is asked for, what is shown stays within both limits."""
    quota = Quota(text_words)
    shown = [words for words in quotes if quota.spend(words)]
    assert max(shown, default=0) <= MOST_WORDS
    assert sum(shown) == quota.shown <= MOST_SHARE * text_words or quota.shown == 0


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("abstract", "Ships came.", 2),
        ("caption", "One", 1),
        ("caption", None, 0),
        ("title", "word " * 40, 0),
        ("URL", "https://quay.example/a", 0),
        ("genre", "word " * 12, 0),
        ("genre", "word " * 13, 13),
        ("author", [{"literal": "word " * 13}], 13),
        ("author", [{"family": "Doe", "given": "Ann"}], 0),
        ("issued", {"date-parts": [[2023, 6, 4]]}, 0),
        ("abstract", {"de": "Die Schiffe kamen.", "en": "They came."}, 3),
        ("abstract", {}, 0),
        ("abstract", [], 0),
        ("abstract", ({"text": []}, {}), 0),
    ],
)
def test_evidence_shows_a_headline_and_no_text(field: str, value: object, words: int) -> None:
    """Fields of text show nothing, others a headline, the names of the source all."""
    assert words_beyond(field, value) == words


def test_every_candidate_of_a_field_counts() -> None:
    """A rejected reading is published too."""
    evidence = {"genre": [{"value": "news"}, {"value": "word " * 20}], "abstract": [{"value": "A"}]}
    assert evidence_beyond(evidence) == [("genre", 20), ("abstract", 1)]
    assert not may_show_field("abstract")
    assert may_show_field("title")


def _annotation(*selectors: Mapping[str, object]) -> Annotation:
    when = {"type": "TimeState", "cached": "urn:citekit:capture:20261122T000000Z"}
    target = {"source": "urn:citekit:item:quay", "state": when, "selector": [*selectors]}
    return Annotation(data={"id": "urn:uuid:1", "target": target})


def test_an_annotation_shows_its_words_and_those_around() -> None:
    """Prefix, passage and suffix count together; offsets and notes on the item none."""
    position = {"type": "TextPositionSelector", "start": 9, "end": 30}
    quote = {
        "type": "TextQuoteSelector",
        "prefix": "at dawn",
        "exact": "two ships",
        "suffix": "came",
    }
    assert words_shown(_annotation(position, quote)) == 5
    assert words_shown(_annotation(position)) == 0
    assert words_shown(Annotation(data={"id": "urn:uuid:2", "target": "urn:citekit:item:a"})) == 0


def _capture(**texts: TextMap | None) -> Capture:
    """A capture with a payload of each role, and the shape of its text where one is known."""
    payloads = {
        role: Payload(digest=f"sha256:{0:064}", size_bytes=1, media_type="text/plain", map=shape)
        for role, shape in texts.items()
    }
    return Capture(captured_at=datetime(2026, 11, 22, tzinfo=UTC), source=Source(fact="declared"),
                   tool=Tool(name="citekit", version="1"), payloads=payloads)  # fmt: skip


def test_the_share_is_of_the_longest_text() -> None:
    """Captures without a text, and texts of unknown shape, do not count; none at all is None."""
    short, long = TextMap(characters=60, words=10), TextMap(characters=900, words=150)
    captures = [_capture(text=short), _capture(text=long), _capture(original=None)]
    assert longest_text(captures) == 150
    assert longest_text([_capture(text=None), _capture(text=short)]) == 10
    assert longest_text([_capture(original=long), _capture(text=None)]) is None
    assert longest_text([]) is None
