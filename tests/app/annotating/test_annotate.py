"""Annotations: exact words, quotation limits, editing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.app.annotating.editor_sheet import make_sheet, read_sheet
from citekit.app.annotating.passages import read_text
from citekit.app.annotating.quotes import find_quote
from citekit.errors import InvalidData, NotFound, UsageError
from citekit.model.quotation import MOST_SHARE, MOST_WORDS, count_words

if TYPE_CHECKING:
    from pathlib import Path

    from citekit import Archive


def test_a_quote_is_found_exactly(archive: Archive, harbour: str) -> None:
    """The words of a quote determine the range, whatever white space was typed between them."""
    made = archive.annotate(harbour, quote="217  steps", note="Counted by whom?")
    passage = made.annotation.passage
    text = archive.store.text(harbour)
    assert passage is not None
    assert text is not None
    assert text[passage.start : passage.end] == passage.exact == "217 steps"
    assert archive.annotations(harbour) == (made.annotation,)


@pytest.mark.parametrize("quote", ["217 STEPS", "opened Its Doors", "FEARED for  the tower"])
def test_letter_case_does_not_count(archive: Archive, harbour: str, quote: str) -> None:
    """What is kept are the words of the text, not those that were typed."""
    passage = archive.annotate(harbour, quote=quote).annotation.passage
    text = archive.store.text(harbour)
    assert passage is not None
    assert text is not None
    assert text[passage.start : passage.end] == passage.exact
    assert str(passage.exact).lower() == " ".join(quote.split()).lower()


def test_marks_and_dashes_do_not_count(archive: Archive, tmp_path: Path) -> None:
    """A quote is often copied from where they are typeset in another way."""
    page = tmp_path / "boats.md"
    page.write_text(
        "# Boats\n\nShe said: “Seven boats – no more – left”, and went home.\n", "utf-8"
    )
    key = archive.add(page, access="public").key
    passage = archive.annotate(key, quote='"seven boats - no more - left"').annotation.passage
    assert passage is not None
    assert passage.exact == "“Seven boats – no more – left”"


def test_words_as_they_are_go_before_other_cases(archive: Archive, harbour: str) -> None:
    """Only where nothing stands exactly so, others are looked for."""
    text = read_text(archive.store, harbour)
    start, end = find_quote(text, "The", occurrence=1)
    assert text.text[start:end] == "The"


def test_the_nearest_passage_is_offered(archive: Archive, harbour: str) -> None:
    """With its paragraph, in the words of the text."""
    with pytest.raises(NotFound) as caught:
        archive.annotate(harbour, quote="opened the doors")
    assert "did you mean “opened its doors”? (p" in str(caught.value.hint)


def test_a_paragraph_narrows_the_search(archive: Archive, harbour: str) -> None:
    """Words that stand in several paragraphs are found in the one that is named."""
    with pytest.raises(InvalidData, match=r"times \(p2, p2") as caught:
        archive.annotate(harbour, quote="the")
    assert "KEY#p3" in str(caught.value.hint)
    made = archive.annotate(f"{harbour}#p3", quote="The tower")
    text = read_text(archive.store, harbour)
    passage = made.annotation.passage
    assert passage is not None
    assert text.map.paragraphs[2][0] <= passage.start < text.map.paragraphs[2][1]


def test_occurrences_are_counted_from_one(archive: Archive, harbour: str) -> None:
    """--occurrence chooses among equal words; a number too large is told."""
    text = read_text(archive.store, harbour)
    first, second = (find_quote(text, "the", occurrence=n) for n in (1, 2))
    assert first[0] < second[0]
    with pytest.raises(NotFound, match="not 999"):
        find_quote(text, "the", occurrence=999)


def test_words_that_do_not_occur_are_told(archive: Archive, harbour: str) -> None:
    """A quote that is not in the text annotates nothing."""
    with pytest.raises(NotFound, match="does not hold these words"):
        archive.annotate(harbour, quote="commando battalion")
    assert archive.annotations(harbour) == ()


@pytest.mark.parametrize(
    ("name", "error"),
    [("#p0", UsageError), ("#p99", NotFound), ("#caption1", UsageError), ("#p1x", UsageError)],
)
def test_passages_that_are_not_there(
    archive: Archive, harbour: str, name: str, error: type[Exception]
) -> None:
    """Only body paragraphs that exist can be named."""
    with pytest.raises(error):
        archive.annotate(harbour + name, note="x")


def test_a_long_quote_of_a_restricted_item_keeps_offsets_alone(
    archive: Archive, harbour: str
) -> None:
    """More than twelve words of a restricted text are never written down; the offsets are."""
    made = archive.annotate(f"{harbour}#p1", note="The whole paragraph.")
    passage = made.annotation.passage
    assert passage is not None
    assert passage.exact is None
    assert passage.end > passage.start
    assert [finding.code for finding in made.findings] == ["CK-W201"]
    written = archive.store.layout.annotations_file(harbour).read_text("utf-8")
    assert "crowns" not in written


def test_all_quotes_together_stay_within_the_share(archive: Archive, harbour: str) -> None:
    """Quotes beyond 15 % of a restricted text's words keep offsets alone."""
    words = read_text(archive.store, harbour).map.words
    quotes = ["opened its doors", "took two years", "feared for the tower", "the storm of 2022",
              "first day", "every weekend until", "about four million crowns"]  # fmt: skip
    for quote in quotes:
        archive.annotate(harbour, quote=quote)
    shown = [a.passage.quoted for a in archive.annotations(harbour) if a.passage]
    assert 0 < sum(map(count_words, shown)) <= MOST_SHARE * words
    assert "" in shown
    assert all(count_words(quoted) <= MOST_WORDS for quoted in shown)


