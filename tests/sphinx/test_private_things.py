"""A site has nothing private: not a byte differs where there is some, nor is any left behind."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from citekit.app import site
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import build_archive
from citekit.testing.leaks.markers import search_folder
from citekit.testing.leaks.private_things import MARKS, add_private_things
from citekit.testing.sites import build_site, contents, write_source

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("with_restricted", [False, True])
def test_a_site_is_the_same_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, with_restricted: bool
) -> None:
    """Fifty private items, an entity, a claim and private notes on what is public change nothing.

    Neither counts of notes and mentions nor lists, search and inventory; nor do a build's caches
    have a word of them.
    """
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    build_archive(tmp_path / "plain" / "archive")
    shutil.copytree(tmp_path / "plain", tmp_path / "more")
    add_private_things(tmp_path / "more" / "archive", items=50)

    plain, more = (
        site.build(
            ArchiveStore.open(tmp_path / name / "archive"),
            tmp_path / name / "out",
            with_restricted=with_restricted,
        )
        for name in ("plain", "more")
    )

    assert contents(more) == contents(plain)
    assert [
        str(found) for found in search_folder(more.parent / "archive" / ".citekit", MARKS)
    ] == []


def test_what_becomes_private_leaves_no_trace(tmp_path: Path) -> None:
    """What was on the site is gone with the next build: pages, search, inventory, caches."""
    store = build_archive(tmp_path / "archive")
    add_private_things(store.root, items=2)
    private, out = store.layout.private, tmp_path / "out"
    (private / "items/qzxprivkey00").rename(store.layout.items / "qzxprivkey00")
    item = store.layout.item_file("qzxprivkey00")
    item.write_text(item.read_text("utf-8").replace('"private"', '"restricted"'), "utf-8")
    site.build(store, out)
    assert search_folder(out, MARKS)

    (store.layout.items / "qzxprivkey00").rename(private / "items/qzxprivkey00")
    site.build(store, out)

    assert [str(found) for found in search_folder(out, MARKS)] == []
    builds = store.layout.local / "site-builds"
    assert [str(found) for found in search_folder(builds, MARKS)] == []


def test_a_page_of_ones_own_shows_no_private_name(tmp_path: Path) -> None:
    """What an author's page names and others may not see is told, and words stand in its place."""
    store = build_archive(tmp_path / "archive")
    add_private_things(store.root, items=1)
    cites = "{cite:p}`qzxprivkey00`, {footcite}`qzxprivold00`, {ck:passage}`qzxprivkey00#p1`"
    write_source(tmp_path, {"index.md": f"# Mine\n\n{cites}, {{ck:entity}}`qzxpriventity`.\n"})

    built = build_site(tmp_path)

    assert built.said.count("left out of this site") == 4
    assert built.read("index.html").count("[left out]") == 4
    assert [str(found) for found in search_folder(built.output, MARKS)] == []


def test_a_book_forgets_what_becomes_private(tmp_path: Path) -> None:
    """Its table of contents is made anew, and neither the book nor its caches have the item."""
    store = build_archive(tmp_path / "archive")
    add_private_things(store.root, items=2)
    hidden, shown = (f / "qzxprivkey00" for f in (store.layout.private_items, store.layout.items))
    hidden.rename(shown)
    item = shown / "item.json"
    item.write_text(item.read_text("utf-8").replace('"private"', '"restricted"'), "utf-8")
    write_source(tmp_path, {"index.md": "# Mine\n\n```{toctree}\nitems/index\n```\n"})
    assert search_folder(build_site(tmp_path, builder="epub").output, MARKS)

    shown.rename(hidden)
    built = build_site(tmp_path, builder="epub")

    assert "qzxpriv" not in built.said
    assert [str(found) for found in search_folder(built.output, MARKS)] == []
    assert [str(found) for found in search_folder(tmp_path / "out-dt", MARKS)] == []
