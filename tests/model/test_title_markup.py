"""Titles with mark-up are read once: styles, BibLaTeX and the site say the same words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit import formats
from citekit.csl import process
from citekit.formats.latex.write import LatexWriter
from citekit.model.title_markup import DEEPEST, Part, read_markup, without_markup
from citekit.pages.element import Element
from citekit.pages.title_markup import plain, rich

STYLE = """<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
<citation><layout><text variable="title"/></layout></citation>
<bibliography><layout><text variable="title"/></layout></bibliography></style>"""

# title, its words, as HTML by a style, as LaTeX for BibLaTeX, the elements of the site
TITLES = [
    ("salt", "salt", "salt", "salt", []),
    ("<i>salt</i>", "salt", "<i>salt</i>", r"\mkbibemph{salt}", ["em"]),
    ("<i >salt</i >", "salt", "<i>salt</i>", r"\mkbibemph{salt}", ["em"]),
    ("<b>salt</b>", "salt", "<b>salt</b>", r"\mkbibbold{salt}", ["strong"]),
    ("h<sub>2</sub>o", "h2o", "h<sub>2</sub>o", r"h\textsubscript{2}o", ["sub"]),
    ("x<sup>2</sup>", "x2", "x<sup>2</sup>", r"x\textsuperscript{2}", ["sup"]),
    (
        "<sc>salt</sc>", "salt",
        '<span style="font-variant:small-caps;">salt</span>', r"\textsc{salt}", ["span"],
    ),
    (
        '<span style="font-variant:small-caps;">salt</span>', "salt",
        '<span style="font-variant:small-caps;">salt</span>', r"\textsc{salt}", ["span"],
    ),
    (
        "<span style='font-variant: small-caps'>salt</span>", "salt",
        '<span style="font-variant:small-caps;">salt</span>', r"\textsc{salt}", ["span"],
    ),
    ('<span class="nocase">salt</span>', "salt", "salt", "{salt}", ["span"]),
    ('<span class="brine">salt</span>', "salt", "salt", "salt", ["span"]),
    ("<span>salt</span>", "salt", "salt", "salt", ["span"]),
    ('<span lang="fr" class="brine nocase">salt</span>', "salt", "salt", "{salt}", ["span"]),
    (
        "<span style='color: red; font-variant: small-caps'>salt</span>", "salt",
        '<span style="font-variant:small-caps;">salt</span>', r"\textsc{salt}", ["span"],
    ),
    (
        "<span>salt", "<span>salt", "&#60;span&#62;salt",
        r"\textless{}span\textgreater{}salt", [],
    ),
    (
        "<i>a<b>b</b></i> c", "ab c", "<i>a<b>b</b></i> c",
        r"\mkbibemph{a\mkbibbold{b}} c", ["em"],
    ),
    (
        "<i>a<b>b</i>c</b>", "<i>ab</i>c", "&#60;i&#62;a<b>b&#60;/i&#62;c</b>",
        r"\textless{}i\textgreater{}a\mkbibbold{b\textless{}/i\textgreater{}c}", ["strong"],
    ),
    ("<i>salt", "<i>salt", "&#60;i&#62;salt", r"\textless{}i\textgreater{}salt", []),
    ("salt</i>", "salt</i>", "salt&#60;/i&#62;", r"salt\textless{}/i\textgreater{}", []),
    ("3 < 5", "3 < 5", "3 &#60; 5", r"3 \textless{} 5", []),
    (
        "<u>salt</u>", "<u>salt</u>", "&#60;u&#62;salt&#60;/u&#62;",
        r"\textless{}u\textgreater{}salt\textless{}/u\textgreater{}", [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("title", "words", "html", "latex", "tags"), TITLES)
def test_a_title_reads_alike_everywhere(
    title: str, words: str, html: str, latex: str, tags: list[str]
) -> None:
    """A style, BibLaTeX and the site take the same tags for mark-up, and the same for words."""
    item = {"id": "a", "type": "book", "title": title}
    assert process(STYLE, [item], output="text").bibliography == (("a", words),)
    assert process(STYLE, [item], output="html").bibliography == (("a", html),)
    assert plain(title) == without_markup(title) == words
    assert LatexWriter("biblatex").text(title) == latex
    assert f"title = {{{latex}}}" in formats.write([item], "biblatex")
    assert [part.tag for part in rich(title) if isinstance(part, Element)] == tags


def depth(parts: tuple[Part, ...]) -> int:
    """How deep the spans of a tree are nested."""
    return max((1 + depth(p.parts) for p in parts if not isinstance(p, str)), default=0)


@pytest.mark.parametrize("times", [DEEPEST, DEEPEST + 1, 20_000])
def test_nesting_is_bounded(times: int) -> None:
    """Tags beyond the deepest level are words, however many there are."""
    text = "<i>" * times + "</i>" * times
    assert depth(read_markup(text)) == DEEPEST
    assert len(without_markup(text)) == (times - DEEPEST) * 7


@given(st.text(alphabet="<>/ibsupcan=\"' “”‘’«»", max_size=80))
def test_no_word_is_lost(text: str) -> None:
    """What is not a tag stays, in order, and no two texts are neighbours."""
    parts = read_markup(text)
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(parts))
    letters = iter(text)
    assert all(letter in letters for letter in without_markup(text))


def test_a_flood_of_tags_is_words() -> None:
    """What is marked up first is; no word is lost, and no tag is left open."""
    text = "<i>a</i> " * 50_000

    parts = read_markup(text)

    assert sum(not isinstance(part, str) for part in parts) == 500
    assert without_markup(text) == "a " * 500 + "<i>a</i> " * 49_500
