"""Papers with the bibliographies that ``bib sync`` makes, set by LaTeX, Typst and pandoc.

LaTeX is no small thing (90 MB to load, two minutes): ``nox -s latex`` runs those tests where it is
installed. Typst and pandoc are packages of Python.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pypandoc
import pytest
import typst

from citekit import Archive
from citekit.app.papers.read import read_papers
from citekit.model.item import Item
from citekit.model.variables import ITEM_TYPES

if TYPE_CHECKING:
    from pathlib import Path

needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None and not os.environ.get("CITEKIT_LATEX"),
    reason="LaTeX is not installed: texlive-latex-recommended texlive-bibtex-extra biber",
)
ENTRIES: Final = r"""
@proceedings{tides, editor = {Gull, Ed}, title = {Proceedings of the Tides}, year = 2001}
@inproceedings{quill2001, author = {Quill, Ada}, title = {Ink}, crossref = {tides}, pages = {1--9}}
@article{DBLP:conf/kite/R02, author = {Reed, Di}, title = {On $\alpha$ and H$_2$O}, journal = {Ink},
  year = 2002, month = sep}
@book{o'hara+co, author = {O'Hara, Mia and {Kite \& Sons}}, title = {The {NATO} Kites: 50\,\% off},
  year = 1999, publisher = {Heron}}