def test_a_public_item_keeps_its_quote_with_context(archive: Archive, harbour: str) -> None:
    """Where the text is public, the words around a quote help to find it again."""
    archive.set_fields(harbour, access="public")
    passage = archive.annotate(harbour, quote="217 steps").annotation.passage
    assert passage is not None
    assert passage.prefix is not None
    assert passage.prefix.endswith("climbed the ")
    assert passage.suffix is not None
    assert passage.suffix.startswith(" on the first day")


def test_an_annotation_must_say_something(archive: Archive, harbour: str) -> None:
    """Neither passage nor body is no annotation."""
    with pytest.raises(UsageError, match="says nothing"):
        archive.annotate(harbour)


def test_unknown_entities_are_refused(archive: Archive, harbour: str) -> None:
    """An annotation names only entities that exist."""
    with pytest.raises(NotFound, match="no entity"):
        archive.annotate(harbour, quote="217 steps", entities=["nato"])


def test_an_item_without_a_text_takes_a_note_but_no_quote(archive: Archive) -> None:
    """A record without payload can be annotated as a whole only."""
    archive.import_text('[{"id": "a", "type": "book", "title": "A"}]')
    assert archive.annotate("a", note="Unread.").annotation.passage is None
    with pytest.raises(NotFound, match="has no text"):
        archive.annotate("a", quote="word")


def test_a_withheld_text_says_how_to_bring_it_back(archive: Archive, harbour: str) -> None:
    """Where the payload is not on this computer, the message names restore."""
    capture = archive.store.capture(harbour)
    assert capture is not None
    path = archive.store.payload_path(capture.payloads["text"].digest)
    assert path is not None
    path.unlink()
    with pytest.raises(NotFound, match="not on this computer") as caught:
        archive.annotate(harbour, quote="217 steps")
    assert "citekit restore" in str(caught.value.hint)


def test_sheet_round_trip(archive: Archive, harbour: str) -> None:
    """Lines written under paragraphs become annotations with passage, quote, tags and entities."""
    sheet = make_sheet(read_text(archive.store, harbour))
    assert "[p3] About 1,200 people" in sheet
    assert read_sheet(sheet) == ()
    changed = sheet.replace("[p3]", '> "a ruin" stark #tone @port-example\n[p3]')
    changed += "> the whole paragraph"
    quoted, whole = read_sheet(changed)
    assert (quoted.passage, quoted.quote, quoted.note) == ("p2", "a ruin", "stark")
    assert (quoted.tags, quoted.entities) == (("tone",), ("port-example",))
    assert (whole.passage, whole.quote, whole.note) == ("p3", None, "the whole paragraph")
