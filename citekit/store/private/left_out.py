"""How much of an archive is private: what whoever makes something for others has to be told.

Told on the terminal, to the owner. In what is made, not even the number is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from citekit.model.value import Value
from citekit.store import files

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.layout import Layout


class LeftOut(Value):
    """How many items, annotations, entities and claims are private; true if there are any."""

    items: int = 0
    annotations: int = 0
    entities: int = 0
    claims: int = 0

    def __bool__(self) -> bool:
        """Whether anything is private."""
        return any((self.items, self.annotations, self.entities, self.claims))

    @classmethod
    def count(cls, layout: Layout, marked: int = 0) -> Self:
        """Count what lies under ``private/``, and ``marked``, private items that lie elsewhere.

        ``annotations`` are those of items that are not private themselves.
        """
        items, notes = layout.private_items, layout.private_notes
        return cls(
            items=marked + sum((items / n / "item.json").is_file() for n in files.folders(items)),
            annotations=sum(_lines(notes / n / "annotations.jsonl") for n in files.folders(notes)),
            entities=_records(layout.private_entities),
            claims=_records(layout.private_claims),
        )

    def told(self) -> str:
        """What was left out, in words: ``2 private items, 1 private note``."""
        names = ("item", "items"), ("note", "notes"), ("entity", "entities"), ("claim", "claims")
        counts = (self.items, self.annotations, self.entities, self.claims)
        return ", ".join(
            f"{count} private {one if count == 1 else many}"
            for count, (one, many) in zip(counts, names, strict=True)
            if count
        )


def _records(folder: Path) -> int:
    return sum(name.endswith(".json") for name in files.names(folder))


def _lines(path: Path) -> int:
    """The lines of a file that hold something; none where it is absent."""
    return (
        sum(1 for line in files.read_bytes(path).splitlines() if line.strip())
        if path.is_file()
        else 0
    )
