"""Reading with other libraries leaves the caller's logging as it was."""

from __future__ import annotations

import logging
import subprocess
import sys

from citekit import formats
from citekit.extract import extract

_BIB = "@book{quay, title={Quays}}\n@book{quay, title={Twice}}\n"
READING = {"bibtexparser", "trafilatura", "htmldate", "pypdf"}
_PAGE = (
    b"<html><head><title>Cranes</title></head><body><article><p>The crane stands where it stood. "
    b"It was painted on 4 June 2023, and it will be painted again.</p></article></body></html>"
)


def _state() -> dict[str, tuple[int, int, bool]]:
    """Level, number of handlers and muteness of every logger that there is."""
    named = {"": logging.getLogger(), **logging.Logger.manager.loggerDict}
    return {
        name: (logger.level, len(logger.handlers), logger.disabled)
        for name, logger in named.items()
        if isinstance(logger, logging.Logger)
    }


def _read_all() -> None:
    formats.read(_BIB, "bibtex")
    extract(_PAGE, name="cranes.html")
    extract(b"%PDF-1.4 that is none", name="cranes.pdf")


def test_no_logger_has_another_level_or_handler_afterwards() -> None:
    """Bibliographies, pages and PDFs: loading a library may add loggers, reading changes none."""
    _read_all()
    before = _state()
    _read_all()
    assert _state() == before
    assert before.keys() >= READING
    # others, such as Dask's, may have been loaded before, and come with levels of their own
    levels = {level for name, (level, _, _) in before.items() if name.partition(".")[0] in READING}
    assert logging.CRITICAL not in levels


def test_findings_say_it_alone() -> None:
    """Where nobody has set up logging, nothing of a library's warnings comes to stderr."""
    code = f"from citekit import formats; formats.read({_BIB!r}, 'bibtex')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
