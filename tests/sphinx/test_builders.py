"""Links lead somewhere where each page is a folder, and from other sites."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from sphinx.util.inventory import InventoryFile

from citekit.testing.builders import build_archive
from citekit.testing.sites import Tags, build_site, write_source

if TYPE_CHECKING:
    from pathlib import Path

THEMES_OWN = ("genindex.html", "search.html")


def broken(folder: Path) -> list[str]:
    """Links of pages, and of their heads, to files and ids that are not there.

    Pages that lead on from an old key are files under every builder, and are not looked at.
    """
    pages = {path: Tags(path.read_text("utf-8")) for path in folder.rglob("index.html")}
    ids = {path: {v["id"] for _, v in tags.tags if "id" in v} for path, tags in pages.items()}
    wrong = []
    for page, tags in pages.items():
        for target in [v[name] for _, v in tags.tags for name in ("href", "src") if name in v]:
            address = urlsplit(target)
            if address.scheme or address.netloc or address.path.endswith(THEMES_OWN):
                continue
            to = folder / posixpath.normpath(
                posixpath.join(page.parent.relative_to(folder).as_posix(), unquote(address.path))
            )
            to = page if not address.path else to / "index.html" if to.is_dir() else to
            is_lost = to in ids and unquote(address.fragment) not in {"", *ids[to]}
            if not to.exists() or (is_lost and ":~:" not in address.fragment):
                wrong.append(f"{page.relative_to(folder)}: {target}")
    return wrong


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with an archive."""
    build_archive(tmp_path / "archive")
    write_source(tmp_path)
    return tmp_path


def test_no_link_leads_nowhere(root: Path) -> None:
    """Where each page is a folder; also if the output, and what is kept, lie below the sources."""
    site = build_site(root, "-W", output="docs/out", builder="dirhtml")

    assert site.code == 0, site.said
    assert broken(site.output) == []
    assert not list((root / "docs/out-dt").rglob("*.html"))


def test_other_sites_find_all_that_is_promised(root: Path) -> None:
    """Paragraphs, headlines and annotations are in the inventory."""
    site = build_site(root)

    inventory = InventoryFile.loads((site.output / "objects.inv").read_bytes(), uri="")
    names = set(inventory.data["ck:passage"])

    assert {"lantern2024#p1", "lantern2024#title"} <= names
    assert any(name.startswith("harbour2024#a-") for name in names)
