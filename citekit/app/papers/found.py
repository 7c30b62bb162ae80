"""What one file of a paper says: which keys it cites, which files it goes on in.

Places are in that file: whoever reads it (``read``) adds its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from citekit.errors import InvalidData, Place
from citekit.findings import Finding
from citekit.formats.bibtex.checking.spans import Lines
from citekit.formats.bibtex.mapping import Dialect
from citekit.model.value import NOTHING, Value

MOST_KEYS: Final = 100_000
Spot = tuple[str, int]
"""A key or a file's name, and its offset in the text."""


class CitedKey(Value):
    """A key that a paper cites, with its place.

    ``data`` is what the paper itself says of the work, as CSL-JSON. One that ``may_be_a_label`` is
    written as labels of figures and sections are: where nobody knows it, it is one.
    """

    key: str
    place: Place
    data: Mapping[str, Any] = NOTHING
    may_be_a_label: bool = False


class Found(Value):
    r"""What a file says; ``cites_all`` is ``\nocite{*}``, ``dialect`` whose .bib files it reads.

    ``labels`` are names of the file's own figures and sections, which are no keys then, as Typst
    has it. ``findings`` tell what was not read.
    """

    keys: tuple[CitedKey, ...] = ()
    included: tuple[tuple[str, Place], ...] = ()
    bibliographies: tuple[str, ...] = ()
    cites_all: bool = False
    dialect: Dialect | None = None
    labels: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


class Spots:
    """Lines and columns in one text."""

    def __init__(self, text: str) -> None:
        self._lines = Lines(text)

    def place(self, at: int) -> Place:
        """The line and column of an offset, both from 1."""
        line, column = self._lines.place(at)
        return Place(line=line, column=column)

    def keys(self, keys: Iterable[Spot]) -> tuple[CitedKey, ...]:
        """These keys with their places; raises InvalidData for more than any paper has."""
        some = list(islice(keys, MOST_KEYS + 1))
        if len(some) > MOST_KEYS:
            raise InvalidData(f"cites more than {MOST_KEYS:,} times")
        return tuple(CitedKey(key=key, place=self.place(at)) for key, at in some)

    def files(self, names: Iterable[Spot]) -> tuple[tuple[str, Place], ...]:
        """These names of files with their places."""
        return tuple((name, self.place(at)) for name, at in names)


def blanked(text: str) -> str:
    """Blanks in the place of a text, so that what stands behind it keeps its place."""
    return re.sub(r"[^\r\n]", " ", text)
