"""Books have each page as a chapter; those of an EPUB are XML, and no link in it is dead."""

from __future__ import annotations

import posixpath
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree

from citekit.app.sealing.seal import seal
from citekit.testing.builders import Mark, Source, add_source, build_archive
from citekit.testing.sites import INDEX, Site, Tags, build_site, write_source

if TYPE_CHECKING:
    from pathlib import Path

XHTML = "{http://www.w3.org/1999/xhtml}"
ODD = "Odd \x01\x0c\ufffe\x9f & <i>Title</i> \t ]]> <br> &nbsp; \U0001f30a"


def build_book(root: Path, address: str = "") -> Site:
    """An EPUB of a sealed archive, one of whose sources is hard to write as XML."""
    store = build_archive(root / "archive")
    odd = Source(
        key="odd",
        data={"title": ODD, "container-title": ODD, "DOI": '10.1/"<&>', "language": ODD},
        access="public",
        text=f"{ODD}\n\nSecond {ODD}.",
        marks=(Mark(quote="Second", note=f"A note. {ODD}", tags=(ODD,)),),
        note=f"# Head {ODD}\n\nA note with <br> and {ODD}",
        aliases=("strange",),
    )
    with store.writing() as writer:
        add_source(writer, odd)
    if address:
        settings = root / "archive" / "archive.toml"
        settings.write_text(f'layout = 1\ntitle = "A & B"\nbase_url = "{address}"\n', "utf-8")
    seal(store)
    write_source(root, {"index.md": INDEX})
    built = build_site(root, builder="epub")
    assert built.code == 0, built.said
    return built


def pages_of(built: Site) -> dict[str, etree._Element]:
    """The pages inside the one file of the book, each as read by a parser of XML."""
    with zipfile.ZipFile(next(built.output.glob("*.epub"))) as book:
        return {
            name: etree.fromstring(book.read(name))
            for name in book.namelist()
            if name.endswith((".xhtml", ".opf", ".ncx", ".xml"))
        }


def links(page: etree._Element) -> list[str]:
    """What a page links to or shows."""
    return [
        str(element.attrib[name])
        for element in page.iter(f"{XHTML}*")
        for name in ("href", "src")
        if name in element.attrib
    ]


def words(page: etree._Element) -> str:
    """All text of a page."""
    return "".join(map(str, page.itertext()))


def dead_links(built: Site) -> list[str]:
    """Links between the files of a book that lead nowhere, or to a file that is no part of it."""
    pages = pages_of(built)
    with zipfile.ZipFile(next(built.output.glob("*.epub"))) as book:
        files = set(book.namelist())
    ids = {name: {str(e.get("id")) for e in page.iter()} for name, page in pages.items()}
    dead = []
    for name, page in pages.items():
        for target in links(page):
            address = urlsplit(target)
            if address.scheme:
                continue
            path = posixpath.join(posixpath.dirname(name), unquote(address.path))
            to = posixpath.normpath(path) if address.path else name
            if to not in files or (address.fragment and address.fragment not in ids[to]):
                dead.append(f"{name}: {target}")
    return dead


def test_every_page_of_a_book_is_xml_and_no_link_is_dead(tmp_path: Path) -> None:
    """A strict parser reads each page, and what it links to is in the book."""
    built = build_book(tmp_path)

    pages = pages_of(built)

    assert {"items/odd.xhtml", "items/harbour2024.xhtml", "nav.xhtml", "content.opf"} <= set(pages)
    assert dead_links(built) == []
    assert "A note with <br> and Odd" in words(pages["items/odd.xhtml"])
    with pytest.raises(etree.XMLSyntaxError):  # a parser that would read anything shows nothing
        etree.fromstring(b"<p><br></p>")


def test_a_book_tells_where_the_files_of_its_site_are(tmp_path: Path) -> None:
    """Downloads and proofs are linked at the site's address; without one nothing is offered."""
    without = pages_of(build_book(tmp_path / "one"))
    built = build_book(tmp_path / "two", "https://sea.example/archive/")

    page = pages_of(built)["items/tide2023.xhtml"]

    assert {
        "https://sea.example/archive/items/tide2023.json",
        "https://sea.example/archive/items/tide2023.citekit-proof.json",
        "https://sea.example/archive/check_proof.py",
    } <= set(links(page))
    assert "Download" not in words(without["items/tide2023.xhtml"])
    assert "has a proof to download" not in words(without["provenance.xhtml"])
    assert dead_links(built) == []
    assert not list(built.output.rglob("*.json"))


def test_a_site_has_its_files_beside_its_pages(tmp_path: Path) -> None:
    """On a site with addresses in either form each download is linked where it is."""
    build_archive(tmp_path / "archive")
    write_source(tmp_path)

    plain = build_site(tmp_path)
    folders = build_site(tmp_path, output="folders", builder="dirhtml")

    assert "tide2023.json" in Tags(plain.read("items/tide2023.html")).values("a", "href")
    assert "../tide2023.json" in Tags(folders.read("items/tide2023/index.html")).values("a", "href")
    assert (folders.output / "items/tide2023.json").is_file()


def test_a_book_has_every_item_entity_and_claim(tmp_path: Path) -> None:
    """Each page is a chapter, and the build has nothing to warn of."""
    build_archive(tmp_path / "archive")
    write_source(tmp_path)
    latex = build_site(tmp_path, "-W", output="latex", builder="latex")
    named = ("-D", "version=1", "-D", "copyright=nobody")  # EPUB asks for these
    epub = build_site(tmp_path, "-W", *named, output="epub", builder="epub")
    assert latex.code == epub.code == 0, latex.said + epub.said
    (tex,) = latex.output.glob("*.tex")
    said = tex.read_text("utf-8")
    assert r"\label{\detokenize{items/harbour2024:title}}" in said
    assert r"\label{\detokenize{entities/ada-quill:title}}" in said
    assert r"\label{\detokenize{claims/passengers:title}}" in said
    (book,) = epub.output.glob("*.epub")
    with zipfile.ZipFile(book) as packed:
        contents = packed.read("nav.xhtml").decode()
    assert "items/harbour2024.xhtml" in contents


def test_a_site_that_shares_its_cache_with_a_book_has_no_chapters(tmp_path: Path) -> None:
    """The first page is read again when the other kind of build was the last."""
    build_archive(tmp_path / "archive")
    write_source(tmp_path)
    caches = ("-d", str(tmp_path / "shared-cache"))
    before = build_site(tmp_path, *caches, "-W", output="out")
    assert before.code == 0, before.said
    built = build_site(tmp_path, *caches, output="latex", builder="latex")
    assert built.code == 0, built.said
    after = build_site(tmp_path, *caches, "-W", output="out")
    assert after.code == 0, after.said
    assert "items/harbour2024" in next(built.output.glob("*.tex")).read_text("utf-8")
    assert 'class="caption"' not in (after.output / "index.html").read_text("utf-8")
