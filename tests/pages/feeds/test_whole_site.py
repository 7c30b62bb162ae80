"""The feed and the sitemap: what they list, and when a site has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from citekit.pages.downloads import make_downloads
from citekit.pages.feeds.whole_site import FEED, SITEMAP
from citekit.pages.library import Library
from citekit.pages.metadata import bibliography_head
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def files(root: Path, *, address: str = "", with_restricted: bool = False) -> dict[str, str]:
    """The files beside the pages of the invented archive."""
    store = build_archive(root)
    settings = root / "archive.toml"
    settings.write_text(f'{settings.read_text("utf-8")}base_url = "{address}"\n', encoding="utf-8")
    del store
    return dict(make_downloads(Library.read(root, with_restricted=with_restricted)))


def test_the_feed_has_what_was_captured(tmp_path: Path) -> None:
    """Each captured item is an entry with the address of its page; a bare record is no news."""
    text = files(tmp_path / "archive", address="https://sea.example/x")[FEED]
    feed = etree.fromstring(text.encode())

    assert feed.findtext("a:id", namespaces=ATOM) == "https://sea.example/x/"
    assert feed.findtext("a:title", namespaces=ATOM) == "The Lanternfish harbour"
    ids = [entry.text for entry in feed.findall("a:entry/a:id", ATOM)]
    assert ids == [
        "https://sea.example/x/items/lantern2024.html",
        "https://sea.example/x/items/harbour2024.html",
    ]
    assert feed.findtext("a:entry/a:updated", namespaces=ATOM) == "2024-03-02T09:30:00Z"


def test_the_sitemap_has_every_page_of_the_archive(tmp_path: Path) -> None:
    """Items, entities, claims and lists."""
    text = files(tmp_path / "archive", address="https://sea.example")[SITEMAP]
    places = [place.text for place in etree.fromstring(text.encode()).iter("{*}loc")]

    assert "https://sea.example/items/tide2023.html" in places
    assert "https://sea.example/entities/ada-quill.html" in places
    assert "https://sea.example/claims/passengers.html" in places
    assert "https://sea.example/timeline.html" in places
    assert len(set(places)) == len(places)


@pytest.mark.parametrize(("address", "private"), [("", False), ("https://sea.example", True)])
def test_a_site_without_an_address_or_for_one_reader_has_neither(
    tmp_path: Path, address: str, *, private: bool
) -> None:
    """Without an address nothing could be listed, and a private build is not to be found."""
    made = files(tmp_path / "archive", address=address, with_restricted=private)

    assert {FEED, SITEMAP}.isdisjoint(made)
    library = Library.read(tmp_path / "archive", with_restricted=private)
    assert "atom" not in str([e.attributes for e in bibliography_head(library, "Sources")])
