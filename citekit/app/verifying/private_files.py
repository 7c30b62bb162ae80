"""What lies under ``private/``: read, hashed, compared with the ledger; and kept from git.

The log says nothing of it but a root in each seal. So what a private file was when it was sealed
is said by the ledger, and the ledger is believed as far as it gives the root that the log has.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from citekit.app.git import Repository
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, InvalidData, Place
from citekit.integrity.digest import digest_bytes, digest_chunks
from citekit.model.capture import Capture
from citekit.model.claim import Claim
from citekit.model.entity import Entity
from citekit.model.item import Item
from citekit.model.records.codec import decode_text
from citekit.store import files
from citekit.store.log.record_kinds import action_of
from citekit.store.private.ledger import is_accounted_for, is_purge, read_ledger
from citekit.store.private.vouched import Vouched, read_vouched
from citekit.store.reading import ArchiveReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from citekit.app.verifying.inspection import Inspection
    from citekit.findings import Finding

_PAYLOAD: Final = re.compile(r"objects/sha256/([0-9a-f]{2})/([0-9a-f]{62})")
_MOST_NAMED: Final = 20


@dataclass(slots=True)
class _Look:
    """What is under ``private/``: files by their paths in there, with their digests."""

    store: ArchiveReader
    records: dict[str, str] = field(default_factory=dict)
    payloads: dict[str, str] = field(default_factory=dict)
    """The digests that payloads are named by -> their paths."""
    needed: dict[str, str] = field(default_factory=dict)
    """Digests that captures name -> the capture's path."""

    def show(self, path: str) -> str:
        """The path as the user would type it."""
        return str(self.store.layout.private.joinpath(*path.split("/")))


def check_private(store: ArchiveReader) -> Iterator[Finding]:
    """Everything private is whole, as it was sealed, and where git does not take it."""
    layout = store.layout
    try:
        known = read_vouched(layout)
    except InvalidData as error:
        yield found("CK-E672", str(layout.private_ledger), error.message)
        known = Vouched(ledger=read_ledger(layout))
    if not layout.private.is_dir():
        yield from _all_absent(store, known)
        return
    yield from _check_git(store)
    look = _Look(store)
    yield from _walk(look)
    yield from _check_payloads(look, known)
    yield from _check_ledger(look, known)


def _all_absent(store: ArchiveReader, known: Vouched) -> Iterator[Finding]:
    """In a clone nothing private is; but who has sealed it here is to hear when it is gone."""
    number = sum(not is_purge(path) for path in known.sealed)
    if number:
        what = (
            "1 file that was sealed is" if number == 1 else f"{number} files that were sealed are"
        )
        yield found("CK-I681", str(store.layout.private), f"{what} not here")


def check_marked(inspection: Inspection) -> Iterator[Finding]:
    """Nothing that others may read is marked private, or names something that is."""
    hidden = _hidden(inspection.store)
    for name, what in _marked(inspection):
        yield found("CK-E676", inspection.show(name), what)
    for name, (kind, named) in _naming(inspection) if any(hidden.values()) else ():
        if known := sorted(hidden[kind].intersection(named)):
            message = f"names the private {kind} {known[0]}"
            yield found("CK-E676", inspection.show(name), message)


def _hidden(store: ArchiveReader) -> dict[str, set[str]]:
    """The names of what is private: items by their keys and aliases, entities by their ids."""
    hidden: dict[str, set[str]] = {"item": set(), "entity": set()}
    layout = store.layout
    for name in files.folders(layout.private_items):
        with suppress(CitekitError):
            item = store.item_in(name)
            hidden["item"].update([item.key, *item.facts.aliases])
    names = (name for name in files.names(layout.private_entities) if name.endswith(".json"))
    hidden["entity"].update(name.removesuffix(".json") for name in names)
    return hidden


def _marked(inspection: Inspection) -> Iterator[tuple[str, str]]:
    """What says that it is private, and lies among the others: its file, and what to say."""
    for key, facts in inspection.items.items():
        if facts.access == "private":
            yield f"{inspection.folder(key)}/item.json", "says that it is private"
    for key, marks in inspection.annotations.items():
        for mark in marks:
            if mark.annotation.is_private:
                name = f"{inspection.folder(key)}/annotations.jsonl"
                yield name, f"{mark.annotation.short_id} says that it is private"
    for claim in inspection.claims.values():
        if claim.private:
            yield f"claims/{claim.id}.json", "says that it is private"
    for entity in inspection.entities.values():
        if entity.private:
            yield f"entities/{entity.id}.json", "says that it is private"


def _naming(inspection: Inspection) -> Iterator[tuple[str, tuple[str, Iterable[str]]]]:
    """Which files name which items and entities."""
    for key, marks in inspection.annotations.items():
        for mark in marks:
            name = f"{inspection.folder(key)}/annotations.jsonl"
            yield name, ("entity", mark.annotation.entities)
    for claim in inspection.claims.values():
        yield f"claims/{claim.id}.json", ("entity", claim.entities)
        yield f"claims/{claim.id}.json", ("item", [part.item for part in claim.evidence])
    for entity in inspection.entities.values():
        if entity.place:
            yield f"entities/{entity.id}.json", ("entity", [entity.place])


# ── git ────────────────────────────────────────────────────────────────────────────────────────


