"""Which output belongs to which cite; that nothing reads differently for it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citekit.csl import Citation, Document, Program, find_style, parse_style, process
from citekit.csl.output.render import Format
from citekit.csl.output.runs import rendered_runs
from citekit.csl.output.tokens import Close, Open
from citekit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citekit.csl.output.tokens import Token

INSTALLED = (
    "apa",
    "ieee",
    "nature",
    "chicago-notes-bibliography",
    "american-mathematical-society-label",
)
SMALL = {
    "ranged": """<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
      <citation collapse="year-suffix-ranged" disambiguate-add-year-suffix="true"
        year-suffix-delimiter="," cite-group-delimiter=" / "><layout delimiter=", " prefix="("
        suffix=")"><group delimiter=" "><names variable="author"><name form="short"/></names>
        <date variable="issued"><date-part name="year"/></date>
        <text variable="title" form="short" quotes="true"/>
        <text variable="locator"/></group></layout></citation></style>""",
    "quoted": """<style xmlns="http://purl.org/net/xbiblio/csl" class="note" version="1.0">
      <citation><sort><key variable="title" sort="descending"/></sort>
        <layout delimiter=", " suffix="." font-style="italic">
        <choose><if position="ibid"><text term="ibid"/></if><else>
          <text variable="title" quotes="true"/></else></choose>
        <text variable="locator" prefix=" "/></layout></citation></style>""",
}
PEOPLE = [
    {"family": "Okafor", "given": "Ada"},
    {"family": "Lind", "given": "Per"},
]
ITEMS: list[dict[str, Any]] = [
    {"id": f"k{n}", "type": "book", "title": title, "publisher": "Reed", **facts,
     "author": [PEOPLE[n % 2]], "issued": {"date-parts": [[2001 + n // 6]]}}
    for n, (title, facts) in enumerate([
        ("Salt", {}), ("Who?", {"DOI": "10.5555/who"}), ("<i>Tide</i> & ebb", {}), ("1. Reed", {}),
        ("Fog!", {"URL": "https://fog.example/a_b"}), ("Ice", {}), ("Rain", {}), ("Kelp", {}),
    ])
]  # fmt: skip
IDS = [item["id"] for item in ITEMS]
WORDS = st.sampled_from(["see ", "; cf.", " ", "7000", "1.", "- a", ", and [x]", "*Note.* ", "..."])
CITES = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(IDS)},
        optional={
            "locator": st.sampled_from(["3", "4-5"]),
            "prefix": WORDS,
            "suffix": WORDS,
            "suppress-author": st.booleans(),
            "author-only": st.booleans(),
        },
    ),
    min_size=1,
    max_size=6,
).map(tuple)
MODES = st.sampled_from(["", "composite", "author-only", "suppress-author"])


@cache
def program(style: str) -> Program:
    """The style in English, compiled once."""
    return Program(parse_style(SMALL.get(style) or find_style(style).xml), "en-US")


def written(style: str, *citations: tuple[tuple[Any, ...], str]) -> Document:
    """A settled document of these citations, which are called 0, 1, 2."""
    document = Document(program(style), ITEMS)
    for number, (cites, mode) in enumerate(citations):
        document.insert(Citation(id=str(number), cites=cites, note=number + 1, mode=mode))
    document.changes()
    return document


def anchor(cite: Mapping[str, Any]) -> str:
    """Where a cite leads on a page."""
    return f"#ref-{cite['id']}"


def without_links(tokens: Iterable[Token]) -> list[Token]:
    """Tokens without the links to anchors, and texts that stand side by side joined."""
    kept: list[Token] = []
    is_kept: list[bool] = []
    for token in tokens:
        if isinstance(token, str):
            if kept and isinstance(before := kept[-1], str):
                kept[-1] = before + token
            elif token:
                kept.append(token)
        elif isinstance(token, Open):
            is_kept.append(not token.value.startswith("#ref-"))
            kept += [token] * is_kept[-1]
        elif is_kept.pop():
            kept.append(token)
    return kept


@pytest.mark.parametrize("style", [*INSTALLED, *SMALL])
@given(citations=st.lists(st.tuples(CITES, MODES), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_reads_differently(style: str, citations: list[Any]) -> None:
    """With links and in runs, a citation has the text and the mark-up that it has without."""
    document = written(style, *citations)
    for citation in document.citations:
        plain = document.tokens(citation.id)
        linked = document.tokens(citation.id, link=anchor)
        assert without_links(linked) == without_links(plain)
        assert document.citation(citation.id, "text", link=anchor) == document.citation(citation.id)
        html = document.citation(citation.id, "html", link=anchor)
        unlinked = re.sub(r'<a href="#ref-[^"]*">(.*?)</a>', r"\1", html)
        assert unlinked == document.citation(citation.id, "html")
        assert not re.search(r"<a [^>]*>(?:(?!</a>).)*<a ", html)
        for output in get_args(Format):
            runs = document.runs(citation.id, output)
            assert "".join(r.text for r in runs) == document.citation(citation.id, output)


@pytest.mark.parametrize("style", INSTALLED)
@given(clusters=st.lists(st.lists(st.sampled_from(IDS), unique=True, min_size=1), min_size=1))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_each_cite_has_what_it_wrote(style: str, clusters: list[list[str]]) -> None:
    """Every cite is in a run or behind a dash, and its run says what the item's cite says alone."""
    document = written(style, *((tuple({"id": key} for key in keys), "") for keys in clusters))
    for number, keys in enumerate(clusters):
        runs = document.runs(str(number))
        shown = [run for run in runs if run.cite]
        skipped = [cite["id"] for run in runs for cite in run.skipped]
        assert {run.cite["id"] for run in shown if run.cite} | set(skipped) == set(keys)
        assert not {run.cite["id"] for run in shown if run.cite} & set(skipped)
        if style != "chicago-notes-bibliography":  # where it depends on the cites before
            for run in shown:
                alone = Document(document.program, ITEMS)
                for key in document.order():
                    alone.insert(Citation(id=key, cites=({"id": key},)))
                alone.changes()
                assert run.cite
                assert alone.citation(run.cite["id"]).strip("()[]").endswith(run.text.strip("[]"))


