"""Each cite on a page leads to its entry in the nearest list of references, in every style."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import lxml.html
import pytest

from citekit.testing.builders import Source, build_archive
from citekit.testing.sites import CONF, Site, build_site, write_source

if TYPE_CHECKING:
    from pathlib import Path

    from lxml import etree
    from playwright.sync_api import Browser

NAMES = {"ash": "Okafor", "elm": "Lind", "fir": "Zola", "oak": "Okafor", "yew": "Moreau",
         "zelkova": "Okafor"}  # fmt: skip
INDEX = """\
# Start

First.{cite:p}`yew` Then.{cite:p}`oak,fir,ash,yew,elm` Odd.{cite:p}`elm,yew` In {cite:t}`fir`.
Bare {cite:alp}`oak,ash`.

```{toctree}
refs
bibliography
```
"""
REFS = "# References\n\n{cite:p}`oak`\n\n```{bibliography}\n```\n"


def make(
    root: Path, style: str, pages: dict[str, str] | None = None, builder: str = "html"
) -> Site:
    """A site or book of six sources, one of them not cited, in a style."""
    if not (root / "archive").exists():
        build_archive(root / "archive", [_source(key, name) for key, name in NAMES.items()])
    conf = CONF + f'citekit_style = "{style}"\n'
    write_source(root, {"conf.py": conf, "index.md": INDEX, **(pages or {"refs.md": REFS})})
    strict = () if builder == "epub" else ("-W", "--keep-going")  # it asks for a copyright
    built = build_site(root, *strict, builder=builder, output=f"out-{builder}")
    assert built.code == 0, built.said
    return built


def _source(key: str, name: str) -> Source:
    data = {
        "title": f"The {key.title()}",
        "author": [{"family": name, "given": "Ada"}],
        "issued": {"date-parts": [[2024]]},
        "URL": f"https://trees.example/{key}",
    }
    return Source(key=key, data=data)


def citations(site: Site, name: str = "index") -> list[str]:
    """The citations of a page, as a reader of Markdown would see them."""
    page = lxml.html.fromstring(site.read(f"{name}.html"))
    return [_shown(span) for span in page.iter("span") if span.get("class") == "ck-cite"]


def _shown(element: etree._Element) -> str:
    inner = (element.text or "") + "".join(_shown(e) + (e.tail or "") for e in element)
    if element.tag == "sup":
        return f"^{inner}^"
    href = element.get("href", "").removeprefix("refs.html#ref-")
    return f"[{inner}]({href.removeprefix('https://trees.example')})" if href else inner


def entries(site: Site, name: str) -> dict[str, str]:
    """What each entry on a page begins with, by its anchor."""
    page = lxml.html.fromstring(site.read(f"{name}.html"))
    items = (item for item in page.iter("li") if item.get("class") == "ck-entry")
    return {
        str(item.get("id")): " ".join("".join(map(str, item.itertext())).split()[:3])
        for item in items
    }


# style -> its citations; ``yew`` is the entry ``refs.html#ref-yew``, ``/yew`` its own address
EXPECTED = {
    "nature": """\
^[1](yew)^
^[1](yew)–[5](elm)^
^[1](yew),[5](elm)^
[Zola](fir)^[3](fir)^
^[2](oak),[4](ash)^
""",
    "ieee": """\
[[1]](yew)
[[1]](yew), [[2]](oak), [[3]](fir), [[4]](ash), [[5]](elm)
[[1]](yew), [[5]](elm)
[Zola](fir) [[3]](fir)
[2](oak), [4](ash)
""",
    "vancouver": """\
([1](yew))
([1](yew)–[5](elm))
([1](yew),[5](elm))
[Zola](fir) ([3](fir))
[2](oak),[4](ash)
""",
    "apa": """\
([Moreau, 2024](yew))
([Lind, 2024](elm); [Moreau, 2024](yew); [Okafor, 2024b](oak), [2024a](ash); [Zola, 2024](fir))
([Lind, 2024](elm); [Moreau, 2024](yew))
[Zola](fir) ([2024](fir))
[Okafor, 2024b](oak), [2024a](ash)
""",
    "chicago-notes-bibliography": """\
