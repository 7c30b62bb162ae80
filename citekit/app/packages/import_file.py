"""Importing whatever a file holds: a bibliography, or a package of an archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.intake.add import DEFAULT_MAX_SIZE_BYTES, check_size, read_source
from citekit.app.intake.bibliographies import Imported, format_of, import_items
from citekit.app.packages.import_package import import_package, is_package
from citekit.errors import Place, UsageError
from citekit.formats.decoding import decode_bibliography
from citekit.model.value import replace

if TYPE_CHECKING:
    from citekit.model.item import Access
    from citekit.store.archive import ArchiveStore


def import_file(
    store: ArchiveStore,
    source: str | Path | bytes,
    *,
    format: str | None = None,  # noqa: A002  # the word users know
    access: Access | None = None,
) -> Imported:
    """Take in every good entry of a bibliography, or every item of a package.

    Without ``format`` the name of a file says what it is, else its text; bytes are a bibliography.
    A folder or a ``.zip`` is a package. Raises NotFound, InvalidData or StorageFailed for
    the file, UsageError for a format that nobody knows.
    """
    if isinstance(source, bytes):
        data = check_size(source, "stdin", max_size_bytes=DEFAULT_MAX_SIZE_BYTES)
        return _import_bytes(store, data, "-", format, access)
    path, place = Path(source), str(source)
    if is_package(path):
        if format or access:
            raise UsageError("a package says its format and access itself", place=place)
        return import_package(store, path)
    return _import_bytes(store, read_source(path), place, format, access)


def _import_bytes(
    store: ArchiveStore,
    data: bytes,
    place: str,
    format_: str | None,
    access: Access | None,
) -> Imported:
    """Take in the text of a bibliography; its format is told by the name, or by the text."""
    text, told = decode_bibliography(data)
    chosen = format_ or format_of(place, text)
    imported = import_items(store, text, format=chosen, place=place, access=access)
    if told is None:
        return imported
    inside = (told.place or Place())._replace(path=place)
    return replace(imported, findings=(replace(told, place=inside), *imported.findings))