@misc{kite_1.2-3, title = {A kite\_web page}, url = {https://kite.example/a_b%20c},
  year = 2020, author = {M{\"u}ller, J{\'o}n}}
"""
OWN: Final = r"""@preamble{"\providecommand{\noopsort}[1]{}"}
@string{heron = {Heron House}}
@book{own1998, author = {{\noopsort{A}}Own, Al}, title = {Own}, publisher = heron, year = 1998}
"""
STRUCTURED: Final = {
    "title": "On {braces}, 100 % & <i>markup</i> in Köln_2",
    "author": [
        {"family": "Doe", "given": "Jane"},
        {"literal": "Examples, Ltd and Sons"},
        {"family": "Humboldt", "given": "A.", "dropping-particle": "von"},
    ],
    "editor": [{"family": "Lund", "given": "Bo"}],
    "container-title": "Journal & Sons",
    "publisher": "Sand and Water",
    "publisher-place": "Köln",
    "volume": "3",
    "page": "1-20",
    "DOI": "10.1234/ab_c(1)<2>",
    "URL": "https://example.org/a_b%20c?x=1&y=2#frag",
    "accessed": {"date-parts": [[2025, 11, 22]]},
    "genre": "Policy brief",
}
LATEX: Final = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{url}
%s
\begin{document}
%s
%s
\end{document}
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An item of each type, and entries of a .bib file with formulas, parents and odd keys."""
    archive = Archive.create(tmp_path_factory.mktemp("archive") / "archive")
    assert archive.import_text(ENTRIES, format="biblatex").findings == ()
    with archive.store.writing() as writer:
        for number, kind in enumerate(sorted(ITEM_TYPES)):
            issued = {"date-parts": [[1970 + number, 5, 4]]}  # of one year BibTeX tells 26 apart
            data = {**STRUCTURED, "id": f"type-{kind}", "type": kind, "issued": issued}
            writer.add_item(Item.from_json(data))
    return archive


@pytest.fixture
def keys(archive: Archive) -> list[str]:
    """Everything that a paper cites: the archive, and what its own bibliography has."""
    return [*(row.key for row in archive.list() if row.key != "tides"), "own1998"]


def run(folder: Path, *command: str) -> str:
    """What a program says; it has to end well."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, errors="replace", check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def latex(folder: Path) -> None:
    """One run of LaTeX."""
    run(folder, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex")


def undefined(folder: Path) -> list[str]:
    """What the last run of LaTeX could not resolve."""
    log = (folder / "paper.log").read_text("latin-1")
    return re.findall(r"Citation\s.*?undefined|There were undefined references", log)


def write_paper(folder: Path, keys: list[str], head: str, tail: str, cite: str) -> Path:
    """A paper in LaTeX that cites the keys, and its own entry beside it."""
    (folder / "refs.bib").write_text(OWN, "utf-8")
    text = "\n\n".join(f"{cite}{{{key}}}" for key in keys)
    path = folder / "paper.tex"
    path.write_text(LATEX % (head, text, tail), "utf-8")
    return path


@needs_latex
def test_biblatex_sets_a_paper(archive: Archive, keys: list[str], tmp_path: Path) -> None:
    """Biber says nothing, no citation is undefined, and biber was asked for what was read."""
    head = r"\usepackage[backend=biber]{biblatex}\addbibresource{refs.bib}"
    keys.remove("o'hara+co")  # which biber cannot read, see below
    paper = write_paper(tmp_path, keys, head, r"\printbibliography", r"\textcite[see][3]")
    synced = archive.sync_bibliography([paper], output=tmp_path / "refs.bib")
    assert (synced.findings, synced.unknown, synced.format) == ((), (), "biblatex")

    latex(tmp_path)
    said = run(tmp_path, "biber", "paper")
    latex(tmp_path)
    latex(tmp_path)

    assert [line for line in said.splitlines() if re.match("WARN|ERROR", line)] == []
    assert undefined(tmp_path) == []
    asked = {cited.key for cited in read_papers([tmp_path / "paper.bcf"]).keys}
    assert asked == {cited.key for cited in read_papers([paper]).keys} == set(keys)
    assert {cited.key for cited in read_papers([tmp_path / "paper.aux"]).keys} == set(keys)


@pytest.mark.biber
def test_a_key_that_biber_cannot_read_is_told(archive: Archive, tmp_path: Path) -> None:
    """Biber stops at it, and reads nothing behind it."""
    if shutil.which("biber") is None:
        pytest.skip("biber is not on this machine: apt install biber")
    paper = write_paper(
        tmp_path, ["o'hara+co", "quill2001"], r"\usepackage{biblatex}", "", r"\cite"
    )

    synced = archive.sync_bibliography([paper], output=tmp_path / "refs.bib")

    done = subprocess.run(
        ["biber", "--tool", "--noconf", "refs.bib"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode != 0
    assert [finding.code for finding in synced.findings] == ["CK-W795"]


@needs_latex
@pytest.mark.parametrize(
    ("head", "style", "cite"),
    [("", "plain", r"\cite"), (r"\usepackage{natbib}", "plainnat", r"\citet")],
)
def test_bibtex_sets_a_paper(
    archive: Archive, keys: list[str], tmp_path: Path, head: str, style: str, cite: str
) -> None:
    """BibTeX finds no error, no citation is undefined, and it was asked for what was read."""
    tail = rf"\bibliographystyle{{{style}}}\bibliography{{refs}}"
    paper = write_paper(tmp_path, keys, head, tail, cite)
    synced = archive.sync_bibliography([paper], output=tmp_path / "refs.bib")
    assert (synced.unknown, synced.format) == ((), "bibtex")

    latex(tmp_path)
    said = run(tmp_path, "bibtex", "paper")
    latex(tmp_path)
    latex(tmp_path)

    assert "error message" not in said
    assert undefined(tmp_path) == []
    assert {cited.key for cited in read_papers([tmp_path / "paper.aux"]).keys} == set(keys)
    again = archive.sync_bibliography([tmp_path / "paper.aux"], output=tmp_path / "refs.bib")
    assert not again.is_changed


@pytest.mark.parametrize("name", ["refs.bib", "refs.yml"])
def test_typst_sets_a_paper(archive: Archive, keys: list[str], tmp_path: Path, name: str) -> None:
    """Typst reads the bibliography and knows every key."""
    cites = "\n\n".join(f'#cite(label("{key}"), supplement: [p. 3])' for key in keys)
    paper = tmp_path / "paper.typ"
    paper.write_text(f'{cites}\n#bibliography("{name}", style: "apa")\n', "utf-8")
    (tmp_path / "own.bib").write_text(OWN, "utf-8")
    own = tmp_path / "own.bib"
    synced = archive.sync_bibliography([paper], output=tmp_path / name, libraries=[own])
    assert synced.unknown == ()

    assert typst.compile(str(paper)).startswith(b"%PDF")


@pytest.mark.parametrize("name", ["refs.bib", "refs.json", "refs.yaml"])
def test_pandoc_sets_a_paper(archive: Archive, keys: list[str], tmp_path: Path, name: str) -> None:
    """Pandoc reads the bibliography and knows every key."""
    keys.remove("own1998")
    if name == "refs.yaml":  # where ids are Markdown for pandoc, and ' becomes ’
        keys.remove("o'hara+co")
    cites = "\n\n".join(f"[@{{{key}}}, p. 3]" for key in keys)
    paper = tmp_path / "paper.md"
    paper.write_text(f"---\nbibliography: {tmp_path / name}\n---\n\n{cites}\n", "utf-8")
    synced = archive.sync_bibliography([paper], output=tmp_path / name)
    assert synced.unknown == ()

    said = run(tmp_path, pypandoc.get_pandoc_path(), "paper.md", "--citeproc", "-t", "html")

    assert "not found" not in said
    assert said.count('class="csl-entry"') == len(keys)
