"""An archive folder: what is in it, read from plain files; ``writing()`` is the way to change it.

Opening and reading write nothing and take no lock. The truth is the files: every read goes to them.
Types that not every command reads are imported where they are read: start-up time is a promise.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from citekit.errors import CitekitError, InvalidData, NotFound, Place, StoreConflict
from citekit.model.citekey import is_citekey
from citekit.model.identifiers import is_stamp, stamp_order
from citekit.store import files
from citekit.store.folder_names import folded, is_cut, is_name_of, is_name_of_any, key_of
from citekit.store.layout import Layout
from citekit.store.objects import Objects
from citekit.store.settings import Settings, read_settings, write_settings
from citekit.store.staging import renames_under_way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from citekit.model.annotation import Annotation
    from citekit.model.capture import Capture
    from citekit.model.claim import Claim
    from citekit.model.entity import Entity
    from citekit.model.item import Item
    from citekit.store.holders import Holders
    from citekit.store.names import Names
    from citekit.store.writer import Writer

_GIT_FILES = {
    ".gitattributes": (
        "* -text",
        "/log/pending.jsonl merge=union",
        "/items/*/annotations.jsonl merge=union",
    ),
    ".gitignore": ("/restricted/", "/.citekit/"),
}


class ArchiveStore:
    """One archive. ``root`` is kept as it was given, so that messages name paths the same way."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.settings = settings
        self.layout = Layout(root=root)
        self.objects = Objects(self.layout)
        self.after_change: Callable[[ArchiveStore], None] | None = None
        self.after_release: Callable[[], None] | None = None
        self.noted: set[bytes] = set()
        """Leaf hashes of the events that wait and were noted here, by nobody else."""

    @classmethod
    def create(cls, root: Path, *, title: str = "") -> Self:
        """A new, empty archive; raises StoreConflict when there is one already."""
        layout = Layout(root=root)
        if layout.settings_file.exists():
            raise StoreConflict(
                "there is an archive already", place=Place(path=str(layout.settings_file))
            )
        with files.reported(root):
            root.mkdir(parents=True, exist_ok=True)
        for name, lines in _GIT_FILES.items():
            _add_lines(layout, root / name, lines)
        # Last, because this file is what makes the folder an archive.
        text = write_settings(title or root.absolute().name)
        files.write_whole(layout.settings_file, text.encode(), staging=layout.staging, root=root)
        files.remove_tree(layout.local)
        return cls.open(root)

    @classmethod
    def open(cls, root: Path) -> Self:
        """The archive in this folder; raises NotFound, or InvalidData for a broken archive.toml."""
        layout = Layout(root=root)
        path = layout.check_inside(layout.settings_file)
        try:
            text = files.read_text(path)
        except NotFound as error:
            raise NotFound(
                f"no archive here: {path.name} does not exist",
                place=Place(path=str(root)),
                hint=f"citekit init {root} makes one; --archive names another folder",
            ) from error
        return cls(root, read_settings(text, str(path)))

    @cached_property
    def names(self) -> Names:
        """Which keys and aliases are taken, for writers."""
        from citekit.store.names import Names

        return Names(self)

    @cached_property
    def holders(self) -> Holders:
        """Which items have certain bytes."""
        from citekit.store.holders import Holders

        return Holders(self)

    @contextmanager
    def writing(
        self, *, options: Mapping[str, Any] | None = None, timeout_s: float = 10.0
    ) -> Iterator[Writer]:
        """Take the lock, and clean up after a stopped writer; raises StoreConflict.

        ``options`` are those of the step, for its events (``model.capture.Tool``).
        When something has changed, ``after_change`` is called under the lock, if it is set, and
        then ``after_release`` without it.
        """
        from citekit.store.lock import exclusive
        from citekit.store.writer import Writer

        with exclusive(self.root, timeout_s=timeout_s):
            _renew_git_files(self.layout)
            writer = Writer(self, options)
            try:
                yield writer
            finally:
                writer.close()
            if self.after_change and writer.has_changed:
                self.after_change(self)
            for known in (self.names, self.holders):
                known.end_change()
        if self.after_release and writer.has_changed:
            self.after_release()

    # ── items ──────────────────────────────────────────────────────────────────────────────────

    def keys(self) -> tuple[str, ...]:
        """The citekeys of all items, sorted."""
        return tuple(sorted(set(self.folders().values())))

    def folders(self) -> dict[str, str]:
        """The folders of all items by their names, each with the key of its item."""
        names = files.folders(self.layout.items)
        renamed = self.superseded()  # in this order: a rename may be under way as we look
        found = {}
        for name in names:
            key = self.key_in(name) if name not in renamed else None
            if key is not None and (self.layout.items / name / "item.json").is_file():
                found[name] = key
        return found

    def key_in(self, name: str) -> str | None:
        """The key of the item whose folder has this name; None when it can be no item's."""
        key = key_of(name)
        if key is None and is_cut(name):
            with suppress(CitekitError):
                return self.item_in(name).key
        return key

    def has(self, key: str) -> bool:
        """Whether an item has exactly this key; aliases do not count."""
        if not is_citekey(key):
            return False
        name = self.layout.folder_name(key)
        if not (self.layout.items / name / "item.json").is_file() or name in self.superseded():
            return False
        return not (self._ignores_case and self._is_another(name, key))

    def resolve(self, key: str) -> str:
        """The key of the item that has this key or alias; raises NotFound with the nearest keys."""
        if self.has(key):
            return key
        for item_key, aliases in self.aliases():
            if key in aliases:
                return item_key
        raise self._unknown(key)

    def aliases(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The keys of items that have aliases, with these; unreadable items are passed over."""
        for key in self.keys():
            path = self.layout.item_file(key)
            with suppress(CitekitError):
                if b'"aliases"' in files.read_bytes(self.layout.check_inside(path)):
                    yield key, self.item(key).facts.aliases

    def item(self, key: str) -> Item:
        """The item with this key; raises NotFound, or InvalidData for a broken item.json."""
        if not is_citekey(key):
            raise self._unknown(key)
        name = self.layout.folder_name(key)
        try:
            item = self._read_item(name)
        except NotFound as error:
            raise self._unknown(key) from error
        if item.key == key:
            return item
        if folded(item.key) == folded(key):  # a file system that ignores case found another item
            raise self._unknown(key)
        raise self._misplaced(item, name)

    def item_in(self, name: str) -> Item:
        """The item in the folder of this name; raises NotFound, or InvalidData where it is none."""
        item = self._read_item(name)
        if not is_name_of(name, item.key):
            raise self._misplaced(item, name)
        return item

    def items(self) -> Iterator[Item]:
        """All items in the order of their keys; one that is removed meanwhile is left out."""
        keys = self.keys()
        for key in keys:
            try:
                yield self.item(key)
            except NotFound:
                with suppress(NotFound):
                    renamed = self.resolve(key)
                    if renamed not in keys:
                        yield self.item(renamed)

    def note(self, key: str) -> str | None:
        """The item's note, or None."""
        with suppress(NotFound):
            return files.read_text(self.layout.check_inside(self.layout.note_file(key)))
        return None

    # ── captures and payloads ──────────────────────────────────────────────────────────────────

    def stamps(self, key: str) -> tuple[str, ...]:
        """The stamps of an item's captures, in time order."""
        folder = self.layout.check_inside(self.layout.captures(key))
        names = (name for name in files.names(folder) if name.endswith(".json"))
        stamps = (name.removesuffix(".json") for name in names)
        return tuple(sorted(filter(is_stamp, stamps), key=stamp_order))

    def captures(self, key: str) -> dict[str, Capture]:
        """All captures of an item by their stamps, in time order; raises InvalidData."""
        found = ((stamp, self.capture(key, stamp)) for stamp in self.stamps(key))
        return {stamp: capture for stamp, capture in found if capture}

    def capture(self, key: str, stamp: str | None = None) -> Capture | None:
        """A capture of an item, the latest by default; None when there is none.

        Raises NotFound for a stamp that the item does not have.
        """
        from citekit.model.capture import Capture
        from citekit.model.codec import decode_text

        if stamp is None:
            stamps = self.stamps(key)
            if not stamps:
                return None
            stamp = stamps[-1]
        path = self.layout.check_inside(self.layout.capture_file(key, stamp))
        return decode_text(Capture, files.read_text(path), path=str(path))

    def payload_path(self, digest: str) -> Path | None:
        """Where the payload is on this machine, or None; its bytes are not verified here."""
        return self.objects.find(digest)

    def payload(self, digest: str) -> bytes | None:
        """The payload's bytes, verified; None when absent; raises IntegrityFailed."""
        return self.objects.read(digest)

    def text(self, key: str, stamp: str | None = None) -> str | None:
        """The text of a capture, the latest by default; None when this machine does not hold it."""
        capture = self.capture(key, stamp)
        payload = capture.payloads.get("text") if capture else None
        data = self.payload(payload.digest) if payload else None
        if data is None:
            return None
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            place = Place(path=str(self.layout.captures(key)))
            raise InvalidData("the text payload is not UTF-8", place=place) from error

    # ── annotations, entities, claims ──────────────────────────────────────────────────────────

    def annotations(self, key: str) -> tuple[Annotation, ...]:
        """The annotations on an item in file order; raises InvalidData with the line."""
        from citekit.model.annotation import Annotation, annotation_lines

        path = self.layout.check_inside(self.layout.annotations_file(key))
        try:
            text = files.read_text(path)
        except NotFound:
            return ()
        return tuple(
            Annotation.from_line(line, path=str(path), line=number)
            for number, line in annotation_lines(text)
        )

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
        """The ids of all entities, sorted; nothing is read."""
        return _records(self.layout.entities)

    def entity(self, identifier: str) -> Entity:
        """One entity; raises NotFound or InvalidData."""
        from citekit.model.codec import decode_text
        from citekit.model.entity import Entity

        path = self.layout.check_inside(self.layout.entity_file(identifier))
        with _named("entity", identifier, self.layout.entities):
            entity = decode_text(Entity, files.read_text(path), path=str(path))
        _check_id(entity.id, path)
        return entity

    def claims(self) -> tuple[Claim, ...]:
        """All claims in the order of their ids; raises InvalidData."""
        return tuple(self.claim(name) for name in _records(self.layout.claims))

    def claim(self, identifier: str) -> Claim:
        """One claim; raises NotFound or InvalidData."""
        from citekit.model.claim import Claim
        from citekit.model.codec import decode_text

        path = self.layout.check_inside(self.layout.claim_file(identifier))
        with _named("claim", identifier, self.layout.claims):
            claim = decode_text(Claim, files.read_text(path), path=str(path))
        _check_id(claim.id, path)
        return claim

    # ── helpers ────────────────────────────────────────────────────────────────────────────────

    def _annotations_naming(self, key: str, text: str) -> tuple[Annotation, ...]:
        """The item's annotations if its file holds the text at all: parsing is what costs."""
        path = self.layout.annotations_file(key)
        with suppress(NotFound):
            if text.encode() in files.read_bytes(self.layout.check_inside(path)):
                return self.annotations(key)
        return ()

    def superseded(self) -> dict[str, str]:
        """Old folder -> new folder, while a renamed item has both; the new one counts."""
        found = {}
        for old, new in renames_under_way(self.layout):
            with suppress(CitekitError):
                if is_name_of_any(old, self.item_in(new).facts.aliases):
                    found[old] = new
        return found

    @cached_property
    def _ignores_case(self) -> bool:
        """Whether the file system takes names that differ by case for one."""
        return (self.root / self.layout.settings_file.name.upper()).is_file()

    def _is_another(self, name: str, key: str) -> bool:
        """Whether the item in this folder can be read and has another key."""
        with suppress(CitekitError):
            return self._read_item(name).key != key
        return False

    def _read_item(self, name: str) -> Item:
        from citekit.model.item import Item

        path = self.layout.check_inside(self.layout.items / name / "item.json")
        return Item.from_text(files.read_text(path), path=str(path))

    def _misplaced(self, item: Item, name: str) -> InvalidData:
        return InvalidData(
            f'"id" is {item.key!r}, but the folder says {key_of(name) or name!r}',
            place=Place(path=str(self.layout.items / name / "item.json")),
        )

    def _unknown(self, key: str) -> NotFound:
        hint = _near(key, self.keys()) or "citekit list shows the keys"
        return NotFound(
            f"no item with the key {key!r}", place=Place(path=str(self.root)), hint=hint
        )


def _renew_git_files(layout: Layout) -> None:
    """Give an archive of an older citekit the lines that are new.

    A file that is not there stays away. Nothing rests on these lines, so what cannot be read or
    written is left as it is.
    """
    for name, lines in _GIT_FILES.items():
        path = layout.root / name
        with suppress(CitekitError):
            if path.is_file():
                _add_lines(layout, path, lines)


def _add_lines(layout: Layout, path: Path, lines: tuple[str, ...]) -> None:
    """Have these lines in one of git's files, keeping what is there."""
    try:
        text = files.read_text(path)
    except NotFound:
        text = ""
    missing = [line for line in lines if line not in text.split("\n")]
    if missing:
        if text and not text.endswith("\n"):
            text += "\n"
        data = (text + "\n".join(missing) + "\n").encode()
        files.write_whole(path, data, staging=layout.staging, root=layout.root)


def _records(folder: Path) -> list[str]:
    """The ids of the records in ``entities/`` or ``claims/``, sorted."""
    names = (name for name in files.names(folder) if name.endswith(".json"))
    return sorted(name.removesuffix(".json") for name in names)


def _check_id(identifier: str, path: Path) -> None:
    if f"{identifier}.json" != path.name:
        message = f'"id" is {identifier!r}, but the file is named {path.name!r}'
        raise InvalidData(message, place=Place(path=str(path)))


@contextmanager
def _named(kind: str, identifier: str, folder: Path) -> Iterator[None]:
    """Tell what is absent by its name, not by its file, and offer what is named nearly so."""
    try:
        yield
    except NotFound as error:
        hint = _near(identifier, _records(folder)) or f"citekit {kind} list shows them"
        raise NotFound(f"no {kind} with the id {identifier!r}", hint=hint) from error


def _near(name: str, names: Iterable[str]) -> str:
    """``did you mean …?`` with the names that look like it; nothing where none does."""
    import difflib

    by_folded = {known.casefold(): known for known in names}  # ids differ by more than case
    near = difflib.get_close_matches(name.casefold(), list(by_folded), n=3, cutoff=0.6)
    near = [by_folded[folded] for folded in near]
    return f"did you mean {', '.join(near)}?" if near else ""
