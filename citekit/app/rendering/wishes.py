"""What a paper wants of its citations: style, language, links, where its sources are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from citekit.app.citing.styled import DEFAULT_STYLE, short_forms, style_of_archive
from citekit.app.rendering.sources import is_inside
from citekit.csl import Abbreviations
from citekit.csl.style.find import StyleSource, find_style
from citekit.errors import UsageError
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from citekit.app.papers.markdown.metadata import Metadata
    from citekit.store.items import ItemReader


class Wishes(Value):
    """How the citations of a paper are made.

    ``title`` stands above the bibliography where the paper has no place for it; without
    ``has_bibliography`` there is none. ``moves_notes`` says whether marks of notes come behind the
    punctuation that follows them; None leaves it to the style.
    """

    style: StyleSource
    locale: str | None = None
    links: bool = True
    links_citations: bool = False
    has_bibliography: bool = True
    title: str = ""
    moves_notes: bool | None = None
    uncited: tuple[str, ...] = ()
    abbreviations: Abbreviations | None = None

    def cite_link(self, cite: Mapping[str, Any]) -> str | None:
        """The address that a cite leads to: its entry in the bibliography."""
        return f"#ref-{cite['id']}"

    def moves(self, *, is_note: bool) -> bool:
        """Whether a mark comes behind the punctuation that follows it."""
        return is_note if self.moves_notes is None else self.moves_notes


def read_wishes(
    metadata: Metadata,
    folder: Path,
    archive: ItemReader | None = None,
    *,
    style: str | None = None,
    locale: str | None = None,
    uncited: tuple[str, ...] = (),
) -> Wishes:
    """What the metadata of a paper in this folder say; ``style`` and ``locale`` win over it.

    Raises NotFound for a style that nobody knows, UsageError for a file outside the folder.
    """
    source = find_style(style or _style(metadata, folder, archive))
    own = archive.settings if archive is not None else None
    return Wishes(
        style=source,
        locale=locale
        or _language(metadata)
        or source.default_locale
        or (own.locale if own else None),
        links=metadata.is_set("link-bibliography") is not False,
        links_citations=metadata.is_set("link-citations") is True,
        has_bibliography=metadata.is_set("suppress-bibliography") is not True,
        title=metadata.text("reference-section-title"),
        moves_notes=metadata.is_set("notes-after-punctuation"),
        uncited=uncited,
        abbreviations=short_forms(own.abbreviations) if own else None,
    )


def _language(metadata: Metadata) -> str:
    """The language tag that the paper names; a file of a locale it may not name."""
    named = metadata.text("lang")
    return named if re.fullmatch(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*", named) else ""


def _style(metadata: Metadata, folder: Path, archive: ItemReader | None) -> str:
    named = metadata.text("citekit-style", "csl", "citation-style")
    if not named:
        return (style_of_archive(archive) if archive is not None else None) or DEFAULT_STYLE
    if "://" in named or not re.search(r"[/\\\\]|\.(?:csl|xml)$", named, re.IGNORECASE):
        return named
    path = folder / named
    if not is_inside(path, folder):
        hint = "choose the style on the command line"
        raise UsageError("the paper names a style outside its folder", place=named, hint=hint)
    return str(path) if path.is_file() or path.suffix else named  # titles may have a stroke
