"""Links on identifiers, on titles and on whole entries (CSL 1.0.2, Appendix VI)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit.csl import find_style, process
from citekit.csl.values.links import link_for
from citekit.testing import csl_samples as csl

if TYPE_CHECKING:
    from citekit.csl.output.render import Format

TITLE = '<text variable="title" prefix="In " suffix="."/>'
DOI = "https://doi.org/10.1/a"
ITEM: dict[str, Any] = {"title": "Ice & snow", "DOI": "10.1/a", "URL": "https://b.example/c"}


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("text", "In Ice & snow."),
        ("html", f'In <a href="{DOI}">Ice &#38; snow</a>.'),
        ("markdown", f"In [Ice \\& snow](<{DOI}>)."),
        ("latex", f"In \\href{{{DOI}}}{{Ice \\& snow}}."),
        ("rtf", f'In {{\\field{{\\*\\fldinst HYPERLINK "{DOI}"}}{{\\fldrslt Ice & snow}}}}.'),
    ],
)
def test_the_title_is_linked_where_no_identifier_is_printed(output: Format, expected: str) -> None:
    """Affixes stay outside the link, in every format."""
    assert csl.entry(TITLE, ITEM, output) == expected


def test_a_link_after_an_exclamation_mark_is_no_image() -> None:
    """In Markdown the two signs together would load a picture from the address."""
    layout = '<text variable="genre" suffix="!"/><text variable="title"/>'
    shown = csl.entry(layout, {**ITEM, "genre": "Wow"}, "markdown")
    assert shown == f"Wow\\![Ice \\& snow](<{DOI}>)"


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"DOI": "10.1/a", "PMCID": "PMC1", "PMID": "2", "URL": "https://b.example/"}, DOI),
        (
            {"PMCID": "PMC1", "PMID": "2", "URL": "https://b.example/"},
            "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1",
        ),
        ({"PMID": "2", "URL": "https://b.example/"}, "https://www.ncbi.nlm.nih.gov/pubmed/2"),
        ({"URL": "https://b.example/"}, "https://b.example/"),
        ({"DOI": "not a DOI", "URL": "https://b.example/"}, "https://b.example/"),
    ],
)
def test_identifiers_in_their_order(fields: dict[str, str], address: str) -> None:
    """DOI, PMCID, PMID, URL: the first that makes a web address."""
    shown = csl.entry('<text variable="title"/>', {"title": "A", **fields}, "html")
    assert shown == f'<a href="{address}">A</a>'


@pytest.mark.parametrize("fields", [{}, {"URL": "javascript:alert(1)"}, {"DOI": "a b"}])
def test_no_link_without_an_address(fields: dict[str, str]) -> None:
    """An item that has none, or one that leads nowhere safe, is not linked."""
    assert csl.entry('<text variable="title"/>', {"title": "A", **fields}, "html") == "A"


def test_only_the_identifier_is_linked_where_one_is_printed() -> None:
    """The title stays plain; what is part of the address belongs to the link, a label does not."""
    layout = '<text variable="title"/><text variable="DOI" prefix=", doi: https://doi.org/"/>'
    assert csl.entry(layout, ITEM, "html") == (
        f'Ice &#38; snow, doi: <a href="{DOI}">https://doi.org/10.1/a</a>'
    )


def test_only_the_first_title_is_linked() -> None:
    """Also where it is printed short, and again."""
    layout = '<text variable="title" form="short"/> <text variable="title" prefix=": "/>'
    shown = csl.entry(layout, {**ITEM, "title-short": "Ice"}, "html")
    assert shown == f'<a href="{DOI}">Ice</a>: Ice &#38; snow'


def test_a_title_in_the_place_of_names_is_linked() -> None:
    """Where it substitutes for an author."""
    layout = '<names variable="author"><substitute><text variable="title"/></substitute></names>'
    assert csl.entry(layout, ITEM, "html") == f'<a href="{DOI}">Ice &#38; snow</a>'


def test_an_entry_without_a_title_is_one_link() -> None:
    """The layout's own suffix stays outside."""
    layout = '<text variable="volume"/><text variable="page" font-style="italic" prefix=", "/>'
    shown = csl.entry(layout, {**ITEM, "volume": "4", "page": "2"}, "html")
    assert shown == f'<a href="{DOI}">4, <i>2</i></a>'


def test_the_margin_stays_outside_a_link_of_the_whole_entry() -> None:
    """With second-field-align the number in the margin is no part of it."""
    layout = '<text variable="citation-number" suffix="."/><text variable="volume"/>'
    parts = {"bibliography_options": 'second-field-align="flush"'}
    shown = csl.entry(layout, {**ITEM, "volume": "4"}, "html", **parts)
    assert shown == (
        '<div class="csl-left-margin">1.</div>'
        f'<div class="csl-right-inline"><a href="{DOI}">4</a></div>'
    )


def test_citations_have_no_link_on_the_title() -> None:
    """Only entries of the bibliography have."""
    result = process(csl.style(), [{"id": "x", **ITEM}], [[{"id": "x"}]], output="html")
    assert result.citations == ("Ice &#38; snow",)


@pytest.mark.parametrize("layout", [TITLE, '<text variable="URL"/>', '<text variable="volume"/>'])
def test_links_can_be_declined(layout: str) -> None:
    """``links=False``: neither titles nor identifiers, nor whole entries."""
    items = [{"id": "x", "volume": "4", **ITEM}]
    found = process(csl.style(layout), items, output="html", links=False)
    assert "<a" not in found.bibliography[0][1]


def test_an_old_doi_is_encoded() -> None:
    """Angle brackets and the like are part of some DOIs."""
    assert link_for("DOI", '10.1/(a)1:2<3::B>#4?"') == (
        "https://doi.org/10.1/(a)1:2%3C3::B%3E%234%3F%22"
    )


FIELDS = ("title", "container-title", "page", "volume", "publisher", "DOI", "URL")
STYLES = ("nature", "american-physics-society", "ieee", "american-chemical-society", "vancouver")
TEXTS = st.text(st.sampled_from("ab1 .,;:?!“”'’\"()[]–-<>&"), min_size=1, max_size=8)


@given(item=st.dictionaries(st.sampled_from(FIELDS), TEXTS), name=st.sampled_from(STYLES))
@settings(max_examples=60, deadline=None)
def test_a_link_changes_no_text(item: dict[str, str], name: str) -> None:
    """Where marks meet, a link between them makes no difference."""
    data = [{"id": "x", "type": "article-journal", "URL": "https://b.example/", **item}]
    source = find_style(name)
    with_links = process(source.xml, data).bibliography
    assert with_links == process(source.xml, data, links=False).bibliography
