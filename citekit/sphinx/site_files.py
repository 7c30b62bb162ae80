"""The files beside a site's pages: written when the pages are, and linked from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.osutil import relative_uri

from citekit.pages.downloads import DATA_FORMATS, make_downloads
from citekit.sphinx.books import is_site
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.nodes import pending_file

if TYPE_CHECKING:
    from collections.abc import Collection

    from sphinx.application import Sphinx


def write_downloads(app: Sphinx, error: Exception | None) -> None:
    """Write the files, only what changed, and remove those of items that are gone."""
    if error is not None or not is_site(app.builder):
        return
    files = dict(make_downloads(ArchiveDomain.of(app.env).library))
    for name, text in files.items():
        path = Path(app.outdir) / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    _remove_others(app, files.keys())


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


def _remove_others(app: Sphinx, ours: Collection[str]) -> None:
    """Drop what earlier builds wrote for items, entities and claims that are gone."""
    pages = {f"{name}.html" for name in app.env.found_docs}
    extensions = {f".{extension}" for _, extension in DATA_FORMATS.values()} | {".html"}
    output = Path(app.outdir)
    for folder in ("items", "entities", "claims"):
        for path in (output / folder).glob("*"):
            name = f"{folder}/{path.name}"
            if path.suffix in extensions and name not in pages and name not in ours:
                path.unlink()
