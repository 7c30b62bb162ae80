"""Bibliography files of the user's own, looked at for what is wrong, and mended where asked."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING, Literal

from citekit.app.syncing.bib_text import BibText
from citekit.errors import InvalidData, Place
from citekit.findings import Finding
from citekit.formats.bibtex.checking.check import check_bibtex, mended
from citekit.model.records.codec import decode, to_json
from citekit.model.value import Value, replace
from citekit.store.outputs import write_file

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.formats.bibtex.mapping import Dialect


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
    file = BibText(path)
    if fix:
        return _mend(file, dialect)
    found = _in(file, _found(file, dialect))
    return BibChecked(path=str(path), findings=found, left=found)


def _mend(file: BibText, dialect: Dialect) -> BibChecked:
    problems = check_bibtex(file.text, dialect)
    fixes = [problem for problem in problems if problem.fix]
    left = found = tuple(problem.finding for problem in problems)
    if fixes:
        if file.told is not None:
            hint = "save it as UTF-8 first"
            raise InvalidData(file.told.message, place=str(file.path), hint=hint)
        better = mended(file.text, problems)
        mark = codecs.BOM_UTF8 if file.data.startswith(codecs.BOM_UTF8) else b""
        write_file(file.path, mark + better.encode("utf-8"))
        left = tuple(problem.finding for problem in check_bibtex(better, dialect))
    told = (file.told,) if file.told else ()
    return BibChecked(
        path=str(file.path),
        findings=_in(file, (*told, *found)),
        mended=len(fixes),
        left=_in(file, (*(() if fixes else told), *left)),
    )


def _found(file: BibText, dialect: Dialect) -> tuple[Finding, ...]:
    """What is wrong in the file as it is, found out once."""
    told = (file.told,) if file.told else ()
    kept = file.kept(f"check-{dialect}")
    if kept is not None:
        return (*told, *(decode(Finding, json.loads(line)) for line in kept))
    found = tuple(problem.finding for problem in check_bibtex(file.text, dialect))
    file.keep(f"check-{dialect}", (json.dumps(to_json(finding)) for finding in found))
    return (*told, *found)


def _in(file: BibText, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(
        replace(finding, place=(finding.place or Place())._replace(path=str(file.path)))
        for finding in findings
    )
