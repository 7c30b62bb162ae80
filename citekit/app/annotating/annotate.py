"""Annotations: made on exact words, kept within the quotation limits, edited, removed.

What a restricted item may show of its text, ``model.quotation`` says; beyond that an annotation
keeps offsets alone, which with the text's digest determine the passage.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from citekit.app.annotating.passage_names import known_in, split_name
from citekit.app.annotating.passages import (
    ItemText,
    Range,
    paragraph,
    read_text,
)
from citekit.app.annotating.private_references import refuse_private
from citekit.app.annotating.quotes import find_quote
from citekit.errors import NotFound, UsageError
from citekit.findings import Finding, Severity
from citekit.model.annotation import Annotation, Passage, new_annotation
from citekit.model.quotation import Quota, count_words, longest_text, words_shown
from citekit.model.value import Value, replace
from citekit.store.clock import now as this_second

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from citekit.model.item import Item
    from citekit.store.archive import ArchiveStore

_CONTEXT_CHARACTERS: Final = 32


class Annotated(Value):
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
    private: bool = False,
    now: datetime | None = None,
    annotation_id: str | None = None,
) -> Annotated:
    """Annotate words of an item, a paragraph (``KEY#p3``), a range, or the item as a whole.

    ``span`` is a half-open range of code points of the text. A ``private`` annotation is for its
    owner alone, whatever the item is. Raises NotFound for an unknown item, entity or quote,
    UsageError for an annotation that says nothing, StoreConflict for one that others may read and
    that names a private entity.
    """
    key, passage_name = split_name(name, *known_in(store))
    key = store.resolve(key)
    check_entities(store, entities)
    if not (note or tags or entities or quote or span or passage_name):
        raise UsageError("the annotation says nothing", hint="give --quote, --note, --tag …")
    with store.writing() as writer:
        item, existing = store.item(key), store.annotations(key)
        if not (private or item.facts.access == "private"):
            _refuse_private(store, entities)
        text: ItemText | None = None
        passage: Passage | None = None
        findings: tuple[Finding, ...] = ()
        if quote is not None or span is not None or passage_name is not None:
            text = read_text(store, key)
            span = span or _find(text, passage_name, quote, occurrence)
            passage = passage_at(text, span, is_restricted=item.facts.access == "restricted")
            if not private:
                passage, findings = within_limits(
                    item, longest_text(store.captures(key).values()), passage, existing
                )
        made = new_annotation(
            annotation_id=annotation_id or f"urn:uuid:{uuid.uuid4()}",
            source=address_of(store, item),
            created=now or this_second(),
            passage=passage,
            captured_at=text.capture.captured_at if text else None,
            creator=creator,
            note=note,
            tags=tags,
            entities=entities,
            private=private,
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
    private: bool | None = None,
    now: datetime | None = None,
) -> Annotation:
    """Replace an annotation's note, tags or entities, or who may read it; None leaves what is.

    What others may read from now on is trimmed to the limits of a restricted item. Raises
    StoreConflict for one that others may read and that names a private entity.
    """
    check_entities(store, entities or ())
    with store.writing() as writer:
        key, old = store.find_annotation(annotation_id)
        new = old if private is None else old.with_private(private=private)
        new = new.with_bodies(
            note=old.note if note is None else note,
            tags=old.tags if tags is None else tags,
            entities=old.entities if entities is None else entities,
            modified=now or this_second(),
        )
        access = store.item(key).facts.access
        if not (new.is_private or access == "private"):
            _refuse_private(store, new.entities)
        existing = store.annotations(key)
        if old.is_private and not new.is_private and access == "restricted":
            new = shortened_to_fit(new, longest_text(store.captures(key).values()), existing)
        kept = tuple(new if other.id == old.id else other for other in existing)
        writer.write_annotations(key, kept)
    return new


def shortened_to_fit(
    annotation: Annotation, text_words: int | None, existing: Iterable[Annotation]
) -> Annotation:
    """An annotation with as many words as a restricted item may show beside the existing ones."""
    seen = (other for other in existing if not other.is_private)
    quota = Quota(text_words, shown=sum(map(words_shown, seen)))
    while words_shown(annotation) and quota.excess(words_shown(annotation)):
        annotation = annotation.with_less_quoted()
    return annotation


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


def _refuse_private(store: ArchiveStore, entities: Iterable[str]) -> None:
    hint = "make it a private annotation, with --private"
    refuse_private(store, "an annotation that others may read", entities=entities, hint=hint)


def within_limits(
    item: Item, text_words: int | None, passage: Passage, existing: Iterable[Annotation]
) -> tuple[Passage, tuple[Finding, ...]]:
    """The passage with as many words as may be shown, and a note when some may not.

    ``text_words`` is the length of the item's longest text.
    """
    if item.facts.access != "restricted":
        return passage, ()
    seen = (annotation for annotation in existing if not annotation.is_private)
    quota = Quota(text_words, shown=sum(map(words_shown, seen)))
    excess = quota.excess(count_words(passage.quoted))
    return (_offsets_alone(passage), (_kept_back(excess),)) if excess else (passage, ())


def address_of(store: ArchiveStore, item: Item) -> str:
    """What annotations call the item: its address, or a name in this archive."""
    return item.text("URL") or f"urn:citekit:item:{store.layout.folder_name(item.key)}"


def _find(
    text: ItemText, passage_name: str | None, quote: str | None, occurrence: int | None
) -> Range:
    within = paragraph(text, passage_name) if passage_name else None
    if quote is None:
        if within is None:
            raise NotFound("no passage is named")
        return within
    return find_quote(text, quote, within=within, occurrence=occurrence)


def passage_at(text: ItemText, span: Range, *, is_restricted: bool) -> Passage:
    """The passage with its words; context only where the words are public. Raises UsageError."""
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
        rule="Access: what a restricted item shows of its text",
    )
