"""Pages of the archive as documents of Sphinx.

They are staged as JSON (see ``pages.element``) below the folder of doctrees, so that a build with
restricted text leaves nothing where another build would find it. A file is written only when its
page has changed, because Sphinx reads again what has a new time; what is no longer a page is
removed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sphinx.project import Project
from sphinx.util import logging

from citekit.model.records.json_text import dump_json_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sphinx.util._pathlib import _StrPath

    from citekit.pages.site import Page

logger = logging.getLogger(__name__)
SUFFIX: Final = ".ckpage"


def stage(pages: Iterable[tuple[str, Page]], folder: Path) -> dict[str, Path]:
    """Write the pages below a folder, only what changed; returns the file of each page."""
    staged: dict[str, Path] = {}
    for name, page in pages:
        path = folder / f"{name}{SUFFIX}"
        staged[name] = path
        _write_if_changed(path, dump_json_line(page.to_json()).encode())
    kept = set(staged.values())
    for path in folder.rglob(f"*{SUFFIX}"):
        if path not in kept:
            path.unlink()
    return staged


def _write_if_changed(path: Path, content: bytes) -> None:
    try:
        if path.read_bytes() == content:
            return
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


class StagedProject(Project):
    """A project whose documents are those of the source folder and the staged pages."""

    def __init__(self, original: Project, staged: Mapping[str, Path], folder: Path) -> None:
        super().__init__(original.srcdir, original.source_suffix)
        self._folder = folder
        self.restore(original)  # without the names of the last build no page would be out of date
        self.staged = dict(staged)

    def discover(
        self, exclude_paths: Iterable[str] = (), include_paths: Iterable[str] = ("**",)
    ) -> set[str]:
        """The names of all documents; a page of the author's own goes before a staged one."""
        found = super().discover((*exclude_paths, *self._own_folder()), include_paths)
        for name in sorted(found & self.staged.keys()):
            logger.warning(
                "%s is a page of yours and of the archive: yours is built",
                name,
                type="citekit",
                subtype="page",
                location=name,
            )
            del self.staged[name]
        self.docnames |= self.staged.keys()
        return self.docnames

    def _own_folder(self) -> tuple[str, ...]:
        """A pattern for the staged files themselves, where they lie below the sources."""
        folder, sources = self._folder.resolve(), Path(self.srcdir).resolve()
        is_below = folder.is_relative_to(sources)
        return (f"{folder.relative_to(sources).as_posix()}/**",) if is_below else ()

    def doc2path(self, docname: str, absolute: bool) -> _StrPath:
        """The file of a document; staged ones lie outside the source folder."""
        path = self.staged.get(docname)
        if path is None:
            return super().doc2path(docname, absolute)
        shown = path if absolute else Path(f"{docname}{SUFFIX}")
        return type(self.srcdir)(os.fspath(shown))
