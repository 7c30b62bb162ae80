"""The last change, and what takes it back: in ``.citekit/undo``, until the next one comes.

Each step is written down before it is done, with what a file said before and the digest of what it
will say; so whoever takes a step back sees whether it came about, and whether somebody has changed
the file since. What was removed is kept there whole, bytes and all, whatever its access: no clone,
export or backup has the folder. It goes with the next change, with a seal, and with whatever is to
leave nothing behind: a purge, another access. Every line has a MAC by this user's secret: what came
with an archive from elsewhere takes nothing back. Decision 27.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Final, Literal

from citekit.errors import CitekitError, IntegrityFailed, NotFound, Place
from citekit.integrity.digest import digest_bytes, parse_digest
from citekit.model.records.codec import decode_text, to_json
from citekit.model.value import NOTHING, Value
from citekit.store import files
from citekit.store.clock import now
from citekit.store.log.own_events import own_mark, own_secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from citekit.store.layout import Layout

Barred = Literal["access", "capture", "merge", "purge"]
"""What is not taken back, and leaves nothing that could be."""

_ABOUT: Final = b"citekit: what takes a change back\n"
_STEPS: Final = "steps"
_ITEM: Final = "item.json"
_MAX_BYTES: Final = 1 << 30

_log = logging.getLogger(__name__)


class Step(Value):
    """One step of a change; paths are those in the archive, of an item that of its folder.

    *write*: the file at ``path`` had the digest ``before``, and has ``after``; None: it was not, or
    is not there. *come* and *go*: an item with these ``files`` (name in its folder -> digest, None
    for what never changes); of one that goes the bytes of ``payloads`` are kept. *rename*: the
    folder is ``to`` from now on; ``before`` and ``after`` are of its item.json.
    """

    kind: Literal["write", "come", "go", "rename"]
    path: str
    to: str = ""
    before: str | None = None
    after: str | None = None
    files: Mapping[str, str | None] = NOTHING
    payloads: tuple[str, ...] = ()


class Record(Value):
    """What is known of a change: when, its steps in their order, or why it is not taken back."""

    at: datetime
    steps: tuple[Step, ...] = ()
    barred: Barred | None = None


class _Head(Value):
    """The first line: ``run`` tells the steps of one change from those of others."""

    run: str
    at: datetime
    barred: Barred | None = None


class LastChange:
    """Where steps are written down. What one writer does belongs together.

    With ``goes_on`` so does all that is done with this object: what one command does.
    """

    def __init__(self, layout: Layout) -> None:
        self.goes_on = False
        self._layout = layout
        self._head: _Head | None = None
        self._number = 0
        self._is_taking = False
        self._is_lost = False

    # ── before each step ───────────────────────────────────────────────────────────────────────

    def begin(self) -> None:
        """A writer has begun: what it does is a change of its own, unless this one goes on."""
        self._is_taking = False
        is_ours = self._is_lost or (self._head and self._head == self._read_head())
        if not (self.goes_on and is_ours):
            self._head, self._is_lost = None, False

    def write(self, path: Path, data: bytes | None) -> None:
        """A record is about to be written, or removed (None)."""
        with self._noting():
            before, after = self._keep(_bytes_or_none(path)), _digest_or_none(data)
            self._note(Step(kind="write", path=self._name(path), before=before, after=after))

    def come(self, folder: Path, contents: Mapping[str, bytes | None]) -> None:
        """An item is about to come; None is the content of a file that never changes."""
        with self._noting():
            found = {name: _digest_or_none(data) for name, data in contents.items()}
            self._note(Step(kind="come", path=self._name(folder), files=found))

    def go(self, folder: Path, payloads: Mapping[str, Path]) -> None:
        """An item is about to go: its files are kept, and its bytes, which lie at these places."""
        with self._noting():
            found = {name: self._keep(data) for name, data in contents_of(folder)}
            for digest, path in payloads.items():
                self._keep_file(digest, path)
            step = Step(kind="go", path=self._name(folder), files=found, payloads=tuple(payloads))
            self._note(step)

    def rename(self, old: Path, new: Path, data: bytes) -> None:
        """An item's folder is about to be called otherwise, with these bytes as its item.json."""
        with self._noting():
            before = self._keep(files.read_bytes(old / _ITEM))
            to, after = self._name(new), digest_bytes(data)
            self._note(Step(kind="rename", path=self._name(old), to=to, before=before, after=after))

    def bar(self, why: Barred) -> None:
        """A change that is not taken back is about to be made: nothing before it is kept."""
        self._head, self._is_taking = None, False
        with self._noting(why):
            pass

    def forget(self) -> None:
        """Keep nothing of what was changed."""
        self._head = None
        for folder in (self._layout.undo, self._layout.undoing):
            self._remove(folder)

    # ── taking back ────────────────────────────────────────────────────────────────────────────

    def read(self) -> Record | None:
        """What is known of the last change: first of one whose taking back was stopped."""
        for folder in (self._layout.undoing, self._layout.undo):
            record = self._read(folder)
            if record is not None:
                return record
        return None

    def begin_taking(self) -> None:
        """Set the last change aside; how it is taken back is written down as another change."""
        if self._read(self._layout.undoing) is None:
            self.forget_taken()
            files.move(self._layout.undo, self._layout.undoing)
        self._is_taking = True
        self._head = self._read_head()  # of a taking back that was stopped, there is one
        self._number = len(self._texts(self._layout.undo))

    def forget_taken(self) -> None:
        """The change that was set aside is taken back: its steps go first, which says so."""
        files.remove_file(self._layout.check_inside(self._layout.undoing) / _STEPS)
        self._remove(self._layout.undoing)

    def kept(self, digest: str) -> Path:
        """Where bytes are that were kept of what ``read`` tells."""
        is_aside = (self._layout.undoing / _STEPS).is_file()
        folder = self._layout.undoing if is_aside else self._layout.undo
        return folder / parse_digest(digest).hex

    def content(self, digest: str) -> bytes:
        """Those bytes; raises NotFound, or IntegrityFailed where they are others."""
        path = self._layout.check_inside(self.kept(digest))
        data = files.read_bytes(path)
        if digest_bytes(data) != digest:
            raise IntegrityFailed("has other bytes than were kept", place=Place(path=str(path)))
        return data

    # ── steps ──────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _noting(self, barred: Barred | None = None) -> Iterator[None]:
        """Begin a change, if none has; where the disk refuses, nothing is kept: a part misleads."""
        try:
            if self._head is None and not self._is_lost:
                self._start(barred)
        except CitekitError as error:
            self._give_up(error)
        try:
            yield
        except CitekitError as error:
            self._give_up(error)

    def _give_up(self, error: CitekitError) -> None:
        _log.info("the change is not written down to be taken back: %s", error)
        self._is_lost = True
        with suppress(CitekitError):
            self.forget()

    def _start(self, barred: Barred | None) -> None:
        if self._is_taking:
            self._remove(self._layout.undo)
        else:
            self.forget()
        self._head, self._number = _Head(run=os.urandom(16).hex(), at=now(), barred=barred), 0
        files.make_folder_unflushed(self._layout.undo, root=self._layout.root)
        self._append(to_json(self._head))

    def _remove(self, folder: Path) -> None:
        """Remove a folder of ours, or what is in its place: a link is not followed."""
        files.remove_tree(self._layout.check_inside(folder.parent) / folder.name)

    @property
    def _is_on(self) -> bool:
        return self._head is not None and not self._head.barred and not self._is_lost

    def _note(self, step: Step) -> None:
        if self._is_on:
            self._append(to_json(step))

    def _append(self, said: dict[str, Any]) -> None:
        secret = own_secret(creates=True)
        if secret is None or self._head is None:
            return
        text = json.dumps(said, ensure_ascii=False)
        line = f"{_mark(secret, self._head.run, self._number, text)} {text}\n"
        path = self._layout.check_inside(self._layout.undo / _STEPS)
        files.append_whole(path, line.encode(), creates=True, flushes=False)
        self._number += 1

    def _keep(self, data: bytes | None) -> str | None:
        """Keep bytes under their digest, which comes back."""
        if data is None:
            return None
        digest = digest_bytes(data)
        if self._is_on:
            path = self._place(digest)
            files.remove_file_unflushed(path)  # the half of it, if a stop has left that
            files.append_whole(path, data, creates=True, flushes=False)
        return digest

    def _keep_file(self, digest: str, source: Path) -> None:
        if self._is_on:
            path = self._place(digest)
            files.remove_file_unflushed(path)
            try:
                os.link(source, path)
            except OSError:  # a file system that has none, or two of them
                files.write_new(path, files.read_chunks(source))

    def _place(self, digest: str) -> Path:
        return self._layout.check_inside(self._layout.undo / parse_digest(digest).hex)

    # ── lines ──────────────────────────────────────────────────────────────────────────────────

    def _name(self, path: Path) -> str:
        return self._layout.name(path)

    def _read_head(self) -> _Head | None:
        """The first line alone: each group of a long command asks whether it is still ours."""
        texts = self._texts(self._layout.undo, most=1)
        return decode_text(_Head, texts[0]) if texts else None

    def _read(self, folder: Path) -> Record | None:
        """What is written in a folder; None where that is nothing, or nothing of this user's."""
        texts = self._texts(folder)
        if not texts:
            return None
        head = decode_text(_Head, texts[0])
        steps = tuple(decode_text(Step, text) for text in texts[1:])
        return Record(at=head.at, steps=steps, barred=head.barred)

    def _texts(self, folder: Path, *, most: int | None = None) -> list[str]:
        """The lines that this user has written; one that a stop has cut off is none.

        With ``most`` so many of the first ones.
        """
        secret, texts, run = own_secret(), list[str](), ""
        if secret is None:
            return []
        with suppress(CitekitError, ValueError):
            path = self._layout.check_inside(folder / _STEPS)
            for line in files.read_bytes(path, limit=_MAX_BYTES).decode().split("\n")[:most]:
                said, _, text = line.partition(" ")
                run = run or str(json.loads(text).get("run"))
                if compare_digest(said, _mark(secret, run, len(texts), text)):
                    texts.append(text)
        return texts


def contents_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files in a folder and below, by their paths in it; raises InvalidData for a link."""
    for name in sorted(files.names(folder)):
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            yield from ((f"{name}/{inner}", data) for inner, data in contents_of(path))
        else:
            yield name, files.read_bytes(path)


def _bytes_or_none(path: Path) -> bytes | None:
    with suppress(NotFound):
        return files.read_bytes(path)
    return None


def _digest_or_none(data: bytes | None) -> str | None:
    return None if data is None else digest_bytes(data)


def _mark(secret: bytes, run: str, number: int, text: str) -> str:
    return own_mark(secret, _ABOUT, f"{run}\n{number}\n{text}".encode())
