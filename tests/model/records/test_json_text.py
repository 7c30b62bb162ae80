"""Strict JSON: what is refused, and where it says so."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.model.records.json_text import (
    MAX_DEPTH,
    JsonPlaces,
    dump_json,
    parse_json,
    place_in,
    show_path,
)

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_what_is_written_reads_back(value: object) -> None:
    """Any JSON value survives the archive's own spelling, which ends with one newline."""
    text = dump_json(value)
    assert text.endswith("\n")
    assert parse_json(text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": 1, "id": 2}', 'the key "id" stands twice'),
        ('{"a": NaN}', "NaN is not a JSON number"),
        ('{"a": -Infinity}', "-Infinity is not a JSON number"),
        ('{"a": 1e999}', "1e999 is too large a number"),
        ('{"a": "\\ud800"}', "lone surrogate"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), "nested too deeply"),
        ('{"a": ' + "1" * 5_000 + "}", "a number of too many digits$"),
        ('{"a": }', "is not JSON"),
        ("", "is not JSON"),
    ],
)
def test_refuses_what_is_no_strict_json(text: str, message: str) -> None:
    """Duplicate keys, NaN, surrogates, depth and bad grammar are one documented error."""
    with pytest.raises(InvalidData, match=message):
        parse_json(text, path="item.json")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever the text, the only error is InvalidData."""
    try:
        value = parse_json(text)
    except InvalidData:
        return
    assert value == json.loads(text.removeprefix("\ufeff"))


def test_syntax_error_names_line_and_column() -> None:
    """A syntax error says where it is, counted from the file's first line."""
    with pytest.raises(InvalidData) as caught:
        parse_json('{"a": 1,\n "b": }', path="x.json", first_line=10)
    assert str(caught.value.place) == "x.json:11:7"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": 1,\n "b": {"a": 1},\n "a": 2}', "x.json:3:2"),
        ('{"a": "NaN {",\n "b": [1, NaN]}', "x.json:2:11"),
        ('{"a": 1,\n  "b": -1e999}', "x.json:2:8"),
        ('{"a":\n ' + "[" * 100 + "]" * 100 + "}", "x.json:2:65"),
    ],
)
def test_what_the_grammar_lets_through_is_placed_too(text: str, place: str) -> None:
    """Duplicate keys, impossible numbers and depth are named with line and column."""
    with pytest.raises(InvalidData) as caught:
        parse_json(text, path="x.json")
    assert str(caught.value.place) == place


def test_place_of_a_value() -> None:
    """A JSON path leads to the line and column of its value, past strings, lists and objects."""
    text = '{"x": ["a\\"b", {"k": 1}],\n  "author": [{"family": "A"},\n    {"family": 3}]}'
    place = place_in(text, ("author", 1, "family"), path="i.json")
    assert str(place) == "i.json:3:16 ($.author[1].family)"


def test_place_of_an_absent_value_is_the_nearest_above() -> None:
    """Where a key is missing, the object that lacks it is named."""
    assert place_in('{"a": {"b": 1}}', ("a", "zzz"), path=None).column == 7


def test_paths_are_shown_as_jsonpath() -> None:
    """Keys that are no identifiers are quoted."""
    assert show_path(("container-title", 0)) == "$['container-title'][0]"


@given(JSON_VALUES, st.booleans())
def test_places_are_those_of_one_question(value: object, indented: bool) -> None:
    """Who asks often is answered what who asks once is."""
    text = dump_json(value) if indented else json.dumps(value)
    places = JsonPlaces(text)
    stack: list[tuple[object, tuple[str | int, ...]]] = [(value, ())]
    while stack:
        node, where = stack.pop()
        for path in (where, (*where, "absent"), (*where, 99)):
            assert places.place(path) == place_in(text, path, path=None)
        if isinstance(node, dict):
            stack.extend((child, (*where, key)) for key, child in node.items())
        elif isinstance(node, list):
            stack.extend((child, (*where, i)) for i, child in enumerate(node))


def test_asking_for_every_element_takes_time_for_one_reading() -> None:
    """Four times the elements take about four times as long, not sixteen times."""

    def seconds(number: int) -> float:
        text = json.dumps([{"id": str(n), "title": "x" * 200} for n in range(number)], indent=1)
        places = JsonPlaces(text)
        begun = time.process_time()
        for n in range(number):
            assert places.place((n, "title")).line == 4 * n + 4
        return time.process_time() - begun

    few, many = min(seconds(1_000) for _ in range(3)), min(seconds(4_000) for _ in range(3))
    assert many < 9 * few
