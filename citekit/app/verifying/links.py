"""What records say of each other: passages of captures, entities, items and annotations."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.verifying.inspection import Inspection, Marked
    from citekit.findings import Finding
    from citekit.model.claim import Claim


def check_links(inspection: Inspection) -> Iterator[Finding]:
    """Passages lie in the text of their capture; every id leads to something."""
    known = _Known(inspection)
    for key, marks in sorted(inspection.annotations.items()):
        for mark in marks:
            yield from _check_annotation(inspection, known, key, mark)
    for claim in inspection.claims.values():
        yield from _check_claim(inspection, known, claim)


class _Known:
    """What ids lead to, in an inspection of some items too."""

    def __init__(self, inspection: Inspection) -> None:
        store = inspection.store
        self.entities = frozenset(store.entity_ids())
        self.items = frozenset(inspection.items) if not inspection.is_partial else frozenset()
        self.aliases = {
            alias: key for key, facts in inspection.items.items() for alias in facts.aliases
        }
        self.annotations = {
            key: {mark.annotation.id for mark in marks} | {m.annotation.short_id for m in marks}
            for key, marks in inspection.annotations.items()
        }
        unread = {name.split("/")[1] for name in inspection.unread if name.count("/") > 1}
        self.unread = {key for key, name in inspection.names.items() if name in unread}


def _check_annotation(
    inspection: Inspection, known: _Known, key: str, mark: Marked
) -> Iterator[Finding]:
    place = Place(
        path=inspection.show(f"{inspection.folder(key)}/annotations.jsonl"), line=mark.line
    )
    for entity in mark.annotation.entities:
        if entity not in known.entities:
            yield found("CK-E401", place, f"no entity {entity!r}")
    passage = mark.annotation.passage
    if passage is None:
        return
    if (key, passage.capture) not in inspection.captures:
        if f"{inspection.folder(key)}/captures/{passage.capture}.json" not in inspection.unread:
            yield found("CK-E402", place, f"no capture {passage.capture!r} of this item")
        return
    text = _text(inspection, key, passage.capture)
    characters = _characters(inspection, key, passage.capture) if text is None else len(text)
    if characters is not None and passage.end > characters:
        message = f"the passage ends at {passage.end}, the text at {characters}"
        yield found("CK-E403", place, message)
    elif text is not None and passage.exact not in (None, text[passage.start : passage.end]):
        yield found("CK-W404", place, f"the text says {text[passage.start : passage.end][:60]!r}")


def _check_claim(inspection: Inspection, known: _Known, claim: Claim) -> Iterator[Finding]:
    path = inspection.show(f"claims/{claim.id}.json")
    for entity in claim.entities:
        if entity not in known.entities:
            yield found("CK-E407", path, f"no entity {entity!r}")
    for evidence in claim.evidence:
        key = known.aliases.get(evidence.item, evidence.item)
        if key in known.unread:
            continue  # that is told already
        if key not in known.items:
            yield found("CK-E405", path, f"no item {evidence.item!r}")
        elif evidence.annotation and evidence.annotation not in known.annotations.get(key, ()):
            yield found("CK-E406", path, f"no annotation {evidence.annotation} of {key!r}")


def _characters(inspection: Inspection, key: str, stamp: str) -> int | None:
    """How long the text is, as its capture says."""
    payload = inspection.payloads(key, stamp).get("text")
    shape = payload.get("map") if payload else None
    return None if shape is None else shape["characters"]


def _text(inspection: Inspection, key: str, stamp: str) -> str | None:
    """The text, if it is here and whole; each is read once for all its annotations."""
    if (key, stamp) not in inspection.texts:
        inspection.texts[key, stamp] = None
        payload = inspection.payloads(key, stamp).get("text")
        data = inspection.hashing.read_whole(payload["digest"]) if payload else None
        with suppress(CitekitError, UnicodeDecodeError):
            text = inspection.store.text(key, stamp) if data is None else data.decode()
            inspection.texts[key, stamp] = text
    return inspection.texts[key, stamp]
