"""Books: LaTeX and EPUB have the staged pages as chapters.

On a site they stand outside the table of contents, where a thousand of them would fill every page's
navigation; a book has only what its table of contents names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

BEFORE_COLLECTORS: Final = 400
_KIND: Final = "citekit_is_book"  # kept with the environment, which two builds may share
_BOOKS: Final = frozenset({"epub", "latex", "texinfo"})
_CHAPTERS: Final = {"items": "Sources", "entities": "People, places, events", "claims": "Claims"}


def add_chapters(app: Sphinx, doctree: nodes.document) -> None:
    """Give a book's first page a table of contents of the pages that no other one names."""
    env = app.env
    if env.docname != env.config.root_doc:
        return
    setattr(env, _KIND, _has_chapters(app))
    first = doctree.next_node(nodes.section)
    if first is None or not _has_chapters(app):
        return
    for folder, caption in _CHAPTERS.items():
        names = sorted(name for name in env.found_docs if name.startswith(f"{folder}/"))
        chapters = [name for name in names if name != f"{folder}/index"]
        if chapters:
            first.append(_contents(env, chapters, caption))


def is_book(app: Sphinx) -> bool:
    """Whether this build makes a book."""
    return app.builder.name in _BOOKS


def _has_chapters(app: Sphinx) -> bool:
    """Whether all pages become one: a book, or a site of a single page."""
    return is_book(app) or app.builder.name == "singlehtml"


def is_site(builder: Builder) -> bool:
    """Whether a builder makes pages for a web server, where files can stand beside them."""
    return builder.format == "html" and builder.name not in _BOOKS


def is_stale(app: Sphinx, env: BuildEnvironment, moved: AbstractSet[str]) -> bool:
    """Whether the first page was read for the other kind of build, or for other chapters.

    ``moved`` are the pages that are new or gone.
    """
    if getattr(env, _KIND, False) != _has_chapters(app):
        return True
    return _has_chapters(app) and any(name.partition("/")[0] in _CHAPTERS for name in moved)


def _contents(env: BuildEnvironment, names: list[str], caption: str) -> nodes.Element:
    contents = addnodes.toctree(
        entries=[(None, name) for name in names],
        includefiles=list(names),
        parent=env.docname,
        caption=caption,
        rawcaption=caption,
        maxdepth=1,
        glob=False,
        hidden=False,
        includehidden=False,
        numbered=0,
        titlesonly=True,
    )
    return nodes.compound("", contents, classes=["toctree-wrapper"])
