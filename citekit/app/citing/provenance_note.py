"""What a reference can say of its evidence: when the source was archived, and a digest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.model.records.codec import write_instant

if TYPE_CHECKING:
    from citekit.model.item import Item
    from citekit.store.reading import ArchiveReader


def provenance_note(store: ArchiveReader, key: str) -> str | None:
    """One line about an item's latest capture; None when it has none.

    The digest is that of the original bytes, else of the first payload that the record names.
    """
    capture = store.capture(key)
    if capture is None or not capture.payloads:
        return None
    role = "original" if "original" in capture.payloads else next(iter(capture.payloads))
    digest = capture.payloads[role].digest
    return f"Archived {write_instant(capture.captured_at)}, {role} {digest}"


def with_note(item: Item, note: str | None) -> Item:
    """The item with a paragraph more in ``note``, which BibLaTeX calls ``annotation``."""
    if note is None:
        return item
    before = item.text("note")
    return item.with_data(note=f"{before}\n\n{note}" if before else note)
