"""A document that was edited reads like one that was written so from the start."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citekit.csl import Citation, Document, Program, find_style, parse_style
from citekit.errors import CitekitError

if TYPE_CHECKING:
    from collections.abc import Callable

STYLES = ("apa", "ieee", "chicago-notes-bibliography", "modern-language-association", "nature")
PEOPLE = [
    {"family": "Okafor", "given": "Ada"},
    {"family": "Okafor", "given": "Abel"},
    {"family": "Lind", "given": "Per"},
    {"family": "Moreau", "given": "Jo"},
]
ITEMS: list[dict[str, Any]] = [
    {"id": f"{first}{second}{year}", "type": "book", "title": f"T{first}", "publisher": "Reed",
     "author": [PEOPLE[first], *([PEOPLE[second]] if second != first else [])],
     "issued": {"date-parts": [[year]]}}
    for first in range(4) for second in range(3) for year in (2001, 2002)
]  # fmt: skip
IDS = [item["id"] for item in ITEMS]
CITES = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(IDS)}, optional={"locator": st.sampled_from(["3", "4-5"])}
    ),
    min_size=1,
    max_size=3,
).map(tuple)
EDITS = st.lists(st.tuples(st.sampled_from(["in", "out", "change"]), st.integers(0, 9), CITES))


@cache
def program(style: str) -> Program:
    """The style in its language, compiled once."""
    return Program(parse_style(find_style(style).xml), "en-US")


def text(document: Document) -> tuple[list[str], list[str]]:
    """All citations and all entries, as they read after the edits."""
    document.changes()
    document.entry_changes()
    citations = [document.citation(c.id, "html") for c in document.citations]
    return citations, [document.entry(key, "html") for key, _ in document.bibliography()]


@pytest.mark.parametrize("style", STYLES)
@given(edits=EDITS, asks=st.lists(st.booleans(), min_size=1))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_edited_reads_like_new(
    style: str, edits: list[tuple[str, int, Any]], asks: list[bool]
) -> None:
    """Whatever was inserted, replaced and removed, and whenever one asked in between."""
    document = Document(program(style), ITEMS)
    for number, (kind, at, cites) in enumerate(edits):
        present = [c.id for c in document.citations]
        citation = Citation(id=str(number), cites=cites, note=0)
        if kind == "in" or not present:
            before = present[at] if at < len(present) else None
            document.insert(citation, before=before)
        elif kind == "out":
            document.remove(present[at % len(present)])
        else:
            document.replace(Citation(id=present[at % len(present)], cites=cites))
        if asks[number % len(asks)]:
            text(document)
    renumbered = [
        Citation(id=c.id, cites=c.cites, note=n) for n, c in enumerate(document.citations, 1)
    ]
    document.arrange(renumbered)
    fresh = Document(program(style), ITEMS)
    for citation in renumbered:
        fresh.insert(citation)

    assert text(document) == text(fresh)


def test_what_changed_is_named() -> None:
    """A second work of the year gives the first one its letter, in citation and entry."""
    document = Document(program("apa"), ITEMS)
    document.insert(Citation(id="a", cites=({"id": "002001"},)))
    document.insert(Citation(id="b", cites=({"id": "222001"},)))
    assert document.changes() == ["a", "b"]
    assert document.entry_changes() == ["222001", "002001"]

    document.add_item({**ITEMS[0], "id": "twin", "title": "A"})
    document.insert(Citation(id="c", cites=({"id": "twin"},)))

    assert document.changes() == ["a", "c"]
    assert document.entry_changes() == ["twin", "002001"]
    assert document.citation("a") == "(Okafor, 2001b)"
    assert document.entry("twin", "markdown") == "Okafor, A. (2001a). *A*. Reed."
    assert document.changes() == []
    assert document.entry_changes() == []


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda d: d.insert(Citation(id="a", cites=())), "'a' is there already"),
        (lambda d: d.insert(Citation(id="b", cites=()), before="x"), "no citation 'x'"),
        (lambda d: d.replace(Citation(id="aa", cites=())), "no citation 'aa'"),
        (lambda d: d.remove("b"), "no citation 'b'"),
        (lambda d: d.arrange([Citation(id="c", cites=())] * 2), "two citations are called 'c'"),
        (
            lambda d: d.insert(Citation(id="b", cites=({"id": "002001", "label": "pgae"},))),
            "no kind of locator is called 'pgae'",
        ),
    ],
)
def test_slips_are_told(edit: Callable[[Document], None], message: str) -> None:
    """An id that is taken or unknown and a label nobody knows are errors, and change nothing."""
    document = Document(program("apa"), ITEMS)
    document.insert(Citation(id="a", cites=({"id": "002001", "label": "sub verbo"},)))

    with pytest.raises(CitekitError) as told:
        edit(document)

    assert message in told.value.message
    assert [c.id for c in document.citations] == ["a"]
