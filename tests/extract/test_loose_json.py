"""JSON as it stands in pages: what is JSON is read as it is, what nearly is one is forgiven."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from citekit.extract.pages.declared.loose_json import LARGEST, read_loose_json

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
_OBJECTS = st.dictionaries(st.text(), _VALUES)
_SIGNS = st.text('{}[]",:/*\\<!-->&quot; \n1a@', max_size=300)


@given(_OBJECTS)
def test_what_is_json_is_read_as_it_is(value: dict[str, object]) -> None:
    """No text in it, whatever its signs, is mended."""
    assert read_loose_json(json.dumps(value)) == [value]


@given(st.lists(_OBJECTS, min_size=1, max_size=4))
def test_objects_behind_each_other_are_all_read(values: list[dict[str, object]]) -> None:
    """Several objects in one script come in their order."""
    assert read_loose_json("\n".join(json.dumps(value) for value in values)) == values


@given(_OBJECTS)
def test_comments_and_commas_change_nothing(value: dict[str, object]) -> None:
    """A comment before, one behind, and a comma too many before each closing bracket."""
    text = re.sub(r"\n( *[}\]])", r",\n\1", json.dumps(value, indent=1))

    assert read_loose_json("/* a } */ // b {\n" + text + " // c") == [value]


@given(st.text() | _SIGNS)
def test_any_text_is_read_without_error(text: str) -> None:
    """Whatever is found is an object or a list."""
    assert all(isinstance(value, dict | list) for value in read_loose_json(text))


def test_what_no_page_needs_is_not_read() -> None:
    """Text beyond the limit and brackets beyond any depth give nothing."""
    assert read_loose_json('{"a": "' + "b" * LARGEST + '"}') == []
    assert read_loose_json("[" * 100_000) == []
