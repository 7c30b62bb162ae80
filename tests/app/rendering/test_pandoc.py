"""Citations made inside of Pandoc."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from citekit.app.rendering.pandoc.document import make_citations
from citekit.app.rendering.render import render
from citekit.errors import CitekitError, InvalidData

if TYPE_CHECKING:
    from citekit import Archive

LIBRARY = Path(__file__).parents[2] / "cases" / "rendering" / "library.json"
STYLES = ["apa", "ieee", "nature", "chicago-notes-bibliography", "modern-language-association"]
HEAD = "---\nbibliography: refs.json\ncitekit-style: {}\n---\n\n"


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the bibliography of a paper."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "refs.json").write_bytes(LIBRARY.read_bytes())
    return folder


def run(pandoc: str, folder: Path, text: str, *options: str) -> str:
    """What Pandoc makes of a text; our filter is a program that it calls."""
    program = Path(sys.executable).with_name("citekit-pandoc")
    words = [str(program) if word == "citekit-pandoc" else word for word in options]
    done = subprocess.run(
        [pandoc, *words], input=text, capture_output=True, text=True, check=True, cwd=folder,
        encoding="utf-8",
    )  # fmt: skip
    return done.stdout


def words(text: str) -> str:
    """A text as one line, without the signs that Pandoc sets raised figures in."""
    return " ".join(text.split())


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_documents_read_as_cite_prints(
    pandoc: str, desk: Path, archive: Archive, style: str, kind: str
) -> None:
    """The text of citations and entries, read back by Pandoc, is that of ``cite``."""
    archive.import_text(LIBRARY.read_text("utf-8"))
    clusters = ["[see @lund2001, p. 3; -@harbour1999]", "@alder2002 [p. 4]", "[@DBLP:conf/x/Y21]"]
    keys = ["lund2001", "harbour1999", "alder2002", "DBLP:conf/x/Y21"]
    for cluster in clusters:
        text = HEAD.format(style) + f"x {cluster} y\n"
        name = f"{style}.{kind}"
        run(pandoc, desk, text, "-f", "markdown", "--filter", "citekit-pandoc", "-o", name)
        read = words(run(pandoc, desk, "", name, "-t", "plain", "--wrap=none"))
        cited = [key for key in keys if key in cluster]
        printed = [
            archive.cite([cluster], style=style, in_text=True).text,
            *archive.cite(cited, style=style).text.splitlines(),
        ]
        plain = words(run(pandoc, desk, _as_html(archive, cluster, cited, style), "-f", "html",
                          "-t", "plain", "--wrap=none"))  # fmt: skip
        for expected in [*map(words, printed)] if style != "nature" else [plain.split("|")[0]]:
            assert expected.strip() in read


def _as_html(archive: Archive, cluster: str, keys: list[str], style: str) -> str:
    """The same citation by way of HTML: Pandoc writes raised figures as signs of their own."""
    del keys
    cited = archive.cite([cluster], style=style, in_text=True, format="html").text
    return f"<p>{cited}|</p>"


@pytest.mark.parametrize("style", STYLES)
def test_entries_are_set_as_the_style_says(pandoc: str, desk: Path, style: str) -> None:
    """Entries stand in divs of their own, hanging or with a margin, as Pandoc's own do."""
    text = HEAD.format(style) + "x [@lund2001]\n"
    ours = json.loads(run(pandoc, desk, text, "--filter", "citekit-pandoc", "-t", "json"))
    div = ours["blocks"][-1]
    assert div["c"][0][0] == "refs"
    assert ("hanging-indent" in div["c"][0][1]) == (style not in ("ieee", "nature"))
    assert [entry["c"][0] for entry in div["c"][1]] == [["ref-lund2001", ["csl-entry"], []]]
    has_margin = "csl-left-margin" in json.dumps(div)
    assert has_margin == (style in ("ieee", "nature"))


def test_word_has_italics_and_the_paragraphs_of_a_bibliography(pandoc: str, desk: Path) -> None:
    """What programs for texts open: runs in italics, Word's style of a bibliography, links."""
    text = HEAD.format("apa").replace("---\n\n", "link-citations: true\n---\n\n") + "[@lund2001b]\n"
    run(pandoc, desk, text, "--filter", "citekit-pandoc", "-o", "out.docx")
    with zipfile.ZipFile(desk / "out.docx") as packed:
        xml = packed.read("word/document.xml").decode()
    assert '<w:pStyle w:val="Bibliography" />' in xml
    assert re.search(r"<w:i ?/>.{0,60}</w:rPr><w:t[^>]*>Nets Again</w:t>", xml, re.DOTALL)
    assert 'w:anchor="ref-lund2001b"' in xml


