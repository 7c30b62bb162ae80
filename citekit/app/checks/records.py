"""Every record can be read, says what its file's name says, and no name is given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.checks.inspection import Inspection, Marked
from citekit.app.checks.rules import found
from citekit.errors import CitekitError, NotFound, Place
from citekit.model.annotation import Annotation
from citekit.model.capture import Capture
from citekit.model.claim import Claim
from citekit.model.codec import decode_text, read_instant
from citekit.model.entity import Entity
from citekit.model.identifiers import is_stamp, make_stamp
from citekit.model.item import Item
from citekit.model.json_text import Json, parse_json
from citekit.model.plain import read_plain
from citekit.store import files
from citekit.store.layout import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.findings import Finding


def read_records(inspection: Inspection) -> Iterator[Finding]:
    """Read all records into the inspection; findings for what cannot be read."""
    hidden = inspection.store.superseded()
    for key in inspection.keys:
        if key not in hidden and f"items/{key}/item.json" in inspection.files:
            yield from _read_item(inspection, key)
    if not inspection.is_partial:
        yield from _read_named(inspection)
    for name, error in inspection.unread.items():
        place = error.place or Place(path=inspection.show(name))
        yield found("CK-E201", place, error.message)


def check_names(inspection: Inspection) -> Iterator[Finding]:
    """Keys, aliases and ids of annotations are unique."""
    owners = {folded(key): key for key in inspection.items}
    for key, item in sorted(inspection.items.items()):
        for alias in item.facts.aliases:
            owner = owners.setdefault(folded(alias), key)
            if owner != key:
                path = inspection.show(f"items/{key}/item.json")
                yield found("CK-E204", path, f"the alias {alias!r} belongs to {owner!r}")
    seen: dict[str, str] = {}
    for key, marks in sorted(inspection.annotations.items()):
        for mark in marks:
            path = inspection.show(f"items/{key}/annotations.jsonl")
            here = f"{path}:{mark.line}"
            other = seen.setdefault(mark.annotation.id, here)
            if other != here:
                place = Place(path=path, line=mark.line)
                yield found("CK-E205", place, f"{mark.annotation.id} is also the id of {other}")


def _read_item(inspection: Inspection, key: str) -> Iterator[Finding]:
    name = f"items/{key}/item.json"
    with _noted(inspection, name):
        item = Item.from_text(_text(inspection, name), path=inspection.show(name))
        if item.key == key:
            inspection.items[key] = item
        else:
            yield found("CK-E202", inspection.show(name), f'"id" is {item.key!r}, not {key!r}')
    for capture in inspection.in_folder(f"items/{key}/captures"):
        yield from _read_capture(inspection, key, capture)
    if inspection.has(f"items/{key}/note.md"):
        with _noted(inspection, f"items/{key}/note.md"):
            _text(inspection, f"items/{key}/note.md")
    if inspection.has(f"items/{key}/annotations.jsonl"):
        _read_annotations(inspection, key)


def _read_capture(inspection: Inspection, key: str, name: str) -> Iterator[Finding]:
    stamp = name.rpartition("/")[2].removesuffix(".json")
    if not is_stamp(stamp):
        return  # an extra file
    with _noted(inspection, name):
        path = inspection.show(name)
        text = _text(inspection, name)
        record = read_plain(Capture, text) or _read_strictly(Capture, text, path)
        inspection.captures[key, stamp] = record["payloads"]
        at = record["captured_at"]
        if at.replace("-", "").replace(":", "") == stamp.partition("-")[0]:
            return  # a stamp is an instant of UTC without its signs
        expected = make_stamp(read_instant(at))
        if stamp.split("-")[0] != expected:
            yield found("CK-E203", path, f"was captured at {expected}")


def _read_strictly(cls: type[object], text: str, path: str) -> Json:
    """The JSON of a record that can be read; raises InvalidData."""
    decode_text(cls, text, path=path)
    return parse_json(text)


def _read_annotations(inspection: Inspection, key: str) -> None:
    name = f"items/{key}/annotations.jsonl"
    path = inspection.show(name)
    with _noted(inspection, name):
        for number, line in enumerate(_text(inspection, name).split("\n"), 1):
            if line.strip():
                with _noted(inspection, f"{name}:{number}"):  # the lines after it may be good
                    annotation = Annotation.from_line(line, path=path, line=number)
                    inspection.annotations.setdefault(key, []).append(Marked(number, annotation))


def _read_named(inspection: Inspection) -> Iterator[Finding]:
    for name in inspection.in_folder("entities"):
        with _noted(inspection, name):
            path = inspection.show(name)
            entity = decode_text(Entity, _text(inspection, name), path=path)
            inspection.entities[entity.id] = entity
            if not name.endswith(f"/{entity.id}.json"):
                yield found("CK-E202", path, f'"id" is {entity.id!r}')
    for name in inspection.in_folder("claims"):
        with _noted(inspection, name):
            path = inspection.show(name)
            claim = decode_text(Claim, _text(inspection, name), path=path)
            inspection.claims[claim.id] = claim
            if not name.endswith(f"/{claim.id}.json"):
                yield found("CK-E202", path, f'"id" is {claim.id!r}')


def _text(inspection: Inspection, name: str) -> str:
    return files.decode_text(inspection.read(name), inspection.show(name))


class _noted:  # noqa: N801  # reads as what it is: with _noted(…)
    """Keep the error of a record that cannot be read; an absent one is none."""

    __slots__ = ("_inspection", "_name")

    def __init__(self, inspection: Inspection, name: str) -> None:
        self._inspection = inspection
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if isinstance(error, CitekitError) and not isinstance(error, NotFound):
            self._inspection.unread[self._name] = error
        return isinstance(error, CitekitError)
