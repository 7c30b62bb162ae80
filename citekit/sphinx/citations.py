"""One item as data in the formats that other programs read: what item pages copy and offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.formats import write
from citekit.model.quotation import may_show_field

if TYPE_CHECKING:
    from citekit.sphinx.library import Library

# format: (its name for readers, the extension of the file to download), best for Zotero first
DATA_FORMATS: Final = {
    "csl-json": ("CSL-JSON", "json"),
    "ris": ("RIS", "ris"),
    "biblatex": ("BibLaTeX", "bib"),
}


def data_citation(library: Library, key: str, format_: str) -> str:
    """The item in a data format, without variables that hold withheld text."""
    item = library.shelves[key].item
    is_whole = library.shows_text(item)
    data = {
        variable: value
        for variable, value in item.data.items()
        if is_whole or may_show_field(variable)
    }
    return write([data], format_)
