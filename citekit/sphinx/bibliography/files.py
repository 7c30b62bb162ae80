"""The bibliography files of a project: ``bibtex_bibfiles`` and ``citekit_bibliographies``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx.util import logging

from citekit.app.syncing.library import Library as BibliographyFile
from citekit.app.syncing.references import References
from citekit.errors import CitekitError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)

# What comes nearest to the styles of pybtex, and to how sphinxcontrib-bibtex refers to entries.
STYLES: Final = {
    "plain": "acm-sig-proceedings",
    "unsrt": "ieee",
    "alpha": "din-1505-2-alphanumeric",
    "unsrtalpha": "din-1505-2-alphanumeric",
    "author_year_style": "apa",
}
_BY_REFERENCE: Final = {"author_year": "apa", "super": "american-medical-association"}


def read_files(app: Sphinx) -> References:
    """The entries of the files that ``conf.py`` names; what cannot be read is a warning."""
    config = app.config
    names = [*(config.bibtex_bibfiles or ()), *config.citekit_bibliographies]
    files = [file for name in dict.fromkeys(map(str, names)) if (file := _open(app, name))]
    return References(files)


def _open(app: Sphinx, name: str) -> BibliographyFile | None:
    path = Path(app.confdir) / name
    try:
        file = BibliographyFile.open(path)
        fault = file.fault()
    except CitekitError as error:
        logger.warning("%s", error, type="citekit", subtype="bibliography", location=str(path))
        return None
    if fault is not None:
        where = f"{path}:{fault.place.line}" if fault.place and fault.place.line else str(path)
        logger.warning("%s", fault.message, type="citekit", subtype="bibliography", location=where)
    return file


def style_of_pybtex(app: Sphinx) -> str | None:
    """The CSL style for what ``bibtex_default_style`` and ``bibtex_reference_style`` say."""
    config = app.config
    by_reference = _BY_REFERENCE.get(config.bibtex_reference_style or "")
    return by_reference or named_style(config.bibtex_default_style)


def named_style(name: str | None) -> str | None:
    """A style of pybtex as one of CSL; other names are those of CSL styles."""
    return STYLES.get(name, name) if name else None
