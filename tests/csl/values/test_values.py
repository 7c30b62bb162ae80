"""The parts of the processor: numbers, dates, names, markup, text case, punctuation, sorting."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit.csl import process
from citekit.csl.output.tree import Node, leaves
from citekit.csl.passes.disambiguate import letters
from citekit.csl.style.ir import PLAIN
from citekit.csl.values.dates import read_date
from citekit.csl.values.initials import initials
from citekit.csl.values.markup import parse_markup
from citekit.csl.values.numbers import is_numeric, is_plural, page_range, roman
from citekit.csl.values.persons import read_names
from citekit.csl.values.textcase import apply_case

NAMESPACE = "http://purl.org/net/xbiblio/csl"


def style(bibliography: str, citation: str = '<text variable="title"/>', options: str = "") -> str:
    """A style of one bibliography layout."""
    return (
        f'<style xmlns="{NAMESPACE}" class="in-text" version="1.0"><citation {options}>'
        f'<layout delimiter="; ">{citation}</layout></citation>'
        f"<bibliography><layout>{bibliography}</layout></bibliography></style>"
    )


def entry(bibliography: str, **item: Any) -> str:  # noqa: ANN401  # CSL-JSON values
    """The bibliography entry of one item."""
    return process(style(bibliography), [{"id": "x", **item}]).bibliography[0][1]


# ---- numbers


@pytest.mark.parametrize("text", ["1", "2nd", "D2", "2b", "1-4, 7", "3 & 4", "xii", "12/2018"])
def test_numeric_content(text: str) -> None:
    """Numbers with short affixes, lists and ranges are numeric."""
    assert is_numeric(text)


@pytest.mark.parametrize("text", ["", "second", "12th edition", "3.0.1", "B–C", "1,200"])
def test_content_that_is_not_numeric(text: str) -> None:
    """Words, versions and grouped digits are not numeric."""
    assert not is_numeric(text)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("expanded", "321–328"),
        ("minimal", "321–8"),
        ("minimal-two", "321–28"),
        ("chicago", "321–28"),
        (None, "321–328"),
    ],
)
def test_page_range_formats(form: str | None, expected: str) -> None:
    """A page range is written as the style's format asks."""
    assert page_range("321-328", form, "–") == expected


@given(st.integers(1, 3999))
def test_roman_numerals_read_back(number: int) -> None:
    """A roman numeral says its number."""
    values = {"m": 1000, "d": 500, "c": 100, "l": 50, "x": 10, "v": 5, "i": 1}
    digits = [values[letter] for letter in roman(number)]
    assert number == sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits))


@given(st.integers(1, 99_999), st.integers(1, 99_999))
def test_a_shortened_range_can_be_completed(first: int, more: int) -> None:
    """Nothing is lost in a minimal range, and nothing stands twice: the first completes the second.

    A number with more digits stands whole.
    """
    last = first + more
    start, _, end = page_range(f"{first}-{last}", "minimal", "–").partition("–")
    assert start == str(first)
    if len(str(last)) > len(start):
        assert end == str(last)
        return
    kept = len(start) - len(end)
    assert start[:kept] + end == str(last)
    assert len(end) == 1 or end[0] != start[kept]


def test_plural_of_labels() -> None:
    """A range or list makes a label plural, an escaped hyphen does not."""
    assert [is_plural(t) for t in ("1-2", "1, 2", "7", r"3\-B", "i–ix")] == [
        True, True, False, False, True,
    ]  # fmt: skip


@given(st.integers(1, 5000))
def test_year_suffixes_are_all_different(number: int) -> None:
    """Letters after z go on with two letters and never repeat."""
    assert len({letters(n) for n in range(1, number + 1)}) == number


# ---- dates


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ({"date-parts": [["2008", 5, "3"]]}, (2008, 5, 3), None),
        ({"date-parts": [[2008], [2010]]}, (2008, 0, 0), (2010, 0, 0)),
        ("2021-05-04", (2021, 5, 4), None),
        ("2021-05/2021-07", (2021, 5, 0), (2021, 7, 0)),
        ("-0044-03", (-44, 3, 0), None),
        ("2020-21", (2020, 21, 0), None),
        ({"raw": "June 14, 1995"}, (1995, 6, 14), None),
        ({"date-parts": [[1999]], "season": "Spring"}, (1999, 25, 0), None),
    ],
)
def test_dates_are_read(value: object, start: tuple[int, ...], end: tuple[int, ...] | None) -> None:
    """Date parts, EDTF and plain English dates are understood."""
    date = read_date(value)
    assert date is not None
    assert (date.start, date.end) == (start, end)


def test_an_open_range_stays_open() -> None:
    """EDTF ``2019/..`` has no end and says so."""
    assert entry('<date variable="issued" form="text"/>', issued="2019/..") == "2019–"


def test_uncertain_dates_are_uncertain() -> None:
    """The mark ~ of EDTF is what ``is-uncertain-date`` asks for."""
    layout = (
        '<choose><if is-uncertain-date="issued"><text value="c. "/></if></choose>'
        '<date variable="issued" form="text"/>'
    )
    assert entry(layout, issued="1640~") == "c. 1640"


def test_a_range_repeats_only_what_differs() -> None:
    """A range of days names month and year once."""
    item = {"issued": {"date-parts": [[1952, 12, 5], [1952, 12, 9]]}}
    assert entry('<date variable="issued" form="text"/>', **item) == "December 5–9, 1952"


