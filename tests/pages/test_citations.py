"""Citations and references through the CSL processor."""

from __future__ import annotations

import pytest

from citekit.model.item import Item
from citekit.pages.citations import Citation, Cite, Mode, Style
from citekit.pages.element import Element, h

ITEMS = {
    key: Item.from_json({"id": key, "type": "webpage", **data})
    for key, data in {
        "moreau2023": {
            "title": "Sand & <i>tide</i>",
            "author": [{"family": "Moreau", "given": "Lucía"}],
            "issued": {"date-parts": [[2023, 11]]},
            "URL": "https://tide.example/sandbank",
        },
        "okoye2024": {
            "title": "Harbour",
            "author": [{"family": "Okoye", "given": "Chidi"}],
            "issued": {"date-parts": [[2024]]},
            "URL": "javascript:alert(1)",
        },
    }.items()
}


def cited(*citations: Citation, style: str = "apa") -> list[Element]:
    """Each citation as one element."""
    found = Style.find(style, "en-US").project(ITEMS, citations).citations()
    return [h("span", content) for content in found]


def links(element: Element) -> list[str]:
    """Where the references inside an element lead."""
    inner = [c for c in element.children if isinstance(c, Element)]
    own = [element.attributes["to"]] if "to" in element.attributes else []
    return own + [target for child in inner for target in links(child)]


def test_modes_follow_sphinxcontrib_bibtex() -> None:
    """P is in parentheses, t in the sentence, author and year are parts, alp is bare."""
    cite = (Cite(key="moreau2023"),)

    modes = [Citation(cites=cite, mode=m) for m in ("p", "t", "author", "year", "alp")]

    assert [element.text() for element in cited(*modes)] == [
        "(Moreau, 2023)",
        "Moreau (2023)",
        "Moreau",
        "2023",
        "Moreau, 2023",
    ]


def test_prefix_and_locator_are_carried() -> None:
    """Words before and a pinpoint after a key come out as the style writes them."""
    (element,) = cited(Citation(cites=(Cite(key="moreau2023", prefix="see", suffix="p. 3"),)))

    assert element.text() == "(see Moreau, 2023, p. 3)"


def test_each_source_of_a_citation_is_linked() -> None:
    """In a citation of several sources every one leads to its own page."""
    (element,) = cited(Citation(cites=(Cite(key="moreau2023"), Cite(key="okoye2024"))))

    assert element.text() == "(Moreau, 2023; Okoye, 2024)"
    assert links(element) == ["entry:moreau2023", "entry:okoye2024"]


BOTH = (Cite(key="okoye2024"), Cite(key="moreau2023", prefix="see", suffix="passim"))


@pytest.mark.parametrize(
    ("style", "mode", "expected"),
    [
        ("ieee", "p", "{[1]}, {see [2], passim}"),
        ("ieee", "alp", "{1}, {see 2, passim}"),
        ("ieee", "author", "{Okoye}, {Moreau}"),
        ("ieee", "t", "{Okoye} {[1]}, {Moreau} {see [2], passim}"),
        ("nature", "t", "{Okoye}{1}, {Moreau}{see 2, passim}"),
        ("apa", "p", "({see Moreau, 2023, passim}; {Okoye, 2024})"),
        ("apa", "author", "{Okoye}, {Moreau}"),
        ("apa", "alp", "{see Moreau, 2023, passim}; {Okoye, 2024}"),
        ("modern-language-association", "t", "{Okoye}, {Moreau} ({see passim})"),
        ("modern-language-association", "p", "({Okoye}; {see Moreau, passim})"),
    ],
)
def test_each_cite_of_several_is_a_link(style: str, mode: Mode, expected: str) -> None:
    """Whatever the style makes of two sources, each is linked: names, numbers, typed words."""
    (element,) = cited(Citation(cites=BOTH, mode=mode), style=style)

    assert braced(element) == expected
    assert set(links(element)) == {"entry:okoye2024", "entry:moreau2023"}


def braced(element: Element) -> str:
    """The text of an element with each of its references in braces."""
    inner = "".join(c if isinstance(c, str) else braced(c) for c in element.children)
    return f"{{{inner}}}" if element.tag == "ref" else inner


def test_numbers_follow_the_order_of_citations() -> None:
    """A numeric style counts through the whole project."""
    cites = [Citation(cites=(Cite(key=key),)) for key in ("okoye2024", "moreau2023", "okoye2024")]

    assert [element.text() for element in cited(*cites, style="ieee")] == ["[1]", "[2]", "[1]"]


def test_a_title_stands_where_an_author_would() -> None:
    """A source without an author is named by its title, as the style has it."""
    data = {
        "id": "x",
        "type": "article-newspaper",
        "container-title": "Tide",
        "title": "Sand moves",
    }
    item = Item.from_json(data)

    cites = [Citation(cites=(Cite(key="x"),), mode="t")]
    (content,) = Style.find("apa", "en-US").project({"x": item}, cites).citations()

    assert h("span", content).text() == "“Sand Moves” (n.d.)"


def test_a_numeric_style_names_the_author_in_a_sentence() -> None:
    """A number alone is no part of a sentence."""
    (element,) = cited(Citation(cites=(Cite(key="moreau2023"),), mode="t"), style="ieee")

    assert element.text() == "Moreau [1]"


def test_a_reference_links_web_addresses_only() -> None:
    """A script in an address comes out as words."""
    style = Style.find("apa", "en-US")

    made = h("p", style.reference(ITEMS["okoye2024"])).to_json()

    assert "javascript:alert(1)" not in [
        part[1].get("href") for part in made[2:] if isinstance(part, list)
    ]


def test_the_bibliography_is_in_the_order_of_the_style() -> None:
    """References are sorted by the style, not by key."""
    project = Style.find("apa", "en-US").project(ITEMS, listed=["okoye2024", "moreau2023"])

    assert list(project.references(["okoye2024", "moreau2023"])) == ["moreau2023", "okoye2024"]
