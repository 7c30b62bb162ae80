"""The timeline as a picture: to scale, gaps cut short, lines from reports to events."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.model.date import Date
from citekit.pages.element import Element
from citekit.pages.library import Library
from citekit.pages.pictures.time_picture import Mark, archive_picture, day_of, time_picture
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def parts(element: Element | None, tag: str) -> list[Element]:
    """All elements of a tag inside, in order."""

    def walk(one: Element) -> Iterator[Element]:
        for child in one.children:
            if isinstance(child, Element):
                yield child
                yield from walk(child)

    assert element is not None
    return [one for one in walk(element) if one.tag == tag]


def mark(number: int, day: int, lane: str = "item", joins: tuple[str, ...] = ()) -> Mark:
    """A mark with a name of its own."""
    name = f"{lane}{number}"
    return Mark(name=name, lane=lane, day=day, label=name, when=str(day), page=name, joins=joins)


@given(st.sets(st.integers(-(10**6), 10**6), min_size=2, max_size=30))
def test_later_days_lie_further_right_and_inside(days: set[int]) -> None:
    """Whatever the gaps, the order of time is that of the picture, and nothing is cut off."""
    made = time_picture([mark(n, day) for n, day in enumerate(sorted(days))])

    across = [float(dot.attributes["cx"]) for dot in parts(made, "circle")]
    assert across == sorted(across)
    assert across[0] == pytest.approx(30)
    assert across[-1] == pytest.approx(690, abs=1)


def test_a_gap_much_longer_than_the_others_is_drawn_as_cut() -> None:
    """Days stay to scale among themselves; the long gap is dashed."""
    made = time_picture([mark(n, day) for n, day in enumerate((0, 1, 2, 4, 9_000))])

    across = [float(dot.attributes["cx"]) for dot in parts(made, "circle")]
    first, second, double, cut = (b - a for a, b in itertools.pairwise(across))
    assert first == pytest.approx(second, abs=0.2)
    assert double == pytest.approx(2 * first, abs=0.3)
    assert cut < 20 * first
    lines = [line.attributes["class"] for line in parts(made, "line")]
    assert lines == ["ck-axis"] * 3 + ["ck-axis ck-cut"]


def test_one_day_or_too_many_marks_make_no_picture() -> None:
    """There is nothing to compare, or nothing to tell apart."""
    assert time_picture([mark(1, 5), mark(2, 5)]) is None
    assert time_picture([mark(n, n) for n in range(401)]) is None


@pytest.mark.parametrize(
    ("edtf", "same"),
    [("2024", "2024-01-01"), ("2024-02", "2024-02-01"), ("2024-02-28/2024-03-05", "2024-02-28")],
)
def test_a_date_counts_from_its_beginning(edtf: str, same: str) -> None:
    """A year, a month and a range begin on a day."""
    assert day_of(Date.from_edtf(edtf)) == day_of(Date.from_edtf(same))


def test_an_archive_has_its_events_above_and_joined_to_reports(tmp_path: Path) -> None:
    """A line leads from the event to each report that names it; each dot to its page."""
    library = Library.read(build_archive(tmp_path / "archive").root)

    made = archive_picture(library, lambda _kind, _name: True)

    lanes = {a.attributes["page"]: a.attributes["class"].split("-")[-1] for a in parts(made, "a")}
    assert lanes == {
        "entities/grounding-2024": "occurrence",
        "items/harbour2024": "item",
        "items/lantern2024": "item",
        "items/tide2023": "item",
    }
    assert [line.attributes["class"] for line in parts(made, "line")].count("ck-join") == 1
    assert archive_picture(library, lambda kind, _name: kind == "entity") is None