@given(st.one_of(st.text(max_size=40), st.from_regex(r"\d{1,4}[-/ ]\d{1,2}([-/]\d{1,2})?")))
@settings(max_examples=200)
def test_any_text_is_some_date(text: str) -> None:
    """Text has a year or a month, or stays as it was written; blank text is no date."""
    date = read_date({"raw": text})
    if not text.strip():
        assert date is None
        return
    assert date is not None
    has_start = any(date.start[:2])
    assert date.literal == ("" if has_start else text.strip())


@pytest.mark.parametrize(
    ("text", "start", "literal"),
    [
        ("1952-12-05", (1952, 12, 5), ""),
        ("1952", (1952, 0, 0), ""),
        ("the last winter of the war", (0, 0, 0), "the last winter of the war"),
    ],
)
def test_raw_text_that_is_a_date_and_one_that_is_not(
    text: str, start: tuple[int, int, int], literal: str
) -> None:
    """A date is read; what is none is kept word for word."""
    date = read_date({"raw": text})
    assert date is not None
    assert (date.start, date.literal) == (start, literal)


# ---- names


@pytest.mark.parametrize(
    ("given_name", "mark", "expected"),
    [
        ("Jean-Luc Marie", ". ", "J.-L. M."),
        ("John Ronald Reuel", "", "JRR"),
        ("J.R.R.", ".", "J.R.R."),
        ("Ph. M.E.", ".", "Ph.M.E."),
        ("G-ping", ". ", "G."),
    ],
)
def test_initials(given_name: str, mark: str, expected: str) -> None:
    """Given names shorten to initials with the style's mark."""
    assert initials(given_name, mark, shorten=True, hyphen=True) == expected


@pytest.mark.parametrize(
    ("name", "particle", "dropping"),
    [
        ({"family": "van der Vlist", "given": "Eric"}, "van der", ""),
        ({"family": "Humboldt", "given": "Alexander von"}, "", "von"),
        ({"family": "La Fontaine", "given": "Jean de"}, "", "de"),
        ({"family": "al-Aswānī", "given": "Alāʾ"}, "al-", ""),
    ],
)
def test_particles_are_found(name: dict[str, str], particle: str, dropping: str) -> None:
    """Lower-case words at the seam of the two names are particles."""
    people = read_names([name])
    assert people is not None
    assert (people[0].particle, people[0].dropping) == (particle, dropping)


def test_family_names_come_first_in_chinese() -> None:
    """Names in Han script have the family name first and no space."""
    assert (
        entry('<names variable="author"/>', author=[{"family": "王", "given": "小明"}]) == "王小明"
    )


def test_many_authors_stay_fast() -> None:
    """An item with 448 authors is formatted, and told apart from its twin, in linear time."""
    authors = [{"family": f"Name{i}", "given": "A"} for i in range(448)]
    items = [
        {"id": "a", "author": authors, "issued": "2000"},
        {"id": "b", "author": [*authors[:-1], {"family": "Other", "given": "B"}], "issued": "2000"},
    ]
    options = 'disambiguate-add-names="true" et-al-min="3" et-al-use-first="1"'
    xml = style("", '<names variable="author"><name form="short"/></names>', options)
    found = process(xml.replace("<bibliography><layout></layout></bibliography>", ""), items,
                    [[{"id": "a"}], [{"id": "b"}]])  # fmt: skip
    assert [text.count(",") for text in found.citations] == [447, 447]
    assert found.citations[0] != found.citations[1]


# ---- markup, text case, punctuation


@given(st.text(alphabet="<>/ibsupcan \"'“”‘’«»abé", max_size=60))
@settings(max_examples=400)
def test_markup_never_raises_and_keeps_letters(text: str) -> None:
    """Any field is read; no letter outside tags is lost."""
    shown = "".join(leaves(Node(PLAIN, parse_markup(text))))
    assert shown.count("é") == text.count("é")


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("title", "The Rise of the iPad: A History"),
        ("sentence", "The rise of the ipad: a history"),
        ("uppercase", "THE RISE OF THE IPAD: A HISTORY"),
        ("lowercase", "the rise of the ipad: a history"),
        ("capitalize-first", "The rise of the iPad: a history"),
        ("capitalize-all", "The Rise Of The iPad: A History"),
    ],
)
def test_text_cases(case: str, expected: str) -> None:
    """The six letter cases of CSL."""
    assert (
        "".join(map(str, apply_case(["the rise of the iPad: a history"], case, "en"))) == expected
    )


def test_title_case_is_for_english_only() -> None:
    """A German title keeps its letters."""
    layout = '<text variable="title" text-case="title"/>'
    assert entry(layout, title="das Buch der Bücher", language="de") == "das Buch der Bücher"


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Why?", "“Why?” Quay"), ("Salt", "“Salt.” Quay"), ("Etc.", "“Etc.” Quay")],
)
def test_marks_collide_and_move_into_quotes(title: str, expected: str) -> None:
    """A full stop moves into the quotes unless a mark already stands there."""
    layout = (
        '<group delimiter=". "><text variable="title" quotes="true"/>'
        '<text variable="publisher"/></group>'
    )
    assert entry(layout, title=title, publisher="Quay") == expected


def test_quotes_alternate() -> None:
    """Quotes inside quotes are inner quotes."""
    assert entry('<text variable="title" quotes="true"/>', title='A "B" c') == "“A ‘B’ c”"


def test_a_long_lower_case_word_is_no_particle() -> None:
    """A run of words at the end is a particle as a whole or not at all, however long they are."""
    given = "J. " + "x" * 900 + " }"

    (person,) = read_names([{"family": "Doe", "given": given}]) or ()

    assert (person.given, person.dropping) == (given, "")
