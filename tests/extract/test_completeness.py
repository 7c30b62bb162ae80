"""Pages that servers show in the place of an article, in many languages, are told from articles.

The cases are data in tests/cases/not_articles.toml; an article is a failure of the test, too, if it
is called something else.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.extract import extract
from citekit.extract.completeness.judging import Shown, judge
from citekit.extract.completeness.signs import plain

CASES = Path(__file__).parents[1] / "cases" / "not_articles.toml"
PAGES: list[dict[str, Any]] = tomllib.loads(CASES.read_text(encoding="utf-8"))["page"]
IDS = [f"{number}-{page['kind']}-{page['language']}" for number, page in enumerate(PAGES)]
DOUBTFUL = {"paywall", "little-text", "much-shorter"}
# Pages by somebody who had not seen the table of signs; what is told wrong of them today.
OTHERS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (CASES.parent / "shown_instead.jsonl").read_text("utf-8").splitlines()
]
TOLD_WRONG = {
    "ar-good-news",
    "ar-unavailable-1",
    "de-consent-wall-1",
    "en-good-paywall",
    "en-unavailable-3",
    "es-bot-wall-1",
    "es-error-page-2",
    "es-good-muro",
    "fa-unavailable-1",
    "fa-unavailable-2",
    "fr-bot-wall-1",
    "it-error-page-1",
    "ja-unavailable-2",
    "ko-error-page-1",
    "pt-good-senha",
    "ru-unavailable-1",
    "zh-access-denied-1",
}
ARTICLE = (
    "The harbour council voted on Tuesday to rebuild the northern breakwater of the town. " * 12
)


def written(page: dict[str, Any]) -> str:
    """The page of a case as HTML, with the menu and the footer of a site where it asks for them."""
    links = "".join(f"<li><a href='/{n}'>Desk {n}</a></li>" for n in range(12))
    data = {"@type": "NewsArticle", "datePublished": "2024-03-12", "headline": page["heading"]}
    return "".join(
        [
            f"<!DOCTYPE html><html lang='{page['language']}'><head><meta charset='utf-8'>",
            f"<title>{page['title']}</title>{page.get('head', '')}",
            f"<script type='application/ld+json'>{json.dumps(data)}</script>"
            if page.get("dated")
            else "",
            "</head><body>",
            f"<nav><ul>{links}</ul></nav>" if page.get("shell") else "",
            f"<main><h1>{page['heading']}</h1>" if page["heading"] else "<main>",
            *(f"<p>{text}</p>" for text in page["text"]),
            f"</main>{page.get('body', '')}",
            f"<footer><ul>{links}</ul><p>© The site</p></footer>" if page.get("shell") else "",
            "</body></html>",
        ]
    )


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_a_page_is_told_by_what_it_shows(page: dict[str, Any]) -> None:
    """Each page has the verdict that its kind has; an article has none."""
    found = extract(written(page).encode(), name="page.html").completeness
    if page["kind"] == "complete":
        assert found.reasons == ()
    else:
        assert found.verdict == ("doubtful" if page["kind"] in DOUBTFUL else "failed")


def test_pages_of_others_are_told_but_for_those_that_are_listed() -> None:
    """178 pages in sixteen languages that are no articles, and fifty that look a little so."""
    wrong = {
        page["name"]
        for page in OTHERS
        if (extract(page["html"].encode(), name="page.html").completeness.verdict == "complete")
        != (page["want"] == "complete")
    }
    assert wrong == TOLD_WRONG


def test_reasons_name_the_kind() -> None:
    """Of one kind may be taken for another, such as an error for a denial: in few cases."""
    found = [extract(written(page).encode(), name="page.html").completeness for page in PAGES]
    wrong = [
        (page["kind"], [reason.rule for reason in one.reasons])
        for page, one in zip(PAGES, found, strict=True)
        if page["kind"] != "complete" and page["kind"] not in {r.rule for r in one.reasons}
    ]
    assert len(wrong) <= len(PAGES) // 10, wrong


def test_plain_texts_are_judged_too() -> None:
    """A saved text can be that of an error page."""
    read = extract(b"Page not found\n\nThe page you are looking for may have been moved.\n")
    assert [reason.rule for reason in read.completeness.reasons] == ["not-found"]


def test_a_banner_above_a_plain_text_is_none_of_it() -> None:
    """Title and text are the article's."""
    text = f"""We value your privacy

We and our 90 partners store and access information on a device, such as cookies.

Accept all

Council votes to rebuild the breakwater

12 March 2024

{ARTICLE}
"""
    read = extract(text.encode(), name="article.txt")
    assert read.value("title") == "Council votes to rebuild the breakwater"
    assert read.text == ARTICLE.strip()
    assert read.completeness.verdict == "complete"


@pytest.mark.parametrize(("length", "verdict"), [(1, "doubtful"), (40, "complete")])
def test_a_page_that_is_not_free_is_whole_if_it_has_much_text(length: int, verdict: str) -> None:
    """Who was logged in has all of it."""
    paragraphs = "".join(f"<p>Paragraph {n} says: {ARTICLE[:400]}</p>" for n in range(length))
    page = f"""<html><head><script type="application/ld+json">
{{"@type": "NewsArticle", "headline": "Storm", "datePublished": "2024-03-12",
"isAccessibleForFree": "False"}}
</script></head><body><article><h1>Storm</h1>{paragraphs}</article></body></html>"""
    assert extract(page.encode(), name="a.html").completeness.verdict == verdict


@given(st.text(max_size=300), st.lists(st.text(max_size=200), max_size=5), st.booleans())
def test_any_text_is_judged(heading: str, body: list[str], dated: bool) -> None:
    """Whatever is shown, twice the same is said of it."""
    text = "\n".join(body)
    shown = Shown(headings=(heading,), text=text, body=tuple(body), is_declared=dated)
    assert judge(shown) == judge(shown)


@given(st.text(max_size=200))
def test_what_is_plain_stays_so(text: str) -> None:
    """To make plain what is plain changes nothing."""
    assert plain(plain(text)) == plain(text)


def test_an_article_is_never_told_by_its_heading() -> None:
    """An article of some length may be about such pages."""
    shown = Shown(headings=("Page not found",), text=ARTICLE, body=(ARTICLE,), is_declared=True)
    assert judge(shown).verdict == "complete"
