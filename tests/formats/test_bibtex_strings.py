"""BibTeX strings that double, long entries, circles: a finding names them, others come in."""

from __future__ import annotations

import pytest

from citekit import formats
from citekit.errors import InvalidData
from citekit.formats.bibtex.blocks import MOST_TEXT
from citekit.formats.bibtex.strings import MOST_SIGNS

GOOD = "@book{good, title = {Tides}}\n"


def doubling(times: int) -> str:
    """Strings that each hold the last one twice."""
    first = '@string{s0 = "all work"}\n'
    return first + "".join(f"@string{{s{i + 1} = s{i} # s{i}}}\n" for i in range(times))


@pytest.mark.parametrize("times", [20, 30, 300])
def test_strings_that_double_are_told_and_the_rest_comes_in(times: int) -> None:
    """Neither the string nor who uses it is read; the entry after it is."""
    text = doubling(times) + f"@book{{bad, title = s{times}}}\n{GOOD}"

    result = formats.read(text, "bibtex")

    assert [item["id"] for item in result.items] == ["good"]
    assert {finding.code for finding in result.findings} == {"CK-E416"}
    last = result.findings[-1]
    assert "entry 'bad'" in last.message
    assert last.place is not None
    assert last.place.line == times + 2


def test_a_long_string_cannot_be_used_again_and_again() -> None:
    """What all strings come to where they stand is bounded by the size of the file."""
    once = f'@string{{s = "{"a" * 100_000}"}}\n'
    entries = "".join(f"@book{{k{i}, title = s}}\n" for i in range(100))

    result = formats.read(once + entries, "bibtex")

    assert 10 <= len(result.items) < 40
    assert len(result.items) + len(result.findings) == 100
    assert "come to more than 10 times its text" in result.findings[0].message


def test_an_entry_of_more_than_a_million_signs_is_told() -> None:
    """The fields of an entry count together."""
    half = "a" * (MOST_SIGNS // 2 + 1)
    text = f"{GOOD}@book{{long, title = {{{half}}}, abstract = {{{half}}}}}\n"

    result = formats.read(text, "bibtex")

    assert [item["id"] for item in result.items] == ["good"]
    assert "the entry 'long' is left out" in result.findings[0].message


def test_usual_strings_stand_for_their_words() -> None:
    """Journals by short names, as many files have them, are no abuse."""
    strings = '@string{jih = "Journal of Invented Hydrology"}\n'
    entries = "".join(f"@article{{k{i}, title = {{T}}, journal = jih}}\n" for i in range(2_000))

    result = formats.read(strings + entries, "bibtex")

    assert {item["container-title"] for item in result.items} == {"Journal of Invented Hydrology"}
    assert len(result.items) == 2_000
    assert not result.findings


def test_entries_that_inherit_in_a_circle_are_read_as_they_stand() -> None:
    """``crossref`` and ``xdata`` are not followed: circles of them cost nothing."""
    text = "".join(
        f"@book{{k{i}, crossref = {{k{(i + 1) % 5}}}, xdata = {{k{i}}}}}" for i in range(5)
    )

    assert len(formats.read(text, "bibtex").items) == 5


def test_a_file_that_is_too_large_is_refused_with_a_way_out() -> None:
    """Its parser keeps a multiple of what it reads in memory."""
    with pytest.raises(InvalidData, match="more than 16,000,000 signs") as caught:
        formats.read(" " * (MOST_TEXT + 1), "bibtex")
    assert caught.value.hint == "import it in parts"
