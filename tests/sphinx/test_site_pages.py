"""What a built site holds: addresses, links both ways, metadata, downloads."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from typing import TYPE_CHECKING

import lxml.html
import pytest

from citekit.testing.builders import SOURCES, annotation_id
from citekit.testing.sites import Tags

if TYPE_CHECKING:
    from citekit.testing.sites import Site

PAGES = (
    "items/harbour2024.html",
    "items/lantern2024.html",
    "items/tide2023.html",
    "entities/ada-quill.html",
    "claims/passengers.html",
    "items/index.html",
    "entities/index.html",
    "claims/index.html",
    "timeline.html",
    "bibliography.html",
)


def metas(text: str) -> dict[str, list[str]]:
    """The content of every named meta element."""
    found: dict[str, list[str]] = {}
    for tag, attributes in Tags(text).tags:
        if tag == "meta" and "content" in attributes:
            name = attributes.get("name") or attributes.get("property") or ""
            found.setdefault(name, []).append(attributes["content"])
    return found


@pytest.mark.parametrize("name", PAGES)
def test_promised_addresses_exist(site: Site, name: str) -> None:
    """Every address that docs/reference/sphinx.md promises is a page of the site."""
    assert (site.output / name).is_file()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_inside_the_site_arrives(site: Site, name: str) -> None:
    """No link to a page or an anchor of the site is dead."""
    page = site.output / name
    links = [a for a in Tags(site.read(name)).values("a", "href") if not a.startswith("http")]

    dead = []
    for address in links:
        path, _, anchor = address.partition("#")
        target = (page.parent / path).resolve() if path else page
        is_page = target.suffix == ".html" and target.is_file()
        ids = (
            [a["id"] for _, a in Tags(target.read_text("utf-8")).tags if "id" in a]
            if is_page
            else []
        )
        if not target.is_file() or (anchor and anchor not in ids):
            dead.append(address)

    assert dead == []


def test_passages_and_notes_have_their_anchors(site: Site) -> None:
    """Paragraphs are #p1 … and every annotation has #a-<id>, with or without its text."""
    ids = {a.get("id") for _, a in Tags(site.read("items/harbour2024.html")).tags}

    wanted = {f"a-{annotation_id('harbour2024', mark)}" for mark in SOURCES[0].marks}
    assert {"p1", "p2", "p3", "p4", *wanted} <= ids


def test_public_text_is_complete_and_highlighted(site: Site) -> None:
    """A public item's page has every word, overlapping highlights included."""
    page = site.read("items/lantern2024.html")
    article = page[page.index('class="ck-article"') : page.index('id="cite"')]
    rows = re.findall(r'<p class="ck-text">(.*?)</p>', article, re.DOTALL)
    without_marks = [re.sub(r'<a class="ck-anchor.*?</a>', "", row) for row in rows]
    words = [re.sub(r"<[^>]+>", "", row) for row in without_marks]

    assert words == SOURCES[1].text.strip().split("\n\n") if SOURCES[1].text else False
    assert "ck-depth2" in article


def test_old_keys_lead_on(site: Site) -> None:
    """The address of an earlier citekey is a page that leads to the item, without a script."""
    page = site.read("items/ferries2024.html")

    assert '<meta http-equiv="refresh" content="0; url=harbour2024.html">' in page
    assert '<a href="harbour2024.html">' in page


def test_downloads_are_the_item(site: Site) -> None:
    """CSL-JSON, RIS and BibLaTeX lie beside the page."""
    (item,) = json.loads(site.read("items/harbour2024.json"))

    assert item["title"] == SOURCES[0].data["title"]
    assert "custom" not in item
    assert site.read("items/harbour2024.ris").startswith("TY  - NEWS")
    assert site.read("items/harbour2024.bib").startswith("@")


def test_pages_that_name_an_item_are_listed_on_it(site: Site) -> None:
    """Backlinks: the item's page names the pages that cite or link to it."""
    page = site.read("items/tide2023.html")

    assert 'href="../index.html"' in page[page.index("ck-backlinks") :]


def test_claims_are_set_source_by_source(site: Site) -> None:
    """A claim's page says of every source what it says, its stance and its passage."""
    page = site.read("claims/passengers.html")

    assert "How many passengers were carried ashore?" in page
    assert page.count("ck-row-supports") == 1
    assert page.count("ck-row-disputes") == 1
    assert "../items/harbour2024.html#a-" in page


def test_an_entity_lists_its_passages_and_authorities(site: Site) -> None:
    """An entity's page has its mentions and links to authority files."""
    page = site.read("entities/ada-quill.html")

    assert "../items/harbour2024.html#a-" in page
    assert "https://www.wikidata.org/entity/Q42" in page


def test_news_metadata_is_what_zotero_reads(site: Site) -> None:
    """Highwire, Dublin Core and z.itemType on news, and no citation_journal_title."""
    page = site.read("items/harbour2024.html")
    found = metas(page)

    assert found["z.itemType"] == ["newspaperArticle"]
    assert found["prism.publicationName"] == ["The Lanternfish Courier"]
    assert found["citation_publication_date"] == ["2024/02/29"]
    assert "citation_journal_title" not in found
    assert '<link rel="schema.z" href="http://www.zotero.org/namespaces/export#">' in page


