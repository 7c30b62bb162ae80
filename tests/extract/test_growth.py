"""Hostile texts of some kilobytes: no reader may take a time that explodes with their size.

Each case once took minutes or for ever (or raised), and is read within a second or two today; a
child process is given twenty, so that a slow machine fails nothing.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parents[1] / "cases" / "growth"
LIMIT_S = 20
READ_DOCUMENT = (
    "import sys; from citekit.extract import extract; extract(sys.stdin.buffer.read(), name={!r})"
)
FORMAT_ITEM = (
    "import sys; from citekit.csl import process; text = sys.stdin.read();"
    "value = {{'author': [{{'family': 'F', 'given': text}}]}}.get({0!r}, text);"
    "item = {{'id': 'a', 'type': 'article-journal', 'title': 'T', {0!r}: value}};"
    "styles = 'apa', 'modern-language-association';"
    "[process(style, [item], [[{{'id': 'a', 'locator': text}}]]) for style in styles]"
)
READ_ITEMS = "import sys; from citekit import formats; formats.read(sys.stdin.read(), {!r})"


def cases(name: str) -> dict[str, dict[str, Any]]:
    """The cases of a file by name."""
    return tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))


def hostile(case: dict[str, Any]) -> str:
    """The text of a case; ``{i}`` is the number of a repetition."""
    repeated = (case["repeat"].replace("{i}", str(number)) for number in range(case["times"]))
    text = case.get("before", "") + "".join(repeated) + case.get("after", "")
    return str(case.get("as", "{}").format(text))


def run(code: str, text: str) -> None:
    """Run code on a text, which must end in time and well."""
    command = [sys.executable, "-c", code]
    subprocess.run(command, input=text.encode(), check=True, timeout=LIMIT_S)


@pytest.mark.parametrize("name", cases("documents"))
def test_a_hostile_document_is_read_in_time(name: str) -> None:
    """Blanks, comments, years and letters in bulk do not multiply the ways to read them."""
    case = cases("documents")[name]

    run(READ_DOCUMENT.format(case["name"]), hostile(case))


@pytest.mark.parametrize("name", cases("bibliographies"))
def test_a_hostile_bibliography_is_read_in_time(name: str) -> None:
    """Values of many lines or signs are put together at one go."""
    case = cases("bibliographies")[name]

    run(READ_ITEMS.format(case["format"]), hostile(case))


@pytest.mark.parametrize("name", cases("items"))
def test_a_hostile_item_is_formatted_in_time(name: str) -> None:
    """Numbers, dates and names in bulk are words; no pattern tries all ways to read them."""
    case = cases("items")[name]

    run(FORMAT_ITEM.format(case["variable"]), hostile(case))
