"""``bib check``: places, codes and mended lines of .bib files."""

from __future__ import annotations

import logging
import time
import tomllib
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import example, given, settings
from hypothesis import strategies as st

from citekit.app.looking.bib_check import check_bibliography
from citekit.errors import InvalidData, NotFound
from citekit.formats.bibtex.checking.check import check_bibtex, mended
from citekit.formats.bibtex.checking.spans import find_spans

CASES = Path(__file__).parents[1] / "cases" / "bib-check"
ODDS = (CASES / "odds.bib").read_text("utf-8")
CALM = settings(deadline=None)
PIECES = """a , { } " # \\ ( ) @misc{ @book( @string{ @comment{ title = & 5% &amp; $x$ NATO 2001
crossref ä \x07"""
pieces = st.lists(st.sampled_from([*PIECES.split(), " ", "\n", "\r\n"]), max_size=40).map("".join)


def told(text: str, dialect: str = "biblatex") -> list[str]:
    """What is found, each as ``line:column code``."""
    found = [problem.finding for problem in check_bibtex(text, dialect)]  # type: ignore[arg-type]
    return [f"{f.place.line}:{f.place.column} {f.code}" for f in found if f.place]


def test_everything_is_found_at_its_place() -> None:
    """Each line of the file has what odds.toml says of it, and nothing else."""
    expected = tomllib.loads((CASES / "odds.toml").read_text("utf-8"))

    assert told(ODDS) == expected["found"]


def test_mending_changes_those_signs_alone() -> None:
    """The mended file is the file with the replacements of odds.toml, and has no more to mend."""
    expected = tomllib.loads((CASES / "odds.toml").read_text("utf-8"))
    right = ODDS
    for old, new in expected["mended"]:
        assert right.count(old) == 1
        right = right.replace(old, new)

    better = mended(ODDS, check_bibtex(ODDS))

    assert better == right
    assert [p for p in check_bibtex(better) if p.fix] == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_do(end: str) -> None:
    """Places are right, and line ends stay, whatever a line ends with."""
    text = f"@misc{{a,{end}  author = {{Rau, T.}},{end} title = {{A & b}},{end} year = 2001}}{end}"

    assert told(text) == ["3:13 CK-W762"]
    assert mended(text, check_bibtex(text)) == text.replace("&", "\\&")


def test_bibtex_wants_ascii() -> None:
    """In classic BibTeX letters beyond ASCII are told, and written as LaTeX where it can."""
    text = "@misc{a, title = {Öl und 北京}, note = {é}}"

    assert told(text, "bibtex") == ["1:19 CK-W763", "1:39 CK-W763"]
    assert mended(text, check_bibtex(text, "bibtex")).endswith("note = {{\\'{e}}}}")


@CALM
@given(text=pieces)
@example(text="@misc{a, title = {b")
@example(text='@misc{a, title = "b}"}')
def test_any_text_is_read_and_mended_once(text: str) -> None:
    """Whatever stands there: nothing is raised, and what is mended needs no more of it."""
    better = mended(text, check_bibtex(text))

    assert [p for p in check_bibtex(better) if p.fix and p.finding.code != "CK-W764"] == []


@CALM
@given(
    entries=st.lists(
        st.tuples(
            st.from_regex(r"[a-z][a-z0-9:]{0,8}", fullmatch=True),
            st.dictionaries(
                st.from_regex(r"[a-z]{1,8}", fullmatch=True),
                st.sampled_from(["{x {y} z}", '"q {"} r"', "2001", "jan", '{a} # "b"', "{\n}"]),
                max_size=4,
            ),
        ),
        max_size=5,
        unique_by=lambda pair: pair[0],
    )
)
def test_the_places_are_those_of_another_parser(
    entries: list[tuple[str, dict[str, str]]],
) -> None:
    """Entries, keys and fields are the ones that bibtexparser finds."""
    logging.disable(logging.CRITICAL)
    text = "\n".join(
        f"@misc{{{key}" + "".join(f",\n {n} = {v}" for n, v in fields.items()) + "}"
        if fields
        else f"@misc{{{key},}}"
        for key, fields in entries
    )
    theirs = parse_string(text, parse_stack=[])

    ours = find_spans(text)

    assert ours.faults == ()
    assert [(e.key, [f.name for f in e.fields]) for e in ours.entries] == [
        (e.key, [f.key for f in e.fields]) for e in theirs.entries
    ]


@pytest.mark.parametrize(
    "piece",
    ["{", "}", '"', "@misc{a,", "@misc{a, b = {", "& ", "%", "$", "aB", "A", "&#9;", "https://a ",
     "a = b, ", "#", "@string{a = b # ", "crossref = {k}, ", "\n@misc{k, crossref = {k}}"],
)  # fmt: skip
def test_repetition_costs_what_it_is_long(piece: str) -> None:
    """Four times the text takes no more than ten times as long."""
    took = []
    for times in (5_000, 20_000):
        text = f"@misc{{k, title = {{{piece * times}}}}}\n{piece * times}"
        start = time.process_time()
        mended(text, check_bibtex(text))
        took.append(time.process_time() - start)
    assert took[1] < max(10 * took[0], 2)


def test_a_file_is_mended_whole(tmp_path: Path) -> None:
    """The mark at its head stays, and what is left is told with the file's name."""
    path = tmp_path / "refs.bib"
    path.write_bytes(b"\xef\xbb\xbf@misc{a, title = {A & b}}\r\n")

    checked = check_bibliography(path, fix=True)

    assert path.read_bytes() == b"\xef\xbb\xbf@misc{a, title = {A \\& b}}\r\n"
    assert checked.mended == 1
    assert [(f.code, f.place.path if f.place else "") for f in checked.left] == [
        ("CK-W757", str(path))
    ]


def test_a_file_in_another_encoding_is_not_rewritten(tmp_path: Path) -> None:
    """It is checked; to mend it would change letters that nobody asked about."""
    path = tmp_path / "refs.bib"
    path.write_bytes(b"@misc{a, title = {\xdcber & b}}")

    assert "CK-W762" in [finding.code for finding in check_bibliography(path).findings]
    with pytest.raises(InvalidData, match="windows-1252"):
        check_bibliography(path, fix=True)
    assert path.read_bytes() == b"@misc{a, title = {\xdcber & b}}"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It is named."""
    with pytest.raises(NotFound):
        check_bibliography(tmp_path / "refs.bib")


@pytest.mark.parametrize("text", ["@a{" + " " * 200_000, "@a{k," + " " * 200_000 + "b"])
def test_many_blanks_take_no_longer(text: str) -> None:
    """A key and a name are looked for once: what takes the square of its blanks would not end."""
    assert find_spans(text).entries == ()
