"""The extension in a project without an archive, as sphinxcontrib-bibtex stands in it.

The project in tests/cases/bibtex_project is written for that extension; both build it unchanged,
and list the same works in the same places.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import html

from citekit.model.item import Item
from citekit.sphinx.bibliography.filter import FilterError, Subject, accepts

PROJECT = Path(__file__).parents[1] / "cases" / "bibtex_project"
PAGES = ("index", "other", "lists")
TITLES = ("On Tides", "Kites over quays", "Notes from a pier", "Breakwaters under load",
          "State of the quays", "Ropes and Knots")  # fmt: skip
OURS, THEIRS = "citekit.sphinx", "sphinxcontrib.bibtex"


def build(
    source: Path, output: Path, *options: str, extension: str = OURS
) -> subprocess.CompletedProcess[str]:
    """Run Sphinx on a project."""
    command = [sys.executable, "-m", "sphinx", "-q", "-d", str(output.with_name("doctrees"))]
    return subprocess.run(
        [*command, *options, str(source), str(output)],
        env={**os.environ, "BIBLIOGRAPHY_EXTENSION": extension},
        capture_output=True,
        text=True,
        check=False,
    )


def page(output: Path, name: str) -> html.HtmlElement:
    """The part of a page that its author wrote."""
    tree = html.fromstring((output / f"{name}.html").read_text("utf-8"))
    return next(element for element in tree.iter("div") if element.get("class") == "body")


def works(output: Path, name: str) -> list[list[str]]:
    """The works in each list of a page, below its header."""
    text = re.sub(r"\s+", " ", page(output, name).text_content())
    lists = re.split(r"Works|Footnotes", text)[1:]
    return [sorted(title for title in TITLES if title in one) for one in lists]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as built by this extension, without a warning."""
    output = tmp_path_factory.mktemp("ours") / "html"
    done = build(PROJECT, output, "-b", "html", "-W")
    assert (done.returncode, done.stderr) == (0, "")
    return output


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as built by the extension that it is written for."""
    pytest.importorskip("sphinxcontrib.bibtex", reason="pip install sphinxcontrib-bibtex")
    output = tmp_path_factory.mktemp("theirs") / "html"
    done = build(PROJECT, output, "-b", "html", "-W", extension=THEIRS)
    assert done.returncode == 0, done.stderr
    return output


@pytest.mark.parametrize("name", PAGES)
def test_lists_have_the_same_works(ours: Path, theirs: Path, name: str) -> None:
    """Filters, prefixes, files, ``:notcited:`` and keys choose the same."""
    assert works(ours, name) == works(theirs, name)
    assert any(works(ours, name))


def test_no_page_is_added(ours: Path, theirs: Path) -> None:
    """Without an archive there are no pages of one, nor a policy for other people's scripts."""
    both = [sorted(path.name for path in out.glob("*.html")) for out in (ours, theirs)]
    assert both[0] == both[1]
    assert "Content-Security-Policy" not in (ours / "index.html").read_text("utf-8")
    assert not (ours / "_headers").exists()


def test_citations_lead_to_the_list_of_their_page(ours: Path) -> None:
    """Each link of a citation leads to an entry, on its own page where that lists it."""
    for name in PAGES:
        body = page(ours, name)
        links = body.xpath("//span[contains(@class, 'ck-cite')]//a/@href")
        ids = set(body.xpath("//@id"))
        assert all(link.startswith("#") and link[1:] in ids for link in links), name
        assert len(body.xpath("//@id")) == len(ids)
    assert len(page(ours, "index").xpath("//span[contains(@class, 'ck-cite')]//a")) > 10


def test_roles_read_as_there(ours: Path, theirs: Path) -> None:
    """Names, years and labels; what differs by the style aside, such as kinds of brackets."""
    said = [re.sub(r"\s+", " ", page(out, "index").text_content()) for out in (ours, theirs)]
    for words in ("As Lind et al. [1] says", "see 2 and Ray in 1999", "A note [1] and Storm"):
        assert all(words in text for text in said), words
    assert "Lind, Ek & Storm, (Ray), (1999), 2, [2], Ray, Lind, Ek & Storm [1], Ray [2]" in said[0]


