"""Text of restricted items: never in the default build, and marked where it is built."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.pages.citations import Style
from citekit.pages.downloads import make_downloads
from citekit.pages.library import Library
from citekit.pages.site import make_pages
from citekit.testing.builders import HARBOUR_TEXT, build_archive
from citekit.testing.sites import contents

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.testing.sites import Site

EXAMPLE = Path(__file__).resolve().parents[2] / "archive"
SENTENCE = "the pilots refused to guide anything larger than a rowing boat"


def test_the_payload_makes_no_difference(tmp_path: Path, make_site: Callable[..., Site]) -> None:
    """With and without the bytes on this machine, the default build is the same to the byte."""
    build_archive(tmp_path / "archive")
    present = contents(make_site("-W", output="present").output)
    shutil.rmtree(tmp_path / "archive" / "restricted")

    absent = contents(make_site("-W", output="absent").output)

    assert present.keys() == absent.keys()
    assert [name for name in present if present[name] != absent[name]] == []
    assert "searchindex.js" in present


def test_no_sentence_of_it_is_anywhere(site: Site) -> None:
    """Neither the site nor what Sphinx keeps beside it holds restricted text."""
    sentences = [s.strip().encode() for s in HARBOUR_TEXT.split(",")]
    kept = {**contents(site.output), **contents(site.root / "out-dt")}

    assert [n for n, content in kept.items() for s in sentences if s in content] == []


def test_a_private_build_has_the_text_and_says_so(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """Full text with highlights, and on every page a banner and noindex."""
    build_archive(tmp_path / "archive")

    built = make_site("-W", "-D", "citekit_with_restricted=1")

    assert built.code == 0, built.said
    assert SENTENCE in built.read("items/harbour2024.html")
    pages = [p for p in built.output.rglob("*.html") if "_static" not in p.parts]
    texts = {p.name: p.read_text("utf-8") for p in pages if p.name != "ferries2024.html"}
    assert [name for name, text in texts.items() if "noindex" not in text] == []
    assert [name for name, text in texts.items() if "ck-banner" not in text] == []
    assert "noindex" in built.read("items/ferries2024.html")


def test_public_and_private_builds_never_share_a_folder(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """A default build refuses the folder of a private one: its old pages would be published."""
    build_archive(tmp_path / "archive")
    make_site("-D", "citekit_with_restricted=1")

    again = make_site()

    assert again.code != 0
    assert "held restricted text" in again.said


def test_no_download_holds_what_is_withheld(tmp_path: Path) -> None:
    """A restricted item's abstract is text of it: in no format, unless the build is private."""
    store = build_archive(tmp_path / "archive")
    with store.writing() as writer:
        for key in ("harbour2024", "lantern2024"):
            writer.replace_item(store.item(key).with_data(abstract=f"Summary of {key}."))

    public = dict(make_downloads(Library.read(store.root)))
    private = dict(make_downloads(Library.read(store.root, with_restricted=True)))

    assert [name for name, text in public.items() if "Summary of harbour2024" in text] == []
    downloads = {f"items/harbour2024.{extension}" for extension in ("json", "ris", "bib")}
    assert {name for name, text in private.items() if "Summary of harbour2024" in text} == downloads
    assert "Summary of lantern2024" in public["items/lantern2024.ris"]


def test_the_default_build_is_quiet_about_where_the_text_is(site: Site) -> None:
    """A restricted page says why the text is not here, and leads to the source."""
    page = site.read("items/harbour2024.html")

    assert "Why the text is not here" in page
    assert 'href="https://courier.example/2024/02/29/harbour-closed"' in page


@pytest.mark.shared
def test_the_first_article_stays_out(shared: Path) -> None:
    """The example archive's site holds no sentence of the article it is restricted for."""
    library = Library.read(EXAMPLE)
    text = (shared / "articles/middleeastmonitor-20230604.txt").read_text("utf-8")
    words = text.split()
    runs = {" ".join(words[i : i + 13]) for i in range(len(words) - 12)}

    pages = [str(page.to_json()) for _, page in make_pages(library, Style.find("apa", "en-US"))]

    titles = {shelf.item.title for shelf in library.shelves.values()}
    found = {run for run in runs for page in pages if run in page}
    assert {run for run in found if not any(run in title for title in titles)} == set()
