"""``tag`` and ``untag``: the words of ``keyword``, one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Call = Callable[..., tuple[int, str, str]]


def test_tags_come_and_go(library: Call) -> None:
    """Each is once there, in whatever letter case; the others stay as they are."""
    assert library("tag", "lund2020", "To  read", "BOATS", "to read")[:2] == (
        0,
        "boats\nHarbour Walls\nTo read\n",
    )
    assert library("untag", "lund2020", "harbour walls", "Boats")[1] == "To read\n"
    assert library("tag", "lund2020")[1] == "To read\n"
    assert library("untag", "lund2020", "to read") == (0, "", "")
    assert "keyword" not in json.loads(library("show", "lund2020", "--json")[1])["item"]


def test_a_tag_is_found_and_exported(library: Call) -> None:
    """In lists, searches and bibliographies."""
    library("tag", "office", "statistics")

    assert library("list", "--tag", "Statistics")[1].startswith("office ")
    assert library("search", "statistics")[1].startswith("office ")
    assert "keywords = {statistics}" in library("cite", "office", "--format", "biblatex")[1]


def test_nothing_is_written_where_nothing_changes(library: Call) -> None:
    """A tag that is there is no change, and no event."""
    before = library("log", "--limit", "99")[1]
    assert json.loads(library("tag", "marsh2019", "walls", "--json")[1]) == {
        "key": "marsh2019",
        "tags": ["walls"],
    }
    assert library("log", "--limit", "99")[1] == before


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("tag", "lund2020", "a, b"), 2, "has no comma"),
        (("tag", "lund2020", " "), 2, "is no tag"),
        (("tag", "lund2021", "x"), 3, "did you mean lund2020"),
        (("untag", "lund2020", "boat"), 3, "did you mean boats"),
        (("untag", "office", "boat"), 3, "citekit tag office"),
        (("untag", "office"), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_is_told(
    library: Call, words: tuple[str, ...], code: int, told: str
) -> None:
    """With what may have been meant."""
    found, _, err = library(*words)
    assert found == code
    assert told in err