def test_a_corporate_author_ends_in_a_comma(site: Site) -> None:
    """Zotero would split an institution's name into a person's."""
    assert metas(site.read("items/lantern2024.html"))["citation_author"] == ["Harbour Archive,"]
    assert metas(site.read("items/tide2023.html"))["citation_author"] == [
        "Moreau, Lucía",
        "Okoye, Chidi",
    ]


def test_coins_stand_on_the_bibliography_alone(site: Site) -> None:
    """One COinS an entry for bulk saving; on an item's page it would win over the metadata."""
    assert site.read("bibliography.html").count('class="Z3988"') == 3
    assert "Z3988" not in site.read("items/harbour2024.html")


def test_structured_data_is_json(site: Site) -> None:
    """The schema.org block of an item can be read."""
    block = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', site.read("items/tide2023.html")
    )

    assert block is not None
    assert json.loads(block[1])["@type"] == "NewsArticle"


def test_everything_is_in_the_inventory(site: Site) -> None:
    """Other projects can link to items, passages, entities, claims and old keys."""
    inventory = (site.output / "objects.inv").read_bytes().split(b"\n", 4)[4]
    names = zlib.decompress(inventory).decode()

    assert "harbour2024 ck:item" in names
    assert "harbour2024#p2 ck:passage" in names
    assert "ada-quill ck:entity" in names
    assert "passengers ck:claim" in names
    assert "ferries2024 ck:item" in names


def test_citations_use_the_style(site: Site) -> None:
    """Roles, footnotes and the bibliography come out in the default style."""
    page = site.read("index.html")
    words = "".join(map(str, lxml.html.fromstring(page).itertext()))

    assert "(see Moreau & Okoye, 2023, p. 3)" in words
    assert "Harbour Archive (2024)" in words
    assert 'class="footnote' in page
    assert page.index('id="ref-lantern2024"') < page.index('id="ref-tide2023"')


def test_the_first_view_is_small(site: Site) -> None:
    """An item's page with its styles, scripts and fonts is at most 150 KB gzipped."""
    page = site.output / "items/harbour2024.html"
    tags = Tags(page.read_text("utf-8"))
    parts = [page]
    for address in [*tags.values("link", "href"), *tags.values("script", "src")]:
        path = (page.parent / address.partition("?")[0]).resolve()
        if path.suffix in (".css", ".js"):
            parts.append(path)

    assert len(parts) > 3
    assert sum(len(gzip.compress(part.read_bytes())) for part in parts) < 150_000


def test_nothing_is_asked_of_another_host(site: Site) -> None:
    """No style, script, image or font comes from elsewhere."""
    tags = Tags(site.read("items/harbour2024.html"))
    loaded = [
        *tags.values("script", "src"),
        *tags.values("img", "src"),
        *[a["href"] for t, a in tags.tags if t == "link" and a.get("rel") == "stylesheet"],
    ]

    assert [address for address in loaded if "//" in address] == []


def test_search_finds_notes(site: Site) -> None:
    """Sphinx's index holds the words of notes, not those of what is withheld."""
    assert "items/harbour2024" in pages_with(site, "count")  # "Counted at the quay." is a note
    assert pages_with(site, "dredger")  # from the public chronology
    assert '"lighthous' not in site.read("searchindex.js")  # in the restricted text alone


def pages_with(site: Site, stem: str) -> set[str]:
    """The pages that Sphinx's search finds for one stem."""
    index = json.loads(site.read("searchindex.js").removeprefix("Search.setIndex(").rstrip(")\n"))
    hits = index["terms"].get(stem, [])
    return {index["docnames"][n] for n in (hits if isinstance(hits, list) else [hits])}


def test_search_offers_each_page_once(site: Site) -> None:
    """Objects of the inventory, and names of neighbours, are no hits of their own."""
    index = json.loads(site.read("searchindex.js").removeprefix("Search.setIndex(").rstrip(")\n"))
    found = pages_with(site, "quill")

    assert index["objects"] == {}
    assert "ada-quill" in site.read("entities/port-office.html")
    assert "entities/port-office" not in found


def test_every_page_names_an_icon_of_its_own_site(site: Site) -> None:
    """No browser asks the server for an icon that is not there."""
    tags = Tags(site.read("items/harbour2024.html"))
    (icon,) = [a["href"] for tag, a in tags.tags if tag == "link" and a.get("rel") == "icon"]

    assert (site.output / "items" / icon).resolve().is_file()


def test_a_source_shows_its_key_and_its_terms(site: Site) -> None:
    """What to type to cite a source, and how its text may be used, stand at the top."""
    head = site.read("items/lantern2024.html").partition('id="text"')[0]

    assert ">lantern2024<" in head
    assert "Licence: CC BY 4.0" in head
