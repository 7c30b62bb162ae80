"""Dataclasses and JSON: lossless both ways, errors by path."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.model.capture import Capture, Payload, Source, TextMap, Tool
from citekit.model.claim import Claim, ClaimEvidence
from citekit.model.entity import Entity
from citekit.model.event import Agent, Event
from citekit.model.identifiers import check_slug, is_stamp, make_stamp, stamp_order
from citekit.model.records.codec import decode, decode_text, read_instant, to_json, write_instant
from citekit.model.records.json_text import dump_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
EXTRA = st.dictionaries(TEXTS.map(lambda key: f"x-{key}"), TEXTS, max_size=3)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001  # made aware here
    lambda instant: instant.replace(tzinfo=UTC)
)
DIGESTS = st.binary(min_size=32, max_size=32).map(lambda data: f"sha256:{data.hex()}")
MAPS = st.builds(
    TextMap,
    characters=st.integers(0),
    words=st.integers(0),
    extra=EXTRA,
    paragraphs=st.lists(st.tuples(st.integers(0), st.integers(0)), max_size=3).map(tuple),
)
PAYLOADS = st.builds(
    Payload,
    digest=DIGESTS,
    size_bytes=st.integers(0),
    media_type=TEXTS,
    map=st.none() | MAPS,
    extra=EXTRA,
)
CAPTURES = st.builds(
    Capture,
    captured_at=INSTANTS,
    source=st.builds(Source, fact=st.sampled_from(["observed", "declared"]), url=TEXTS),
    tool=st.builds(Tool, name=TEXTS, version=TEXTS),
    payloads=st.dictionaries(st.sampled_from(["original", "text", "pdf"]), PAYLOADS),
    redirects=st.lists(TEXTS, max_size=2).map(tuple),
    extra=EXTRA,
)
ENTITIES = st.builds(
    Entity,
    id=TEXTS,
    kind=st.sampled_from(["person", "place"]),
    name=TEXTS,
    names=st.lists(TEXTS).map(tuple),
    authorities=st.dictionaries(TEXTS, TEXTS),
    extra=EXTRA,
)
CLAIMS = st.builds(
    Claim,
    id=TEXTS,
    statement=TEXTS,
    extra=EXTRA,
    evidence=st.lists(
        st.builds(ClaimEvidence, item=TEXTS, stance=st.sampled_from(["supports", "disputes"]))
    ).map(tuple),
)
EVENTS = st.builds(
    Event,
    action=st.just("item"),
    subject=TEXTS,
    at=INSTANTS,
    agent=st.builds(Agent, name=TEXTS),
    tool=st.builds(Tool, name=TEXTS, version=TEXTS),
)


@given(CAPTURES | ENTITIES | CLAIMS | EVENTS)
def test_read_of_write_is_the_value(value: Capture | Entity | Claim | Event) -> None:
    """Every record of the model survives its JSON text, unknown keys included."""
    assert decode_text(type(value), dump_json(to_json(value))) == value


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"captured_at": "yesterday"}, "$.captured_at"),
        ({"captured_at": "2026-11-22T14:15:00"}, "$.captured_at"),
        ({"source": {"fact": "guessed"}}, "$.source.fact"),
        ({"source": {"fact": "declared", "file": "/home/x/a.txt"}}, "$.source"),
        (
            {"payloads": {"text": {"digest": "md5:1", "size_bytes": 1, "media_type": "x"}}},
            "$.payloads.text",
        ),
        (
            {
                "payloads": {
                    "text": {"digest": "sha256:" + "0" * 64, "size_bytes": True, "media_type": "x"}
                }
            },
            "$.payloads.text.size_bytes",
        ),
        ({"payloads": []}, "$.payloads"),
        ({"tool": {"name": "x"}}, "$.tool"),
        ({"redirects": [1]}, "$.redirects[0]"),
    ],
)
def test_errors_name_the_json_path(change: dict[str, object], path: str) -> None:
    """A value of the wrong shape is named by its JSON path."""
    good = {
        "captured_at": "2026-11-22T14:15:00Z",
        "source": {"fact": "declared"},
        "tool": {"name": "citekit", "version": "1"},
        "payloads": {},
    }
    assert decode(Capture, good).source.fact == "declared"
    with pytest.raises(InvalidData) as caught:
        decode(Capture, {**good, **change})
    assert caught.value.place is not None
    assert caught.value.place.json_path == path


def test_instants_are_utc() -> None:
    """Instants of other zones are written in UTC, and one without a zone is refused."""
    there = datetime(2023, 6, 4, 13, 21, tzinfo=timezone(timedelta(hours=3)))
    assert write_instant(there) == "2023-06-04T10:21:00Z"
    assert read_instant("2023-06-04T13:21:00+03:00") == there
    with pytest.raises(ValueError, match="zone"):
        read_instant("2023-06-04T13:21:00")


def test_stamps_within_a_second_are_counted() -> None:
    """Captures of one second get -2, -3 …, in the order of time."""
    instant = datetime(2026, 11, 22, 14, 15, tzinfo=UTC)
    first = make_stamp(instant)
    second = make_stamp(instant, frozenset({first}))
    third = make_stamp(instant, frozenset({first, second}))
    assert (first, second, third) == (
        "20261122T141500Z",
        "20261122T141500Z-2",
        "20261122T141500Z-3",
    )
    tenth = f"{first}-10"
    assert sorted([tenth, third, first, second], key=stamp_order) == [first, second, third, tenth]
    assert all(is_stamp(stamp) for stamp in (first, second, tenth))
    assert not is_stamp("20261122T141500Z-0/../x")


@pytest.mark.parametrize("slug", ["", "A", "a/b", "..", "-a", "a-", "a" * 81, "a b"])
def test_ids_that_can_name_no_file(slug: str) -> None:
    """Ids of entities and claims become file names: lower-case words with hyphens only."""
    with pytest.raises(InvalidData):
        check_slug(slug, "an entity")
