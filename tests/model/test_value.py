from __future__ import annotations

import pickle
from functools import cached_property
from typing import ClassVar

import pytest

from citekit.model.value import Value, as_dict, replace


class Passage(Value):
    """A range with what it is called."""

    LIMIT: ClassVar = 100
    start: int
    end: int
    name: str = ""

    @cached_property
    def length(self) -> int:
        """How long it is."""
        return self.end - self.start

    def _check(self) -> None:
        if self.start > self.end:
            raise ValueError("ends before it starts")


class Quote(Passage):
    """A passage with its words."""

    words: str


def test_a_wrong_name_is_an_error_that_says_the_name() -> None:
    """A field that was renamed cannot be lost in silence."""
    with pytest.raises(TypeError, match="Passage has no field stop and lacks end"):
        Passage(start=1, stop=2)  # type: ignore[call-arg]  # what the test is about


def test_a_copy_by_replace_knows_only_fields() -> None:
    """What was computed for one value does not go over into a copy with other fields."""
    passage = Passage(start=1, end=4)
    assert passage.length == 3
    assert replace(passage, end=9).length == 8
    with pytest.raises(TypeError, match="no field length"):
        replace(passage, length=5)


def test_a_value_checks_itself_when_made_and_when_copied() -> None:
    """No value exists whose fields do not go together."""
    with pytest.raises(ValueError, match="ends before it starts"):
        Passage(start=2, end=1)
    with pytest.raises(ValueError, match="ends before it starts"):
        replace(Passage(start=2, end=3), end=1)


def test_a_value_is_frozen() -> None:
    """Neither a field nor anything else is set or taken away later."""
    passage = Passage(start=1, end=4)
    with pytest.raises(AttributeError, match="Passage is frozen: cannot set end"):
        passage.end = 5  # type: ignore[misc]  # what the test is about
    with pytest.raises(AttributeError, match="cannot delete end"):
        del passage.end


def test_a_subclass_has_the_fields_of_its_bases_first() -> None:
    """Order is that of the declaration; class variables are no fields."""
    quote = Quote(start=1, end=4, words="one")
    assert Quote.FIELDS == ("start", "end", "name", "words")
    assert as_dict(quote) == {"start": 1, "end": 4, "name": "", "words": "one"}
    assert repr(quote) == "Quote(start=1, end=4, name='', words='one')"


def test_values_are_equal_by_class_and_fields() -> None:
    """A computed property and a subclass's kind make the difference one expects."""
    one, other = Passage(start=1, end=4), Passage(start=1, end=4)
    assert one.length
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301  # made a moment ago
    assert one != Quote(start=1, end=4, words="")
