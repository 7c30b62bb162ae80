"""The files beside a site's pages: written when the pages are, and linked from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.osutil import relative_uri

from citekit.pages.addresses import FOLDERS
from citekit.pages.downloads import DATA_FORMATS, make_downloads
from citekit.pages.feeds.whole_site import FEED, SITEMAP
from citekit.sphinx.books import is_site
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.nodes import pending_file
from citekit.sphinx.staging import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Collection

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment


def write_downloads(app: Sphinx, error: Exception | None) -> None:
    """Write the files, only what changed, and remove those of items that are gone."""
    domain = ArchiveDomain.of(app.env)
    if error is not None or not is_site(app.builder) or not domain.has_pages:
        return
    files = dict(make_downloads(domain.library))
    for name, text in files.items():
        path = Path(app.outdir) / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    output = Path(app.outdir)
    for name in {FEED, SITEMAP} - files.keys():
        (output / name).unlink(missing_ok=True)
    for extension in (extension for _, extension in DATA_FORMATS.values()):
        _remove_others(output, f".{extension}", {output / name for name in files})


def link_files(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give each link to such a file its address: beside the page, or on the site for a book."""
    here = app.builder.get_target_uri(docname).partition("#")[0]
    address = ArchiveDomain.of(app.env).library.address
    for mark in list(doctree.findall(pending_file)):
        if is_site(app.builder):
            where = {"refuri": relative_uri(here, mark["name"]), "internal": True}
        else:
            where = {"refuri": f"{address}{mark['name']}"}
        mark.replace_self(nodes.reference("", "", *mark.children, classes=mark["classes"], **where))


def remove_stale(app: Sphinx, env: BuildEnvironment) -> None:
    """Remove what earlier builds kept and wrote of pages of the archive that are no more.

    Sphinx leaves both: what it read, which says all that was on a page, and the page itself, which
    an EPUB would take in. An author's own pages are the author's affair.
    """
    doctrees, output, docs = Path(app.doctreedir), Path(app.outdir), env.found_docs
    _remove_others(doctrees, ".doctree", {doctrees / f"{name}.doctree" for name in docs})
    copied = f"{SUFFIX}{app.config.html_sourcelink_suffix}"
    sources = output / "_sources"
    _remove_others(sources, copied, {sources / f"{name}{copied}" for name in docs})
    suffix = getattr(app.builder, "out_suffix", "")
    if suffix:
        old = ArchiveDomain.of(env).library.alias_pages.values()
        moved = {output / f"items/{name}.html" for name in old}
        _remove_others(output, suffix, {_page_file(app.builder, name) for name in docs} | moved)


def forget_words(app: Sphinx) -> tuple[()]:
    """Take the words that no page has any more out of the search index; returns no further pages.

    Sphinx keeps them, without a page: so the index of the next build would have each word of an
    item that was taken back.
    """
    indexer: Any = getattr(app.builder, "indexer", None)
    for words in (indexer._mapping, indexer._title_mapping) if indexer else ():  # noqa: SLF001
        for word in [word for word, pages in words.items() if not pages]:
            del words[word]
    return ()


def _page_file(builder: Builder, docname: str) -> Path:
    """The file that a builder writes a page into."""
    if isinstance(builder, StandaloneHTMLBuilder):
        return Path(builder.get_outfilename(docname))
    return Path(builder.outdir) / f"{docname}{builder.out_suffix}"  # type: ignore[attr-defined]  # has one


def _remove_others(folder: Path, suffix: str, kept: Collection[Path]) -> None:
    """Drop the files of items, entities and claims that are not among those kept."""
    for name in FOLDERS.values():
        for path in list((folder / name).rglob(f"*{suffix}")):
            if path not in kept:
                path.unlink()
                if path.parent != folder / name and not any(path.parent.iterdir()):
                    path.parent.rmdir()  # where each page is a folder, its name is the page's
