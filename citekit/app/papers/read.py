"""Papers from their files: each read by its kind, and the files that it goes on in with it."""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.app.papers.found import CitedKey, Found
from citekit.app.papers.latex import find_in_latex
from citekit.app.papers.latex_runs import find_in_aux, find_in_bcf
from citekit.app.papers.markdown_dialects import find_in_markdown
from citekit.app.papers.notebook import find_in_notebook
from citekit.app.papers.rst import find_in_rst
from citekit.app.papers.typst import find_in_typst
from citekit.app.papers.word import find_in_word
from citekit.errors import InvalidData, Place, UsageError
from citekit.findings import Finding, Severity
from citekit.formats.bibtex.mapping import Dialect
from citekit.formats.decoding import decode_bibliography
from citekit.model.value import Value, replace
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_OF_TEXT: Final[dict[str, Callable[[str], Found]]] = {
    ".tex": find_in_latex,
    ".ltx": find_in_latex,
    ".latex": find_in_latex,
    ".rnw": find_in_latex,
    ".aux": find_in_aux,
    ".md": find_in_markdown,
    ".markdown": find_in_markdown,
    ".qmd": find_in_markdown,
    ".rmd": find_in_markdown,
    ".typ": find_in_typst,
    ".rst": find_in_rst,
    ".ipynb": find_in_notebook,
}
_OF_BYTES: Final[dict[str, Callable[[bytes], Found]]] = {
    ".bcf": find_in_bcf,
    ".docx": find_in_word,
}
_LATEX: Final = frozenset({".tex", ".ltx", ".latex", ".rnw", ".aux", ".bcf"})
"""LaTeX looks for every file from the folder that it runs in."""
SUFFIXES: Final = (*_OF_TEXT, *_OF_BYTES)
"""How the files of papers end that are read, whatever their letter case."""

_MOST_TEXT_BYTES: Final = 4_000_000
"""Of one file: a book of 1,000 pages has as many."""
_MOST_FILES: Final = 1_000
_MOST_BYTES: Final = 200_000_000
"""Of all files of one paper."""


class Paper(Value):
    """What papers cite: the keys in the order of the files and, in each, of the text.

    ``bibliographies`` are the files that they name in their folders, ``elsewhere`` those that lie
    in others; ``files`` all that were read; ``kinds`` the endings of the papers; ``dialect`` whose
    .bib files LaTeX reads there.
    """

    keys: tuple[CitedKey, ...]
    bibliographies: tuple[Path, ...] = ()
    elsewhere: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    kinds: frozenset[str] = frozenset()
    cites_all: bool = False
    dialect: Dialect | None = None
    findings: tuple[Finding, ...] = ()


def read_papers(paths: Sequence[str | Path]) -> Paper:
    """What papers cite, each by its name's ending, with the files that they go on in.

    Followed are files in the folder of the paper and below; one that is not there, or elsewhere,
    is a finding. Raises NotFound and StorageFailed for a paper, UsageError for one of another kind,
    InvalidData for one that is not of its kind, or too large.
    """
    if not paths:
        raise UsageError("name a paper", hint=f"files that end with {', '.join(SUFFIXES)}")
    read = [_Reading(Path(path)).run() for path in paths]
    dialects = [paper.dialect for paper in read if paper.dialect]
    return Paper(
        keys=tuple(cited for paper in read for cited in paper.keys),
        bibliographies=_each_once(path for paper in read for path in paper.bibliographies),
        elsewhere=_each_once(path for paper in read for path in paper.elsewhere),
        files=_each_once(path for paper in read for path in paper.files),
        kinds=frozenset(kind for paper in read for kind in paper.kinds),
        cites_all=any(paper.cites_all for paper in read),
        dialect="biblatex" if "biblatex" in dialects else dialects[0] if dialects else None,
        findings=tuple(finding for paper in read for finding in paper.findings),
    )


def _each_once(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(paths))


