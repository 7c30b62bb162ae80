"""A site of items whose keys can be no file names: every page is there, and every link leads on."""

from __future__ import annotations

import json
import zlib
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

from citekit.app.changing.edit import rename
from citekit.app.sealing.seal import seal
from citekit.store.archive import ArchiveStore
from citekit.store.folder_names import names_of
from citekit.testing.sites import Site, build_site, write_source
from citekit.testing.store_builders import add_item, build_capture, build_item

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTILE = "o'hara&<script>alert(1)</script>"
ODD = ("DBLP:conf/kite/R02", "reed:2001", "Kite", "kite", "con", "index", "C#2001", HOSTILE, "50%")
PAGE = """# Kites

{cite}`DBLP:conf/kite/R02` and {cite:t}`reed:1999,kite`, {ck:item}`C#2001`,
{ck:passage}`DBLP:conf/kite/R02#p2`, {ck:passage}`C#2001#p1`, a footnote{footcite}`Kite,kite`.

```{ck:passage} reed:2001#p1
```

```{footbibliography}
```

```{bibliography}
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site, built with warnings as errors; one item was renamed, one has a hostile alias."""
    root = tmp_path_factory.mktemp("odd")
    store = ArchiveStore.create(root / "archive", title="Odd keys")
    with store.writing() as writer:
        for number, key in enumerate((*ODD, "reed:1999")):
            text = f"Kites of {number} fly.\n\nThey come down."
            add_item(writer, build_item(key, access="public"), build_capture(text=text))
    rename(store, "reed:1999", "reed/1999")
    path = store.layout.item_file("50%")
    data = json.loads(path.read_text(encoding="utf-8"))
    data["custom"]["citekit"]["aliases"] = ["../../out", "no key", "fifty/percent"]
    path.write_text(json.dumps(data), encoding="utf-8")
    seal(store)
    write_source(root, {"index.md": PAGE})
    built = build_site(root, "-W", "--keep-going")
    assert built.code == 0, built.said
    return built


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what it links to, and its own anchor."""
        del tag
        found = dict(attrs)
        self.links += [link for name in ("href", "src") if (link := found.get(name))]
        self.ids |= {found.get("id") or ""}


def links(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Every link inside the site: where it stands, the file it leads to, the anchor there."""
    for path in sorted(folder.rglob("*.html")):
        for link in _Page(path.read_text(encoding="utf-8")).links:
            parts = urlsplit(link)
            if not parts.scheme and not parts.netloc:
                target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                target = target / "index.html" if target.is_dir() else target
                yield f"{path.name}: {link}", target, unquote(parts.fragment)


def test_every_link_leads_to_a_file_and_an_anchor(site: Site) -> None:
    """Pages, data, proofs and old addresses, whatever the key."""
    lost = [said for said, target, _ in links(site.output) if not target.is_file()]
    assert lost == []
    ids = {
        path: _Page(path.read_text(encoding="utf-8")).ids for path in site.output.rglob("*.html")
    }
    pages = {path.resolve(): found for path, found in ids.items()}
    lost = [
        said for said, target, anchor in links(site.output)
        if anchor and target.resolve() in pages and anchor not in pages[target.resolve()]
    ]  # fmt: skip
    assert lost == []


@pytest.mark.parametrize("key", ODD)
def test_each_item_has_its_page_and_files(site: Site, key: str) -> None:
    """Called like the item's folder; the key is printed as it is."""
    name = ArchiveStore.open(site.output.parent / "archive").layout.folder_name(key)
    for ending in (".html", ".json", ".bib", ".ris", ".citekit-proof.json"):
        assert (site.output / "items" / f"{name}{ending}").is_file()
    assert f"{{{key},\n" in (site.output / "items" / f"{name}.bib").read_text(encoding="utf-8")


def test_no_key_becomes_mark_up(site: Site) -> None:
    """A key with a script in it is text wherever it is shown."""
    for path in site.output.rglob("*.html"):
        assert "<script>alert" not in path.read_text(encoding="utf-8")


def test_old_addresses_lead_on_and_hostile_ones_are_none(site: Site) -> None:
    """An old key has its page; an alias that is no key has none, inside or outside the site."""
    old = (site.output / "items" / "reed~3a1999.html").read_text(encoding="utf-8")
    assert "reed~2f1999.html" in old
    assert (site.output / "items" / "fifty~2fpercent.html").is_file()
    assert not list(site.output.parent.rglob("out.html"))
    assert not list(site.output.parent.rglob("no key*"))


def test_the_inventory_has_the_keys_themselves(site: Site) -> None:
    """Other projects refer to an item by its key and land on its page."""
    packed = (site.output / "objects.inv").read_bytes().split(b"\n", 4)[4]
    lines = zlib.decompress(packed).decode().splitlines()
    pages = {line.split(" ")[0]: line.split(" ")[3] for line in lines if " ck:item " in line}
    assert set(ODD) <= set(pages)
    assert pages["kite"] == f"items/{names_of('kite')[1]}.html"
    assert pages["reed:1999"] == "items/reed~2f1999.html"
