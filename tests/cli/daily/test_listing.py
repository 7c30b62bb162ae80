"""``list`` and ``stats``: what is shown of which items, in which order and width."""

from __future__ import annotations

import csv
import io
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.app.looking.spreadsheet import csv_line, without_apostrophe
from citekit.cli.actions.daily.table import table, width_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)
ROWS = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=6)
)


def keys(call: Call, *words: str) -> list[str]:
    """The keys that a list has, in its order."""
    code, out, err = call("list", *words, "--json")
    assert code == 0, err
    return [row["key"] for row in json.loads(out)]


def test_a_line_has_key_author_year_and_title(library: Call) -> None:
    """Two makers are named, three are one and others; an organisation as it is called."""
    code, out, err = library("list")

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "lund2020   Lund & Díaz     2020  The old harbour and its boats",
        "marsh2019  Marsh et al.    2019  Salt and walls",
        "office     Harbour Office  2021  Numbers of the year",
        "undated                          =1+1 was on the wall",
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--year", "2020"), ["lund2020"]),
        (("--year", "2019-2020"), ["lund2020", "marsh2019"]),
        (("--year", "2020-"), ["lund2020", "office"]),
        (("--year", "-2019"), ["marsh2019"]),
        (("--author", "diaz"), ["lund2020"]),
        (("--author", "ADA quill"), ["marsh2019"]),
        (("--author", "ada roe"), []),
        (("--tag", "harbour walls"), ["lund2020"]),
        (("--tag", "walls"), ["marsh2019"]),
        (("--tag", "boats", "--tag", "walls"), []),
        (("--type", "report"), ["office"]),
        (("--access", "public"), []),
        (("--missing", "author"), ["undated"]),
        (("--missing", "date"), ["undated"]),
        (("--missing", "year"), ["undated"]),
        (("--missing", "url", "--missing", "doi"), ["marsh2019", "undated"]),
        (("--missing", "capture"), ["lund2020", "marsh2019", "office", "undated"]),
        (("--missing", "tags"), ["office", "undated"]),
        (("--sort", "year"), ["marsh2019", "lund2020", "office", "undated"]),
        (("--sort", "author"), ["office", "lund2020", "marsh2019", "undated"]),
        (("--sort", "title"), ["undated", "office", "marsh2019", "lund2020"]),
        (("--sort", "year", "--reverse"), ["undated", "office", "lund2020", "marsh2019"]),
        (("walls", "--year", "2019"), ["marsh2019"]),
    ],
)
def test_items_are_chosen_and_put_in_order(
    library: Call, words: tuple[str, ...], found: list[str]
) -> None:
    """Filters are all asked for, accents and case do not count, what has no year comes last."""
    assert keys(library, *words) == found


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--year", "soon"), "2019-2021"),
        (("--year", "-"), "2019-2021"),
        (("--missing", "auther"), "did you mean author"),
        (("--columns", "key,tite"), "did you mean title"),
        (("--columns", ","), "key, author"),
        (("--sort", "yaer"), "did you mean year"),
    ],
)
def test_what_is_no_field_is_wrong_usage(library: Call, words: tuple[str, ...], hint: str) -> None:
    """The nearest one is offered."""
    code, _, err = library("list", *words)

    assert code == 2
    assert hint in err


def test_columns_are_those_that_are_named(library: Call) -> None:
    """Those of the index, and any variable of the records."""
    _, out, _ = library("list", "--columns", "key, Tags, DOI, issued, author", "office", "--csv")
    assert out == "key,tags,DOI,issued,author\noffice,,10.1000/quay,2021-01-02,Harbour Office\n"
    _, out, _ = library("list", "--columns", "title,names,date", "lund2020")
    assert out == "The old harbour and its boats  Ida Lund; Rosa Díaz  2020-06\n"


