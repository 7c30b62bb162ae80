"""Positions of cites: what came before them, and how far away."""

from __future__ import annotations

import pytest

from citekit.csl import process
from citekit.csl.passes.position import places

NOTES = """<style xmlns="http://purl.org/net/xbiblio/csl" class="note" version="1.0">
<citation {said}><layout><choose>
<if position="near-note"><text value="Near"/></if>
<else-if position="subsequent"><text value="Far"/></else-if>
<else><text variable="title"/></else>
</choose></layout></citation></style>"""


def test_positions() -> None:
    """First, ibid, ibid with locator, subsequent, by the cites before."""
    a, b = {"id": "a"}, {"id": "b"}
    clusters = [(1, [a]), (2, [a]), (3, [{**a, "locator": "3"}]), (4, [b]), (5, [a])]
    found = [place[0].position for place in places(clusters, 5)]
    assert found == ["first", "ibid", "ibid-with-locator", "first", "subsequent"]


@pytest.mark.parametrize(("later", "near"), [(2, True), (5, True), (6, True), (7, False)])
def test_near_notes(later: int, near: bool) -> None:
    """A cite five notes after the last one is near where the distance is five; six are too many."""
    found = places([(1, [{"id": "a"}]), (later, [{"id": "a"}])], 5)
    assert [place[0].near_note for place in found] == [False, near]


def test_the_distance_is_counted_from_the_last_cite() -> None:
    """The note of the first cite does not matter once there was another."""
    notes = (1, 5, 10, 16)
    found = places([(note, [{"id": "a"}]) for note in notes], 5)
    assert [place[0].near_note for place in found] == [False, True, True, False]
    assert [place[0].first_note for place in found] == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("said", "shown"),
    [("", "Near"), ('near-note-distance="2"', "Near"), ('near-note-distance="1"', "Far")],
)
def test_a_document_heeds_the_distance_of_its_style(said: str, shown: str) -> None:
    """``near-note-distance`` is the style's, five where it says nothing."""
    cites = [[{"id": "a"}], [{"id": "b"}], [{"id": "a"}]]
    items = [{"id": key, "type": "book", "title": key} for key in "ab"]
    assert process(NOTES.format(said=said), items, cites).citations[2] == shown
