"""Highlights and remarks of another program as annotations.

Words that are found in a kept text become a passage, within the limits of ``annotate``. Where they
are not found, the quote stands in the note of an annotation on the item as a whole; of a restricted
item, whose words nobody else may read, that annotation is private.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from citekit.app.annotating.annotate import address_of, passage_at, within_limits
from citekit.app.annotating.passages import Letters, texts_of
from citekit.app.annotating.quotes import find_quote
from citekit.app.intake.recognising.said import checksum
from citekit.errors import CitekitError
from citekit.formats.zotero.note_html import as_words
from citekit.model.annotation import Annotation, new_annotation
from citekit.model.quotation import longest_text
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from citekit.app.annotating.passages import ItemText, Range
    from citekit.formats.attached import Mark
    from citekit.model.annotation import Passage
    from citekit.model.item import Item
    from citekit.store.archive import ArchiveStore

_PLACES: Final = ("kind", "page", "color", "position", "key")
"""What is kept of where a mark was; as text, since programs have forms of their own."""
_MOST_SIGNS: Final = 10_000
"""Of one of them: the points of a drawing may be very many, and say little without its file."""


class Made(Value):
    """An annotation that was made of a mark, and whether its words were found."""

    annotation: Annotation
    is_found: bool


def checksum_of(mark: Mark) -> str:
    """What tells whether the other program says something else of a mark than before."""
    return checksum([mark.text, mark.note, list(mark.tags)])


class ItemMarks:
    """Makes annotations of one item. To be asked under the lock: the limits count all of them."""

    def __init__(self, store: ArchiveStore, item: Item) -> None:
        self._store = store
        self._item = item

    def make(
        self, mark: Mark, existing: Sequence[Annotation], *, stamp: str | None, now: datetime
    ) -> Made:
        """The annotation, which may show as much as ``existing`` ones leave.

        ``stamp`` is the capture in which the words are sought first.
        """
        found = self._find(mark.text, stamp) if mark.text else None
        if found is None:
            return self._without_passage(mark, now)
        text, span = found
        passage = passage_at(text, span, is_restricted=self.is_restricted)
        passage, _ = within_limits(self._item, self._words, passage, existing)
        captured_at = text.capture.captured_at
        return Made(
            annotation=self._annotation(mark, mark.note, passage, captured_at, now), is_found=True
        )

    def _without_passage(self, mark: Mark, now: datetime) -> Made:
        """On the item as a whole, with the quote and its page in the note."""
        words = as_words(mark.text)
        quote = "\n".join(f"> {line}".rstrip() for line in words.split("\n")) if words else ""
        page = f"(p. {mark.facts['page']})" if mark.facts.get("page") else ""
        note = "\n\n".join(filter(None, [quote, mark.note, page]))
        is_private = bool(mark.text) and self.is_restricted
        made = self._annotation(mark, note, None, None, now).with_private(private=is_private)
        return Made(annotation=made, is_found=not mark.text)

    def _annotation(
        self,
        mark: Mark,
        note: str,
        passage: Passage | None,
        captured_at: datetime | None,
        now: datetime,
    ) -> Annotation:
        made = new_annotation(
            annotation_id=mark.id,
            source=address_of(self._store, self._item),
            created=mark.created or now,
            passage=passage,
            captured_at=captured_at,
            creator=mark.creator or None,
            note=note,
            tags=mark.tags,
        )
        places = {name: str(mark.facts.get(name, ""))[:_MOST_SIGNS] for name in _PLACES}
        own: dict[str, Any] = {name: value for name, value in places.items() if value}
        return Annotation.from_json({**made.data, "zotero": own}) if own else made

    def _find(self, quote: str, stamp: str | None) -> tuple[ItemText, Range] | None:
        """The text and the one place in it: by its words, else by its letters alone."""
        texts = sorted(self._texts, key=lambda text: text.stamp != stamp)
        for text in texts:
            try:
                return text, find_quote(text, quote)
            except CitekitError:
                span = self._letters(text).find(quote)
                if span is not None:
                    return text, span
        return None

    def _letters(self, text: ItemText) -> Letters:
        if text.stamp not in self._read:
            self._read[text.stamp] = Letters(text.text)
        return self._read[text.stamp]

    @cached_property
    def _read(self) -> dict[str, Letters]:
        return {}

    @cached_property
    def _texts(self) -> tuple[ItemText, ...]:
        return tuple(texts_of(self._store, self._item.key))

    @cached_property
    def _words(self) -> int | None:
        return longest_text(self._store.captures(self._item.key).values())

    @property
    def is_restricted(self) -> bool:
        """Whether others may not read the item's text."""
        return self._item.facts.access == "restricted"

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the item that are here."""
        return tuple(text.text for text in self._texts)
