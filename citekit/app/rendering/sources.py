"""Where the sources of a paper come from: itself, the archive, the files that it names."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from citekit.app.intake.bibliographies import format_of
from citekit.app.intake.bibliography_reading import read_bibliography
from citekit.app.syncing.known import ArchiveKeys
from citekit.errors import CitekitError, InvalidData, Place
from citekit.findings import Finding, Severity
from citekit.formats.bibtex.blocks import MOST_TEXT
from citekit.formats.csl_json import check_items
from citekit.formats.decoding import decode_bibliography
from citekit.model.item import Item
from citekit.model.nearest import did_you_mean
from citekit.model.records.json_text import show_path
from citekit.model.value import NOTHING, replace
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from citekit.app.syncing.known import Known
    from citekit.formats.result import ReadResult
    from citekit.model.records.json_text import JsonPath
    from citekit.store.reading import ArchiveReader

_MOST_BYTES = 4 * MOST_TEXT


class Sources:
    """What a paper can cite: its own ``references``, then the archive, then bibliography files.

    The order is that of ``bib sync``. Nothing private or withdrawn is taken from the archive unless
    ``with_private``: a paper goes to others, and who wrote it need not be whose archive it is.
    """

    def __init__(
        self,
        archive: ArchiveReader | None = None,
        *,
        references: Iterable[Item] = (),
        files: Iterable[Item] = (),
        with_private: bool = False,
    ) -> None:
        self._archive = archive
        self._keys = ArchiveKeys(archive) if archive is not None else None
        self._references = _by_name(references)
        self._files = _by_name(files)
        self._with_private = with_private
        self._found: dict[str, Item | None] = {}

    def find(self, name: str) -> Item | None:
        """The item that has this key, or had it; None where there is none for others to see.

        Raises InvalidData for one that cannot be read.
        """
        if name not in self._found:
            self._found[name] = (
                self._references.get(name) or self._in_archive(name) or self._files.get(name)
            )
        return self._found[name]

    def all_keys(self) -> Iterator[str]:
        """Every key that can be cited."""
        yield from (item.key for item in self._references.values())
        yield from self._keys.names() if self._keys else ()
        yield from (item.key for item in self._files.values())

    def is_kept_back(self, name: str) -> bool:
        """Whether the archive has an item of this key that is not for others."""
        known = self._known(name)
        return known is not None and known.standing != "open"

    def hint(self, name: str) -> str:
        """What may have been meant by a key that nobody knows."""
        return did_you_mean(name, self._names)

    @cached_property
    def _names(self) -> list[str]:
        return list(dict.fromkeys(self.all_keys()))

    def _known(self, name: str) -> Known | None:
        known = self._keys.find(name, NOTHING) if self._keys else None
        return known if known is not None and known.name == name else None

    def _in_archive(self, name: str) -> Item | None:
        known = self._known(name)
        if self._archive is None or known is None:
            return None
        is_open = known.standing == "open" or self._with_private
        return self._archive.item(known.key) if is_open else None


def _by_name(items: Iterable[Item]) -> dict[str, Item]:
    """Items by key, and by their other names; of two with one name the first counts."""
    every = list(items)
    found: dict[str, Item] = {}
    for item in every:
        found.setdefault(item.key, item)
    for item in every:
        for name in item.facts.aliases:
            found.setdefault(name, item)
    return found


def read_files(paths: Iterable[Path]) -> tuple[list[Item], list[Finding]]:
    """The items of bibliography files, and what is wrong with the rest of them.

    Raises NotFound, StorageFailed and InvalidData for a file that cannot be read.
    """
    items: list[Item] = []
    findings: list[Finding] = []
    for path in paths:
        text, told = decode_bibliography(files.read_bytes(path, limit=_MOST_BYTES))
        try:
            result = read_bibliography(text, format_of(path.name, text))
        except InvalidData as error:
            where = (error.place or Place())._replace(path=str(path))
            raise InvalidData(error.message, place=where, hint=error.hint) from error
        found, wrong = _items(result, str(path))
        items += found
        findings += [*([_at(told, str(path))] if told else []), *wrong]
    return items, findings


def read_references(entries: object, *, markdown: bool) -> tuple[list[Item], list[Finding]]:
    """The items that stand in the metadata of a paper, under ``references``."""
    if not isinstance(entries, list):
        return [], []
    paths = [("references", number) for number in range(len(entries))]
    result = check_items(zip(entries, paths, strict=True), _in_metadata, markdown=markdown)
    return _items(result, None)


def _items(result: ReadResult, path: str | None) -> tuple[list[Item], list[Finding]]:
    items = []
    findings = [_at(finding, path) for finding in result.findings if _matters(finding)]
    for number, data in enumerate(result.items):
        try:
            items.append(Item.from_json(data))
        except CitekitError as error:
            where = result.place_of(number)._replace(path=path)
            findings.append(Finding(code="CK-E742", message=error.message, place=where))
    return items, findings


def _in_metadata(path: JsonPath) -> Place:
    return Place(json_path=show_path(path))


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file is in a folder or below, links followed."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):  # too long for the system, or with a NUL
        return False


def not_read(path: Path) -> Finding:
    """The finding for a file that a paper names, and that is not its to name."""
    return Finding(
        code="CK-W746",
        severity=Severity.WARNING,
        message=f"{path} is not read: it lies outside the paper's folder",
        rule="outside-the-folder",
        hint="name it on the command line, if you trust the paper",
    )


def _matters(finding: Finding) -> bool:
    """Whether an entry, or a part of it, is not there: all else is for ``citekit bib check``."""
    return finding.severity is Severity.ERROR


def _at(finding: Finding, path: str | None) -> Finding:
    return replace(finding, place=(finding.place or Place())._replace(path=path))
