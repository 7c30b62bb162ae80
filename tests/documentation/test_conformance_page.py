"""The conformance page of the documentation is made from the pass list and the deviations."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "conformance.md"
LISTS = ROOT / "tests" / "conformance"
FIXTURES = 845  # human-readable fixtures of the official suite, commit 13724f99 of 2025-10-19

HEAD = """\
# Conformance

<!-- Made from tests/conformance: CITEKIT_UPDATE=1 nox -s tests -- tests/documentation -->

citekit runs public suites in full. A run is red when a fixture on the list of passes fails, and
when one that is not on it passes. `nox -s conformance` runs them where the data is; the variable
`CITEKIT_SHARED` names its folder.

## CSL: passes by category

The official CSL test suite has {fixtures} human-readable fixtures. {passes} pass; the ones that do
not are listed below with the reason.

| category | passes |
|---|---|
{rows}

"""


def conformance_page() -> str:
    """The page in Markdown: how many fixtures of each category pass, and every deviation."""
    names = (LISTS / "csl-passes.txt").read_text("utf-8").split()
    by_category = Counter(name.partition("_")[0] for name in names)
    rows = "\n".join(f"| {category} | {n} |" for category, n in sorted(by_category.items()))
    deviations = (LISTS / "deviations.md").read_text("utf-8").partition("\n")[2].lstrip()
    return HEAD.format(fixtures=FIXTURES, passes=len(names), rows=rows) + deviations


def test_the_conformance_page_is_the_pass_list() -> None:
    """The page says what the lists say; CITEKIT_UPDATE=1 writes it anew."""
    if os.environ.get("CITEKIT_UPDATE"):
        PAGE.write_text(conformance_page(), "utf-8", newline="\n")
    assert PAGE.read_text("utf-8") == conformance_page()


def test_every_fixture_passes_or_has_a_reason() -> None:
    """Passes and named deviations together are the whole suite."""
    passes = set((LISTS / "csl-passes.txt").read_text("utf-8").split())
    suite = (LISTS / "deviations.md").read_text("utf-8").split("## ")[1]
    named = {word for line in suite.splitlines() for word in line.split("`")[1::2] if "_" in word}
    assert not named & passes
    assert len(passes) + len(named) == FIXTURES
