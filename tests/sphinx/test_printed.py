"""Books of an archive: LaTeX and EPUB hold the pages that a site keeps out of its navigation."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from citekit.testing.builders import build_archive
from citekit.testing.sites import build_site, write_source

if TYPE_CHECKING:
    from pathlib import Path


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
