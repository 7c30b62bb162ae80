"""From a build that went well to the folder that people read: nobody sees half a site.

Sphinx writes into a folder of its own, below ``.citekit``, which it knows from build to build. Only
when it has ended well does what changed go to the output, each file whole; what it does not write
any more goes, and whatever else lies in the output (a ``CNAME``, a ``.git``) stays.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from citekit.errors import InvalidData, StorageFailed, StoreConflict

if TYPE_CHECKING:
    from collections.abc import Iterable

PRIVATE_MARK: Final = "RESTRICTED-DO-NOT-PUBLISH.txt"
_STAGED: Final = ".citekit-staged"
_OBJECTS: Final = ("items", "entities", "claims")
_WRITTEN: Final = frozenset({".html", ".json", ".ris", ".bib"})


def guard_output(output: Path, *, with_restricted: bool) -> None:
    """Keep builds with and without restricted text in folders of their own.

    Pages of an earlier build may stay in a folder; one that ever held restricted text is marked.
    Raises StoreConflict.
    """
    mark = output / PRIVATE_MARK
    if with_restricted and (output / "index.html").exists() and not mark.exists():
        raise StoreConflict(f"{output} holds a public build", hint="choose another folder")
    if mark.exists() and not with_restricted:
        raise StoreConflict(
            f"{output} held restricted text", hint="remove it, or choose another folder"
        )


def publish(built: Path, output: Path, *, known: Path) -> None:
    """Have the output show what was built; ``known`` is a file that keeps what we wrote there.

    Pages come after the files that they need, and what is gone goes last. Raises StorageFailed,
    and InvalidData for a folder of the output that is a link to elsewhere.
    """
    try:
        files = _files(built)
        before = _published(output, known)
        _check_folders(output, before | files)
        known.write_text("\n".join(sorted(before | files)), encoding="utf-8")
        for name in sorted(files, key=_after_what_it_needs):
            _bring(built / name, output / name)
        _remove(output, before - files)
        known.write_text("\n".join(sorted(files)), encoding="utf-8")
    except OSError as error:
        raise StorageFailed(
            f"the site cannot be written: {error.strerror or error}",
            place=error.filename,
            hint="make room or get the right to write there, or choose another --output",
        ) from error


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _published(output: Path, known: Path) -> set[str]:
    """What of the output is ours: what we noted, and all pages where only pages of objects are.

    The note is a cache that may be gone; a page of an item that was removed may not stay for that.
    """
    noted = known.read_text(encoding="utf-8").splitlines() if known.is_file() else ()
    names = set(filter(_is_below, noted))  # an archive may come from a stranger, with its note
    for folder in _OBJECTS:
        for path in (output / folder).glob("*"):
            if path.suffix in _WRITTEN:
                names.add(f"{folder}/{path.name}")
    return names


def _is_below(name: str) -> bool:
    path = PurePath(name)
    return bool(path.parts) and not path.anchor and ".." not in path.parts


def _check_folders(output: Path, names: Iterable[str]) -> None:
    """Raise InvalidData where a link inside the output leads out of it: nothing is written there.

    The output may lie in an archive that came with it.
    """
    root = output.resolve()
    for folder in {(output / name).parent for name in names}:
        if not folder.resolve().is_relative_to(root):
            hint = "replace the link by what it points to"
            raise InvalidData("leads out of the site", place=str(folder), hint=hint)


def _after_what_it_needs(name: str) -> tuple[bool, bool, str]:
    """Where a file comes: the mark of a private build first, pages last."""
    return (name != PRIVATE_MARK, name.endswith(".html"), name)


def _bring(source: Path, target: Path) -> None:
    """Copy a file with its time, in one step; one of the same size and time is there already."""
    new = source.stat()
    if target.is_file() and not target.is_symlink():
        old = target.stat()
        if (old.st_size, old.st_mtime_ns) == (new.st_size, new.st_mtime_ns):
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.parent / _STAGED
    try:
        shutil.copy2(source, staged)
        os.replace(staged, target)  # noqa: PTH105  # the os layer is the seam
    finally:
        staged.unlink(missing_ok=True)


def _remove(output: Path, names: Iterable[str]) -> None:
    """Remove files and the folders that this leaves empty."""
    for name in sorted(names, reverse=True):
        path = output / name
        path.unlink(missing_ok=True)
        for folder in path.relative_to(output).parents:
            if (
                folder == Path()
                or not (output / folder).is_dir()
                or any((output / folder).iterdir())
            ):
                break
            (output / folder).rmdir()
