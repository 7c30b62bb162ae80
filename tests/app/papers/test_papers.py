"""Papers as files: followed, bounded, and told from what is no paper."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.app.papers.latex import find_in_latex
from citekit.app.papers.latex_runs import find_in_aux, find_in_bcf
from citekit.app.papers.markdown_dialects import find_in_markdown
from citekit.app.papers.notebook import find_in_notebook
from citekit.app.papers.read import read_papers
from citekit.app.papers.rst import find_in_rst
from citekit.app.papers.typst import find_in_typst
from citekit.app.papers.word import find_in_word
from citekit.errors import InvalidData, NotFound, UsageError

CASES = Path(__file__).parents[2] / "cases" / "papers"
TEXT_READERS = [find_in_latex, find_in_aux, find_in_typst, find_in_rst, find_in_markdown]
PIECES = """\\cite \\input \\verb| \\iffalse \\fi \\begin{verbatim} \\end{verbatim} \\citation { }
[ ] ( ) < > @key @ # #cite( <key> `` ``` ` " , ; / // /* */ % $ :cite:`key` .. :: \\end{document}
&lt; \\ = let a-1 ä \x07""".split()  # noqa: SIM905  # words are read more easily
MUCH = [
    *("\\cite[", "\\cite[{", "\\cite{", "\\cites(", "\\cites{a}", "\\cite<", "\\begin{verbatim}"),
    *("\\iffalse", "\\verb|", "\\citation{", "@a", "/*", "`", "```", "#f(", "#cite(<a", "<a>", "["),
    *('#let x = "', ":cite:`", "``", ".. a\n"),
]
texts = st.lists(st.sampled_from([*PIECES, " ", "\n", "\n   ", "\r\n"]), max_size=60).map("".join)


def word_file(folder: Path, parts: dict[str, str]) -> Path:
    """A Word document of these parts."""
    path = folder / "paper.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return path


def write(folder: Path, **files: str) -> Path:
    """Files with these texts; ``__`` stands for a folder, the last ``_`` for the dot."""
    for name, text in files.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_a_word_document_has_keys_in_text_and_fields(tmp_path: Path) -> None:
    """Text in runs, fields in pieces, Mendeley's two ways, notes; a field that was cut is none."""
    parts = {f"word/{p.name}": p.read_text("utf-8") for p in (CASES / "word").iterdir()}
    paper = read_papers([word_file(tmp_path, {"[Content_Types].xml": "<Types/>", **parts})])

    assert [(cited.key, cited.place.line, cited.data.get("title")) for cited in paper.keys] == [
        ("quill1999", 2, None),
        ("lund2001", 2, None),
        ("marsh2004tides", 3, "Harbour tides"),
        ("http://zotero.org/users/1/items/BBBB2222", 3, "Kites"),
        ("ITEM-1", 4, "Gulls"),
        ("tern", 5, "Terns"),
        ("owl2020", 7, None),
    ]


def test_a_notebook_has_cells() -> None:
    """Cells of Markdown and of raw text are read, with what cite2c keeps; code is not."""
    paper = read_papers([CASES / "cells.ipynb"])

    assert [f"{cited.place} {cited.key}".partition(":")[2] for cited in paper.keys] == [
        "3:5 (cells[0]) quill1999",
        "5:14 (cells[0]) lund2001",
        "5:35 (cells[0]) marsh2004",
        "1:21 (cells[2]) 123/ABCD",
        "1:7 (cells[3]) kite2003",
    ]
    assert paper.keys[3].data["title"] == "Kites of 2010"


def test_latex_is_followed_inside_its_folder(tmp_path: Path) -> None:
    """Each file once, by LaTeX's rules of names; what is elsewhere or absent is told."""
    write(
        tmp_path,
        outside_tex=r"\cite{outside}",
        paper__main_tex=r"\cite{a}\input{ch/one}\include{ch/two}\input{ch/one.tex}"
        r"\input{../outside}\input{lacking}\bibliography{refs,../refs}",
        paper__ch__one_tex=r"\cite{b}\input{ch/deep}\input{main}",
        paper__ch__deep_tex=r"\cite{c}",
        paper__ch__two_tex=r"\cite{d}\subfile{beside}",
        paper__ch__beside_tex=r"\cite{e}",
    )
    (tmp_path / "paper" / "linked.tex").symlink_to(tmp_path / "outside.tex")
    main = tmp_path / "paper" / "main.tex"
    main.write_text(main.read_text("utf-8") + r"\input{linked}", encoding="utf-8")

    paper = read_papers([main])

    assert [cited.key for cited in paper.keys] == ["a", "b", "d", "c", "e"]
    assert {str(path.relative_to(main.parent)) for path in paper.files} == {
        "main.tex", "ch/one.tex", "ch/two.tex", "ch/deep.tex", "ch/beside.tex",
    }  # fmt: skip
    assert [(f.place.line if f.place else 0, f.message) for f in paper.findings] == [
        (1, "../outside is not read: it lies outside the paper's folder"),
        (1, "lacking is not read: there is no such file"),
        (1, "linked is not read: it lies outside the paper's folder"),
    ]
    assert [path.name for path in paper.bibliographies] == ["refs.bib"]
    assert paper.elsewhere == (main.parent / "../refs.bib",)