def test_latex_has_pandocs_own_environment(pandoc: str, desk: Path) -> None:
    """The bibliography is that of Pandoc's templates."""
    text = HEAD.format("ieee") + "[@lund2001b]\n"
    latex = run(pandoc, desk, text, "--filter", "citekit-pandoc", "-t", "latex", "-s")
    assert "\\begin{CSLReferences}" in latex
    assert "\\CSLLeftMargin" in latex
    assert "\\emph{Nets Again}" in latex


KEYS = st.sampled_from(
    ["lund2001", "lund2001b", "alder2002", "DBLP:conf/x/Y21", "harbour1999", "no"]
)
AFTER = st.sampled_from(["", "", ", p. 3", ", pp. 4--6 and more", " {ix}", ", *see* there", ", 12"])
BEFORE = st.sampled_from(["", "", "", "see ", "see *also* ", 'the "old" '])
CITE = st.builds("{}{}@{}{}".format, BEFORE, st.sampled_from(["", "", "-"]), KEYS, AFTER)
CLUSTER = st.lists(CITE, min_size=1, max_size=3).map(lambda cites: f"[{'; '.join(cites)}]")
NARRATIVE = st.builds("@{}{}".format, KEYS, st.sampled_from(["", " [p. 3]", " [chap. 2, so]"]))
WORD = st.sampled_from(["nets", "and *ropes*", "knots", "$x_1$", "`code`", "quays"])
PIECE = st.one_of(CLUSTER, CLUSTER, NARRATIVE, WORD)
END = st.sampled_from([".", ";", "", "!", ", so."])
SENTENCE = st.builds("So {}{}".format, st.lists(PIECE, min_size=1, max_size=4).map(" ".join), END)
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=3).map(" ".join)
BLOCK = st.one_of(
    PARAGRAPH,
    PARAGRAPH.map("> {}".format),
    PARAGRAPH.map("- {}\n- word".format),
    PARAGRAPH.map("# {}".format),
    PARAGRAPH.map("word^[{}] word.".format),
    PARAGRAPH.map("word[^1] word.\n\n[^1]: {}".format),
)


def lowered(node: Any) -> Any:  # noqa: ANN401  # Pandoc's JSON
    """The tree without superscripts: in Markdown they are HTML, which plain text does not have."""
    if isinstance(node, dict):
        if node.get("t") == "Superscript":
            return {"t": "Span", "c": [["", [], []], lowered(node["c"])]}
        return {name: lowered(child) for name, child in node.items()}
    return [lowered(child) for child in node] if isinstance(node, list) else node


@given(blocks=st.lists(BLOCK, min_size=1, max_size=5), style=st.sampled_from(STYLES))
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # each example takes three runs of Pandoc
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_render_and_the_filter_make_the_same(
    pandoc: str, desk: Path, blocks: list[str], style: str
) -> None:
    """A paper reads alike, be its citations made before Pandoc or in it."""
    seen = [block for i, block in enumerate(blocks) if "[^1]" not in "".join(blocks[:i])]
    text = HEAD.format(style) + "\n\n".join(seen) + "\n\n# References\n"
    paper = desk / "paper.md"
    paper.write_text(text, "utf-8")
    before = re.sub(r"<(/?)sup>", r"<\1span>", render(None, paper).text)
    tree = run(pandoc, desk, text, "-f", "markdown", "-t", "json")
    inside = json.dumps(lowered(json.loads(make_citations(tree, desk).text)))
    plain = ["-t", "plain", "--wrap=none"]
    one = run(pandoc, desk, before, "-f", "markdown", *plain)
    other = run(pandoc, desk, inside, "-f", "json", *plain)
    assert words(one) == words(other)


