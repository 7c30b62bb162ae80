"""The ledger of what is private: which files there were, and what opens the root of each seal.

``private/log/ledger.jsonl`` only grows. Its first line names it; a line with ``files`` says which
files have which digest from then on (null: gone), one with ``purged`` which payloads were removed
for good, one with ``root`` and ``secret`` that a seal was made of what there was, purges included.
The log has the root and nothing else of all this. Paths are those inside ``private/``: an item has
the same there as among the others.

Whoever can write in the folder can write a line. So each has a MAC, ``own``, of itself and all
before it, by the secret that marks this computer's own events; what no seal covers is believed to
have gone only by such a line (``vouched``).
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import CitekitError, InvalidData, NotFound
from citekit.integrity.digest import parse_digest
from citekit.integrity.private_tree import SECRET_BYTES, PrivateTree
from citekit.model.records.codec import write_instant
from citekit.model.records.json_text import dump_json_line, parse_json
from citekit.model.value import Value
from citekit.store import files
from citekit.store.clock import now
from citekit.store.log.own_events import own_mark, own_secret
from citekit.store.log.record_kinds import action_of

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.layout import Layout

MAX_LEDGER_BYTES: Final = 1 << 30
_ID_BYTES: Final = 16
_ABOUT: Final = b"citekit: a line of a ledger\n"
_OWN: Final = ', "own": "'
_PURGES: Final = "purged/"


class PrivateSeal(Value):
    """One root that a seal was given, with the secret and the files that it was made of."""

    root: bytes
    secret: bytes
    files: Mapping[str, str]

    def tree(self) -> PrivateTree:
        """The tree; raises InvalidData where its root is another: the ledger was changed."""
        tree = PrivateTree(self.secret, self.files)
        if tree.root != self.root:
            raise InvalidData("the ledger of private things does not give the root that it names")
        return tree


@dataclass(slots=True)
class Ledger:
    """What the ledger says: its ``id``, and which ``files`` there are now by their digests.

    ``noted`` are the files that lines after the last seal are about, and ``first`` the digest with
    which each file was sealed first, though it has gone since. ``purges`` are payloads that were
    removed for good, each as a path that no file has with the payload's digest. ``gone`` and
    ``erased`` are files and payloads of which this computer has noted that they went. ``damaged``
    are numbers of lines (from 1) that say nothing.
    """

    id: str = ""
    files: dict[str, str] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)
    first: dict[str, str] = field(default_factory=dict)
    purges: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    damaged: list[int] = field(default_factory=list)
    _changes: list[Mapping[str, str | None]] = field(default_factory=list)
    _seals: list[tuple[bytes, bytes, int]] = field(default_factory=list)
    """Root, secret, and after how many changes: the files of every seal would take much room."""

    @property
    def purged(self) -> set[str]:
        """The digests of payloads that lines say were removed for good, whoever wrote them."""
        return set(self.purges.values())

    def seals(self) -> Iterator[PrivateSeal]:
        """Every root that a seal was given, the first one first."""
        files: dict[str, str] = {}
        done = 0
        for root, secret, after in self._seals:
            for changes in self._changes[done:after]:
                _apply(files, changes)
            done = after
            yield PrivateSeal(root=root, secret=secret, files=dict(files))

    @property
    def roots(self) -> set[bytes]:
        """Every root that a seal was given."""
        return {root for root, _, _ in self._seals}

    def last_seal(self, roots: Collection[bytes] | None = None) -> PrivateSeal | None:
        """The last seal, of those with one of these roots; None where there is none."""
        for root, secret, after in reversed(self._seals):
            if roots is None or root in roots:
                files: dict[str, str] = {}
                for changes in self._changes[:after]:
                    _apply(files, changes)
                return PrivateSeal(root=root, secret=secret, files=files)
        return None

    def take(self, line: str, *, is_own: bool = False) -> None:
        """Take in the next line; raises InvalidData for one that says nothing."""
        match parse_json(line):
            case {"ledger": str(name)}:
                self.id = self.id or name
            case {"files": dict(files)}:
                changes = {path: _digest(digest) for path, digest in files.items()}
                self._changes.append(changes)
                _apply(self.files, changes)
                self.noted.update(changes)
                self.gone.difference_update(changes)
                self.gone.update(p for p, digest in changes.items() if is_own and digest is None)
            case {"purged": list(purged)}:
                digests = [str(parse_digest(str(digest))) for digest in purged]
                changes = {f"{_PURGES}{digest}": digest for digest in digests}
                self._changes.append(changes)
                _apply(self.purges, changes)
                self.erased.update(digests if is_own else ())
            case {"root": str(root), "secret": str(secret)}:
                self._seals.append((_bytes(root), _bytes(secret), len(self._changes)))
                for path in self.noted & self.files.keys():
                    self.first.setdefault(path, self.files[path])
                self.noted.clear()
            case _:
                raise InvalidData("is no line of a ledger")


def read_ledger(layout: Layout) -> Ledger:
    """What the ledger of an archive says; an empty one where there is none.

    Raises StorageFailed, or InvalidData for one that is too large.
    """
    return read_ledger_in(layout.check_inside(layout.private_ledger))


def read_ledger_in(path: Path) -> Ledger:
    """What the ledger in this file says; an empty one where it is absent; raises as above."""
    ledger = Ledger()
    try:
        data = files.read_bytes(path, limit=MAX_LEDGER_BYTES)
    except NotFound:
        return ledger
    secret, before = own_secret(), sha256()
    for number, line in enumerate(data.split(b"\n"), 1):
        if line:
            try:
                text = line.decode()
                ledger.take(text, is_own=_is_own(text, before.digest(), secret))
            except (CitekitError, UnicodeDecodeError):
                ledger.damaged.append(number)
        before.update(line + b"\n")
    return ledger


def note(layout: Layout, changes: Mapping[str, str | None]) -> None:
    """Note which digests private files have now (None: gone), durably. For who holds the lock."""
    if changes:
        _append(layout, {"at": write_instant(now()), "files": dict(sorted(changes.items()))})


def note_purged(layout: Layout, digests: Iterable[str]) -> None:
    """Note that payloads of a private item are about to be removed for good, durably."""
    _append(layout, {"at": write_instant(now()), "purged": sorted(digests)})


def note_seal(layout: Layout, ledger: Ledger) -> bytes:
    """Make a root of what the ledger says there is now, note what opens it, and return it."""
    secret = os.urandom(SECRET_BYTES)
    root = PrivateTree(secret, {**ledger.files, **ledger.purges}).root
    _append(layout, {"at": write_instant(now()), "root": root.hex(), "secret": secret.hex()})
    return root


def private_files(layout: Layout) -> Iterator[str]:
    """Every private file that the ledger accounts for, by its path inside ``private/``."""
    for top in ("items", "notes", "entities", "claims"):
        for path in _below(layout.private, top):
            if is_accounted_for(path):
                yield path


def private_names(layout: Layout) -> set[str]:
    """Every plain file below ``private/``, by its path inside the archive."""
    private = layout.private
    paths = {name for name in files.names(private) if _is_plain(private / name)}
    paths.update(path for top in files.folders(private) for path in _below(private, top))
    return {f"{private.name}/{path}" for path in paths}


def is_accounted_for(path: str) -> bool:
    """Whether a file with this path inside ``private/`` is a record.

    >>> is_accounted_for("notes/mem2023turkiye/annotations.jsonl")
    True
    """
    top, _, rest = path.partition("/")
    if top == "notes":
        return action_of(f"items/{rest}") == "annotation"
    return top in ("items", "entities", "claims") and action_of(path) is not None


def is_purge(path: str) -> bool:
    """Whether the path is of no file: it stands for a payload that was removed for good."""
    return path.startswith(_PURGES)


def is_immutable(path: str) -> bool:
    """Whether a private file never changes once it is there: a capture record."""
    return path.startswith("items/") and action_of(path) == "capture"


def _append(layout: Layout, line: Mapping[str, Any]) -> None:
    path = layout.check_inside(layout.private_ledger)
    before = b""
    with suppress(NotFound):
        before = files.read_bytes(path, limit=MAX_LEDGER_BYTES)
    if before and not before.endswith(b"\n"):  # a line that was cut off; appending ends it
        before += b"\n"
    new = b""
    if not before:
        files.make_folder(path.parent, root=layout.root)
        new = dump_json_line({"ledger": os.urandom(_ID_BYTES).hex()}).encode()
    new += _with_mark(dump_json_line(dict(line)), sha256(before + new).digest()).encode()
    files.append_whole(path, new, creates=True)
    if not before:
        files.flush_folder(path.parent)


def _with_mark(line: str, before: bytes) -> str:
    """The line with a MAC as its last field, where there is a secret to make one with."""
    secret = own_secret(creates=True)
    if secret is None:
        return line
    text = line.removesuffix("\n").removesuffix("}")
    return f'{text}{_OWN}{_mark(secret, before, text)}"}}\n'


def _is_own(line: str, before: bytes, secret: bytes | None) -> bool:
    """Whether this computer has written the line, after all that is before it."""
    text, is_marked, mark = line.removesuffix('"}').rpartition(_OWN)
    if secret is None or not is_marked or not mark.isascii():
        return False
    return hmac.compare_digest(_mark(secret, before, text), mark)


def _mark(secret: bytes, before: bytes, text: str) -> str:
    return own_mark(secret, _ABOUT, before + text.encode())


def _below(root: Path, folder: str) -> Iterator[str]:
    path = root / folder
    for name in sorted(files.names(path)):
        child = path / name
        if _is_folder(child):
            yield from _below(root, f"{folder}/{name}")
        elif _is_plain(child):
            yield f"{folder}/{name}"


def _is_plain(path: Path) -> bool:
    return path.is_file() and not files.is_symlink(path)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not files.is_symlink(path)


def _apply(files: dict[str, str], changes: Mapping[str, str | None]) -> None:
    for path, digest in changes.items():
        if digest is None:
            files.pop(path, None)
        else:
            files[path] = digest


def _digest(value: object) -> str | None:
    """A digest, or None for a file that is gone; raises InvalidData."""
    return None if value is None else str(parse_digest(str(value)))


def _bytes(text: str) -> bytes:
    """32 bytes in hexadecimal; raises InvalidData."""
    with suppress(ValueError):
        value = bytes.fromhex(text)
        if len(value) == SECRET_BYTES:
            return value
    raise InvalidData("is no 32 bytes in hexadecimal")