[Ada Moreau, The Yew, 2024,](yew) [https://trees.example/yew](/yew).
[Ada Okafor, The Oak, 2024,](oak) [https://trees.example/oak](/oak); \
[Ada Zola, The Fir, 2024,](fir) [https://trees.example/fir](/fir); \
[Ada Okafor, The Ash, 2024,](ash) [https://trees.example/ash](/ash); \
[Moreau, The Yew](yew); \
[Ada Lind, The Elm, 2024,](elm) [https://trees.example/elm](/elm).
[Lind, The Elm](elm); [Moreau, The Yew](yew).
[Ada Zola](fir) [The Fir, 2024,](fir) [https://trees.example/fir](/fir).
[Okafor, The Oak](oak); [Okafor, The Ash](ash).
""",
}


@pytest.mark.parametrize("style", EXPECTED)
def test_each_cite_is_linked(tmp_path: Path, style: str) -> None:
    """Sorted, collapsed, superscript, with suffixes, as full notes: each leads to its entry."""
    found = "".join(f"{line}\n" for line in citations(make(tmp_path, style)))

    assert found == EXPECTED[style]


def test_numbers_are_those_of_every_list(tmp_path: Path) -> None:
    """A list of what one page cites, and that of the whole archive, count as the citations do."""
    local = "# References\n\n{cite:p}`elm,oak`\n\n```{bibliography}\n:local:\n```\n"
    site = make(tmp_path, "nature", {"refs.md": local})

    assert citations(site, "refs") == ["^[2](#ref-oak),[5](#ref-elm)^"]
    assert entries(site, "refs") == {"ref-oak": "2. Okafor, A.", "ref-elm": "5. Lind, A."}
    assert list(entries(site, "bibliography").values()) == [
        "1. Moreau, A.", "2. Okafor, A.", "3. Zola, A.", "4. Okafor, A.", "5. Lind, A.",
        "6. Okafor, A.",
    ]  # fmt: skip
    assert citations(site)[0] == "^[1](bibliography.html#ref-yew)^"


def test_authors_are_repeated_where_a_list_begins(tmp_path: Path) -> None:
    """A dash for the same author refers to the entry before it in this list, not in another."""
    local = "# References\n\n{cite:p}`oak`\n\n```{bibliography}\n:local:\n```\n"
    site = make(tmp_path, "chicago-author-date-16th-edition", {"refs.md": local})

    assert entries(site, "refs") == {"ref-oak": "Okafor, Ada. 2024b."}


def test_a_new_list_is_linked_by_pages_that_stay(tmp_path: Path) -> None:
    """Where references find a page of their own, the pages that cite are written again."""
    before = make(tmp_path, "nature", {"refs.md": "# References\n"})
    assert citations(before)[0] == "^[1](bibliography.html#ref-yew)^"

    after = make(tmp_path, "nature", {"refs.md": REFS})

    assert citations(after)[0] == "^[1](yew)^"


def test_a_printed_book_leads_to_entries(tmp_path: Path) -> None:
    """In LaTeX each number refers to a label that is there."""
    book = make(tmp_path, "nature", builder="latex")
    text = next(book.output.glob("*.tex")).read_text("utf-8")

    asked = re.findall(r"\\hyperref\[\\detokenize\{(\w+:ref-\w+)\}\]", text)
    there = re.findall(r"\\label\{\\detokenize\{(\w+:ref-\w+)\}\}", text)

    assert asked[:3] == ["refs:ref-yew", "refs:ref-yew", "refs:ref-elm"]
    assert set(asked) <= set(there)
    assert len(there) == len(set(there))


def test_a_book_without_lists_leads_to_sources(tmp_path: Path) -> None:
    """Where a book leaves the bibliography out, a cite refers to the chapter of its source."""
    pages = {"index.md": INDEX.replace("bibliography\n", ""), "refs.md": "# References\n"}
    book = make(tmp_path, "nature", pages, builder="latex")
    text = next(book.output.glob("*.tex")).read_text("utf-8")

    assert r"\hyperref[\detokenize{items/yew::doc}]{\sphinxcrossref{1}}" in text
    assert ":ref-" not in text


def test_a_book_of_pages_leads_to_entries(tmp_path: Path) -> None:
    """In an EPUB each number leads to an entry of a file in the book."""
    book = make(tmp_path, "nature", builder="epub")
    page = lxml.html.fromstring((book.output / "index.xhtml").read_bytes())
    target = (book.output / "refs.xhtml").read_text("utf-8")

    spans = (span for span in page.iter("span") if span.get("class") == "ck-cite")
    found = [str(link.get("href")) for span in spans for link in span.iter("a")]

    assert found[:3] == ["refs.xhtml#ref-yew", "refs.xhtml#ref-yew", "refs.xhtml#ref-elm"]
    assert all(f'id="{href.partition("#")[2]}"' in target for href in found)


@pytest.mark.browser
def test_a_reader_lands_on_the_entry_of_each_number(browser: Browser, tmp_path: Path) -> None:
    """Clicked in a browser, each number of a collapsed cluster leads to the entry it counts."""
    site = make(tmp_path, "nature")
    page = browser.new_page()
    address = (site.output / "index.html").as_uri()
    page.goto(address)
    cluster = page.locator(".ck-cite").nth(1)
    assert cluster.inner_text() == "1–5"

    landed = {}
    for link in cluster.locator("sup a").all():
        number = link.inner_text()
        link.click()
        page.wait_for_url("**/refs.html#ref-*")
        entry = page.locator("li:target")
        assert entry.is_visible()
        landed[number] = entry.locator("p").first.inner_text()
        page.goto(address)

    page.close()
    assert list(landed) == ["1", "5"]
    assert re.match(r"1\.\s*Moreau, A\. The Yew", landed["1"])
    assert re.match(r"5\.\s*Lind, A\. The Elm", landed["5"])
