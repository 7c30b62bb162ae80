"""What the bibliography is written into: its file, and in which format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from citekit.errors import UsageError

if TYPE_CHECKING:
    from citekit.app.papers.read import Paper

SyncFormat = Literal["bibtex", "biblatex", "csl-json", "csl-yaml", "hayagriva"]
_YAML: Final = (".yaml", ".yml")


def format_for(output: str | Path | None, paper: Paper) -> SyncFormat:
    """The format by the ending of a file, and by who reads it.

    A .bib file is BibTeX's where LaTeX runs BibTeX for the paper, else biblatex's, which pandoc and
    Typst read too; in YAML Typst has Hayagriva. Raises UsageError for another ending.
    """
    suffix = Path(output).suffix.lower() if output is not None else ".bib"
    if suffix in (".bib", ".bibtex"):
        return paper.dialect or "biblatex"
    if suffix == ".json":
        return "csl-json"
    if suffix in _YAML:
        return "hayagriva" if ".typ" in paper.kinds else "csl-yaml"
    raise UsageError(
        f"cannot tell the format of {output}", hint="name it: --format biblatex, csl-json …"
    )