def test_the_last_capture_comes_last(library: Call, article: Path, tmp_path: Path) -> None:
    """``--sort added`` has what came last at the end, where one looks."""
    for path in (tmp_path / "a" / "items").glob("*/item.json"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    key = library("add", str(article))[1].strip()
    assert keys(library, "--sort", "added")[-1] == key


def test_a_spreadsheet_computes_nothing(library: Call) -> None:
    """A cell that would be a formula is text, and every other one comes back as it is."""
    _, out, _ = library("list", "--csv", "--columns", "key,title,names")
    rows = list(csv.reader(io.StringIO(out)))

    assert rows[0] == ["key", "title", "names"]
    assert rows[1] == ["lund2020", "The old harbour and its <i>boats</i>", "Ida Lund; Rosa Díaz"]
    assert rows[4][1] == "'=1+1 was on the wall"


def test_a_list_is_edited_and_read_again(library: Call, tmp_path: Path) -> None:
    """What ``list --csv`` writes, ``set --from`` reads: nothing has changed but what was edited."""
    _, out, _ = library("list", "--csv", "--columns", "key,title,tags,date")
    path = tmp_path / "edited.csv"
    path.write_text(out.replace("2021-01-02", "2021-01-03"), "utf-8")
    before = json.loads(library("list", "--json")[1])

    assert library("set", "--from", str(path))[0] == 0

    after = json.loads(library("list", "--json")[1])
    for row in (*before, *after):
        del row["added"]  # of a record alone, when it was last written
    before[2]["issued"] = "2021-01-03"
    assert after == before


def test_a_private_item_is_marked(library: Call) -> None:
    """Its owner sees it in the list, and that nobody else does."""
    library("set", "office", "--access", "private", "--yes")
    out = library("list")[1]

    assert "[private] Numbers of the year" in out
    assert keys(library, "--access", "private") == ["office"]


def test_stats_count_what_others_may_see(library: Call, article: Path) -> None:
    """By type, year and access; how much is private stands on stderr alone."""
    key = library("add", str(article))[1].strip()
    library("annotate", key, "--note", "Read it.")
    library("set", "office", "--access", "private", "--yes")
    library("seal", "--quiet")
    library("set", "undated", "note=Later")

    code, out, err = library("stats", "--json")
    counted: dict[str, Any] = json.loads(out)

    assert code == 0
    assert counted == {
        "items": 4,
        "types": {"webpage": 2, "article-journal": 1, "book": 1},
        "years": {"2019": 1, "2020": 1, "2024": 1, "": 1},
        "access": {"restricted": 4},
        "captures": 1,
        "annotations": 1,
        "sealed": 3,
        "unsealed": 1,
    }
    assert err == "not in it, being private: 1 private item\n"
    assert library("stats")[1].splitlines() == [
        "items        4",
        "  types      2 webpage, 1 article-journal, 1 book",
        "  years      1 in 2019, 1 in 2020, 1 in 2024, 1 without a year",
        "  access     4 restricted",
        "captures     1",
        "annotations  1",
        "sealed       3, not yet 1",
    ]


def test_many_years_are_told_by_decades(call: Call, tmp_path: Path) -> None:
    """Nobody reads a line of thirty years."""
    entries = "".join(f"@misc{{a{y}, title = {{T}}, year = {y}}}\n" for y in range(1988, 2012))
    (tmp_path / "many.bib").write_text(entries, "utf-8")
    call("import", str(tmp_path / "many.bib"))
    assert "2 in the 1980s, 10 in the 1990s, 10 in the 2000s, 2 in the 2010s" in call("stats")[1]


def test_an_empty_archive_has_no_rows(call: Call) -> None:
    """Nothing is listed, and a heading alone is CSV."""
    assert call("list") == (0, "", "no items\n")
    assert call("list", "--csv", "--columns", "key,year")[1] == "key,year\n"
    assert call("stats")[1].splitlines()[0] == "items        0"


@given(rows=ROWS, width=st.integers(10, 120))
def test_no_line_is_wider_than_the_terminal(rows: list[list[str]], width: int) -> None:
    """Unless the first column is, which is never cut: it is what one goes on with."""
    first = max(width_of(line) for line in table([[row[0]] for row in rows], width=None))
    most = max(width, first + 3 * len(rows[0]))
    assert all(width_of(line) <= most for line in table(rows, width=width))


@given(rows=ROWS)
def test_in_a_file_no_cell_is_cut(rows: list[list[str]]) -> None:
    """What a program reads is whole."""
    lines = list(table(rows, width=None))
    assert len(lines) == len(rows)
    assert all(
        cell.strip() in line for line, row in zip(lines, rows, strict=True) for cell in row
    ) or any(not cell.isprintable() for row in rows for cell in row)


@given(cells=st.lists(CELLS, min_size=1))
def test_csv_is_read_back(cells: list[str]) -> None:
    """By Python's reader, but for the apostrophe, and for signs that steer what shows them."""
    (read,) = csv.reader(io.StringIO(csv_line(cells)), strict=True) if any(cells) else [cells]
    for cell, back in zip(cells, read, strict=True):
        assert without_apostrophe(back) == without_apostrophe(cell) or not cell.isprintable()
        assert not back.startswith(("=", "+", "-", "@"))