EXPECTED = {
    # style, cites -> the runs, each with its item, and what a dash stands for
    "nature": ("k0 k1 k2 k4", ["1:k0", "–:k1 k2", "4:k4"]),
    "ieee": ("k4 k0", ["[1]:k4", ", :", "[2]:k0"]),
    "apa": (
        "k1 k4 k0", ["(:", "Lind, 2001:k1", "; :", "Okafor, 2001a:k4", ", :", "2001b:k0", "):"]
    ),
    "quoted": ("k0 k1", ["“Who?”:k1", ", :", "“Salt.”:k0"]),
}  # fmt: skip


@pytest.mark.parametrize("style", EXPECTED)
def test_runs_of(style: str) -> None:
    """Sorted, collapsed, superscript: each run with its cite; a full stop moves into its quotes."""
    keys, expected = EXPECTED[style]

    runs = written(style, (tuple({"id": key} for key in keys.split()), "")).runs("0")

    found = [
        f"{run.text}:{run.cite['id'] if run.cite else ' '.join(c['id'] for c in run.skipped)}"
        for run in runs
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("html", '<sup><a href="#ref-k0">1</a>–<a href="#ref-k2">3</a></sup>'),
        ("markdown", "<sup>[1](<#ref-k0>)–[3](<#ref-k2>)</sup>"),
        ("latex", r"\textsuperscript{\href{\#ref-k0}{1}--\href{\#ref-k2}{3}}"),
        ("text", "1–3"),
    ],
)
def test_a_collapsed_cluster_is_linked(output: Any, expected: str) -> None:  # noqa: ANN401
    """The numbers of a range lead to their entries, in every format that has links."""
    made = process(
        "nature", ITEMS, [[{"id": key} for key in IDS[:3]]], output=output, cite_link=anchor
    )

    assert made.citations == (expected,)


def test_a_link_of_the_cite_itself_stays() -> None:
    """A printed DOI is its own link; the cite's link stands beside it and not around it."""
    document = written("chicago-notes-bibliography", (({"id": "k1"},), ""))

    assert document.citation("0", "html", link=anchor) == (
        '<a href="#ref-k1">Per Lind, <i>Who?</i> (Reed, 2001),</a> '
        '<a href="https://doi.org/10.5555/who">https://doi.org/10.5555/who</a>.'
    )


def test_a_cite_is_the_mapping_that_was_given() -> None:
    """A host can tell its cites apart by what they are, not only by what they cite."""
    cites = ({"id": "k1"}, {"id": "k0"})
    document = written("apa", (cites, ""))

    runs = [run.cite for run in document.runs("0") if run.cite]

    assert runs[0] is cites[0]
    assert document.citation("0", "html", link=lambda c: "here" if c is cites[0] else None) == (
        '(<a href="here">Lind, 2001</a>; Okafor, 2001)'
    )


def test_names_in_the_sentence_are_the_cites_own() -> None:
    """Names in the text and the year in parentheses both lead to the entry."""
    document = written("apa", (({"id": "k0", "infix": "once"},), "composite"))

    assert document.citation("0", "html", link=anchor) == (
        '<a href="#ref-k0">Okafor</a> once (<a href="#ref-k0">2001</a>)'
    )


def test_a_format_that_changes_figures_is_refused() -> None:
    """Where it cannot be told which cite wrote what, nothing is said."""
    document = written("nature", (({"id": "k0"},), ""))

    with pytest.raises(UsageError, match="changes figures"):
        rendered_runs(document.tree("0"), document.program.locale, lambda _tokens: "one")


def test_close_is_what_opens() -> None:
    """Links are balanced: what they open they close, inside fonts and around them."""
    cites = ({"id": "k1", "prefix": "<b>see "}, {"id": "k4", "suffix": "<i>too</i>"})
    tokens = written("quoted", (cites, "")).tokens("0", link=anchor)

    depth = 0
    for token in tokens:
        depth += isinstance(token, Open) - isinstance(token, Close)
        assert depth >= 0
    assert depth == 0
