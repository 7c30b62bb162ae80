"""Bibliography files of the user's own, looked at for what is wrong, and mended where asked."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Literal

from citekit.errors import InvalidData, Place
from citekit.findings import Finding
from citekit.formats.bibtex.blocks import MOST_TEXT
from citekit.formats.bibtex.checking.check import check_bibtex, mended
from citekit.formats.decoding import decode_bibliography
from citekit.model.value import Value, replace
from citekit.store import files
from citekit.store.outputs import write_file

_MOST_BYTES = 4 * MOST_TEXT


class BibChecked(Value):
    """What is wrong in a file, and how much of it was mended; ``left`` is what still is."""

    path: str
    findings: tuple[Finding, ...] = ()
    mended: int = 0
    left: tuple[Finding, ...] = ()


def check_bibliography(
    path: str | Path, *, dialect: Literal["biblatex", "bibtex"] = "biblatex", fix: bool = False
) -> BibChecked:
    """What is wrong in a ``.bib`` file, by line and column.

    With ``fix`` those lines alone are rewritten that can be mended without a doubt, in one step or
    not at all. Raises NotFound and StorageFailed for the file, InvalidData for one that is too
    large, or is to be mended and is no UTF-8.
    """
    place = str(path)
    data = files.read_bytes(Path(path), limit=_MOST_BYTES)
    text, told = decode_bibliography(data)
    problems = check_bibtex(text, dialect)
    found = (*([told] if told else []), *(problem.finding for problem in problems))
    fixes = [problem for problem in problems if problem.fix]
    left = found
    if fix and fixes:
        if told is not None:
            raise InvalidData(told.message, place=place, hint="save it as UTF-8 first")
        better = mended(text, problems)
        mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        write_file(Path(path), mark + better.encode("utf-8"))
        left = tuple(problem.finding for problem in check_bibtex(better, dialect))
    return BibChecked(
        path=place,
        findings=_in(place, found),
        mended=len(fixes) if fix else 0,
        left=_in(place, left),
    )


def _in(place: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(
        replace(finding, place=(finding.place or Place())._replace(path=place))
        for finding in findings
    )
