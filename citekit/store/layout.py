"""Where everything in an archive folder lives (layout 1): the only module that builds paths.

Hard rules: a key, id, stamp or digest is checked before it becomes part of a path, and no path
leaves the archive through a symbolic link.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from citekit.errors import InvalidData, Place
from citekit.integrity.digest import parse_digest
from citekit.model.identifiers import check_slug, is_stamp
from citekit.model.value import Value
from citekit.store.folder_names import names_of

SETTINGS_FILE = "archive.toml"
_WINDOWS_LINKS = frozenset([0xA000000C, 0xA0000003])  # reparse tags: symbolic link, junction


class Layout(Value):
    """Paths inside the archive at ``root``, which is kept as the user gave it.

    What is private lies below ``private/``, in folders of the same names. For a reader who does not
    ``see_private`` nothing is there.
    """

    root: Path
    sees_private: bool = True

    def would_hold(self, path: Path) -> bool:
        """Whether a file there would have to be accounted for: inside, and not in ``.citekit``."""
        target = path.resolve()
        is_inside = target.is_relative_to(self.root.resolve())
        return is_inside and not target.is_relative_to(self.local.resolve())

    @property
    def settings_file(self) -> Path:
        """``archive.toml``."""
        return self.root / SETTINGS_FILE

    @property
    def items(self) -> Path:
        """The folder of all items."""
        return self.root / "items"

    @property
    def entities(self) -> Path:
        """The folder of all entities."""
        return self.root / "entities"

    @property
    def claims(self) -> Path:
        """The folder of all claims."""
        return self.root / "claims"

    @property
    def objects(self) -> Path:
        """The payload bytes of public items."""
        return self.root / "objects"

    @property
    def restricted(self) -> Path:
        """The payload bytes of restricted items, which git ignores."""
        return self.root / "restricted"

    @property
    def private(self) -> Path:
        """Everything private, which git ignores; what lies here is private, whatever it says."""
        return self.root / "private"

    @property
    def private_items(self) -> Path:
        """The folder of all private items."""
        return self.private / "items"

    @property
    def private_notes(self) -> Path:
        """Private annotations of items that are not private themselves, a folder for each."""
        return self.private / "notes"

    @property
    def private_entities(self) -> Path:
        """The folder of all private entities."""
        return self.private / "entities"

    @property
    def private_claims(self) -> Path:
        """The folder of all private claims."""
        return self.private / "claims"

    @property
    def private_ledger(self) -> Path:
        """What was private when: changes, and for each seal what opens its private root."""
        return self.private / "log" / "ledger.jsonl"

    @property
    def local(self) -> Path:
        """``.citekit``: staging and caches of this machine; may be deleted at any time."""
        return self.root / ".citekit"

    @property
    def staging(self) -> Path:
        """Where changes are prepared, one folder each."""
        return self.local / "tmp"

    @property
    def undo(self) -> Path:
        """The last change: what was before it, whatever its access."""
        return self.local / "undo"

    @property
    def undoing(self) -> Path:
        """The same, while it is taken back."""
        return self.local / "undoing"

    @property
    def held_file(self) -> Path:
        """The digests of payloads that were written or restored on this machine."""
        return self.local / "held"

    @property
    def own_file(self) -> Path:
        """Marks of the events that wait and that this computer has noted."""
        return self.local / "own"

    @property
    def index_file(self) -> Path:
        """The SQLite cache; that of a reader who sees nothing private is another."""
        return self.local / ("index.sqlite" if self.sees_private else "index-others.sqlite")

    @property
    def verified_file(self) -> Path:
        """Which payloads the last full check found whole: a cache."""
        return self.local / "verified"

    @property
    def state_file(self) -> Path:
        """What the log says of each file, as a tree: a cache."""
        return self.local / "state.sqlite"

    @property
    def log(self) -> Path:
        """The transparency log: checkpoint, tiles, events that wait."""
        return self.root / "log"

    @property
    def checkpoint_file(self) -> Path:
        """What the log says of itself, signed or not."""
        return self.log / "checkpoint"

    @property
    def pending_file(self) -> Path:
        """Events that are not sealed yet."""
        return self.log / "pending.jsonl"

    @property
    def trust(self) -> Path:
        """Public keys, timestamps and the checkpoints they are about; convenience copies."""
        return self.root / "trust"

    def log_file(self, path: str) -> Path:
        """A tile or bundle by the path that ``integrity.tiles`` gives it."""
        return self.log.joinpath(*path.split("/"))

    def key_file(self, key_id: str) -> Path:
        """The public key that a log has signed with."""
        return self.trust / "keys" / f"{key_id}.vkey"

    def kept_checkpoint(self, size: int) -> Path:
        """A checkpoint that a timestamp or a change of keys is about."""
        return self.trust / "checkpoints" / str(size)

    def cosigned_checkpoint(self, size: int) -> Path:
        """A checkpoint with the signatures of witnesses, which the log does not account for."""
        return self.log / "cosigned" / str(size)

    def timestamp_file(self, size: int, digest: str) -> Path:
        """The answer of a timestamp authority to the checkpoint of that size."""
        return self.trust / "timestamps" / f"{size}-{parse_digest(digest).hex}.tsr"

    def folder_name(self, key: str) -> str:
        """The name of the folder that an item has, or would have if no other stood in its way.

        An item that lies under its marked name is found there; see ``folder_names``. Raises
        InvalidData for what is no citekey.
        """
        plain, marked = names_of(key)
        return marked if plain is None or self._has_item(marked) else plain

    def item_name(self, key: str) -> str:
        """The name of an item's folder in the log: ``items/mem2023turkiye``."""
        return f"items/{self.folder_name(key)}"

    def item_folder(self, key: str) -> Path:
        """The folder of an item; raises InvalidData for what is no citekey."""
        return self.folder_of(self.folder_name(key))

    def folder_of(self, name: str) -> Path:
        """The folder of the item whose folder has this name: below ``private/``, if it lies there.

        An item lies in one of the two at any time, so its folder's name tells where.
        """
        is_private = self.sees_private and _is_file(self.private_items, name, "item.json")
        return (self.private_items if is_private else self.items) / name

    def lies_in_private(self, path: Path) -> bool:
        """Whether a path of this archive is below ``private/``."""
        return path.is_relative_to(self.private)

    def item_file(self, key: str) -> Path:
        """``item.json`` of an item."""
        return self.item_folder(key) / "item.json"

    def note_file(self, key: str) -> Path:
        """``note.md`` of an item."""
        return self.item_folder(key) / "note.md"

    def annotations_file(self, key: str) -> Path:
        """``annotations.jsonl`` of an item."""
        return self.item_folder(key) / "annotations.jsonl"

    def private_notes_file(self, key: str) -> Path:
        """The private annotations of an item that is not private itself."""
        return self.private_notes / self.folder_name(key) / "annotations.jsonl"

    def captures(self, key: str) -> Path:
        """The folder of an item's capture records."""
        return self.item_folder(key) / "captures"

    def capture_file(self, key: str, stamp: str) -> Path:
        """One capture record; raises InvalidData when the stamp is none."""
        if not is_stamp(stamp):
            raise InvalidData(
                f"is not the stamp of a capture: {stamp!r}",
                hint="stamps look like 20261122T141500Z",
            )
        return self.captures(key) / f"{stamp}.json"

    def entity_file(self, identifier: str) -> Path:
        """One entity."""
        name = f"{check_slug(identifier, 'an entity')}.json"
        return self._one_of(self.private_entities, self.entities, name)

    def claim_file(self, identifier: str) -> Path:
        """One claim."""
        name = f"{check_slug(identifier, 'a claim')}.json"
        return self._one_of(self.private_claims, self.claims, name)

    def object_file(self, digest: str) -> Path:
        """Where the payload of a public item lives."""
        return self.objects / _fan_out(digest)

    def restricted_file(self, digest: str) -> Path:
        """Where the payload of a restricted item lives."""
        return self.restricted / _fan_out(digest)

    def private_file(self, digest: str) -> Path:
        """Where the payload of a private item lives."""
        return self.private / "objects" / _fan_out(digest)

    def name(self, path: Path) -> str:
        """The path inside the archive, with slashes: ``items/mem2023turkiye/item.json``."""
        return path.relative_to(self.root).as_posix()

    def check_inside(self, path: Path) -> Path:
        """The path, if no part of it below the root is a symbolic link; raises InvalidData."""
        current = str(self.root)
        for part in path.relative_to(self.root).parts:
            current = f"{current}{os.sep}{part}"  # a Path for each step would be slow
            if is_link(current):
                raise InvalidData(
                    "is a symbolic link; citekit follows none inside an archive",
                    place=Place(path=str(Path(current))),
                    hint="replace the link by what it points to",
                )
        return path

    def _has_item(self, name: str) -> bool:
        """Whether an item's folder has this name; each read of an item asks."""
        if _is_file(self.items, name, "item.json"):
            return True
        return self.sees_private and _is_file(self.private_items, name, "item.json")

    def _one_of(self, private: Path, other: Path, name: str) -> Path:
        """The private file of this name, if it is there and may be seen, else the other."""
        return (private if self.sees_private and _is_file(private, name) else other) / name


def _is_file(folder: Path, *names: str) -> bool:
    return os.path.isfile(os.sep.join((str(folder), *names)))  # noqa: PTH113, PTH118  # a Path is slow


def is_link(path: str | Path) -> bool:
    """Whether the path itself is a symbolic link or a Windows junction; False when it is absent."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) in _WINDOWS_LINKS


def _fan_out(digest: str) -> Path:
    hexadecimal = parse_digest(digest).hex
    return Path("sha256", hexadecimal[:2], hexadecimal[2:])
