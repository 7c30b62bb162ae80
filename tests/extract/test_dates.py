"""Dates as people print them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.extract.shared.dates import date_in_url, find_dates, parse_iso


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("June 4, 2023 at 10:21 am", "2023-06-04T10:21"),
        ("Jun. 4th, 2023", "2023-06-04"),
        ("4:52 PM EST, Mon June 3, 2024", "2024-06-03T16:52-05:00"),
        ("10:21, 4 June 2023", "2023-06-04T10:21"),
        ("Sun, 04 Jun 2023 10:21:00 GMT", "2023-06-04T10:21:00+00:00"),
        ("30.06.2025, 15.59 Uhr", "2025-06-30T15:59"),
        ("10.21 Uhr, 4. Juni 2023", "2023-06-04T10:21"),
        ("1er août 2024 à 10h21", "2024-08-01T10:21"),
        ("lunes, 5 de junio de 2023 - 10:21", "2023-06-05T10:21"),
        ("4 giugno 2023 alle 10:21", "2023-06-04T10:21"),
        ("4 czerwca 2023, 10:21", "2023-06-04T10:21"),
        ("9. 5. 2024", "2024-05-09"),
        ("4 Haziran 2023 Pazar 10:21", "2023-06-04T10:21"),
        ("4 июня 2023, 10:21", "2023-06-04T10:21"),
        ("2023. június 4. 10:21", "2023-06-04T10:21"),
        ("2023年6月4日（日） 午後3時21分", "2023-06-04T15:21"),
        ("2023. 6. 4. 오후 3:21", "2023-06-04T15:21"),
        ("令和5年6月4日", "2023-06-04"),
        ("٤ يونيو ٢٠٢٣", "2023-06-04"),
        ("ngày 4 tháng 6 năm 2023", "2023-06-04"),
        ("4 มิ.ย. 2566, 04/06/2566", "2023-04-06"),
        ("June 4, 2023 | 10:21 am (GMT+2)", "2023-06-04T10:21+02:00"),
    ],
)
def test_printed_dates(printed: str, iso: str) -> None:
    """A date of many languages and layouts is read with the time beside it."""
    assert find_dates(printed)[0].iso == iso


@pytest.mark.parametrize(
    "text", ["Creating new perspectives since 2009", "Room 12.45", "31 June 2023", "99/99/2023", ""]
)
def test_no_date_is_invented(text: str) -> None:
    """Years, numbers and impossible days are no dates."""
    assert find_dates(text) == []


def test_ambiguous_numbers_are_marked() -> None:
    """04/06/2023 can be read two ways; 14/06/2023 cannot."""
    assert find_dates("04/06/2023", language="en")[0].ambiguous
    assert not find_dates("14/06/2023", language="en")[0].ambiguous
    assert find_dates("04/06/2023", order="dmy")[0].iso == "2023-06-04"


def test_the_language_decides_between_homonyms() -> None:
    """The word listopad is November in Czech and October in Croatian."""
    assert find_dates("4. listopada 2023", language="cs")[0].iso == "2023-11-04"
    assert find_dates("4. listopada 2023", language="hr")[0].iso == "2023-10-04"


def test_machine_dates_keep_their_offset() -> None:
    """An offset is kept, a missing one is not made up."""
    assert parse_iso("2023-06-04T10:21:00+0300").iso == "2023-06-04T10:21:00+03:00"  # type: ignore[union-attr]  # it is a date
    assert parse_iso("2023-06-04T10:21").zone is None  # type: ignore[union-attr]  # it is a date
    assert parse_iso("yesterday") is None


def test_dates_in_addresses() -> None:
    """Days in paths are read, other numbers are not."""
    assert date_in_url("https://a.example/20230604-story").iso == "2023-06-04"  # type: ignore[union-attr]  # it is a date
    assert date_in_url("https://a.example/2023/jun/04/story").iso == "2023-06-04"  # type: ignore[union-attr]  # it is a date
    assert date_in_url("https://a.example/story-20231399") is None


@given(st.text(max_size=300))
def test_any_text_is_searched_without_error(text: str) -> None:
    """Every date found lies inside the text that was given."""
    assert all(0 <= d.start < d.end <= len(text) for d in find_dates(text))


@given(st.dates(min_value=date(1600, 1, 1), max_value=date(2099, 12, 31)))
def test_iso_dates_come_back(day: date) -> None:
    """A day written in ISO 8601 is read as itself, within the years that news can have."""
    assert [d.iso for d in find_dates(str(day))] == [str(day)]