class _Reading:
    """One paper, file by file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = path.parent
        self._inside = Path(os.path.realpath(path)).parent
        self._found: list[tuple[Path, Found]] = []
        self._waiting = deque([path])
        self._known = {Path(os.path.realpath(path))}
        self._findings: list[Finding] = []
        self._left = _MOST_BYTES

    def run(self) -> Paper:
        """Read it, and what it goes on in."""
        while self._waiting:
            path = self._waiting.popleft()
            found = self._read(path)
            self._found.append((path, found))
            self._findings += [_in(path, finding) for finding in found.findings]
            for name, place in found.included:
                self._follow(name, place._replace(path=str(path)), path.parent, path.suffix)
        labels = {label for _, found in self._found for label in found.labels}
        dialects = [found.dialect for _, found in self._found if found.dialect]
        named = _each_once(self._bibliographies())
        inside = [path for path in named if self._is_inside(path)]
        return Paper(
            keys=tuple(self._keys(labels)),
            bibliographies=tuple(inside),
            elsewhere=tuple(path for path in named if path not in inside),
            files=tuple(path for path, _ in self._found),
            kinds=frozenset({self._path.suffix.lower()}),
            cites_all=any(found.cites_all for _, found in self._found),
            dialect="biblatex" if "biblatex" in dialects else dialects[0] if dialects else None,
            findings=tuple(self._findings),
        )

    def _read(self, path: Path) -> Found:
        kind = path.suffix.lower()
        if kind not in SUFFIXES:
            hint = f"papers end with {', '.join(SUFFIXES)}"
            raise UsageError("is no paper that citekit reads", place=str(path), hint=hint)
        limit = files.MAX_RECORD_BYTES if kind in (".docx", ".ipynb") else _MOST_TEXT_BYTES
        data = files.read_bytes(Path(os.path.realpath(path)), limit=limit)
        self._left -= len(data)
        if self._left < 0:
            raise InvalidData(f"its files have more than {_MOST_BYTES:,} bytes", place=str(path))
        try:
            if kind in _OF_BYTES:
                return _OF_BYTES[kind](data)
            return _OF_TEXT[kind](decode_bibliography(data)[0])
        except InvalidData as error:
            place = (error.place or Place())._replace(path=str(path))
            raise InvalidData(error.message, place=place, hint=error.hint) from error

    def _follow(self, name: str, place: Place, beside: Path, suffix: str) -> None:
        """Have a file read that this one goes on in; each is read once."""
        if "\0" in name:
            return
        candidates = list(self._candidates(name, beside, suffix))
        inside = [path for path in candidates if self._is_inside(path)]
        path = next((path for path in inside if path.is_file()), None)
        if path is None:
            reason = "there is no such file" if inside else "it lies outside the paper's folder"
            self._findings.append(_not_followed(name, reason, place))
        elif (real := Path(os.path.realpath(path))) not in self._known:
            self._known.add(real)
            if len(self._known) <= _MOST_FILES:
                self._waiting.append(path)

    def _is_inside(self, path: Path) -> bool:
        """Whether a file is in the folder of the paper or below, links followed."""
        return Path(os.path.realpath(path)).is_relative_to(self._inside)

    def _candidates(self, name: str, beside: Path, suffix: str) -> Iterable[Path]:
        """Where a file may be: LaTeX looks from the paper's folder, others from the file's own."""
        for folder in dict.fromkeys((self._folder, beside)):
            inside = folder / name.lstrip("/") if suffix == ".typ" else folder / name
            if inside.suffix.lower() in SUFFIXES:
                yield inside
            if suffix.lower() in _LATEX:
                yield folder / f"{name}{suffix}"

    def _keys(self, labels: set[str]) -> Iterable[CitedKey]:
        for path, found in self._found:
            for cited in found.keys:
                if cited.key not in labels:
                    yield replace(cited, place=cited.place._replace(path=str(path)))

    def _bibliographies(self) -> Iterable[Path]:
        for path, found in self._found:
            folder = self._folder if path.suffix.lower() in _LATEX else path.parent
            for name in found.bibliographies:
                if "\0" not in name and "://" not in name:
                    yield folder / (name.lstrip("/") if path.suffix == ".typ" else name)


def _in(path: Path, finding: Finding) -> Finding:
    return replace(finding, place=(finding.place or Place())._replace(path=str(path)))


def _not_followed(name: str, reason: str, place: Place) -> Finding:
    message = f"{name} is not read: {reason}"
    return Finding(code="CK-W790", message=message, severity=Severity.WARNING, place=place)
