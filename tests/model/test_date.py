"""Dates: date-parts, EDTF levels 0 and 1, and what is no date."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.model.date import Date, DateError

YEARS = st.integers(min_value=-9999, max_value=9999)
DAYS = st.one_of(
    st.tuples(YEARS),
    st.tuples(YEARS, st.integers(1, 12)),
    st.tuples(YEARS, st.integers(1, 12), st.integers(1, 28)),
)


@given(st.lists(DAYS, min_size=1, max_size=2).map(tuple), st.booleans())
def test_edtf_round_trip(parts: tuple[tuple[int, ...], ...], circa: bool) -> None:
    """A day, a month, a year or a range written as EDTF reads back the same."""
    date = Date(parts=parts, circa=circa)
    assert Date.from_edtf(date.to_edtf()) == date


@given(st.lists(DAYS, min_size=1, max_size=2).map(tuple), st.booleans(), st.text(max_size=5))
def test_json_round_trip(parts: tuple[tuple[int, ...], ...], circa: bool, extra: str) -> None:
    """The CSL object of a date reads back the same, unknown keys included."""
    date = Date(parts=parts, circa=circa, extra={"x-key": extra})
    assert Date.from_json(date.to_json()) == date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-06-04", {"date-parts": [[2023, 6, 4]]}),
        ("2023-06", {"date-parts": [[2023, 6]]}),
        ("2023", {"date-parts": [[2023]]}),
        ("2023-06-04T10:21:00+03:00", {"date-parts": [[2023, 6, 4]]}),
        ("2023-05-29/2023-06-04", {"date-parts": [[2023, 5, 29], [2023, 6, 4]]}),
        ("../2004", {"date-parts": [[], [2004]]}),
        ("2004/..", {"date-parts": [[2004], []]}),
        ("1984?", {"date-parts": [[1984]], "circa": True}),
        ("2004-06~", {"date-parts": [[2004, 6]], "circa": True}),
        ("199X", {"date-parts": [[1990]], "circa": True}),
        ("2023-XX-XX", {"date-parts": [[2023]]}),
        ("2001-21", {"date-parts": [[2001]], "season": 1}),
        ("-0044-03-15", {"date-parts": [[-44, 3, 15]]}),
        ("Y170000002", {"date-parts": [[170000002]]}),
        ("2024-02-29", {"date-parts": [[2024, 2, 29]]}),
    ],
)
def test_reads_edtf(text: str, expected: dict[str, object]) -> None:
    """EDTF levels 0 and 1 become CSL date objects."""
    assert Date.from_edtf(text).to_json() == expected


@pytest.mark.parametrize(
    "value",
    [
        "June 31, 2023",
        "2023-13",
        "2023-06-31",
        "2023-02-29",
        "1900-02-29",
        "",
        "..",
        "../..",
        "2023/2024/2025",
        {"date-parts": [[2023, 6, 4], [1], [2]]},
        {"date-parts": [["x"]]},
        {"date-parts": [[2023, 1, 2, 3]]},
        {"date-parts": 2023},
        {"season": 9},
        {"literal": 3},
        {"edtf": "June"},
        2023,
        None,
        [],
    ],
)
def test_refuses_what_is_no_date(value: object) -> None:
    """What the calendar does not know is refused with a hint."""
    with pytest.raises(DateError) as caught:
        Date.from_json(value)
    assert caught.value.hint


def test_raw_text_that_is_no_edtf_stays_literal() -> None:
    """A raw date of another program is kept as it is."""
    assert Date.from_json({"raw": "Spring term 2023"}).literal == "Spring term 2023"


def test_strings_and_zeros_in_date_parts() -> None:
    """Numbers as text are read; a zero month or day means that it is not known."""
    assert Date.from_json({"date-parts": [["2023", "06", 0]]}).parts == ((2023, 6),)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever the text, the only error is DateError."""
    try:
        date = Date.from_edtf(text)
    except DateError:
        return
    assert date.parts
