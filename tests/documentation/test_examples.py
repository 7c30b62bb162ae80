"""The Python examples of the documentation print what it says they print."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [
    page for page in sorted((ROOT / "docs").rglob("*.md")) if _BLOCK.search(page.read_text("utf-8"))
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT / "docs").as_posix())
def test_examples_print_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of one page, run in order as one session, give the answers shown in them."""
    monkeypatch.chdir(tmp_path)
    text = page.read_text("utf-8")
    told: list[str] = []
    session = "\n".join(_at_its_line(text, block) for block in _BLOCK.finditer(text))
    test = doctest.DocTestParser().get_doctest(session, {}, page.name, str(page), 0)
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(test, out=told.append)
    assert runner.summarize(verbose=False).attempted > 0
    assert not told, "".join(told)


def _at_its_line(text: str, block: re.Match[str]) -> str:
    """A block; the page's line is told in a comment, since the session has lines of its own."""
    return f"# line {text.count(chr(10), 0, block.start(1)) + 1}\n{block[1]}"
