"""The reference page says what the tables say."""

from __future__ import annotations

import re
from pathlib import Path

from citekit import formats
from citekit.formats.bibtex.mapping import crosswalk
from citekit.model.variables import ITEM_TYPES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reference/formats.md").read_text(encoding="utf-8")
TYPES = PAGE.partition("## Types")[2].partition("## Findings")[0]


def written(csl_type: str) -> str:
    """The row of a type, from what is written for it."""
    item = {"id": "k", "type": csl_type}
    latex = crosswalk("biblatex").for_item(item)
    fixed = "".join(f", `{field} = {{{value}}}`" for field, value in latex.fixed.items())
    tag = formats.write([item], "ris").splitlines()[0].removeprefix("TY  - ")
    classic = crosswalk("bibtex").for_item(item).entry
    return f"| {csl_type} | `@{latex.entry}`{fixed} | `@{classic}` | {tag} |"


def test_the_types_are_the_tables() -> None:
    """Every CSL type has its row, and the row is what is written."""
    rows = [line for line in TYPES.splitlines() if line.startswith("| ")]

    assert rows[1:] == [written(csl_type) for csl_type in sorted(ITEM_TYPES)]


def test_every_format_is_listed() -> None:
    """The first table lists the formats that are written, and those that are read."""
    rows = re.findall(r"^\| `([a-z-]+)` \|[^|]*\| (yes|no) \| (yes|no) \|$", PAGE, re.MULTILINE)

    assert tuple(name for name, written, _ in rows if written == "yes") == formats.FORMATS
    assert [name for name, _, read in rows if read == "yes"] == list(formats.READ)


def test_every_finding_is_listed() -> None:
    """Codes in the source and codes on the page are the same."""
    sources = [
        path
        for folder in ("formats", "app/intake", "app/packages")
        for path in (ROOT / "citekit" / folder).rglob("*.py")
        if path.parent.name != "checking"  # a page of its own
    ]
    used = {
        code for source in sources for code in re.findall(r"CK-[EWI]\d+", source.read_text("utf-8"))
    }

    told = set(re.findall(r"CK-[EWI]\d+", PAGE))
    assert told <= used
    assert {code for code in used if re.search(r"(?:4[1-6]|77)\d$", code)} <= told


def test_every_problem_of_a_file_is_listed() -> None:
    """The codes of ``bib check`` are those of its page."""
    source = (ROOT / "citekit/formats/bibtex/checking/check.py").read_text("utf-8")
    page = (ROOT / "docs/how-to/check-a-bibliography.md").read_text("utf-8")

    assert set(re.findall(r"CK-[EW]\d+", source)) == set(re.findall(r"`(CK-[EW]\d+)`", page))