def _check_git(store: ArchiveReader) -> Iterator[Finding]:
    place = str(store.layout.private)
    try:
        repository = Repository.around(store.root)
        if repository is None:
            return
        tracked = repository.tracked(store.layout.private)
        takeable = repository.takeable(store.layout.private)
    except CitekitError as error:
        yield found("CK-W672", place, f"what git takes is unknown: {error.message}")
        return
    if tracked:
        more = f", and {len(tracked) - 1} more" if len(tracked) > 1 else ""
        yield found("CK-E670", str(repository.top / tracked[0]), f"git tracks this{more}")
    if takeable:
        yield found("CK-E671", place, f"git would take {takeable[0]}")


# ── files ──────────────────────────────────────────────────────────────────────────────────────


def _walk(look: _Look) -> Iterator[Finding]:
    ledger = look.store.layout.private_ledger
    for path in _files(look.store.layout.private):
        name = path.relative_to(look.store.layout.private).as_posix()
        payload = _PAYLOAD.fullmatch(name)
        if files.is_symlink(path) or not path.is_file():
            yield found("CK-E674", str(path), "is a link, or neither a file nor a folder")
        elif payload:
            look.payloads[f"sha256:{payload[1]}{payload[2]}"] = name
        elif is_accounted_for(name):
            yield from _read(look, name, path)
        elif path != ledger:
            yield found("CK-E674", str(path), "nobody accounts for this file")


def _read(look: _Look, name: str, path: Path) -> Iterator[Finding]:
    try:
        data = files.read_bytes(path)
        look.records[name] = digest_bytes(data)
        yield from _check_record(look, name, files.decode_text(data, path), path)
    except CitekitError as error:
        yield found("CK-E675", error.place or str(path), error.message)


def _check_record(look: _Look, name: str, text: str, path: Path) -> Iterator[Finding]:
    """Read a record as its kind; an annotation's lines are read where they are asked for."""
    match action_of(name.replace("notes/", "items/", 1)):
        case "item":
            item = Item.from_text(text, path=str(path))
            if item.facts.access != "private":
                message = f"says {item.facts.access}: a change of access was stopped"
                yield found("CK-I679", str(path), message)
        case "capture":
            capture = decode_text(Capture, text, path=str(path))
            for payload in capture.payloads.values():
                look.needed.setdefault(payload.digest, name)
        case "annotation":
            key = look.store.key_in(path.parent.name)
            if key is None or not look.store.has(key):
                raise InvalidData("is about no item", place=Place(path=str(path)))
            look.store.annotations(key)
        case "entity":
            decode_text(Entity, text, path=str(path))
        case "claim":
            decode_text(Claim, text, path=str(path))
        case _:
            pass


def _check_payloads(look: _Look, known: Vouched) -> Iterator[Finding]:
    for digest, name in sorted(look.payloads.items()):
        path = look.show(name)
        if digest not in look.needed:
            yield found("CK-E674", path, "no private capture names this payload")
            continue
        try:
            actual, _ = digest_chunks(files.read_chunks(look.store.layout.private / name))
        except CitekitError as error:
            yield found("CK-E675", path, error.message)
            continue
        if actual != digest:
            yield found("CK-E672", path, f"the bytes are {actual}")
    for digest, name in sorted(look.needed.items()):
        if look.store.payload_path(digest) is None and digest not in known.purged:
            why = (
                f"; a line of the ledger says so, {_NOT_OWN}"
                if digest in known.ledger.purged
                else ""
            )
            yield found("CK-E673", look.show(name), f"{digest} is missing{why}")


# ── the ledger ─────────────────────────────────────────────────────────────────────────────────

_NOT_OWN: Final = "but nothing shows that this computer has written it"


def _check_ledger(look: _Look, known: Vouched) -> Iterator[Finding]:
    path, ledger = str(look.store.layout.private_ledger), known.ledger
    for number in ledger.damaged[:_MOST_NAMED]:
        yield found("CK-W672", path, f"line {number} says nothing")
    if known.seal and known.seal.root not in ledger.roots:
        yield found("CK-E673", path, "has lost what opens the last seal; the second copy has it")
    for name in sorted({*known.sealed, *ledger.files, *look.records}):
        if not is_purge(name):
            yield from _compare(look, known, name)


def _compare(look: _Look, known: Vouched, path: str) -> Iterator[Finding]:
    """How a file differs from the last seal, and from what was noted since."""
    now, place = look.records.get(path), look.show(path)
    stands = known.stands(path)
    if stands is not None and now not in (None, stands):
        yield found("CK-E672", place, f"has {now}, and was sealed with {stands}")
    elif now is None and path in known.ledger.files:
        yield found("CK-E673", place, "is missing: its removal was noted by nobody")
    elif now is None and not known.has_gone(path):
        yield found("CK-E673", place, f"is missing; a line of the ledger says so, {_NOT_OWN}")
    elif now != known.sealed.get(path):
        is_new = path not in known.sealed
        word = "is new" if is_new else "has changed" if now else "was removed"
        yield found("CK-I677", place, f"{word} since the last seal")


def _files(folder: Path) -> Iterator[Path]:
    for name in sorted(files.names(folder)):
        path = folder / name
        if path.is_dir() and not files.is_symlink(path):
            yield from _files(path)
        else:
            yield path