def test_a_list_may_count(ours: Path) -> None:
    """``:list: enumerated`` with its kind of numbers and its start."""
    (counted,) = page(ours, "lists").xpath("//ol")
    assert (counted.get("start"), "upperroman" in counted.get("class")) == ("4", True)
    assert counted.text_content().split()[0] == "Z."  # no number of the style beside it


def test_a_changed_file_is_followed(tmp_path: Path) -> None:
    """What a bibliography file says anew stands on every page that shows it."""
    source = tmp_path / "source"
    shutil.copytree(PROJECT, source)
    assert build(source, tmp_path / "html", "-b", "html").returncode == 0
    file = source / "tides.bib"
    file.write_text(file.read_text("utf-8").replace("On Tides", "On Ebbs"), "utf-8")

    assert build(source, tmp_path / "html", "-b", "html").returncode == 0

    text = page(tmp_path / "html", "index").text_content()
    assert "On Ebbs" in text
    assert "On Tides" not in text


def test_what_is_unknown_is_told_and_the_rest_is_built(tmp_path: Path) -> None:
    """A key, a style, a filter and a file that are not there."""
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "conf.py").write_text(
        f'extensions = ["{OURS}"]\nbibtex_bibfiles = ["refs.bib", "none.bib"]\n', "utf-8"
    )
    (tmp_path / "s" / "refs.bib").write_text("@book{knot, title={Knots}, year={1984}}\n", "utf-8")
    (tmp_path / "s" / "index.rst").write_text(
        "T\n=\n\n:cite:`knot` :cite:`knott`\n\n.. bibliography::\n   :style: nonesuch\n\n"
        ".. bibliography::\n   :style: ieee\n   :filter: import os\n",
        "utf-8",
    )
    done = build(tmp_path / "s", tmp_path / "html", "-b", "text")
    assert done.returncode == 0, done.stderr
    for words in ("none.bib", "knott (near: knot)", "nonesuch", "is no filter: import os"):
        assert words in done.stderr
    assert "[1] " in (tmp_path / "html" / "index.txt").read_text("utf-8")


@pytest.mark.parametrize("order", [(OURS, THEIRS), (THEIRS, OURS)])
def test_both_at_once_end_with_one_sentence(tmp_path: Path, order: tuple[str, str]) -> None:
    """Nobody is asked to report that to the developers of Sphinx."""
    pytest.importorskip("sphinxcontrib.bibtex", reason="pip install sphinxcontrib-bibtex")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "conf.py").write_text(
        f"extensions = {list(order)}\nbibtex_bibfiles = []\n", "utf-8"
    )
    (tmp_path / "s" / "index.rst").write_text("T\n=\n", "utf-8")
    done = build(tmp_path / "s", tmp_path / "html", "-b", "html")
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert "name one of them in extensions" in line


ITEM = Item.from_json(
    {
        "id": "Ray1999",
        "type": "article-journal",
        "title": "Kites over quays",
        "author": [{"family": "Ray", "given": "Zed"}],
        "container-title": "Journal of Kites",
        "issued": {"date-parts": [[1999]]},
    }
)
CITED = Subject(item=ITEM, docname="index", cited=frozenset(["index", "other"]))


@pytest.mark.parametrize(
    "text",
    [
        "True", "cited", 'author % "ray"', 'title % "^kites" and year >= "1990"',
        'type == "article"', 'key == "ray1999"', "docname in docnames",
        '{"index"} & docnames', 'not (year < "1990") or False', 'journal % "kites"',
        '"other" in docnames', 'docnames <= {"index", "other"}',
    ],
)  # fmt: skip
def test_a_filter_takes(text: str) -> None:
    """The words and signs that filters have there."""
    assert accepts(text, CITED)
    assert not accepts(f"not ({text})", CITED)


@pytest.mark.parametrize(
    "text",
    ["import os", "open('x')", "author.upper", "(lambda: 1)()", "1 +", "", "[x for x in docnames]"],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    """Nothing is called or read but what an entry says."""
    with pytest.raises(FilterError):
        accepts(text, CITED)
