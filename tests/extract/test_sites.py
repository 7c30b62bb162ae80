"""The name of the site, and what is too doubtful to be chosen."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from citekit.extract import Extraction, extract

TEXT = Path(__file__).parents[1].joinpath("cases", "sites.toml").read_text(encoding="utf-8")
CASES: dict[str, dict[str, Any]] = tomllib.loads(TEXT)
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">{head}</head><body><main><h1>The crane stays</h1>
<p>The harbour board of Lanternfish voted on Tuesday to keep the wooden crane.</p>
</main></body></html>"""


def read(head: str, url: str | None = None) -> Extraction:
    """What is read of a page with this head."""
    return extract(PAGE.format(head=head).encode(), name="page.html", url=url)


@pytest.mark.parametrize("name", CASES)
def test_site(name: str) -> None:
    """The name that is cited."""
    case = CASES[name]

    assert read(case["head"], case["url"]).value("container-title") == case["site"]


def test_single_word_in_the_data_alone_is_left_out_and_told() -> None:
    """What somebody logs in with is no author, and the reader is told of it."""
    found = read(
        """<title>The crane stays</title><meta name="author" content="tkalwark">
        <meta name="date" content="2024-05-02">"""
    )

    assert found.value("author") is None
    assert [(one.code, one.rule) for one in found.findings] == [("CK-W110", "unsure-author")]
    assert "“tkalwark”" in found.findings[0].message


def test_heading_that_the_data_call_a_headline_is_no_author() -> None:
    """A title in capitals looks like a name."""
    page = "<h1 itemprop='headline'>Crane Simulator</h1><p>A game of oak and pine.</p>"

    assert extract(page.encode(), name="page.html").value("author") is None


def test_title_of_one_short_word_is_not_the_headline() -> None:
    """The tab of a page often says only whose it is."""
    page = "<title>港町</title><h1>北の防波堤を再建へ</h1><p>町の議会は火曜日に再建を決めた。</p>"

    assert extract(page.encode(), name="page.html").value("title") == "北の防波堤を再建へ"
