"""Everything an archive holds, read from plain files: items, captures, payloads, records.

What is read here is also what can be changed, by ``store.archive``.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from citekit.errors import CitekitError, InvalidData, NotFound, Place, StoreConflict
from citekit.model.annotation import Annotation, annotation_lines
from citekit.model.capture import Capture
from citekit.model.claim import Claim
from citekit.model.entity import Entity
from citekit.model.identifiers import is_stamp, stamp_order
from citekit.model.nearest import did_you_mean
from citekit.model.records.codec import decode_text
from citekit.model.records.json_text import parse_json
from citekit.model.value import replace
from citekit.store import files
from citekit.store.items import ItemReader
from citekit.store.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from citekit.store.settings import Settings


class ArchiveReader(ItemReader):
    """One archive, to be read."""

    def __init__(self, root: Path, settings: Settings, *, sees_private: bool = True) -> None:
        super().__init__(root, settings, sees_private=sees_private)
        self.objects = Objects(self.layout)

    def for_others(self) -> ArchiveReader:
        """The archive as others may see it: nothing private or withdrawn is in it."""
        return ArchiveReader(self.root, self.settings, sees_private=False)

    # ── captures and payloads ──────────────────────────────────────────────────────────────────

    def stamps(self, key: str) -> tuple[str, ...]:
        """The stamps of an item's captures, in time order."""
        folder = self.layout.check_inside(self.layout.captures(key))
        names = (name for name in files.names(folder) if name.endswith(".json"))
        stamps = (name.removesuffix(".json") for name in names)
        return tuple(sorted(filter(is_stamp, stamps), key=stamp_order))

    def captures(self, key: str) -> dict[str, Capture]:
        """All captures of an item by their stamps, in time order; raises InvalidData."""
        return {stamp: self._read_capture(key, stamp) for stamp in self.stamps(key)}

    def digests(self, key: str) -> set[str]:
        """The digests of all payloads that an item's captures name; raises InvalidData."""
        captures = self.captures(key).values()
        return {payload.digest for c in captures for payload in c.payloads.values()}

    def capture(self, key: str, stamp: str | None = None) -> Capture | None:
        """A capture of an item, the latest by default; None when there is none.

        Raises NotFound for a stamp that the item does not have.
        """
        if stamp is None:
            stamps = self.stamps(key)
            if not stamps:
                return None
            stamp = stamps[-1]
        return self._read_capture(key, stamp)

    def payload_path(self, digest: str) -> Path | None:
        """Where the payload is on this machine, or None; its bytes are not verified here."""
        return self.objects.find(digest)

    def payload(self, digest: str, size_bytes: int | None = None) -> bytes | None:
        """The payload's bytes, verified; None when absent.

        Raises IntegrityFailed for other bytes, InvalidData for many more than ``size_bytes``, which
        its record says.
        """
        return self.objects.read(digest, size_bytes)

    def text(self, key: str, stamp: str | None = None) -> str | None:
        """The text of a capture, the latest by default; None when this machine does not hold it."""
        capture = self.capture(key, stamp)
        payload = capture.payloads.get("text") if capture else None
        data = self.payload(payload.digest, payload.size_bytes) if payload else None
        if data is None:
            return None
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            place = Place(path=str(self.layout.captures(key)))
            raise InvalidData("the text payload is not UTF-8", place=place) from error

    # ── annotations, entities, claims ──────────────────────────────────────────────────────────

    def annotations(self, key: str) -> tuple[Annotation, ...]:
        """The annotations on an item in file order, private ones last; raises InvalidData."""
        own, *others = self._annotation_files(key)
        found = _read_annotations(self.layout.check_inside(own))
        if not self.layout.sees_private:
            return tuple(annotation for annotation in found if not annotation.is_private)
        known = {annotation.id for annotation in found}
        more = (a for path in others for a in _read_annotations(self.layout.check_inside(path)))
        return (*found, *(annotation for annotation in more if annotation.id not in known))

    def find_annotation(self, identifier: str) -> tuple[str, Annotation]:
        """The item's key and the annotation with this id: whole, short, or the start of one.

        Raises NotFound when there is none, StoreConflict when several begin so.
        """
        short = identifier.removeprefix("urn:uuid:")
        found: list[tuple[str, Annotation]] = []
        for key in self.keys() if short else ():
            for annotation in self._annotations_naming(key, short):
                if identifier in (annotation.id, annotation.short_id):
                    return key, annotation
                if annotation.short_id.startswith(short):
                    found.append((key, annotation))
        if not found:
            hint = "citekit annotations KEY shows the ids"
            raise NotFound(f"no annotation with the id {identifier!r}", hint=hint)
        if len(found) > 1:
            ids = ", ".join(annotation.short_id for _, annotation in found[:3])
            raise StoreConflict(
                f"{len(found)} annotations begin with {identifier!r}: {ids}",
                hint="give more of the id",
            )
        return found[0]

    def entities(self) -> tuple[Entity, ...]:
        """All entities in the order of their ids; raises InvalidData."""
        return tuple(self.entity(identifier) for identifier in self.entity_ids())

    def entity_ids(self) -> list[str]:
        """The ids of all entities, sorted."""
        return self._ids(self.layout.private_entities, self.layout.entities)

    def entity(self, identifier: str) -> Entity:
        """One entity; raises NotFound or InvalidData."""
        path = self.layout.check_inside(self.layout.entity_file(identifier))
        with _named("entity", identifier, self.entity_ids):
            entity = decode_text(Entity, files.read_text(path), path=str(path))
            self._refuse_private(path, is_private=entity.private)
        _check_id(entity.id, path)
        return replace(entity, private=True) if self.layout.lies_in_private(path) else entity

    def claims(self) -> tuple[Claim, ...]:
        """All claims in the order of their ids; raises InvalidData."""
        return tuple(self.claim(identifier) for identifier in self.claim_ids())

    def claim_ids(self) -> list[str]:
        """The ids of all claims, sorted."""
        return self._ids(self.layout.private_claims, self.layout.claims)

    def claim(self, identifier: str) -> Claim:
        """One claim; raises NotFound or InvalidData."""
        path = self.layout.check_inside(self.layout.claim_file(identifier))
        with _named("claim", identifier, self.claim_ids):
            claim = decode_text(Claim, files.read_text(path), path=str(path))
            self._refuse_private(path, is_private=claim.private)
        _check_id(claim.id, path)
        return replace(claim, private=True) if self.layout.lies_in_private(path) else claim

    def _read_capture(self, key: str, stamp: str) -> Capture:
        path = self.layout.check_inside(self.layout.capture_file(key, stamp))
        return decode_text(Capture, files.read_text(path), path=str(path))

    def _annotations_naming(self, key: str, text: str) -> tuple[Annotation, ...]:
        """The item's annotations if its file holds the text at all: parsing is what costs."""
        for path in self._annotation_files(key):
            with suppress(NotFound):
                if text.encode() in files.read_bytes(self.layout.check_inside(path)):
                    return self.annotations(key)
        return ()

    def _annotation_files(self, key: str) -> tuple[Path, ...]:
        own = self.layout.annotations_file(key)
        return (own, self.layout.private_notes_file(key)) if self.layout.sees_private else (own,)

    def _ids(self, private: Path, others: Path) -> list[str]:
        if self.layout.sees_private:
            return sorted({*_records(private), *_records(others)})
        paths = {name: others / f"{name}.json" for name in _records(others)}
        return [name for name, path in paths.items() if not self._is_marked(path)]

    def _is_marked(self, path: Path) -> bool:
        """Whether an entity or claim says that it is private; no where it cannot be read."""
        with suppress(CitekitError):
            text = files.read_text(self.layout.check_inside(path))
            if '"private"' in text:
                data = parse_json(text, path=str(path))
                return isinstance(data, dict) and data.get("private") is True
        return False

    def _refuse_private(self, path: Path, *, is_private: bool) -> None:
        """Raise NotFound for a private record that lies with the others: others do not see it."""
        if is_private and not self.layout.sees_private:
            raise NotFound("does not exist", place=Place(path=str(path)))


def _read_annotations(path: Path) -> tuple[Annotation, ...]:
    """The annotations in one file, in its order; raises InvalidData with the line."""
    try:
        text = files.read_text(path)
    except NotFound:
        return ()
    return tuple(
        Annotation.from_line(line, path=str(path), line=number)
        for number, line in annotation_lines(text)
    )


def _records(folder: Path) -> list[str]:
    """The ids of the records in ``entities/`` or ``claims/``, sorted."""
    names = (name for name in files.names(folder) if name.endswith(".json"))
    return sorted(name.removesuffix(".json") for name in names)


def _check_id(identifier: str, path: Path) -> None:
    if f"{identifier}.json" != path.name:
        message = f'"id" is {identifier!r}, but the file is named {path.name!r}'
        raise InvalidData(message, place=Place(path=str(path)))


@contextmanager
def _named(kind: str, identifier: str, known: Callable[[], list[str]]) -> Iterator[None]:
    """Tell what is absent by its name, not by its file, and offer what is named nearly so."""
    try:
        yield
    except NotFound as error:
        hint = did_you_mean(identifier, known()) or f"citekit {kind} list shows them"
        raise NotFound(f"no {kind} with the id {identifier!r}", hint=hint) from error
