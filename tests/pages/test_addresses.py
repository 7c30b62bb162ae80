"""Where on a site things stand, and what links call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.pages.addresses import Address, all_addresses, locate, near_names, page_of
from citekit.pages.library import Library
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """The invented archive."""
    build_archive(tmp_path / "archive")
    return Library.read(tmp_path / "archive")


@pytest.mark.parametrize(
    ("kind", "target", "page", "anchor", "title"),
    [
        ("item", "tide2023", "items/tide2023", "", "Sandbank grows at the harbour mouth"),
        ("item", "ferries2024", "items/harbour2024", "", None),
        ("passage", "lantern2024#p2", "items/lantern2024", "p2", "Harbour Archive 2024, ¶ 2"),
        ("passage", "tide2023#title", "items/tide2023", "title", "Moreau and Okoye 2023, title"),
        ("passage", "harbour2024#caption1", "items/harbour2024", "caption1", None),
        ("entity", "ada-quill", "entities/ada-quill", "", "Ada Quill"),
        ("claim", "passengers", "claims/passengers", "", None),
    ],
)
def test_what_is_there_has_an_address(
    library: Library, kind: str, target: str, page: str, anchor: str, title: str | None
) -> None:
    """An item is found by its key and by an old one, a passage by each of its names."""
    found = locate(library, kind, target)

    assert found is not None
    assert (found.page, found.anchor) == (page, anchor)
    assert title in (None, found.title)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("item", "nobody2000"),
        ("passage", "lantern2024#p0"),
        ("passage", "lantern2024#p4"),
        ("passage", "lantern2024#p\N{ARABIC-INDIC DIGIT ONE}"),
        ("passage", "harbour2024#caption2"),
        ("passage", "harbour2024#a-none"),
        ("entity", "lantern2024"),
        ("claim", "ada-quill"),
        ("novel", "ada-quill"),
    ],
)
def test_what_is_not_there_has_none(library: Library, kind: str, target: str) -> None:
    """A link to a paragraph beyond the last, or to a thing of another kind, leads nowhere."""
    assert locate(library, kind, target) is None


def test_all_that_others_may_link_to(library: Library) -> None:
    """Each object, each paragraph and each old key is told once, where ``locate`` finds it."""
    told = {(kind, name): address for kind, name, address in all_addresses(library)}

    assert len(told) == len(list(all_addresses(library)))
    assert {name for kind, name in told if kind == "entity"} == set(library.entities)
    assert told["item", "ferries2024"].page == "items/harbour2024"
    assert told["passage", "lantern2024#p3"] == Address(
        page="items/lantern2024", anchor="p3", title="lantern2024 ¶ 3"
    )
    for (kind, name), address in told.items():
        found = locate(library, kind, name)
        assert found is not None
        assert (found.page, found.anchor) == (address.page, address.anchor)


def test_names_that_are_written_alike_are_near(library: Library) -> None:
    """A misspelt name finds those of its kind."""
    assert near_names(library, "item", "harbor2024#p3")[0] == "harbour2024"
    assert near_names(library, "entity", "ada-quil") == ["ada-quill"]
    assert near_names(library, "claim", "ada-quill") == []
    assert page_of(library, "claim:passengers") == "claims/passengers"
