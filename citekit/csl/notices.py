"""What a document could not use, gathered when somebody asks: nothing is left out in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.values.notice import Notice
from citekit.model.nearest import did_you_mean
from citekit.model.variables import ITEM_TYPES, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.csl.citation import Citation
    from citekit.csl.values.entry import Entry

_ITEM_WORDS = VARIABLES | {"id", "custom"}
_CITE_WORDS = frozenset(
    """id locator label prefix suffix infix suppress-author author-only position near-note
    first-reference-note-number uri uris itemData sortkeys""".split()  # noqa: SIM905
)
"""What a cite may say: ``CiteItem``, and what word processors keep in it."""


def of_items(entries: Iterable[Entry]) -> Iterator[Notice]:
    """Types and variables that CSL does not know, each told once, and values of wrong types."""
    unknown: dict[str, list[str]] = {}
    for entry in entries:
        if entry.type and entry.type not in ITEM_TYPES:
            text = f"item {entry.id!r}: CSL has no type {entry.type!r}{_near(entry.type)}"
            yield Notice(text, "unknown type", item=entry.id)
        if not _ITEM_WORDS.issuperset(entry.data):
            for name in entry.data.keys() - _ITEM_WORDS:
                unknown.setdefault(str(name), []).append(entry.id)
        yield from dict.fromkeys(entry.warnings)
    for name, ids in unknown.items():
        others = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
        text = f"item {ids[0]!r}{others}: CSL has no variable {name!r}"
        yield Notice(text, "unknown variable", item=ids[0], variable=name)


def of_cites(citations: Iterable[Citation]) -> Iterator[Notice]:
    """Words in cites that say nothing, such as a misspelt ``locator``, each told once."""
    told: set[str] = set()
    for citation in citations:
        for cite in citation.cites:
            if not _CITE_WORDS.issuperset(cite):
                for name in cite.keys() - _CITE_WORDS - told:
                    told.add(name)
                    text = f"citation {citation.id!r}: a cite has no {name!r}"
                    item = str(cite.get("id"))
                    yield Notice(text, "unknown word in a cite", item=item, variable=str(name))


def _near(name: str) -> str:
    near = did_you_mean(name, ITEM_TYPES)
    return f" ({near})" if near else ""
