"""A document of Pandoc, as JSON, with its citations made.

Source: Pandoc, "Filters"; ``Text.Pandoc.Citeproc`` for what metadata mean.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from citekit.app.papers.markdown import KeyInText
from citekit.app.papers.markdown.metadata import Metadata
from citekit.app.rendering.affixes import Aside
from citekit.app.rendering.archive_of import archive_in
from citekit.app.rendering.made import Asked, make
from citekit.app.rendering.pandoc.inlines import marked_up, plain
from citekit.app.rendering.pandoc.tree import Walk, add_bibliography, exchange
from citekit.app.rendering.render import read_sources, unknown_keys
from citekit.app.rendering.wishes import read_wishes
from citekit.errors import InvalidData, Place
from citekit.findings import Finding
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.app.rendering.made import MadePaper
    from citekit.app.rendering.pandoc.inlines import Inline
    from citekit.app.rendering.pandoc.tree import Spot
    from citekit.app.rendering.sources import Sources
    from citekit.store.reading import ArchiveReader

MOST_SIGNS: Final = 200_000_000
_SETTINGS: Final = frozenset(
    """bibliography citation-style citekit-archive citekit-style csl lang link-bibliography
    link-citations nocite notes-after-punctuation reference-section-title references
    suppress-bibliography""".split()  # noqa: SIM905  # a list of words reads better
)
"""Metadata that say how to cite; citations in the others are made as well."""
_DONE: Final = ("nocite", "references")
"""Metadata of which a later run of Pandoc's own citations would list something again."""


class Filtered(Value):
    """A document with its citations made, as JSON, and what was found on the way."""

    text: str
    cited: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()


def make_citations(
    text: str, folder: Path, archive: Callable[[], ArchiveReader | None] = lambda: None
) -> Filtered:
    """A document of Pandoc (JSON) with its citations and bibliography made.

    What its metadata name is seen from a folder. ``archive`` is asked for one where they name none;
    nothing private or withdrawn is cited. Raises InvalidData for a text that is no such document,
    else what ``render`` raises.
    """
    document = _read(text)
    try:
        return _Document(document, folder, archive).filtered()
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise InvalidData("is no document that Pandoc 2 or 3 writes as JSON") from error
    except RecursionError as error:
        raise InvalidData("is nested too deeply") from error


def _read(text: str) -> dict[str, Any]:
    if len(text) > MOST_SIGNS:
        raise InvalidData(f"has more than {MOST_SIGNS:,} signs")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidData("is no JSON, or nested too deeply") from error
    if not (isinstance(document, dict) and isinstance(document.get("blocks"), list)):
        hint = "citekit-pandoc is called by Pandoc: pandoc --filter citekit-pandoc"
        raise InvalidData("is no document of Pandoc", hint=hint)
    return document


class _Document:
    """One document on its way."""

    def __init__(
        self,
        document: dict[str, Any],
        folder: Path,
        archive: Callable[[], ArchiveReader | None],
    ) -> None:
        self.document = document
        self.meta: dict[str, Any] = document.get("meta") or {}
        self.aside: Aside[list[Inline]] = Aside()
        fields = {name: _value(self.meta[name]) for name in _SETTINGS & self.meta.keys()}
        metadata = Metadata(fields=fields)
        named = archive_in(metadata, folder)
        store = named if named is not None else archive()
        self.wishes = read_wishes(metadata, folder, store, uncited=tuple(self._uncited()))
        self.sources, self.told = read_sources(metadata, folder, store, is_markdown=False)

    def filtered(self) -> Filtered:
        """Find, make and exchange."""
        walk = Walk()
        for name in sorted(self.meta.keys() - _SETTINGS):
            walk.visit(self.meta[name])
        walk.visit(self.document["blocks"])
        spots = [spot for spot in walk.spots if not _is_cross_reference(spot, walk, self.sources)]
        made = make([self._asked(spot) for spot in spots], self.sources, self.wishes)
        exchange(spots, made.citations, self.aside, self.wishes)
        add_bibliography(self.document["blocks"], made, self.aside, self.wishes.title)
        for name in _DONE:
            self.meta.pop(name, None)
        unknown = self._unknown(made)
        return Filtered(
            text=json.dumps(self.document),
            cited=tuple(key for key, _ in made.entries),
            unknown=tuple(dict.fromkeys(unknown)),
            findings=(*self.told, *unknown_keys([(k, Place()) for k in unknown], self.sources)),
            warnings=made.warnings,
        )

    def _asked(self, spot: Spot) -> Asked:
        citations = spot.cite[0]
        return Asked(
            keys=tuple(self._key(citation) for citation in citations),
            is_narrative=len(citations) == 1 and _mode(citations[0]) == "AuthorInText",
            is_in_note=spot.is_in_note,
            notes_before=spot.notes_before,
        )

    def _key(self, citation: dict[str, Any]) -> KeyInText:
        rest = marked_up(citation["citationSuffix"], self.aside)
        if rest and _mode(citation) == "AuthorInText" and not rest.startswith((",", " ")):
            rest = f", {rest}"  # it stood in brackets of its own
        return KeyInText(
            key=citation["citationId"],
            start=0,
            end=0,
            suppresses_author=_mode(citation) == "SuppressAuthor",
            prefix=marked_up(citation["citationPrefix"], self.aside),
            rest=rest,
        )

    def _uncited(self) -> list[str]:
        """The keys of ``nocite``, which Pandoc has read as citations."""
        walk = Walk()
        walk.visit(self.meta.get("nocite"))
        return [citation["citationId"] for spot in walk.spots for citation in spot.cite[0]]

    def _unknown(self, made: MadePaper) -> list[str]:
        cited = [key.key for citation in made.citations for key in citation.unknown]
        uncited = [name for name in self.wishes.uncited if name != "*"]
        return [*cited, *(name for name in uncited if self.sources.find(name) is None)]


def _mode(citation: dict[str, Any]) -> str:
    return str(citation["citationMode"]["t"])


def _is_cross_reference(spot: Spot, walk: Walk, sources: Sources) -> bool:
    """Whether all keys are identifiers of the document itself."""
    keys = [citation["citationId"] for citation in spot.cite[0]]
    return all(key in walk.labels and sources.find(key) is None for key in keys)


def _value(node: dict[str, Any]) -> Any:  # noqa: ANN401  # JSON
    """A value of Pandoc's metadata as plain JSON, with CSL's mark-up in its texts."""
    content = node.get("c")
    match node["t"]:
        case "MetaMap":
            return {name: _value(value) for name, value in content.items()} if content else {}
        case "MetaList":
            return [_value(value) for value in content or []]
        case "MetaInlines":
            return _text(content or [])
        case "MetaBlocks":
            paragraphs = (block.get("c") for block in content or [])
            return "\n\n".join(_text(found) for found in paragraphs if isinstance(found, list))
        case _:
            return content


def _text(inlines: list[Inline]) -> str:
    aside: Aside[list[Inline]] = Aside()
    return aside.restore(marked_up(inlines, aside), plain)
