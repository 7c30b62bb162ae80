"""The prose of papers, file by file, cell by cell, with the places of what stands in it."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.app.auditing.prose.latex import prose_of_latex
from citekit.app.auditing.prose.markdown import prose_of_markdown
from citekit.app.auditing.prose.rst import prose_of_rst
from citekit.app.auditing.prose.text import Prose
from citekit.app.auditing.prose.typst import prose_of_typst
from citekit.app.papers.notebook import cells_of
from citekit.errors import Place
from citekit.findings import Finding, Severity
from citekit.formats.bibtex.checking.spans import Lines
from citekit.formats.decoding import decode_bibliography
from citekit.model.records.json_text import parse_json
from citekit.model.value import Value
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from citekit.app.auditing.prose.text import Spot
    from citekit.app.papers.read import Paper

_PROSE: Final[dict[str, Callable[[str, Sequence[Spot]], Prose]]] = {
    **dict.fromkeys((".md", ".markdown", ".qmd", ".rmd"), prose_of_markdown),
    **dict.fromkeys((".tex", ".ltx", ".latex", ".rnw"), prose_of_latex),
    ".typ": prose_of_typst,
    ".rst": prose_of_rst,
}
_OF_CELL: Final = {"markdown": prose_of_markdown, "raw": prose_of_latex}
_BESIDE: Final = (".aux", ".bcf")
"""What a run of LaTeX leaves has no prose, and nobody expects any."""


class Part(Value):
    """A file or cell: its prose, and where in it the lines begin."""

    path: str
    prose: Prose
    lines: Lines
    cell: str | None = None

    def place(self, at: int) -> Place:
        """Where an offset is."""
        line, column = self.lines.place(at)
        return Place(path=self.path, line=line, column=column, json_path=self.cell)


def read_parts(paper: Paper) -> Iterator[Part | Finding]:
    """The parts of papers in the order of their files; a finding for one that has no prose here."""
    spots: dict[tuple[str, str | None], list[tuple[str, Place]]] = defaultdict(list)
    for cited in paper.keys:
        spots[cited.place.path or "", cited.place.json_path].append((cited.key, cited.place))
    for path in paper.files:
        kind = path.suffix.lower()
        if kind in _BESIDE:
            continue
        if kind not in _PROSE and kind != ".ipynb":
            message = f"quotations in files that end with {kind} are not looked for"
            place = Place(path=str(path))
            yield Finding(code="CK-I824", message=message, severity=Severity.NOTE, place=place)
            continue
        limit = files.MAX_RECORD_BYTES
        text, _ = decode_bibliography(files.read_bytes(Path(os.path.realpath(path)), limit=limit))
        if kind == ".ipynb":
            for name, cell, inside in cells_of(parse_json(text)):
                yield _part(str(path), inside, _OF_CELL[cell], spots[str(path), name], name)
        else:
            yield _part(str(path), text, _PROSE[kind], spots[str(path), None])


def _part(
    path: str,
    text: str,
    read: Callable[[str, Sequence[Spot]], Prose],
    cited: list[tuple[str, Place]],
    cell: str | None = None,
) -> Part:
    lines = Lines(text)
    spots = [(key, lines.offset(place.line or 1, place.column or 1)) for key, place in cited]
    prose = read(text, sorted(spots, key=lambda spot: spot[1]))
    return Part(path=path, prose=prose, lines=lines, cell=cell)
