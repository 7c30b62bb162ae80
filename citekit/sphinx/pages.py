"""The archive as pages: which there are, what is on each, and their staging for Sphinx.

Pages are staged as JSON (see ``element``) below the folder of doctrees, so that a build with
restricted text leaves nothing where another build would find it. A file is written only when its
page has changed, because Sphinx reads again what has a new time; what is no longer a page is
removed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sphinx.project import Project
from sphinx.util import logging

from citekit.errors import InvalidData
from citekit.model.json_text import dump_json_line
from citekit.sphinx.element import Element

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sphinx.util._pathlib import _StrPath

    from citekit.sphinx.library import Library
    from citekit.sphinx.style import Style

logger = logging.getLogger(__name__)
SUFFIX: Final = ".ckpage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. ``kind`` is item, entity, claim or list; ``options`` are file-wide metadata."""

    kind: str
    title: str
    body: tuple[Element, ...]
    head: tuple[Element, ...] = ()
    options: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The page as it is staged."""
        return {
            "kind": self.kind,
            "title": self.title,
            "options": list(self.options),
            "head": [element.to_json() for element in self.head],
            "body": [element.to_json() for element in self.body],
        }

    @classmethod
    def from_json(cls, data: Any) -> Page:  # noqa: ANN401  # JSON
        """Read a staged page; raises InvalidData."""
        try:
            return cls(
                kind=str(data["kind"]),
                title=str(data["title"]),
                options=tuple(data["options"]),
                head=tuple(Element.from_json(e) for e in data["head"]),
                body=tuple(Element.from_json(e) for e in data["body"]),
            )
        except (KeyError, TypeError) as error:
            raise InvalidData(f"is no staged page: {error}") from error


def make_pages(library: Library, style: Style) -> Iterator[tuple[str, Page]]:
    """Every page of the archive with its name, such as ``items/mem2023turkiye``."""
    from citekit.sphinx.claim_page import claim_body
    from citekit.sphinx.entity_page import entity_body
    from citekit.sphinx.item_page import item_body
    from citekit.sphinx.lists import list_pages
    from citekit.sphinx.metadata import bibliography_head, item_head, plain_head

    for key, shelf in library.shelves.items():
        yield (
            f"items/{library.pages[key]}",
            Page(
                kind="item",
                title=shelf.item.title or key,
                body=tuple(item_body(library, style, key)),
                head=tuple(item_head(library, shelf)),
                options=("hide-toc",),
            ),
        )
    for entity in library.entities.values():
        yield (
            f"entities/{entity.id}",
            Page(
                kind="entity",
                title=entity.name,
                body=tuple(entity_body(library, entity)),
                head=tuple(plain_head(library, entity.name, entity.description or "")),
                options=("hide-toc",),
            ),
        )
    for claim in library.claims.values():
        yield (
            f"claims/{claim.id}",
            Page(
                kind="claim",
                title=claim.question or claim.statement,
                body=tuple(claim_body(library, claim)),
                head=tuple(plain_head(library, claim.question or claim.statement, claim.statement)),
                options=("hide-toc",),
            ),
        )
    for name, title, body in list_pages(library):
        head = bibliography_head(library, title)
        yield name, Page(kind="list", title=title, body=tuple(body), head=tuple(head))


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

    def __init__(self, original: Project, staged: Mapping[str, Path]) -> None:
        super().__init__(original.srcdir, original.source_suffix)
        self.staged = dict(staged)

    def discover(
        self, exclude_paths: Iterable[str] = (), include_paths: Iterable[str] = ("**",)
    ) -> set[str]:
        """The names of all documents; a page of the author's own goes before a staged one."""
        found = super().discover(exclude_paths, include_paths)
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

    def doc2path(self, docname: str, absolute: bool) -> _StrPath:
        """The file of a document; staged ones lie outside the source folder."""
        path = self.staged.get(docname)
        if path is None:
            return super().doc2path(docname, absolute)
        shown = path if absolute else Path(f"{docname}{SUFFIX}")
        return type(self.srcdir)(os.fspath(shown))
