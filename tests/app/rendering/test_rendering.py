"""Papers with their citations made."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.app.papers.markdown import read_markdown
from citekit.app.rendering.render import render
from citekit.errors import InvalidData, NotFound, UsageError

if TYPE_CHECKING:
    from citekit import Archive
    from citekit.app.rendering.render import PaperFormat, RenderedPaper

FOLDER = Path(__file__).parents[2] / "cases" / "rendering"
CASES = tomllib.loads((FOLDER / "rendered.toml").read_text("utf-8"))["case"]
LIBRARY = FOLDER / "library.json"
SILENT = "---\nsuppress-bibliography: true\n---\n\n"
STYLES = ["apa", "ieee", "nature", "chicago-notes-bibliography", "modern-language-association"]
CITATIONS = ["[@lund2001, p. 3]", "[see @alder2002; @lund2001b]", "[-@lund2001]", "@alder2002"]


def made(folder: Path, text: str, style: str | None = None, **options: Any) -> RenderedPaper:  # noqa: ANN401  # those of render
    """A paper with the sources of the library."""
    paper = folder / "paper.md"
    paper.write_text(text, "utf-8", newline="")
    return render(None, paper, style=style, **{"bibliography": [LIBRARY], **options})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_makes_citations(tmp_path: Path, case: dict[str, Any]) -> None:
    """Citations, notes and the bibliography, each in its place."""
    files = [LIBRARY] if case.get("library", True) else []
    rendered = made(tmp_path, case["paper"], case.get("style"), bibliography=files)
    assert rendered.text == case["made"]
    assert list(rendered.unknown) == case.get("unknown", [])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("citation", CITATIONS)
def test_reads_as_cite_prints_it(
    archive: Archive, tmp_path: Path, style: str, citation: str
) -> None:
    """A citation and its entries are those of ``cite``; a note has what it prints."""
    archive.import_text(LIBRARY.read_text("utf-8"))
    paper = tmp_path / "paper.md"
    paper.write_text(f"x {citation} y\n\n# References\n", "utf-8")
    rendered = archive.render(paper, style=style, to="text")
    keys = re.findall(r"@(\w+)", citation)
    printed = archive.cite([citation], style=style, in_text=True).text
    assert printed in rendered.text.partition("# References")[2 if "notes" in style else 0]
    entries = archive.cite(keys, style=style).text
    assert entries.replace("\n", "\n\n") in rendered.text.partition("# References")[2]


PIECES = st.sampled_from(
    ["@a", "[@b]", "[see @c, p. 3]", "@d [p. 4]", "-@e", "word", " ", " ", "\n", "\n\n", ".", "`",
     "[", "]", "(", ")", "> ", "- ", "# x\n\n", "    ", "\n```\n", "<!-- ", " -->", "^[", "[^1]",
     "\n\n[^1]: ", "é", "\r\n", "\t"]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=25).map("".join))
def test_all_but_the_citations_stays(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Every sign that is not of a citation is in the output, in its order."""
    text = SILENT + text.encode("utf-8", "ignore").decode()
    rendered = made(tmp_path_factory.getbasetemp(), text, "apa")
    paper = read_markdown(text)
    at, kept = 0, []
    for cluster, _ in sorted(paper.in_reading_order(), key=lambda one: one[0].start):
        kept.append(text[at : cluster.start])
        at = cluster.end
    kept.append(text[at:])
    assert re.fullmatch(".+?".join(map(re.escape, kept)), rendered.text, re.DOTALL)


def test_html_lets_nothing_through(tmp_path: Path) -> None:
    """HTML in the paper, in its metadata and in items is text; addresses that run are none."""
    text = (
        '---\ntitle: "<script>a</script>"\nlang: "x\\"><script>"\nreferences:\n'
        "- {id: evil, type: book, title: '<script>b</script>', author: '<img onerror=c>'}\n---\n\n"
        "<script>d</script> [<script>e</script> @evil, <b onclick=f>] [x](javascript:g)\n"
    )
    page = made(tmp_path, text, "apa", to="html").text
    assert not re.search(r"<(?:script|img|b )|href=\"javascript", page)
    assert page.count("&lt;script&gt;") + page.count("&#60;script&#62;") >= 4


def test_html_has_notes_and_a_bibliography(tmp_path: Path) -> None:
    """A page with footnotes, links to the entries, and the language that they are in."""
    text = (
        "---\ntitle: Nets\nlang: en-GB\nlink-citations: true\n---\n\n# A {#a}\n\nSo [@lund2001].\n"
    )
    page = made(tmp_path, text, "chicago-notes-bibliography", to="html").text
    assert '<html lang="en-GB">' in page
    assert '<h1 id="a">A</h1>' in page
    assert '<p>So.<sup class="footnote-ref">' in page
    assert '<a href="#ref-lund2001">Henrik Lund, <i>Nets and ' in page
    assert '<div class="csl-entry"><span id="ref-lund2001"></span>Lund, Henrik.' in page


def test_latex_is_a_body(tmp_path: Path) -> None:
    """What Markdown says, in LaTeX; what TeX would read as its own is text."""
    text = (
        "# A & B\n\nSo *x* 5% \\input{y} [@lund2001].\n\n1. one\n2. two `a_b`\n\n```\n"
        "\\end{verbatim}\n```\n\n| a | b |\n|---|--:|\n| 1 | $x_1$ |\n\n![p](../p%.png) [l](http://x.example/#y)\n"
    )
    body = made(tmp_path, text, "chicago-notes-bibliography", to="latex").text
    assert "\\section{A \\& B}" in body
    assert "So \\emph{x} 5\\% \\textbackslash{}input\\{y\\}.\\footnote{Henrik Lund, " in body
    assert "\\item two \\texttt{a\\_b}" in body
    assert "\\begin{verbatim}\n\\end {verbatim}\n\\end{verbatim}" in body
    assert "\\begin{tabular}{lr}\na & b \\\\\n\\hline\n1 & $x_1$ \\\\\n\\end{tabular}" in body
    assert "\\href{http://x.example/\\#y}{l}" in body
    assert "includegraphics" not in body


