"""Every record can be read, says what its file's name says, and no name is given twice."""

from __future__ import annotations

from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING

from citekit.app.verifying.inspection import Inspection, Marked, walk
from citekit.app.verifying.payload_hashing import PLACES, Hashing, PayloadJson, place_of
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, NotFound, Place
from citekit.model.annotation import Annotation, annotation_lines
from citekit.model.capture import Capture
from citekit.model.claim import Claim
from citekit.model.entity import Entity
from citekit.model.identifiers import is_stamp, make_stamp
from citekit.model.item import Item, ItemFacts
from citekit.model.quotation import evidence_beyond
from citekit.model.records.codec import decode_text, read_instant
from citekit.model.records.json_text import parse_json
from citekit.model.records.plain import read_plain
from citekit.model.records.plain_capture import read_plain_capture
from citekit.model.value import NOTHING, replace
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.findings import Finding


def read_records(inspection: Inspection) -> Iterator[Finding]:
    """Read all records into the inspection; findings for what cannot be read."""
    hidden = inspection.store.superseded()
    keys = {name: key for key, name in inspection.names.items() if name not in hidden}
    inspection.hashing = Hashing(
        (place_of(name, inspection.show(f"{name}/sha256"), inspection.folders) for name in PLACES),
        is_partial=inspection.is_partial,
        remembered=inspection.remembered,
        marks=inspection.marks,
        progress=inspection.progress,
    )
    with inspection.hashing:
        for folder in inspection.item_folders:
            walk(inspection, folder)
            name = folder.removeprefix("items/")
            if name in hidden or "item.json" not in inspection.folders.get(folder, ()):
                continue
            if name in keys:
                yield from _read_item(inspection, keys[name])
            elif (key := inspection.store.key_in(name)) is not None:
                path, other = inspection.show(f"{folder}/item.json"), inspection.folder(key)
                yield found("CK-E202", path, f"the key {key!r} has the folder {other}")
    if not inspection.is_partial:
        yield from _read_named(inspection)
    for name, error in inspection.unread.items():
        place = error.place or Place(path=inspection.show(name))
        yield found("CK-E201", place, error.message)


def check_names(inspection: Inspection) -> Iterator[Finding]:
    """Keys, aliases and ids of annotations are unique."""
    aliases = [(key, alias) for key, facts in inspection.items.items() for alias in facts.aliases]
    owners = {key: key for key in inspection.items} if aliases else {}
    for key, alias in sorted(aliases, key=itemgetter(0)):
        owner = owners.setdefault(alias, key)
        if owner != key:
            path = inspection.show(f"{inspection.folder(key)}/item.json")
            yield found("CK-E204", path, f"the alias {alias!r} belongs to {owner!r}")
    seen: dict[str, str] = {}
    for key, marks in sorted(inspection.annotations.items()):
        for mark in marks:
            path = inspection.show(f"{inspection.folder(key)}/annotations.jsonl")
            here = f"{path}:{mark.line}"
            other = seen.setdefault(mark.annotation.id, here)
            if other != here:
                place = Place(path=path, line=mark.line)
                yield found("CK-E205", place, f"{mark.annotation.id} is also the id of {other}")


def _read_item(inspection: Inspection, key: str) -> Iterator[Finding]:
    folder = inspection.folder(key)
    name = f"{folder}/item.json"
    try:
        item = Item.from_text(_text(inspection, folder, "item.json"), path=inspection.show(name))
    except CitekitError as error:
        _note(inspection, name, error)
    else:
        if item.key == key:
            _keep_facts(inspection, key, item.facts)
        else:
            yield found("CK-E202", inspection.show(name), f'"id" is {item.key!r}, not {key!r}')
    captures = f"{folder}/captures"
    for capture in sorted(inspection.folders.get(captures, ())):
        yield from _read_capture(inspection, key, captures, capture)
    if inspection.has(f"{folder}/note.md"):
        with _noted(inspection, f"{folder}/note.md"):
            _text(inspection, folder, "note.md")
    if inspection.has(f"{folder}/annotations.jsonl"):
        _read_annotations(inspection, key, folder)
    inspection.forget_empty(folder, captures)


