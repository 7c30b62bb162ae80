"""Dates as people print them; most cases are data in tests/cases/dates.toml."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.extract.shared.datelines import read_dateline
from citekit.extract.shared.dates.calendars import common_day
from citekit.extract.shared.dates.machine import date_in_url, parse_iso
from citekit.extract.shared.dates.order import DayOrder, day_order
from citekit.extract.shared.dates.printed import find_dates
from citekit.extract.shared.dates.relative import find_ago

CASES: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "dates.toml").read_text(encoding="utf-8")
)
DAY_FIRST = DayOrder(first="dmy", is_sure=True)


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
        ("26 | 01 | 2022", "2022-01-26"),
        ("Datum:26. Januar 2022", "2022-01-26"),
        ("4 Haziran 2023 Pazar 10:21", "2023-06-04T10:21"),
        ("4 июня 2023, 10:21", "2023-06-04T10:21"),
        ("2023. június 4. 10:21", "2023-06-04T10:21"),
        ("2023年6月4日（日） 午後3時21分", "2023-06-04T15:21"),
        ("2023. 6. 4. 오후 3:21", "2023-06-04T15:21"),
        ("令和5年6月4日", "2023-06-04"),
        ("٤ يونيو ٢٠٢٣", "2023-06-04"),
        ("ngày 4 tháng 6 năm 2023", "2023-06-04"),
        ("4 มิ.ย. 2566, 04/06/2566", "2023-06-04"),
        ("June 4, 2023 | 10:21 am (GMT+2)", "2023-06-04T10:21+02:00"),
    ],
)
def test_printed_dates(printed: str, iso: str) -> None:
    """A date of many languages and layouts is read with the time beside it."""
    assert find_dates(printed)[0].iso == iso


@pytest.mark.parametrize("case", CASES["printed"], ids=lambda case: case["why"])
def test_dates_of_many_languages_and_calendars(case: dict[str, Any]) -> None:
    """Months have the names that their readers use; a date of another calendar says which."""
    language, calendar = case.get("language"), case.get("calendar", "common")

    read = {text: find_dates(text, language=language) for text in case["dates"]}

    assert {text: [one.iso for one in dates] for text, dates in read.items()} == {
        text: [iso] for text, iso in case["dates"].items()
    }
    assert {one.calendar for dates in read.values() for one in dates} == {calendar}
    assert not any(
        one.ambiguous for dates in read.values() for one in dates if calendar == "common"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Creating new perspectives since 2009",
        "Room 12.45",
        "31 June 2023",
        "99/99/2023",
        "",
        *CASES["none"][0]["texts"],
    ],
)
def test_no_date_is_invented(text: str) -> None:
    """Years, numbers and impossible days are no dates."""
    assert find_dates(text) == []


def test_ambiguous_numbers_are_marked() -> None:
    """04/06/2023 can be read two ways; 14/06/2023 cannot."""
    assert find_dates("04/06/2023", language="en")[0].otherwise == (2023, 6, 4)
    assert not find_dates("14/06/2023", language="en")[0].ambiguous
    assert find_dates("04/06/2023", order=DAY_FIRST)[0].iso == "2023-06-04"


@pytest.mark.parametrize("case", CASES["order"], ids=lambda case: case["why"])
def test_order_of_day_and_month(case: dict[str, Any]) -> None:
    """The region of a page decides which number is the day; it is said where nothing does."""
    orders = [day_order([tag], *url) for tag, *url in case["of"]]

    assert {order.is_sure for order in orders} == {case["sure"]}
    assert not case["sure"] or {order.first for order in orders} == {case["first"]}


def test_other_dates_of_a_page_tell_its_order() -> None:
    """Where one number is too large for a month, all of them are read that way."""
    assert day_order(["en"], None, ["25/12/2023"]) == DAY_FIRST
    assert not day_order(["en"], None, ["25/12/2023", "12/25/2023"]).is_sure


def test_the_language_decides_between_homonyms() -> None:
    """The word listopad is November in Czech and October in Croatian."""
    assert find_dates("4. listopada 2023", language="cs")[0].iso == "2023-11-04"
    assert find_dates("4. listopada 2023", language="hr")[0].iso == "2023-10-04"


def test_machine_dates_keep_their_offset() -> None:
    """An offset is kept, a missing one is not made up."""
    assert parse_iso("2023-06-04T10:21:00+0300").iso == "2023-06-04T10:21:00+03:00"  # type: ignore[union-attr]  # it is a date
    assert parse_iso("2023-06-04T10:21").zone is None  # type: ignore[union-attr]  # it is a date
    assert parse_iso("yesterday") is None


@pytest.mark.parametrize(
    ("written", "calendar"),
    [
        ("1402-12-22T18:30:00+03:30", "persian"),
        ("1445-09-02", "hijri"),
        ("2567-03-12", "buddhist"),
        ("2024-03-12", "common"),
    ],
)
def test_machine_dates_of_other_calendars(written: str, calendar: str) -> None:
    """Systems that count other years write them where ISO 8601 has the common one."""
    found = parse_iso(written)

    assert found is not None
    assert (found.parts, found.calendar) == ((2024, 3, 12), calendar)


def test_dates_in_addresses() -> None:
    """Days in paths are read, other numbers are not."""
    assert date_in_url("https://a.example/20230604-story").iso == "2023-06-04"  # type: ignore[union-attr]  # it is a date
    assert date_in_url("https://a.example/2023/jun/04/story").iso == "2023-06-04"  # type: ignore[union-attr]  # it is a date
    assert date_in_url("https://a.example/story-20231399") is None


@pytest.mark.parametrize("case", CASES["ago"], ids=lambda case: str(case["unit"]))
def test_dates_that_count_back(case: dict[str, Any]) -> None:
    """What counts back is found in the words of each language."""
    found = {tag: find_ago(text, tag) for tag, text in case["phrases"].items()}

    assert {tag: [(one.unit, one.count) for one in agos] for tag, agos in found.items()} == {
        tag: [(case["unit"], case["count"])] for tag in case["phrases"]
    }


def test_a_day_that_counts_back_is_of_the_zone_of_saving() -> None:
    """Three hours before one in the morning it was another day."""
    ago = find_ago("3 hours ago", "en")[0]
    saved_at = datetime.fromisoformat("2024-03-13T01:00:00+03:00")

    assert ago.day(saved_at).parts == (2024, 3, 12)  # type: ignore[union-attr]  # it is near enough
    assert ago.day(saved_at.astimezone(UTC)).parts == (2024, 3, 12)  # type: ignore[union-attr]  # it is near enough
    assert find_ago("9 days ago", "en")[0].day(saved_at) is None


def test_datelines_of_press_releases() -> None:
    """A text that begins with place and date is dated; a sentence that holds a date is not."""
    case = CASES["dateline"][0]
    read = {text: read_dateline(text, order=DAY_FIRST) for text in case["dates"]}

    assert {text: found and found.iso for text, found in read.items()} == case["dates"]
    assert [read_dateline(text, order=DAY_FIRST) for text in case["none"]] == [None] * 3


@given(st.text(max_size=300))
def test_any_text_is_searched_without_error(text: str) -> None:
    """Every date found lies inside the text that was given."""
    assert all(0 <= d.start < d.end <= len(text) for d in find_dates(text))


@given(st.text(alphabet="0123456789/.- 年月日一二三هـرمضاناسفند令和民國มีค.พศMarch", max_size=60))
def test_texts_that_are_nearly_dates_are_searched_without_error(text: str) -> None:
    """Neither a number nor a month's name of any calendar brings the search down."""
    assert all(0 <= d.start < d.end <= len(text) for d in find_dates(text, language="fa"))


@given(st.dates(min_value=date(1600, 1, 1), max_value=date(2099, 12, 31)))
def test_iso_dates_come_back(day: date) -> None:
    """A day written in ISO 8601 is read as itself, within the years that news can have."""
    assert [d.iso for d in find_dates(str(day))] == [str(day)]


def test_persian_years_follow_each_other_without_a_gap() -> None:
    """The day after the last of a Persian year is the first of the next, for three centuries."""
    for year in range(1179, 1478):
        last = common_day("persian", year, 12, 30) or common_day("persian", year, 12, 29)
        first = common_day("persian", year + 1, 1, 1)
        assert last is not None
        assert first is not None
        assert (date(*first) - date(*last)).days == 1
