"""Words of strangers in what the command line prints and writes: they stay words.

No title drives a terminal or runs in TeX, in Markdown or in HTML.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import pytest

from citekit.cli.run import run
from citekit.testing.sites import Tags

if TYPE_CHECKING:
    from pathlib import Path

TURNED: Final = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
MARKS_OF_DIRECTION: Final = {"\u061c", "\u200e", "\u200f"}
# Line and paragraph separators, interlinear annotations, tags, noncharacters.
UNSEEN: Final = [0x2028, 0x2029, 0xFFF9, 0xFFFA, 0xFFFB, 0xFDD0, 0xFFFE, 0xE0001, 0xE0041, 0x10FFFF]
STEERING: Final = "".join(map(chr, [*range(9), *range(11, 32), *range(127, 160), *TURNED, *UNSEEN]))
CONTROLS: Final = f"Tide\x1b]0;owned\x07 \x9b2J \u202egpj\u2069 {STEERING}"
TEX: Final = (
    r"\input{/etc/passwd} \immediate\write18{id} \openout15=x \catcode`\@=0 ^^5cinput{x} "
    r"\csname input\endcsname x $\def\y{}$ % # & ~ } \end{document}"
)
WEB: Final = (
    "<script>alert(1)</script> [x](javascript:alert(2)) ![x](data:text/html,x) <https:x> \"'"
)
ITEMS: Final[list[dict[str, Any]]] = [
    {"id": "controls", "type": "book", "title": CONTROLS, "publisher": CONTROLS, "note": CONTROLS,
     "author": [{"family": CONTROLS, "given": CONTROLS}], "URL": f"https://a.example/{STEERING}"},
    {"id": r"tex\input", "type": "chapter", "title": TEX, "container-title": TEX, "note": TEX,
     "publisher": TEX, "author": [{"literal": TEX}, {"family": TEX, "given": TEX}], "DOI": TEX,
     "URL": r"https://a.example/\input{x}^^5cwrite18{id}", "language": TEX, "page": TEX},
    {"id": "web", "type": "webpage", "title": WEB, "container-title": WEB, "abstract": WEB,
     "author": [{"literal": WEB}], "URL": "javascript:alert(3)", "DOI": '10.1/"><script>'},
    {"id": "file", "type": "webpage", "title": "Share", "URL": "ftp://a.example/x"},
]  # fmt: skip
KEYS: Final = [item["id"] for item in ITEMS]
OLD_BIB: Final = r"""
@article{old,
  title = {\input{/etc/passwd} \write18{id} {\catcode`\@=0 @input x} \openout15=x ^^5cinput x},
  author = {\csname input\endcsname Quill and \input{z}},
  journal = {\immediate\write18{ls}},
  url = {https://a.example/\input{z}},
  note = {\def\x{\input y}\x \href{javascript:alert(1)}{x}},
  year = 2020
}
"""
# Every command that citekit writes; what else follows a backslash would be the item's own.
COMMANDS: Final = re.compile(
    r"\\(?:text(?:backslash|asciitilde|asciicircum|less|greater|bar|braceleft|braceright|quotedbl"
    r"|asciigrave|bf|it|sl|up|sc|md|superscript|subscript|normal)|emph|underline|href|url|par"
    r"|mkbibemph|mkbibbold)(?![A-Za-z])|\\[{}$&#%_~-]"
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of items whose every text is hostile."""
    folder = tmp_path_factory.mktemp("inert")
    (folder / "items.json").write_text(json.dumps(ITEMS), "utf-8")
    (folder / "old.bib").write_text(OLD_BIB, "utf-8")
    at = ["--archive", str(folder / "a")]
    assert run([*at, "init"]) == 0
    assert run([*at, "import", *(str(folder / name) for name in ("items.json", "old.bib"))]) == 0
    assert run([*at, "annotate", "controls", "--note", CONTROLS]) == 0
    return folder / "a"


def said(archive: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int = 0) -> str:
    """What a command says on both streams."""
    capsys.readouterr()
    assert run(["--archive", str(archive), *words]) == code
    return "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["list"], 0),
        (["show", "controls"], 0),
        (["search", "Tide"], 0),
        (["log"], 0),
        (["verify"], 0),
        (["annotations", "controls"], 0),
        (["show", CONTROLS], 3),
        (["search", CONTROLS], 0),
        (["cite", CONTROLS], 3),
        (["add", f"/{CONTROLS.replace(chr(0), '')}"], 3),
    ],
)
def test_nothing_steers_a_terminal(
    archive: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    """Answers and errors spell out every control character and every mark of direction."""
    assert not set(said(archive, capsys, words, code)) & set(STEERING)


def test_a_person_sees_what_is_there(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A character that cannot be seen is spelled out, and told from any other."""
    shown = said(archive, capsys, ["list", "controls"])

    assert r"Tide\x1b]0;owned\x07 \x9b2J \u202egpj\u2069" in shown


@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["show", "controls"],
        ["annotations", "controls"],
        ["search", "Tide"],
        ["cite", "controls"],
        ["log"],
        ["verify"],
    ],
)
def test_json_holds_them_escaped(
    archive: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """A document of ``--json`` can be looked at: no such character stands in it as it is."""
    document = said(archive, capsys, ["--json", *words])

    assert not set(document) & set(STEERING)
    json.loads(document)


def test_json_values_are_what_they_were(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Escaping changes the document and not what it says."""
    shown = json.loads(said(archive, capsys, ["--json", "show", "controls"]))
    cited = json.loads(said(archive, capsys, ["cite", "controls", "--format", "csl-json"]))

    assert shown["item"]["title"] == cited[0]["title"] == CONTROLS


FORMATS = ["text", "html", "markdown", "latex", "rtf", "bibtex", "biblatex", "ris", "csl-json",
           "csl-yaml", "hayagriva", "wikipedia"]  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_references_steers_nobody(archive: Path, tmp_path: Path, name: str) -> None:
    """References hold no control character but those of direction that scripts need."""
    path = tmp_path / "references"
    words = ["cite", "controls", "--format", name, "--output", str(path)]
    assert run(["--archive", str(archive), *words]) == 0

    held = set(path.read_bytes().decode().replace("\r\n", "\n"))

    assert not held & (set(STEERING) - MARKS_OF_DIRECTION)


@pytest.mark.parametrize("name", ["latex", "bibtex", "biblatex"])
def test_tex_in_an_item_is_data(
    archive: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    r"""No text of an item, TeX of an old .bib included, is a command, not even as ``^^5c``."""
    cited = said(archive, capsys, ["cite", *KEYS, "old", "--format", name])

    assert "input" in cited
    assert "\\" not in COMMANDS.sub("", cited)
    assert "^^" not in cited


def test_html_links_lead_to_websites_alone(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """References in HTML have the tags of a style, and links by http(s) alone."""
    tags = Tags(said(archive, capsys, ["cite", *KEYS, "--format", "html"])).tags

    assert {name for name, _ in tags} <= {"a", "i", "b", "span", "div", "sup", "sub"}
    assert {key for _, attributes in tags for key in attributes} <= {"href", "style", "class"}
    addresses = [attributes["href"] for name, attributes in tags if name == "a"]
    assert addresses
    assert [a for a in addresses if not a.startswith(("https://", "http://"))] == []


def test_markdown_has_no_html_and_no_other_link(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """References in Markdown come out of a reader that lets HTML pass as text and web links."""
    from markdown_it import MarkdownIt

    cited = said(archive, capsys, ["cite", "web", "controls", "--format", "markdown"])
    tags = Tags(MarkdownIt("commonmark", {"html": True}).render(cited)).tags

    assert {name for name, _ in tags} <= {"p", "em", "strong", "a"}
    addresses = [attributes["href"] for name, attributes in tags if name == "a"]
    assert [a for a in addresses if not a.startswith(("https://", "http://"))] == []


def test_the_alphabet_of_this_test_is_whole() -> None:
    """Every character of the categories for controls and for direction is tried."""
    turns = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    found = {
        letter
        for letter in map(chr, range(0x3000))
        if (unicodedata.category(letter) == "Cc" and letter not in "\t\n")
        or unicodedata.bidirectional(letter) in turns
    }

    assert found | MARKS_OF_DIRECTION | set(map(chr, UNSEEN)) == set(STEERING)
