"""Files beside the pages: each item as data, its proof, and pages where old addresses lead on."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from citekit.app.proving.proof_script import SCRIPT, proof_script
from citekit.sphinx.build import archive_domain
from citekit.sphinx.citations import DATA_FORMATS, data_citation
from citekit.sphinx.rich import title as plain_title
from citekit.sphinx.sealing import PROOF_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sphinx.application import Sphinx

    from citekit.sphinx.library import Library

_HERE: Final = Path(__file__).parent
_REDIRECT: Final = _HERE / "templates" / "redirect.html"


def write_downloads(app: Sphinx, error: Exception | None) -> None:
    """Write the files, only what changed, and remove those of items that are gone."""
    if error is not None or app.builder.format != "html":
        return
    files = dict(make_downloads(archive_domain(app.env).library))
    for name, text in files.items():
        path = Path(app.outdir) / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    _remove_others(app, files.keys())


def make_downloads(library: Library) -> Iterator[tuple[str, str]]:
    """The name and the text of each file."""
    for key, name in library.pages.items():
        for format_, (_, extension) in DATA_FORMATS.items():
            yield f"items/{name}.{extension}", data_citation(library, key, format_)
    yield from _make_proofs(library)
    page = Template(_REDIRECT.read_text(encoding="utf-8"))
    for alias, name in library.alias_pages.items():
        key = library.aliases[alias]
        title = plain_title(library.shelves[key].item)
        robots = '<meta name="robots" content="noindex">' if library.with_restricted else ""
        yield (
            f"items/{name}.html",
            page.substitute(
                target=html.escape(f"{library.pages[key]}.html", quote=True),
                title=html.escape(title),
                robots=robots,
            ),
        )


def _make_proofs(library: Library) -> Iterator[tuple[str, str]]:
    """The proof of each item that has one, and the program that checks proofs without citekit."""
    for key, seal in library.seals.items.items():
        if seal.proof:
            yield f"items/{library.pages[key]}{PROOF_SUFFIX}", seal.proof.decode()
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
