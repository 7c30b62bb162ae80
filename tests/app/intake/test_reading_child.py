"""What the child that reads is for: parsers stay out of citekit, and a reading has its limits."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from citekit import formats
from citekit.app.intake.bibliography_reading import SMALL_SIGNS, read_bibliography
from citekit.app.intake.document_reading import read_extraction
from citekit.app.intake.reading_child import limits_memory, memory_bytes
from citekit.errors import InvalidData, Place, UsageError

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "<!doctype html><title>The quay</title><h1>The quay</h1><p>It was rebuilt in May 2021.</p>"
BOOK = "@book{{quay{0}, title = {{The Quay {0}}}, year = 2021}}\n"
LOOK = """
import json, sys
from citekit.cli.run import run
assert run(["--archive", "a", "init"]) == 0
codes = [run(["--archive", "a", *words]) for words in json.loads(sys.argv[1])]
parsers = "lxml trafilatura htmldate justext pypdf markdown_it charset_normalizer yaml bibtexparser"
print(json.dumps([codes, sorted(set(parsers.split()) & set(sys.modules))]))
"""


def entries(number: int) -> str:
    """BibTeX of so many books, and a block that cannot be read."""
    return "".join(map(BOOK.format, range(number))) + "@book{broken"


def run_apart(folder: Path, *commands: list[str]) -> tuple[list[int], list[str]]:
    """The exit codes of commands in one process of their own, and the parsers that it loaded."""
    ended = subprocess.run(
        [sys.executable, "-c", LOOK, json.dumps(commands)],
        cwd=folder, capture_output=True, check=True, text=True,
    )  # fmt: skip
    codes, parsers = json.loads(ended.stdout.splitlines()[-1])
    return codes, parsers


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", PAGE.encode()),
        ("note.txt", PAGE.encode()),
        ("note.md", b"---\ntitle: The quay\n---\n\nIt was rebuilt <b>in May</b> 2021.\n"),
        ("old.txt", "Über die Kaimauer am Hafen\n\nSie wurde 1921 erbaut.\n".encode("cp1252")),
        ("locked.txt", b"%PDF-1.7\n%%EOF\n"),
        ("saved.txt", b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + PAGE.encode()),
    ],
)
def test_no_parser_of_documents_runs_beside_the_archive(
    name: str, content: bytes, tmp_path: Path
) -> None:
    """Whatever a file is called, what it is decides who reads it."""
    (tmp_path / name).write_bytes(content)
    assert run_apart(tmp_path, ["add", name]) == ([0], [])


def test_a_finding_comes_back_with_its_place() -> None:
    """What is wrong in a document read by the child is told with its line."""
    read = read_extraction(
        b"---\ntitle: [\n---\n\nText.\n", name="a.md", url=None, encoding=None, publishers=(),
        now=datetime(2026, 11, 22, tzinfo=UTC),
    )  # fmt: skip
    assert [finding.place for finding in read.findings if finding.code == "CK-W120"] == [
        Place(line=3)
    ]


def test_plain_text_needs_no_child(tmp_path: Path) -> None:
    """One file of text is read by citekit's own code, without another process."""
    (tmp_path / "note.txt").write_text("The quay\n\n4 May 2021\n\nIt was rebuilt.\n", "utf-8")
    trace = "import sys; sys.addaudithook(lambda name, _: name == 'subprocess.Popen' and exit(9))"
    ended = subprocess.run(
        [sys.executable, "-c", f"{trace}\n{LOOK}", json.dumps([["add", "note.txt"]])],
        cwd=tmp_path, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert json.loads(ended.stdout.splitlines()[-1]) == [[0], []]


@pytest.mark.parametrize("name", ["refs.bib", "refs.yaml"])
def test_large_bibliographies_are_parsed_in_the_child(name: str, tmp_path: Path) -> None:
    """Two of them load no parser into the process that writes the archive."""
    text = entries(1_500)
    if name.endswith("yaml"):
        text = formats.write(formats.read(text, "bibtex").items, "csl-yaml")
    assert len(text) > SMALL_SIGNS
    (tmp_path / name).write_text(text, "utf-8")
    codes, parsers = run_apart(tmp_path, ["import", name], ["import", name])
    assert parsers == []
    assert set(codes) == {4 if name.endswith("bib") else 0}


@pytest.mark.parametrize("format_", ["bibtex", "csl-yaml"])
def test_the_child_reads_what_is_read_at_once(format_: str) -> None:
    """Items, findings and places of a large text are those that its reader gives here."""
    text = entries(1_500)
    if format_ == "csl-yaml":
        text = formats.write(formats.read(text, "bibtex").items, "csl-yaml") + "- {type: book}\n"
    here, there = formats.read(text, format_), read_bibliography(text, format_)
    assert len(here.items) >= 1_500
    assert there.items == here.items
    assert there.findings == here.findings
    assert there.place_of(1_000) == here.place_of(1_000)


def test_an_error_of_the_child_is_the_error_here() -> None:
    """Message and line of a text that is no YAML, and a format that nobody knows."""
    text = "- id: a\n  type: book\n" * 4_000 + "- {"
    with pytest.raises(InvalidData, match="is not YAML") as here:
        formats.read(text, "csl-yaml")
    with pytest.raises(InvalidData, match="is not YAML") as there:
        read_bibliography(text, "csl-yaml")
    assert there.value.place == here.value.place
    with pytest.raises(UsageError, match="no such format"):
        read_bibliography(text, "csl-toml")


def test_a_bibliography_that_takes_too_long_is_given_up() -> None:
    """The error says why, and what to do; the next one is read."""
    text = entries(3_000)
    with pytest.raises(InvalidData, match="took more than 0 s") as told:
        read_bibliography(text, "bibtex", timeout_s=0.01)
    assert "in parts" in (told.value.hint or "")
    assert len(read_bibliography(text, "bibtex").items) == 3_000


@pytest.mark.skipif(not limits_memory(), reason="the system limits no memory")
def test_a_request_that_takes_too_much_memory_is_given_up() -> None:
    """The answer says so, and the child that has it in its memory ends."""
    hungry = f"""
import sys
from citekit.app.intake import bibliography_reading, reading_child
bibliography_reading.answer = lambda request: len(bytearray({memory_bytes(0)}))
sys.exit(reading_child.main())
"""
    request = json.dumps({"kind": "bibliography", "size_bytes": 10}).encode() + b"\n"
    ended = subprocess.run(
        [sys.executable, "-c", hungry], input=request * 2, capture_output=True, check=False
    )
    assert json.loads(ended.stdout) == {"gave_up": "reading took more than 1.1 GB of memory"}
    assert ended.returncode == 1
