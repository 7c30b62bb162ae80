"""What the bibliography is written into: its file, and in which format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from citekit.errors import UsageError

if TYPE_CHECKING:
    from citekit.app.papers.read import Paper
    from citekit.app.syncing.library import Library

SyncFormat = Literal["bibtex", "biblatex", "csl-json", "csl-yaml", "hayagriva"]
_YAML: Final = (".yaml", ".yml")


def format_for(output: str | Path | None, paper: Paper, old: Library | None) -> SyncFormat:
    """The format by the ending of a file, by who reads it, and by what it was before.

    A .bib file is BibTeX's where LaTeX runs BibTeX for the paper, else biblatex's, which pandoc and
    Typst read too. YAML stays what it is; a new file is Hayagriva for Typst, else CSL's. Raises
    UsageError for another ending.
    """
    suffix = Path(output).suffix.lower() if output is not None else ".bib"
    if suffix in (".bib", ".bibtex"):
        return paper.dialect or "biblatex"
    if suffix == ".json":
        return "csl-json"
    if suffix in _YAML:
        is_for_typst = paper.kinds == {".typ"} if old is None else old.format == "hayagriva"
        return "hayagriva" if is_for_typst else "csl-yaml"
    raise UsageError(
        f"cannot tell the format of {output}", hint="name it: --format biblatex, csl-json …"
    )
