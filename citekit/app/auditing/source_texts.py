"""The kept texts of sources as words: read when they are asked for, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.anchor.quoting import Match
from citekit.anchor.words import Words
from citekit.app.annotating.passages import texts_of
from citekit.model.title_markup import without_markup
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.anchor.quoting import Quotation
    from citekit.app.annotating.passages import ItemText
    from citekit.model.item import Item
    from citekit.store.reading import ArchiveReader


class Standing(Value):
    """What became of a quotation in a source.

    ``paragraphs`` are the numbers of those that hold it; ``stamp`` names the capture, None for the
    record; ``is_newest`` says whether it is that of the item's newest text.
    """

    key: str
    match: Match
    stamp: str | None = None
    is_newest: bool = True
    paragraphs: tuple[int, ...] = ()
    start: int = 0
    end: int = 0


class SourceTexts:
    """The texts of an archive's items, for quotations to be looked for."""

    def __init__(self, store: ArchiveReader) -> None:
        self._store = store
        self._kept: dict[str, list[tuple[ItemText, Words]]] = {}

    def has_text(self, key: str) -> bool:
        """Whether any text of an item is on this machine."""
        return bool(self._texts(key))

    def paragraphs(self, key: str) -> int:
        """How many paragraphs the item's newest text has; 0 where none is here."""
        return len(self._texts(key)[0][0].map.paragraphs) if self._texts(key) else 0

    def find(self, key: str, quotation: Quotation) -> Standing:
        """Where an item has it: in its newest text, an earlier one, or in its record."""
        standings = [
            _standing(text, quotation.find(words), is_newest=number == 0)
            for number, (text, words) in enumerate(self._texts(key))
        ]
        found = next((s for s in standings if s.match.state == "verbatim"), None)
        if found is not None:
            return found
        said = Standing(key=key, match=quotation.find(Words(_record(self._store.item(key)))))
        if said.match.state == "verbatim" or not standings:
            return said
        return max(standings, key=lambda standing: standing.match.share)

    def elsewhere(self, quotations: list[tuple[int, Quotation]]) -> dict[int, Standing]:
        """Which other source holds each of these quotations, by their numbers."""
        found: dict[int, Standing] = {}
        for key in self._store.keys() if quotations else ():
            for text in texts_of(self._store, key):
                plain = text.text.casefold()
                asked = [
                    (number, quotation)
                    for number, quotation in quotations
                    if number not in found and all(word in plain for word in quotation.rarest)
                ]
                words = Words(text.text) if asked else None
                for number, quotation in asked if words else ():
                    match = quotation.find(words) if words else None
                    if match and match.state == "verbatim":
                        found[number] = _standing(text, match)
        return found

    def _texts(self, key: str) -> list[tuple[ItemText, Words]]:
        if key not in self._kept:
            self._kept[key] = [(text, Words(text.text)) for text in texts_of(self._store, key)]
        return self._kept[key]


def _standing(text: ItemText, match: Match, *, is_newest: bool = True) -> Standing:
    spans = match.places
    numbers = (
        number
        for start, end in spans
        for number, (first, last) in enumerate(text.map.paragraphs, 1)
        if first < end and start < last
    )
    return Standing(
        key=text.key,
        match=match,
        stamp=text.stamp,
        is_newest=is_newest,
        paragraphs=tuple(dict.fromkeys(numbers)),
        start=spans[0][0] if spans else 0,
        end=spans[-1][1] if spans else 0,
    )


def _record(item: Item) -> str:
    """What the record itself says in the source's words: titles, captions, the abstract."""
    said = [item.text(name) for name in ("title", "title-short", "container-title", "abstract")]
    evidence: Mapping[str, tuple[Mapping[str, Any], ...]] = item.facts.evidence
    said += [
        str(candidate.get("value"))
        for name in ("caption", "dateline", "abstract", "title")
        for candidate in evidence.get(name, ())
    ]
    return "\n\n".join(without_markup(text) for text in said if text)
