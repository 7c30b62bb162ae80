"""What Zotero reads of a page: the names that it knows, for every type."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from citekit.model.item import Item
from citekit.model.variables import ITEM_TYPES
from citekit.pages.library import Library
from citekit.pages.lists import items_body
from citekit.pages.metadata import coins, item_head
from citekit.testing.builders import Source, build_archive

if TYPE_CHECKING:
    from pathlib import Path

DATE = {"date-parts": [[2020, 3, 1], [2020, 3, 4]], "circa": True}


def heads(root: Path, *sources: Source) -> dict[str, dict[str, list[str]]]:
    """By key, the ``meta`` elements of each item's page: names and contents."""
    build_archive(root, list(sources))
    library = Library.read(root)
    found: dict[str, dict[str, list[str]]] = {}
    for key, shelf in library.shelves.items():
        tags = found.setdefault(key, {})
        for element in item_head(library, shelf):
            name = element.attributes.get("name") or element.attributes.get("property")
            if name:
                tags.setdefault(str(name), []).append(str(element.attributes["content"]))
    return found


def test_every_type_has_its_name_in_zotero(tmp_path: Path) -> None:
    """None of CSL's types is a mere document but the document."""
    sources = [
        Source(key=f"a{n}", data={"type": name, "title": "Crane"})
        for n, name in enumerate(sorted(ITEM_TYPES))
    ]
    found = heads(tmp_path / "archive", *sources)
    kinds = {name: found[f"a{n}"]["z.itemType"] for n, name in enumerate(sorted(ITEM_TYPES))}
    assert [name for name, kind in kinds.items() if kind == ["document"]] == ["document"]
    assert kinds["paper-conference"] == ["conferencePaper"]
    assert kinds["legal_case"] == ["case"]


def test_fields_of_a_chapter_of_a_report_and_of_a_thesis(tmp_path: Path) -> None:
    """Pages, editors, numbers, kinds and tags are where Zotero looks for them."""
    found = heads(
        tmp_path / "archive",
        Source(
            key="chapter",
            data={
                "type": "chapter", "title": "Cranes", "container-title": "Harbours",
                "editor": [{"family": "Roe", "given": "Cy"}], "page": "55–78, 90",
                "ISBN": "9780306406157", "collection-title": "Coasts", "keyword": "cranes; quays",
                "interviewer": [{"family": "Quill", "given": "Ada"}], "edition": "2",
            },
        ),
        Source(
            key="report",
            data={"type": "report", "title": "Ice", "number": "269", "publisher": "Office"},
        ),
        Source(
            key="thesis",
            data={"type": "thesis", "title": "Tides", "genre": "PhD thesis", "publisher": "Uni"},
        ),
    )  # fmt: skip
    chapter = found["chapter"]
    assert (chapter["citation_firstpage"], chapter["citation_lastpage"]) == (["55"], ["78"])
    assert chapter["citation_editor"] == ["Roe, Cy"]
    assert chapter["citation_keywords"] == ["cranes", "quays"]
    assert chapter["citation_inbook_title"] == chapter["z.bookTitle"] == ["Harbours"]
    assert (chapter["z.series"], chapter["z.edition"]) == (["Coasts"], ["2"])
    assert chapter["z.interviewer"] == ["Quill, Ada"]
    assert found["report"]["citation_technical_report_number"] == ["269"]
    assert found["report"]["citation_technical_report_institution"] == ["Office"]
    assert found["thesis"]["citation_dissertation_institution"] == ["Uni"]
    assert found["thesis"]["z.type"] == ["PhD thesis"]


def test_a_date_is_a_date(tmp_path: Path) -> None:
    """Of a range its first day, and no mark of how sure it is."""
    found = heads(tmp_path / "archive", Source(key="one", data={"title": "A", "issued": DATE}))
    assert found["one"]["citation_publication_date"] == ["2020/03/01"]
    assert found["one"]["dc.date"] == ["2020-03-01"]


def test_only_an_abstract_is_one(tmp_path: Path) -> None:
    """Our own line about an item is nowhere that Zotero takes an abstract from."""
    found = heads(
        tmp_path / "archive",
        Source(key="with", data={"title": "A", "abstract": "We study tides."}, access="public"),
        Source(key="without", data={"title": "B", "container-title": "Coast"}, access="public"),
    )
    taken = ("description", "citation_abstract", "og:description")
    assert [found["with"][name] for name in taken] == [["We study tides."]] * 3
    assert [name for name in taken if name in found["without"]] == []


def test_a_publisher_is_no_publication(tmp_path: Path) -> None:
    """The title of the newspaper stands once, as that."""
    data = {"type": "article-newspaper", "title": "A", "container-title": "Coast"}
    found = heads(tmp_path / "archive", Source(key="one", data=data))["one"]
    assert "dc.publisher" not in found
    assert found["z.publicationTitle"] == found["prism.publicationName"] == ["Coast"]


@pytest.mark.parametrize(
    ("data", "format_", "expected"),
    [
        (
            {"type": "article-journal", "container-title": "Tides", "page": "101-119"},
            "journal",
            {"rft.atitle": "Cranes", "rft.jtitle": "Tides", "rft.spage": "101", "rft.epage": "119"},
        ),
        (
            {"type": "chapter", "container-title": "Harbours", "publisher": "Quay"},
            "book",
            {"rft.atitle": "Cranes", "rft.btitle": "Harbours", "rft.genre": "bookitem"},
        ),
        (
            {"type": "book", "publisher": "Quay"},
            "book",
            {"rft.btitle": "Cranes", "rft.pub": "Quay"},
        ),
        ({"type": "thesis", "publisher": "Uni"}, "dissertation", {"rft.inst": "Uni"}),
        ({"type": "post"}, "dc", {"rft.title": "Cranes", "rft.type": "forumPost"}),
    ],
)
def test_coins_have_the_title_where_zotero_reads_it(
    data: dict[str, str], format_: str, expected: dict[str, str]
) -> None:
    """By the format that a kind of thing has in OpenURL."""
    found = parse_qs(coins(Item.from_json({"id": "one", "title": "Cranes", **data})))
    assert found["rft_val_fmt"] == [f"info:ofi/fmt:kev:mtx:{format_}"]
    assert {name: found[name] for name in expected} == {k: [v] for k, v in expected.items()}


def test_the_list_of_sources_has_all_of_them(tmp_path: Path) -> None:
    """Zotero offers each item of the archive there."""
    build_archive(tmp_path / "archive")
    library = Library.read(tmp_path / "archive")
    assert str(items_body(library)).count("Z3988") == len(library.shelves)
