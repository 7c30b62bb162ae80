"""Annotations: made on exact words, kept within the quotation limits, edited, removed.

For a restricted item an annotation shows at most 12 words (prefix, exact and suffix together), and
all its annotations together at most 15 % of the text's words; beyond that they keep offsets alone,
which with the text's digest determine the passage (INTERFACES, "Access").
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from citekit.app.clock import now as this_second
from citekit.app.keys import known_in, split_name
from citekit.app.passages import (
    ItemText,
    Range,
    count_words,
    find_quote,
    paragraph,
    read_text,
)
from citekit.errors import NotFound, UsageError
from citekit.findings import Finding, Severity
from citekit.model.annotation import Annotation, Passage, new_annotation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from citekit.model.item import Item
    from citekit.store.archive import ArchiveStore

MOST_WORDS: Final = 12
MOST_SHARE: Final = 0.15
_CONTEXT_CHARACTERS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """What annotating gave: the annotation, and what the limits made of it."""

    key: str
    annotation: Annotation
    findings: tuple[Finding, ...] = ()


def annotate(
    store: ArchiveStore,
    name: str,
    *,
    quote: str | None = None,
    span: Range | None = None,
    occurrence: int | None = None,
    note: str = "",
    tags: Sequence[str] = (),
    entities: Sequence[str] = (),
    creator: str | None = None,
    now: datetime | None = None,
    annotation_id: str | None = None,
) -> Annotated:
    """Annotate words of an item, a paragraph (``KEY#p3``), a range, or the item as a whole.

    ``span`` is a half-open range of code points of the text. Raises NotFound for an unknown item,
    entity or quote, UsageError for an annotation that says nothing.
    """
    key, passage_name = split_name(name, *known_in(store))
    key = store.resolve(key)
    check_entities(store, entities)
    if not (note or tags or entities or quote or span or passage_name):
        raise UsageError("the annotation says nothing", hint="give --quote, --note, --tag …")
    with store.writing() as writer:
        item, existing = store.item(key), store.annotations(key)
        text: ItemText | None = None
        passage: Passage | None = None
        findings: tuple[Finding, ...] = ()
        if quote is not None or span is not None or passage_name is not None:
            text = read_text(store, key)
            span = span or _find(text, passage_name, quote, occurrence)
            passage = _passage(text, span, is_restricted=item.facts.access == "restricted")
            passage, findings = within_limits(item, text, passage, existing)
        made = new_annotation(
            annotation_id=annotation_id or f"urn:uuid:{uuid.uuid4()}",
            source=item.text("URL") or f"urn:citekit:item:{store.layout.folder_name(key)}",
            created=now or this_second(),
            passage=passage,
            captured_at=text.capture.captured_at if text else None,
            creator=creator,
            note=note,
            tags=tags,
            entities=entities,
        )
        others = [other for other in existing if other.id != made.id]
        writer.write_annotations(key, (*others, made))
    return Annotated(key=key, annotation=made, findings=findings)


def edit_annotation(
    store: ArchiveStore,
    annotation_id: str,
    *,
    note: str | None = None,
    tags: Sequence[str] | None = None,
    entities: Sequence[str] | None = None,
    now: datetime | None = None,
) -> Annotation:
    """Replace an annotation's note, tags or entities; None leaves what is there."""
    check_entities(store, entities or ())
    with store.writing() as writer:
        key, old = store.find_annotation(annotation_id)
        new = old.with_bodies(
            note=old.note if note is None else note,
            tags=old.tags if tags is None else tags,
            entities=old.entities if entities is None else entities,
            modified=now or this_second(),
        )
        kept = tuple(new if other.id == old.id else other for other in store.annotations(key))
        writer.write_annotations(key, kept)
    return new


def remove_annotation(store: ArchiveStore, annotation_id: str) -> tuple[str, Annotation]:
    """Remove an annotation; returns its item's key and what was removed."""
    with store.writing() as writer:
        key, old = store.find_annotation(annotation_id)
        kept = tuple(other for other in store.annotations(key) if other.id != old.id)
        writer.write_annotations(key, kept)
    return key, old


def check_entities(store: ArchiveStore, entities: Iterable[str]) -> None:
    """Raise NotFound for an entity that is not there, naming the nearest ones."""
    for entity in entities:
        store.entity(entity)


def within_limits(
    item: Item, text: ItemText, passage: Passage, existing: Iterable[Annotation]
) -> tuple[Passage, tuple[Finding, ...]]:
    """The passage with as many words as may be shown, and a note when some may not."""
    if item.facts.access == "public":
        return passage, ()
    words = count_words(passage.quoted)
    if words > MOST_WORDS:
        reason = f"a quote of {words} words (the limit is {MOST_WORDS})"
        return _offsets_alone(passage), (_kept_back(reason),)
    shown = sum(count_words(a.passage.quoted) for a in existing if a.passage)
    if shown + words > MOST_SHARE * text.map.words:
        reason = f"{shown + words} of {text.map.words} words quoted (the limit is 15 %)"
        return _offsets_alone(passage), (_kept_back(reason),)
    return passage, ()


def _find(
    text: ItemText, passage_name: str | None, quote: str | None, occurrence: int | None
) -> Range:
    within = paragraph(text, passage_name) if passage_name else None
    if quote is None:
        if within is None:
            raise NotFound("no passage is named")
        return within
    return find_quote(text, quote, within=within, occurrence=occurrence)


def _passage(text: ItemText, span: Range, *, is_restricted: bool) -> Passage:
    """The passage with its words; context only where the words are public."""
    start, end = span
    if not 0 <= start < end <= len(text.text):
        raise UsageError(f"is no range of the text's {len(text.text)} characters: {span}")
    made = Passage(capture=text.stamp, start=start, end=end, exact=text.text[start:end])
    if is_restricted:
        return made
    return replace(
        made,
        prefix=text.text[max(0, start - _CONTEXT_CHARACTERS) : start] or None,
        suffix=text.text[end : end + _CONTEXT_CHARACTERS] or None,
    )


def _offsets_alone(passage: Passage) -> Passage:
    return replace(passage, exact=None, prefix=None, suffix=None)


def _kept_back(reason: str) -> Finding:
    return Finding(
        code="CK-W201",
        severity=Severity.NOTE,
        message=f"restricted item: {reason}, so the annotation keeps offsets alone",
        rule="INTERFACES, Access",
    )
