"""Importing whatever a path holds: a bibliography, a folder of them, or a package of an archive."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.adding.sources import (
    DEFAULT_MAX_SIZE_BYTES,
    check_size,
    read_source,
)
from citekit.app.intake.bibliographies import SUFFIXES, Imported, format_of, import_items
from citekit.app.packages.import_package import import_package, is_package
from citekit.errors import CitekitError, InvalidData, Place, UsageError
from citekit.findings import Finding, FindingClass, Severity
from citekit.formats.decoding import decode_bibliography
from citekit.model.value import replace
from citekit.store.layout import SETTINGS_FILE, is_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from citekit.app.intake.recognising.merging import Merge, MergeAsk
    from citekit.model.item import Access
    from citekit.store.archive import ArchiveStore

_MOST_FILES: Final = 10_000
_WEB_ARCHIVES: Final = (".warc", ".warc.gz", ".wacz")
_OF_EXPORT: Final = "files"
"""Where Zotero has the files of an export: none of them is a bibliography to be taken in."""
_SHARED_SUFFIXES: Final = (".json", ".yaml", ".yml")
"""Files of these names are mostly something else than a bibliography."""


def import_file(
    store: ArchiveStore,
    source: str | Path | bytes,
    *,
    format: str | None = None,  # noqa: A002  # the word users know
    access: Access | None = None,
    merge: Merge = "keep",
    ask: MergeAsk | None = None,
    with_files: bool = True,
    dry_run: bool = False,
    pages: Sequence[str] = (),
) -> Imported:
    """Take in every good entry of a bibliography, every item of a package, or pages of a WARC file.

    Without ``format`` the name of a file says what it is, else its text; bytes are a bibliography.
    A folder that is a package, and a ``.zip``, are taken in as that; of another folder all
    bibliographies below it, and one that cannot be read is a finding. ``pages`` are chosen out of
    a WARC file or WACZ package. ``merge``, ``ask``, ``with_files`` and ``dry_run`` are those of
    ``import_items``. Raises NotFound, InvalidData or StorageFailed for the file, UsageError for a
    format that nobody knows, and for what a package does not have.
    """
    options = {"access": access, "merge": merge, "ask": ask, "dry_run": dry_run}
    options["with_files"] = with_files
    if isinstance(source, bytes):
        data = check_size(source, "stdin", max_size_bytes=DEFAULT_MAX_SIZE_BYTES)
        return _import_bytes(store, data, "-", format, options)
    path = Path(source)
    if path.name.lower().endswith(_WEB_ARCHIVES) and path.is_file():
        from citekit.app.packages.web_archive import import_web_archive

        return import_web_archive(store, path, pages=pages, access=access, dry_run=dry_run)
    if pages:
        raise UsageError("pages are chosen out of WARC and WACZ files", place=str(source))
    if is_package(path):
        if format or access:
            raise UsageError("a package says its format and access itself", place=str(source))
        if merge != "keep" or dry_run:
            message = "a package comes in as it is: neither merged, nor tried out"
            raise UsageError(message, place=str(source), hint="citekit verify --archive FOLDER")
        return import_package(store, path)

    def take(file: Path) -> Imported:
        beside = {**options, "folder": file.parent}
        return _import_bytes(store, read_source(file), str(file), format, beside)

    return _import_folder(path, take) if path.is_dir() else take(path)


def _import_bytes(
    store: ArchiveStore, data: bytes, place: str, format_: str | None, options: dict[str, Any]
) -> Imported:
    """Take in the text of a bibliography; its format is told by the name, or by the text."""
    text, told = decode_bibliography(data)
    chosen = format_ or format_of(place, text)
    imported = import_items(store, text, format=chosen, place=place, **options)
    if told is None:
        return imported
    inside = (told.place or Place())._replace(path=place)
    return replace(imported, findings=(replace(told, place=inside), *imported.findings))


def _import_folder(folder: Path, take: Callable[[Path], Imported]) -> Imported:
    """All bibliographies below a folder, one after the other."""
    files = _bibliographies(folder)
    if not files:
        hint = f"a bibliography ends in {', '.join(SUFFIXES)}; citekit add archives other files"
        raise InvalidData(
            "holds neither an archive nor a bibliography", place=str(folder), hint=hint
        )
    return _together(_one_of_many(file, take) for file in files)


def _bibliographies(folder: Path) -> list[Path]:
    """The files below a folder that may be one, by name; hidden ones, links and archives aside.

    The files that an export of Zotero has beside it are none, whatever they are called.
    """
    found: list[Path] = []
    for top, folders, names in os.walk(folder):
        if SETTINGS_FILE in names:
            folders.clear()
            continue
        is_export = any(name.lower().endswith((".rdf", ".json")) for name in names)
        skipped = {_OF_EXPORT} if is_export else set()
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in skipped)
        paths = (Path(top, name) for name in sorted(names) if not name.startswith("."))
        found += [path for path in paths if path.suffix.lower() in SUFFIXES and not is_link(path)]
        if len(found) > _MOST_FILES:
            raise InvalidData(f"holds more than {_MOST_FILES} bibliographies", place=str(folder))
    return found


def _one_of_many(file: Path, take: Callable[[Path], Imported]) -> Imported:
    """What a file gives; where its name is shared with other kinds, it may be none of ours."""
    is_shared = file.suffix.lower() in _SHARED_SUFFIXES
    try:
        imported = take(file)
    except CitekitError as error:
        if not (is_shared and isinstance(error, InvalidData)):
            return Imported(findings=(_refused(error, file),))
        imported = Imported()
    if is_shared and not (imported.new or imported.known or imported.changed):
        return Imported(findings=(_no_bibliography(file),))
    return imported


def _together(results: Iterable[Imported]) -> Imported:
    parts = tuple(results)
    return Imported(
        new=tuple(key for part in parts for key in part.new),
        known=tuple(key for part in parts for key in part.known),
        changed=tuple(one for part in parts for one in part.changed),
        doubtful=tuple(one for part in parts for one in part.doubtful),
        brought=tuple(one for part in parts for one in part.brought),
        findings=tuple(one for part in parts for one in part.findings),
    )


def _refused(error: CitekitError, file: Path) -> Finding:
    place = error.place or Place(path=str(file))
    return Finding(
        code="CK-E772",
        message=error.message,
        place=place,
        hint=error.hint or "",
        kind=FindingClass.INVALID,
    )


def _no_bibliography(file: Path) -> Finding:
    return Finding(
        code="CK-I773",
        severity=Severity.NOTE,
        message="is no bibliography, and was left out",
        place=Place(path=str(file)),
        hint="citekit import FILE says why",
    )