def _keep_facts(inspection: Inspection, key: str, facts: ItemFacts) -> None:
    inspection.items[key] = facts
    if facts.evidence:
        inspection.items[key] = replace(facts, evidence=NOTHING)
        if facts.access == "restricted" and (too_long := evidence_beyond(facts.evidence)):
            inspection.long_evidence[key] = too_long


def _read_capture(inspection: Inspection, key: str, folder: str, file: str) -> Iterator[Finding]:
    stamp = file.removesuffix(".json")
    if stamp == file or not is_stamp(stamp):
        return  # an extra file
    name = f"{folder}/{file}"
    try:
        text = _text(inspection, folder, file)
        at, payloads = read_plain_capture(text) or _read_strictly(text, inspection.show(name))
    except CitekitError as error:
        _note(inspection, name, error)
        return
    inspection.captures[key, stamp] = text
    _take_payloads(inspection, key, payloads)
    if at.replace("-", "").replace(":", "") == stamp.partition("-")[0]:
        return  # a stamp is an instant of UTC without its signs
    expected = make_stamp(read_instant(at))
    if stamp.split("-")[0] != expected:
        yield found("CK-E203", inspection.show(name), f"was captured at {expected}")


def _read_strictly(text: str, path: str) -> tuple[str, Mapping[str, PayloadJson]]:
    """When the capture was, and its payloads; raises InvalidData."""
    record = read_plain(Capture, text)
    if record is None:
        decode_text(Capture, text, path=path)
        record = parse_json(text)
    return record["captured_at"], record["payloads"]


def _take_payloads(inspection: Inspection, key: str, payloads: Mapping[str, PayloadJson]) -> None:
    facts = inspection.items.get(key)
    is_public = facts is not None and facts.access == "public"
    inspection.hashing.take(payloads, is_public=is_public)
    shape = payloads["text"].get("map") if "text" in payloads else None
    if shape:
        inspection.words[key] = max(shape["words"], inspection.words.get(key, 0))


def _read_annotations(inspection: Inspection, key: str, folder: str) -> None:
    name = f"{folder}/annotations.jsonl"
    path = inspection.show(name)
    with _noted(inspection, name):
        text = _text(inspection, folder, "annotations.jsonl")
        for number, line in annotation_lines(text):
            with _noted(inspection, f"{name}:{number}"):  # the lines after it may be good
                annotation = Annotation.from_line(line, path=path, line=number)
                inspection.annotations.setdefault(key, []).append(
                    Marked(line=number, annotation=annotation)
                )


def _read_named(inspection: Inspection) -> Iterator[Finding]:
    for name in inspection.in_folder("entities"):
        with _noted(inspection, name):
            path = inspection.show(name)
            entity = decode_text(Entity, files.decode_text(inspection.read(name), path), path=path)
            inspection.entities[entity.id] = entity
            if not name.endswith(f"/{entity.id}.json"):
                yield found("CK-E202", path, f'"id" is {entity.id!r}')
    for name in inspection.in_folder("claims"):
        with _noted(inspection, name):
            path = inspection.show(name)
            claim = decode_text(Claim, files.decode_text(inspection.read(name), path), path=path)
            inspection.claims[claim.id] = claim
            if not name.endswith(f"/{claim.id}.json"):
                yield found("CK-E202", path, f'"id" is {claim.id!r}')


def _text(inspection: Inspection, folder: str, name: str) -> str:
    """The text of a record of an item."""
    return files.decode_text(inspection.take(folder, name), inspection.show(f"{folder}/{name}"))


@contextmanager
def _noted(inspection: Inspection, name: str) -> Iterator[None]:
    """Keep the error of a record that cannot be read."""
    try:
        yield
    except CitekitError as error:
        _note(inspection, name, error)


def _note(inspection: Inspection, name: str, error: CitekitError) -> None:
    """Keep the error of a record that cannot be read; an absent one is none."""
    if not isinstance(error, NotFound):
        inspection.unread[name] = error