@pytest.mark.parametrize("to", ["markdown", "html", "latex", "text"])
def test_an_empty_paper_is_one(tmp_path: Path, to: PaperFormat) -> None:
    """A paper that cites nothing has nothing added."""
    rendered = made(tmp_path, "", "apa", to=to)
    assert rendered.cited == ()
    assert rendered.text == "" or to in ("html", "latex")


def test_private_items_are_left_out(archive: Archive, tmp_path: Path) -> None:
    """A paper goes to others: what is private is cited where that is asked for, alone."""
    archive.import_text(LIBRARY.read_text("utf-8"), access="private")
    paper = tmp_path / "paper.md"
    paper.write_text("So @lund2001.\n", "utf-8")
    rendered = archive.render(paper)
    assert rendered.text == "So **lund2001?**.\n"
    assert [(str(f.place), f.code) for f in rendered.findings] == [(f"{paper}:1:4", "CK-E745")]
    assert "Lund (2001)" in archive.render(paper, with_private=True).text


def test_old_keys_and_passages(archive: Archive, tmp_path: Path) -> None:
    """An old key is the item's, and ``key#p2`` its paragraph; of two names it is one source."""
    archive.import_text(LIBRARY.read_text("utf-8"), access="public")
    archive.rename("lund2001", "lund2001old")
    paper = tmp_path / "paper.md"
    paper.write_text("[@lund2001, p. 3] [@lund2001old#p2] [@lund2001#nothing]\n", "utf-8")
    rendered = archive.render(paper, style="apa")
    assert rendered.text.startswith(
        "(Lund, 2001, p. 3) (Lund, 2001, para. 2) (**lund2001\\#nothing?**)"
    )
    assert rendered.cited == ("lund2001old",)


@pytest.mark.parametrize("name", ["../refs.json", "{folder}/refs.json", "link.json", "a\\0b.json"])
def test_a_paper_reads_its_own_folder_alone(tmp_path: Path, name: str) -> None:
    """A file elsewhere is not read because a paper says so, be it by a link."""
    outside, folder = tmp_path / "refs.json", tmp_path / "paper"
    outside.write_bytes(LIBRARY.read_bytes())
    folder.mkdir()
    (folder / "link.json").symlink_to(outside)
    named = name.format(folder=tmp_path)
    text = f'---\nbibliography: "{named}"\n---\n\n@lund2001\n'
    rendered = made(folder, text, "apa", bibliography=[])
    assert rendered.unknown == ("lund2001",)
    assert "CK-W746" in {finding.code for finding in rendered.findings}


def test_a_paper_names_no_style_elsewhere(tmp_path: Path) -> None:
    """Nor a style, nor the file of a language."""
    with pytest.raises(UsageError, match="outside its folder"):
        made(tmp_path, "---\ncsl: ../../style.csl\n---\n")
    assert made(tmp_path, "---\nlang: ../../locale.xml\n---\n").findings == ()


def test_what_is_missing_or_broken_is_told(tmp_path: Path) -> None:
    """A file that the paper names and that is not there, or is no bibliography, stops the work."""
    with pytest.raises(NotFound, match="none"):
        made(tmp_path, "---\nbibliography: none.bib\n---\n")
    (tmp_path / "bad.json").write_text("[", "utf-8")
    with pytest.raises(InvalidData, match="bad"):
        made(tmp_path, "---\nbibliography: bad.json\n---\n")
    with pytest.raises(NotFound):
        made(tmp_path, "x", "no-such-style-anywhere")


def test_a_note_that_nothing_leads_to(tmp_path: Path) -> None:
    """Its citations are not made, and that is told with line and column."""
    rendered = made(tmp_path, "x\n\n[^1]: So @lund2001.\n", "apa")
    assert rendered.text == "x\n\n[^1]: So @lund2001.\n"
    assert [(str(f.place), f.code) for f in rendered.findings] == [
        (f"{tmp_path / 'paper.md'}:3:10", "CK-W744")
    ]


def test_signs_of_our_own_are_no_citations(tmp_path: Path) -> None:
    """Whatever private signs a paper has, nothing of another place comes there."""
    text = SILENT + "a \U00100000 [see \U00100000 `x` @lund2001] \U00100001\n"
    assert (
        "a \U00100000 (see \U00100000 `x` Lund, 2001) \U00100001"
        in made(tmp_path, text, "apa").text
    )
    assert made(tmp_path, text, "apa", to="html").text.count("Lund, 2001") == 1


@pytest.mark.parametrize("to", ["html", "latex"])
def test_quotes_without_number_stay_as_they_are(tmp_path: Path, to: PaperFormat) -> None:
    """Quotes are made typographic, but for a paragraph that consists of them."""
    few, many = made(tmp_path, '"so"', to=to).text, made(tmp_path, '"a" ' * 1_001, to=to).text
    marks = {"html": ("“so”", "&quot;a&quot;"), "latex": ("``so''", "\\textquotedbl{}a")}[to]
    assert marks[0] in few
    assert marks[1] in many


def test_papers_beyond_all_measure_are_refused(tmp_path: Path) -> None:
    """A page is made of so much; Markdown, of which nothing is parsed but citations, of more."""
    text = "word " * 200_001
    with pytest.raises(InvalidData, match="too much for html"):
        made(tmp_path, text, to="html")
    assert made(tmp_path, text).text == text