META = """---
references:
- id: own
  type: book
  title: Of *Own*, <b>bold</b>
  author: {{family: Ant, given: Zoe}}
  issued: 2010
csl: apa
lang: de-DE
nocite: |
  @lund2001, [@none]
abstract: "As @own says."
reference-section-title: Quellen
{}---

Siehe [@own, S. 4]. See @fig:a.

![A](a.png){{#fig:a}}
"""


def test_metadata_are_those_of_render(pandoc: str, desk: Path) -> None:
    """Sources, language, title and uncited items; citations in other fields are made, too."""
    tree = run(
        pandoc, desk, META.format("bibliography: refs.json\n"), "-f", "markdown", "-t", "json"
    )
    filtered = make_citations(tree, desk)
    assert filtered.cited == ("own", "lund2001")
    assert filtered.unknown == ("none",)
    plain = run(pandoc, desk, filtered.text, "-f", "json", "-t", "plain", "--wrap=none")
    assert "Siehe (Ant, 2010, S. 4). See @fig:a." in plain
    assert "\nQuellen\n" in plain
    shown = json.loads(filtered.text)["meta"]
    assert "Ant (2010)" in words(run(
        pandoc, desk, json.dumps({**json.loads(tree), "blocks": [{"t": "Para", "c":
        shown["abstract"]["c"]}]}), "-f", "json", "-t", "plain"))  # fmt: skip


def test_what_a_document_names_stays_in_its_folder(pandoc: str, desk: Path) -> None:
    """A bibliography elsewhere is not read, and told."""
    outside = desk.parent / "outside.json"
    outside.write_bytes(LIBRARY.read_bytes())
    text = "---\nbibliography: ../outside.json\n---\n\n@lund2001\n"
    filtered = make_citations(run(pandoc, desk, text, "-f", "markdown", "-t", "json"), desk)
    assert filtered.unknown == ("lund2001",)
    assert "CK-W746" in {finding.code for finding in filtered.findings}


def test_nothing_private_is_cited(pandoc: str, desk: Path, archive: Archive) -> None:
    """Whatever archive a document names, what is private in it stays there."""
    archive.import_text(LIBRARY.read_text("utf-8"), access="private")
    for named, given_ in ((str(archive.store.root), None), ("", archive.store)):
        text = f'---\ncitekit-archive: "{named}"\n---\n\n@lund2001\n'
        tree = run(pandoc, desk, text, "-f", "markdown", "-t", "json")
        filtered = make_citations(tree, desk, lambda store=given_: store)  # type: ignore[misc]  # a default binds it
        assert filtered.unknown == ("lund2001",)
        assert "Lund" not in filtered.text


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "nonsense", '{"blocks": 3}',
        '{"blocks": [{"t": "Para", "c": [{"t": "Cite"}]}]}',
        '{"blocks": [{"t": "Para", "c": [{"t": "Cite", "c": [[{}], []]}]}]}',
        '{"blocks": [], "meta": {"csl": 3}}', '{"blocks": ' + "[" * 100_000,
        '{"blocks": ' + "[" * 600 + "]" * 600 + "}",
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(desk: Path, text: str) -> None:
    """Whatever comes in, the answer is a document or an error that is told."""
    try:
        made = make_citations(text, desk)
    except InvalidData:
        return
    assert json.loads(made.text)["blocks"] is not None


TREES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries(
            {"t": st.sampled_from(["Cite", "Para", "Str", "Note", "Div", "Emph", "Space"])},
            optional={"c": inner},
        )
    ),
    max_leaves=12,
)


@given(st.lists(TREES, max_size=3))
def test_any_tree_is_handed_on_or_refused(blocks: list[Any]) -> None:
    """No tree, however odd, ends otherwise than by an error of ours."""
    try:
        made = make_citations(json.dumps({"blocks": blocks, "meta": {}}), Path())
    except CitekitError:
        return
    assert len(json.loads(made.text)["blocks"]) == len(blocks)


def test_errors_reach_whoever_called_pandoc(pandoc: str, desk: Path) -> None:
    """A style that nobody knows ends the work, with the reason on stderr."""
    program = Path(sys.executable).with_name("citekit-pandoc")
    text = HEAD.format("no-such-style-at-all") + "x\n"
    done = subprocess.run(
        [pandoc, "--filter", str(program)], input=text, capture_output=True, text=True, check=False,
        cwd=desk,
    )  # fmt: skip
    assert done.returncode
    assert "no CSL style" in done.stderr
