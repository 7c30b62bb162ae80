"""Files beside the pages: each item as data, its proof, and pages where old addresses lead on."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from citekit.app.proving.proof_script import SCRIPT, proof_script
from citekit.formats import write
from citekit.pages.feeds.whole_site import make_feeds
from citekit.pages.html import quote
from citekit.pages.provenance.seals import PROOF_SUFFIX
from citekit.pages.title_markup import title as plain_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.pages.library import Library

# format: (its name for readers, the extension of the file to download), best for Zotero first
DATA_FORMATS: Final = {
    "csl-json": ("CSL-JSON", "json"),
    "ris": ("RIS", "ris"),
    "biblatex": ("BibLaTeX", "bib"),
}
_REDIRECT: Final = Path(__file__).with_name("redirect.html")


def data_citation(library: Library, key: str, format_: str) -> str:
    """The item in a data format, without variables that hold withheld text."""
    item = library.shelves[key].item
    data = {
        variable: value
        for variable, value in item.data.items()
        if library.shows_field(key, variable)
    }
    return write([data], format_)


def make_downloads(library: Library) -> Iterator[tuple[str, str]]:
    """The name and the text of each file."""
    for key, name in library.pages.items():
        for format_, (_, extension) in DATA_FORMATS.items():
            yield f"items/{name}.{extension}", data_citation(library, key, format_)
    yield from _make_proofs(library)
    yield from make_feeds(library)
    page = Template(_REDIRECT.read_text(encoding="utf-8"))
    for alias, name in library.alias_pages.items():
        key = library.aliases[alias]
        title = plain_title(library.shelves[key].item)
        robots = '<meta name="robots" content="noindex">' if library.with_restricted else ""
        yield (
            f"items/{name}.html",
            page.substitute(
                target=quote(f"{library.pages[key]}.html"),
                title=quote(title),
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
