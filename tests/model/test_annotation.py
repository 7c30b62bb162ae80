"""Annotations: W3C in and out, views on them, hostile ones refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from citekit.errors import InvalidData
from citekit.model.annotation import Annotation, Passage, new_annotation

NOW = datetime(2026, 11, 22, 14, 15, tzinfo=UTC)


def made(**changes: object) -> Annotation:
    """An annotation with a note, a tag, an entity and a quoted passage."""
    options = {
        "annotation_id": "urn:uuid:5c0f8d3e-0000-4000-8000-000000000001",
        "source": "https://example.org/a",
        "created": NOW,
        "passage": Passage(capture="20261122T141500Z", start=3, end=8, exact="words"),
        "captured_at": NOW,
        "note": "Why.",
        "tags": ("fact",),
        "entities": ("nato",),
    }
    return new_annotation(**{**options, **changes})  # type: ignore[arg-type]  # mixed on purpose


def test_views_give_back_what_was_put_in() -> None:
    """Note, tags, entities and passage read as they were written."""
    annotation = made()
    assert (annotation.note, annotation.tags, annotation.entities) == ("Why.", ("fact",), ("nato",))
    assert annotation.passage == Passage(capture="20261122T141500Z", start=3, end=8, exact="words")
    assert annotation.created == NOW
    assert annotation.short_id.startswith("5c0f8d3e")


def test_offsets_alone_carry_no_words() -> None:
    """A passage whose words may not be shown is written without a quote selector."""
    annotation = made(passage=Passage(capture="s", start=3, end=8))
    kinds = [selector["type"] for selector in annotation.data["target"]["selector"]]
    assert kinds == ["TextPositionSelector"]


def test_editing_keeps_what_others_wrote() -> None:
    """New bodies replace citekit's own; bodies with other purposes and unknown keys stay."""
    foreign = {"type": "TextualBody", "value": "x", "purpose": "classifying"}
    data = {**made().data, "via": "https://example.org/tool"}
    annotation = Annotation.from_json({**data, "body": [*data["body"], foreign]})
    edited = annotation.with_bodies(note="New", tags=(), entities=("kfor",), modified=NOW)
    assert (edited.note, edited.tags, edited.entities) == ("New", (), ("kfor",))
    assert foreign in edited.data["body"]
    assert edited.data["via"] == "https://example.org/tool"


def test_single_body_and_selector_of_other_tools() -> None:
    """Objects where W3C allows them in place of lists are read too."""
    annotation = Annotation.from_json(
        {
            "id": "urn:x:1",
            "type": "Annotation",
            "body": {"type": "TextualBody", "value": "hi"},
            "target": {
                "source": "https://e.org",
                "selector": {"type": "TextPositionSelector", "start": 1, "end": 2},
            },
        }
    )
    assert annotation.note == "hi"
    assert annotation.passage is not None
    assert annotation.passage.capture == ""


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ('{"type": "Annotation", "target": "x"}', 1),
        ('{"id": "urn:x:1", "target": "x"}', 1),
        ('{"id": "urn:x:1", "type": "Annotation"}', 1),
        ('{"id": "urn:x:1", "type": "Annotation", "target": "x", "created": "now"}', 67),
        (
            (
                '{"id": "urn:x:1", "type": "Annotation", "target": {"selector": '
                '{"type": "TextPositionSelector", "start": 5, "end": 2}}}'
            ),
            64,
        ),
        (
            (
                '{"id": "urn:x:1", "type": "Annotation", "target": {"selector": '
                '[{"type": "TextQuoteSelector", "exact": 5}]}}'
            ),
            104,
        ),
    ],
)
def test_refused_with_line_and_column(line: str, column: int) -> None:
    """A line that is no annotation is named by file, line and column."""
    with pytest.raises(InvalidData) as caught:
        Annotation.from_line(line, path="annotations.jsonl", line=7)
    place = caught.value.place
    assert place is not None
    assert (place.path, place.line, place.column) == ("annotations.jsonl", 7, column)
