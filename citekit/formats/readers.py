"""The reader of each format, loaded when something is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.formats.bibtex.read import read_bibtex
from citekit.formats.csl_json import read_csl_json
from citekit.formats.csl_yaml import read_csl_yaml
from citekit.formats.hayagriva.read import read_hayagriva
from citekit.formats.ris.read import read_ris
from citekit.formats.zotero.better_bibtex import read_better_bibtex
from citekit.formats.zotero.rdf import read_zotero_rdf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from citekit.formats.result import ReadResult

READERS: Final[Mapping[str, Callable[[str], ReadResult]]] = {
    "bbt-json": read_better_bibtex,
    "biblatex": read_bibtex,
    "bibtex": read_bibtex,
    "csl-json": read_csl_json,
    "csl-yaml": read_csl_yaml,
    "hayagriva": read_hayagriva,
    "ris": read_ris,
    "zotero-rdf": read_zotero_rdf,
}