def test_typst_is_followed_and_labels_are_no_keys(tmp_path: Path) -> None:
    """A label of one file counts in all of them, a path from the root is one from the paper."""
    write(
        tmp_path,
        main_typ='#include "/ch/one.typ"\n@fig and @kite\n#bibliography("/refs.yml")',
        ch__one_typ='#include "two.typ"\n= Gulls <fig>',
        ch__two_typ="@gull",
    )

    paper = read_papers([tmp_path / "main.typ"])

    assert [cited.key for cited in paper.keys] == ["kite", "gull"]
    assert paper.bibliographies == (tmp_path / "refs.yml",)


@pytest.mark.parametrize("name", ["paper.pdf", "paper", "paper.bib"])
def test_other_files_are_no_papers(tmp_path: Path, name: str) -> None:
    """The error says what is one."""
    (tmp_path / name).write_text("@a", encoding="utf-8")
    with pytest.raises(UsageError, match="no paper") as error:
        read_papers([tmp_path / name])
    assert ".typ" in (error.value.hint or "")


def test_a_paper_has_to_be_there(tmp_path: Path) -> None:
    """A paper that is named and absent is not found."""
    with pytest.raises(NotFound):
        read_papers([tmp_path / "paper.md"])
    with pytest.raises(UsageError, match="name a paper"):
        read_papers([])


@pytest.mark.parametrize(
    ("reader", "data", "said"),
    [
        (find_in_word, b"no zip", "no Word document that can be read"),
        (find_in_bcf, b"<a><b></a>", "not well-formed"),
        (find_in_bcf, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
        (find_in_bcf, b"<a>" * 2_000, "nested too deeply"),
        (find_in_bcf, b'<?xml version="1.0" encoding="nosuch"?><a/>', "nosuch|not well-formed"),
    ],
)
def test_hostile_bytes_are_refused(reader: object, data: bytes, said: str) -> None:
    """Each with the reason."""
    with pytest.raises(InvalidData, match=said):
        reader(data)  # type: ignore[operator]  # one of the readers


def test_hostile_word_documents_are_refused(tmp_path: Path) -> None:
    """Without text, with a DOCTYPE, and larger than any document."""
    with pytest.raises(InvalidData, match=r"no word/document\.xml"):
        read_papers([word_file(tmp_path, {"a.xml": "<a/>"})])
    entities = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with pytest.raises(InvalidData, match=r"paper\.docx:1: a DOCTYPE"):
        read_papers([word_file(tmp_path, {"word/document.xml": entities})])
    with pytest.raises(InvalidData, match="would become larger"):
        read_papers([word_file(tmp_path, {"word/document.xml": " " * 100_000_001})])


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"cells": 1}', "{", '{"cells": [1, {}, {"cell_type": 3}]} x']
)
def test_what_is_no_notebook_is_refused(text: str) -> None:
    """JSON of another kind, and what is no JSON."""
    with pytest.raises(InvalidData):
        find_in_notebook(text)


@pytest.mark.parametrize("reader", TEXT_READERS)
@given(text=texts)
def test_any_text_is_read(reader: object, text: str) -> None:
    """Whatever stands in a text, its keys have a place in it and no white space at their ends."""
    found = reader(text)  # type: ignore[operator]  # one of the readers

    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for cited in found.keys:
        assert cited.key == cited.key.strip()
        assert cited.key
        assert 0 < cited.place.column <= len(lines[cited.place.line - 1])


@given(st.lists(st.from_regex(r"[A-Za-z][\w:.+/-]{0,20}", fullmatch=True), min_size=1, max_size=5))
def test_what_is_cited_is_found(keys: list[str]) -> None:
    """All keys of a command, in their order."""
    text = f"Text \\parencite[see][3]{{{', '.join(keys)}}} and more."

    assert [cited.key for cited in find_in_latex(text).keys] == keys


@pytest.mark.parametrize("piece", MUCH)
@pytest.mark.parametrize("reader", TEXT_READERS)
def test_much_of_one_thing_is_read(reader: object, piece: str) -> None:
    """No text takes more than its length: what would take its square would not end here."""
    many = 150_000 // len(piece)

    found = reader(piece * many)  # type: ignore[operator]  # as above

    assert len(found.keys) <= many


def test_more_keys_than_any_paper_has_are_refused() -> None:
    """Each would be looked for."""
    with pytest.raises(InvalidData, match="more than 100,000 times"):
        find_in_typst("@a" * 100_001)
