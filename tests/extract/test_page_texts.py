"""The text of a page, code point by code point; cases are data in tests/cases/page_texts.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.extract import extract
from citekit.extract.pages.flow import Flow
from citekit.extract.pages.lean import PARSE_LIMIT, Lean
from citekit.extract.pages.tree import parse_html

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "page_texts.toml").read_text(encoding="utf-8")
)["case"]
PAGE = """<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
{head}</head><body><main><article><h1>{title}</h1>{body}</article></main></body></html>"""
REPORT = "Paragraph {0} says that pilot {1} and crane {2} stood at pier {0} in the evening tide."


def text_of(body: str, *, lang: str = "en", head: str = "") -> list[str]:
    """The paragraphs of a page with this body."""
    page = PAGE.format(lang=lang, title="KM 7", head=head, body=body)
    return (extract(page.encode(), media_type="text/html").text or "").split("\n\n")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_text_of_a_page(case: dict[str, Any]) -> None:
    """Every code point of the body is there, and nothing that stands around it."""
    paragraphs = re.findall(r"<p>(.*?)</p>", case["body"], re.DOTALL)
    wanted = case.get("text") or [unicodedata.normalize("NFC", one) for one in paragraphs]

    assert text_of(case["body"], lang=case["lang"]) == wanted


@pytest.mark.parametrize("megabytes", [5, 20, 60])
def test_pages_with_their_pictures_in_them_keep_every_paragraph(megabytes: int) -> None:
    """However large the pictures, fonts and frames in a saved page are, no paragraph is lost."""
    reports = [REPORT.format(n, n * 37, n * 91) for n in range(1, 41)]
    size = megabytes * 1_000_000 // 44
    picture = f"<figure><img src='data:image/png;base64,{'Q' * size}'></figure>"
    font = f"<style>@font-face{{src:url(data:font/woff2;base64,{'A' * size})}}</style>"
    frame = f'<iframe srcdoc="{"&lt;p&gt;advertisement&lt;/p&gt;" * (size // 30)}"></iframe>'

    read = text_of("".join(f"<p>{one}</p>{picture}" for one in reports) + frame, head=font)

    assert read == reports


def test_a_page_that_is_too_large_says_so() -> None:
    """What is not read of a page of text alone is told; nothing is dropped in silence."""
    sentence = "<p>The harbour board voted on Tuesday to keep the crane.</p>"
    page = PAGE.format(
        lang="en", title="KM 7", head="", body=sentence * (PARSE_LIMIT // len(sentence) + 9)
    )

    lean = Lean(page)

    assert lean.left_out == len(page) - PARSE_LIMIT


def test_a_picture_in_words_of_the_text_stays() -> None:
    """Only attributes are cut: an address of a picture that stands in the text is text."""
    address = "data:image/png;base64," + "Q" * 5_000

    assert text_of(f"<p>The harbour board wrote {address} on the wall of the crane.</p>") == [
        f"The harbour board wrote {address} on the wall of the crane."
    ]


def test_places_lead_back_to_the_page_as_it_came() -> None:
    """The range of a paragraph counts in the original, pictures included."""
    reports = [REPORT.format(n, n * 37, n * 91) for n in range(1, 6)]
    picture = f"<img src='data:image/png;base64,{'Q' * 9_000}' alt='x'>"
    body = "".join(f"{picture}<p>{one}</p>" for one in reports)
    page = PAGE.format(lang="en", title="KM 7", head="", body=body)

    done = extract(page.encode(), media_type="text/html")

    ranges = [passage.original for passage in done.passages]
    assert [page[a:b] for a, b in filter(None, ranges)] == reports


def test_words_that_the_chooser_leaves_out_do_not_break_a_line() -> None:
    """A line is found in pieces where something in its middle was left out."""
    words = "The harbour board voted on Tuesday to keep <b>REKLAME</b> the crane that stands there."
    root = parse_html(f"<html><body><p>{words}</p></body></html>")
    assert root is not None

    found = Flow(root).find(
        "The harbour board voted on Tuesday to keep the crane that stands there."
    )

    assert [one.text for one in found] == [
        "The harbour board voted on Tuesday to keep the crane that stands there."
    ]


@given(st.text(max_size=400), st.text(max_size=80))
def test_any_page_is_walked_and_searched_without_error(page: str, line: str) -> None:
    """No page and no line brings the search down, and what is found has the line's letters."""
    root = parse_html(f"<html><body>{page}</body></html>")
    found = Flow(root).find(line) if root is not None else []

    letters = "".join(c for c in unicodedata.normalize("NFC", line) if c.isalnum())
    assert not found or letters == "".join(c for one in found for c in one.text if c.isalnum())


@given(st.text(alphabet="<>!-/='\" \nabstyle scriptsrcdoc&#;", max_size=400))
def test_no_page_loses_a_short_part(page: str) -> None:
    """Where nothing is large, the lean page is the page."""
    assert Lean(page).text == page
