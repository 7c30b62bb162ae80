"""What the log says of each item: read once, before the pages are made, and judged by nobody here.

A site shows what its archive says about itself. Whether to believe that is up to the reader, who
checks a proof with a key from elsewhere; so nothing here needs cryptography. A damaged log gives
pages that say so, and a warning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

from citekit.app.proving.proof_verdict import ProvenTime
from citekit.app.proving.prove import ReadLog, prove, read_log
from citekit.app.sealing.plan import disk_digests
from citekit.errors import CitekitError, InvalidData, MissingExtra, UsageError
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.leaf import parse_leaf
from citekit.model.quotation import record_holds_text
from citekit.model.records.codec import read_instant
from citekit.model.value import NOTHING, Value, replace
from citekit.store.log.drift import differences
from citekit.store.log.folder import LogFolder
from citekit.store.log.log_state import is_immutable
from citekit.store.log.record_kinds import OF_THE_SEAL, group_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from citekit.model.item import Item
    from citekit.store.log.log_state import Known
    from citekit.store.reading import ArchiveReader

State = Literal["sealed", "unsealed", "changed", "gone", "tampered"]
PROOF_SUFFIX: Final = ".citekit-proof.json"
CHANGES: Final[tuple[State, ...]] = ("unsealed", "changed", "gone")


class SealedFile(Value):
    """A file of an item: its name in the item's folder, and the last entry of the log about it."""

    name: str
    entry: int | None
    state: State


class ItemSeal(Value):
    """What is sealed about one item. Without a ``proof`` (a file), ``why_none`` says why.

    ``checkpoint`` and ``signers`` (name+key id) are those of the proof, else the latest;
    ``timestamps`` those in the proof, None where they were not read. ``purged`` says of each
    payload that was removed for good what, when and by whom, in a sentence.
    """

    files: tuple[SealedFile, ...]
    checkpoint: Checkpoint
    signers: tuple[str, ...]
    timestamps: tuple[ProvenTime, ...] | None = None
    proof: bytes | None = None
    why_none: str = ""
    purged: tuple[str, ...] = ()

    def in_state(self, *states: State) -> tuple[SealedFile, ...]:
        """The files in one of these states."""
        return tuple(file for file in self.files if file.state in states)


class Seals(Value):
    """The log of an archive. ``checkpoint`` is None when nothing is sealed.

    ``trouble`` says what is wrong with the log; then nothing it says is shown. ``keys`` are the
    public keys it has signed with, in order; ``changed`` are the files not as they were sealed.
    """

    checkpoint: Checkpoint | None = None
    signers: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    items: Mapping[str, ItemSeal] = NOTHING
    changed: tuple[str, ...] = ()
    trouble: str = ""


def read_seals(store: ArchiveReader, items: Mapping[str, Item], *, shows_all: bool) -> Seals:
    """Read the log and make the proof of each item; what is wrong with the log is ``trouble``.

    A proof holds an item's whole record. Where that has text which the site keeps back, there is
    none, unless the site ``shows_all``.
    """
    log = LogFolder(store.layout)
    try:
        if log.standing() is None:
            return Seals()
        return _read(store, read_log(store), items, shows_all=shows_all)
    except CitekitError as error:
        return Seals(trouble=error.message)


def _read(
    store: ArchiveReader, read: ReadLog, items: Mapping[str, Item], *, shows_all: bool
) -> Seals:
    disk = disk_digests(store)
    at = _last_instant(read)
    seals = {}
    folders = {key: store.layout.item_name(key) for key in items}
    for key, seal in _item_seals(read, folders, disk):
        item = items[key]
        may_prove = shows_all or item.facts.access == "public" or not record_holds_text(item)
        seals[key] = _proven(store, key, seal, read, at) if may_prove else _kept_back(seal)
    return Seals(
        checkpoint=read.latest.checkpoint,
        signers=_signers(read),
        keys=tuple(dict.fromkeys(change.vkey for change in read.history.keys)),
        items=seals,
        changed=tuple(
            d.path for d in differences(read.history, disk) if d.action not in OF_THE_SEAL
        ),
    )


def _item_seals(
    read: ReadLog, folders: Mapping[str, str], disk: Mapping[str, str]
) -> Iterator[tuple[str, ItemSeal]]:
    """The seal of each item as the latest checkpoint has it, without a proof."""
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for path, digest in disk.items():
        groups[group_of(path)][path] = digest
    for key, folder in folders.items():
        yield (
            key,
            ItemSeal(
                files=tuple(_files(folder, read.history.in_group(folder), groups[folder])),
                checkpoint=read.latest.checkpoint,
                signers=_signers(read),
            ),
        )


def _signers(read: ReadLog) -> tuple[str, ...]:
    return tuple(f"{s.name}+{s.key_id.hex()}" for s in read.latest.signatures)


def _last_instant(read: ReadLog) -> datetime:
    """When the last entry of the log was made: proofs of one log are the same in every build."""
    event = parse_leaf(read.log.whole_entry(read.latest.size - 1))
    try:
        return read_instant(str(event.get("at")))
    except ValueError as error:
        raise InvalidData("the last entry of the log has no time") from error


def _files(folder: str, known: Mapping[str, Known], disk: Mapping[str, str]) -> list[SealedFile]:
    """The files of an item that are, or are sealed, in the order of their names."""
    found = []
    for path in sorted(known.keys() | disk.keys()):
        said, digest = known.get(path), disk.get(path)
        if said is None or said.digest is None:
            state: State | None = "unsealed" if digest else None
        elif said.digest == digest:
            state = "sealed"
        elif is_immutable(path):
            state = "tampered"
        else:
            state = "changed" if digest else "gone"
        if state:
            name = path.removeprefix(f"{folder}/")
            found.append(SealedFile(name=name, entry=said.entry if said else None, state=state))
    return found


def _kept_back(seal: ItemSeal) -> ItemSeal:
    why = "The record holds text that is kept out of this site, and a proof holds the record."
    return replace(seal, why_none=why)


def _proven(
    store: ArchiveReader, key: str, seal: ItemSeal, read: ReadLog, at: datetime
) -> ItemSeal:
    """The seal with its proof, or with why there is none."""
    try:
        proof = prove(store, key, now=at, read=read)
    except MissingExtra:
        why = "Its timestamps were not read: this site was built without citekit's extra seal."
        return replace(seal, why_none=why)
    except UsageError:
        return replace(seal, why_none="A proof can be made when everything here is sealed.")
    except CitekitError as error:
        return replace(seal, why_none=f"No proof can be made: {error.message}.")
    checkpoint = proof.verdict.checkpoint or seal.checkpoint
    return replace(
        seal,
        proof=proof.data,
        checkpoint=checkpoint,
        signers=proof.verdict.signers,
        timestamps=tuple(proof.verdict.times),
        purged=tuple(map(str, proof.verdict.purged)),
    )
