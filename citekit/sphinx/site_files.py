"""Files beside the pages: each item as data, its proof, and pages where old addresses lead on."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from docutils import nodes
from sphinx.util.osutil import relative_uri

from citekit.app.proof_script import SCRIPT, proof_script
from citekit.pages.downloads import DATA_FORMATS, data_citation
from citekit.pages.provenance.seals import PROOF_SUFFIX
from citekit.pages.title_markup import title as plain_title
from citekit.sphinx.books import is_site
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.nodes import pending_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sphinx.application import Sphinx

    from citekit.pages.library import Library

_HERE: Final = Path(__file__).parent
_REDIRECT: Final = _HERE / "templates" / "redirect.html"


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


def make_downloads(library: Library) -> Iterator[tuple[str, str]]:
    """The name and the text of each file."""
    for key in library.shelves:
        for format_, (_, extension) in DATA_FORMATS.items():
            yield f"items/{key}.{extension}", data_citation(library, key, format_)
    yield from _make_proofs(library)
    page = Template(_REDIRECT.read_text(encoding="utf-8"))
    for alias, key in library.aliases.items():
        title = plain_title(library.shelves[key].item)
        robots = '<meta name="robots" content="noindex">' if library.with_restricted else ""
        yield (
            f"items/{alias}.html",
            page.substitute(
                target=html.escape(f"{key}.html", quote=True),
                title=html.escape(title),
                robots=robots,
            ),
        )


def _make_proofs(library: Library) -> Iterator[tuple[str, str]]:
    """The proof of each item that has one, and the program that checks proofs without citekit."""
    for key, seal in library.seals.items.items():
        if seal.proof:
            yield f"items/{key}{PROOF_SUFFIX}", seal.proof.decode()
    if library.seals.checkpoint:
        yield SCRIPT, proof_script()


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
