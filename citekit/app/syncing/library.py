"""Bibliography files as libraries: entries looked up by key, in a .bib file without reading all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from citekit.app.intake.bibliographies import format_of
from citekit.app.intake.bibliography_reading import read_bibliography
from citekit.app.syncing.bib_text import BibText
from citekit.errors import InvalidData, Place
from citekit.findings import Finding, Severity
from citekit.formats.bibtex.checking.spans import Lines
from citekit.formats.bibtex.excerpt import Excerpts, locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from citekit.formats.bibtex.excerpt import Located
    from citekit.formats.result import ReadResult

_BIBTEX = ("biblatex", "bibtex")


class Library:
    """The entries of one file, by their keys; ``excerpts`` is there for a .bib file alone."""

    def __init__(self, file: BibText, format_: str) -> None:
        self.path = file.path
        self.text = file.text
        self.format = format_
        self._file = file
        self._fault: Finding | None = None
        self._items: dict[str, Mapping[str, Any]] = {}
        self._kept: dict[str, str] = {}
        """Items that are known from before, as JSON."""
        self.excerpts: Excerpts | None = None
        if format_ in _BIBTEX:
            self.excerpts = Excerpts(file.text, _places(file))
            self._kept = dict(_kept_items(file))
        else:
            read = self._read(file.text, format_)
            self._items = {str(item["id"]): item for item in read.items if item.get("id")}
            wrong = (finding for finding in read.findings if finding.severity is Severity.ERROR)
            self._fault = next(wrong, None)

    @classmethod
    def open(cls, path: str | Path) -> Library:
        """The library in a file, by its name or what stands in it.

        Raises NotFound, StorageFailed, UsageError for what is no bibliography, and InvalidData.
        """
        file = BibText(path)
        return cls(file, format_of(str(path), file.text))

    def keys(self) -> tuple[str, ...]:
        """All keys, in the order of the file."""
        return tuple(self._items if self.excerpts is None else self.excerpts)

    def find(self, name: str) -> str | None:
        """The key of the entry that has this key, or has it besides; None for none."""
        if self.excerpts is None:
            return name if name in self._items else None
        return name if name in self.excerpts else self.excerpts.aliases.get(name)

    def entry(self, key: str) -> Located | None:
        """Where an entry stands in a .bib file, and what it needs; raises KeyError for none."""
        return self.excerpts.entry(key) if self.excerpts else None

    def items(self, keys: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """These entries as CSL-JSON, by key; one that cannot be read is left out.

        Of a large .bib file they are kept, so that the next look-up reads no BibTeX.
        """
        wanted = dict.fromkeys(keys)
        known = {key: json.loads(self._kept[key]) for key in wanted if key in self._kept}
        self._items |= {key: item for key, item in known.items() if key not in self._items}
        lacking = [key for key in wanted if key not in self._items]
        if lacking and self.excerpts is not None:
            read = self._read(self.excerpts.with_needed(lacking), "biblatex")
            self._items |= {item["id"]: item for item in read.items}
            self._kept |= {item["id"]: json.dumps(item) for item in read.items}
            self._file.keep("items", (f"{key}\t{text}" for key, text in self._kept.items()))
        return {key: self._items[key] for key in wanted if key in self._items}

    def _read(self, text: str, format_: str) -> ReadResult:
        """The items of a text of this file; raises InvalidData, which names the file."""
        try:
            return read_bibliography(text, format_)
        except InvalidData as error:
            place = (error.place or Place())._replace(path=str(self.path))
            raise InvalidData(error.message, place=place, hint=error.hint) from error

    def fault(self) -> Finding | None:
        """The first thing in the file that is not read; None where all of it is."""
        if self.excerpts is None or self.excerpts.fault is None:
            return self._fault
        at, reason = self.excerpts.fault
        line, column = Lines(self.text).place(at)
        return Finding(code="CK-E750", message=reason, place=Place(line=line, column=column))


def _places(file: BibText) -> list[str]:
    lines = file.kept("places")
    if lines is None:
        lines = locate(file.text)
        file.keep("places", lines)
    return lines


def _kept_items(file: BibText) -> Iterator[tuple[str, str]]:
    for line in file.kept("items") or ():
        key, _, text = line.partition("\t")
        yield key, text
