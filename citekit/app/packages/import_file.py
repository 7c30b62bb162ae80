"""Importing whatever a file holds: a bibliography, or a package of an archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.intake.add import DEFAULT_MAX_SIZE_BYTES, check_size, read_source
from citekit.app.intake.bibliographies import Imported, format_of, import_items
from citekit.app.packages.import_package import import_package, is_package
from citekit.errors import InvalidData, UsageError

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

    Without ``format`` the name of a file says what it is; bytes are a bibliography, of CSL-JSON
    then. A folder or a ``.zip`` is a package. Raises NotFound, InvalidData or StorageFailed for
    the file, UsageError for a format that nobody knows.
    """
    if isinstance(source, bytes):
        data = check_size(source, "stdin", max_size_bytes=DEFAULT_MAX_SIZE_BYTES)
        text = _decoded(data, "-")
        return import_items(store, text, format=format or "csl-json", place="-", access=access)
    path, place = Path(source), str(source)
    if is_package(path):
        if format or access:
            raise UsageError("a package says its format and access itself", place=place)
        return import_package(store, path)
    text = _decoded(read_source(path), place)
    chosen = format or format_of(place)
    return import_items(store, text, format=chosen, place=place, access=access)


def _decoded(data: bytes, place: str) -> str:
    """The bytes as text; raises InvalidData."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidData(
            f"is not UTF-8 at byte {error.start}", place=place, hint="convert it to UTF-8 first"
        ) from error
