"""``citekit bib check``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from citekit.app.looking.bib_check import BibChecked, check_bibliography
from citekit.cli import output
from citekit.errors import CitekitError
from citekit.model.records.control_characters import visible

if TYPE_CHECKING:
    from citekit.cli.context import Context
    from citekit.findings import Finding
    from citekit.formats.bibtex.mapping import Dialect

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
_ESCAPES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY_ESCAPES = str.maketrans({":": "%3A", ",": "%2C"})


def check(
    context: Context,
    *,
    files: list[str],
    fix: bool,
    dialect: Dialect | None,
    format: Literal["text", "github", "json"] | None,  # noqa: A002  # the word users know
) -> int:
    """Print what is wrong in each file; the worst exit code of all files."""
    checked: list[BibChecked] = []
    code = 0
    for name in files:
        try:
            checked.append(check_bibliography(name, dialect=dialect or "biblatex", fix=fix))
        except CitekitError as error:
            output.tell_error(error)
            code = max(code, error.exit_code)
    if context.json or format == "json":
        output.answer_json([_as_json(one) for one in checked])
    else:
        for one in checked:
            _tell(one, format, quiet=context.quiet)
    return code or int(any(one.left for one in checked))


def _tell(one: BibChecked, format_: str | None, *, quiet: bool) -> None:
    for finding in one.left:
        output.answer(_github_line(finding) if format_ == "github" else _line(finding))
    if one.mended:
        output.note(f"{one.path}: {one.mended} mended", quiet=quiet)


def _line(finding: Finding) -> str:
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{finding.place}: {finding.severity}: {finding.message}{hint} [{finding.code}]"


def _github_line(finding: Finding) -> str:
    """A workflow command of GitHub (docs.github.com, "Workflow commands", ``::warning``)."""
    place = finding.place
    where = {
        "file": place.path if place else None,
        "line": place.line if place else None,
        "col": place.column if place else None,
        "title": finding.code,
    }
    shown = ",".join(
        f"{name}={_escaped(str(value)).translate(_PROPERTY_ESCAPES)}"
        for name, value in where.items()
        if value is not None
    )
    return f"::{_LEVELS[finding.severity]} {shown}::{_escaped(finding.message)}"


def _escaped(text: str) -> str:
    return visible(text).translate(_ESCAPES)


def _as_json(one: BibChecked) -> dict[str, object]:
    columns = [finding.place.column if finding.place else None for finding in one.left]
    found = [
        {**finding.to_json(), "column": column}
        for finding, column in zip(one.left, columns, strict=True)
    ]
    return {"path": one.path, "mended": one.mended, "findings": found}
