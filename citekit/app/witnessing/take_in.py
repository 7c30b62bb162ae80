"""Taking in what a witness has cosigned: it lies beside the log, in ``log/cosigned``.

The log does not account for it: a stranger's signature proves itself, and comes when it comes. The
checkpoint that stands keeps its bytes, which timestamps are about.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from citekit.errors import IntegrityFailed, InvalidData, NotFound, UsageError
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.note import MAX_NOTE_BYTES, Note, parse_note, parse_signature, write_note
from citekit.integrity.witness.cosignature import is_of_witness
from citekit.integrity.witness.fork import fork_told
from citekit.model.value import Value
from citekit.store import files
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from citekit.integrity.note import NoteSignature
    from citekit.store.archive import ArchiveStore
    from citekit.store.log.folder import Standing


class TakenIn(Value):
    """The witnesses (name and key id) whose signatures are now at a checkpoint of ``size``."""

    size: int
    witnesses: tuple[str, ...]
    path: str

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {"size": self.size, "witnesses": list(self.witnesses), "path": self.path}


def take_in(store: ArchiveStore, data: bytes) -> TakenIn:
    """Keep what a witness wrote: a cosigned checkpoint, or lines for the one that stands.

    Whose signature it is and whether it is right, only ``verify`` with the witness' key tells.
    Raises InvalidData for what has no cosignature, IntegrityFailed where it is of another log.
    """
    with store.writing():
        log = LogFolder(store.layout)
        standing = log.standing()
        if standing is None:
            raise UsageError("nothing is sealed here yet", hint="citekit seal")
        note = _read(data, standing)
        checkpoint, _ = parse_checkpoint(write_note(Note(text=note.text)))
        _check_ours(log, standing, note)
        lines = tuple(s for s in note.signatures if is_of_witness(s, checkpoint.origin))
        if not lines:
            raise InvalidData("no witness has signed this", hint="citekit witness writes it")
        path = store.layout.cosigned_checkpoint(checkpoint.size)
        signatures = dict.fromkeys((*_known(store, path), *lines))
        log.write(path, write_note(Note(text=note.text, signatures=tuple(signatures))))
    return TakenIn(
        size=checkpoint.size,
        witnesses=tuple(dict.fromkeys(f"{s.name}+{s.key_id.hex()}" for s in lines)),
        path=str(path),
    )


def _read(data: bytes, standing: Standing) -> Note:
    """The note, or the lines below the checkpoint that stands."""
    if len(data) > MAX_NOTE_BYTES:
        raise InvalidData(f"a note has at most {MAX_NOTE_BYTES} bytes")
    if data.startswith("— ".encode()):
        lines = data.decode("utf-8", "replace").removesuffix("\n").split("\n")
        return Note(text=standing.note.text, signatures=tuple(map(parse_signature, lines)))
    return parse_note(data)


def _check_ours(log: LogFolder, standing: Standing, note: Note) -> None:
    checkpoint, _ = parse_checkpoint(write_note(Note(text=note.text)))
    if checkpoint.origin != standing.checkpoint.origin:
        raise UsageError(f"is of another log: {checkpoint.origin!r}")
    if checkpoint.size > standing.size:
        raise IntegrityFailed(
            f"the log had {checkpoint.size} entries then, and has {standing.size}",
            hint="the log went back: restore log/ from a copy that verifies",
        )
    root = log.root_at(checkpoint.size)
    if root != checkpoint.root:
        told = fork_told(checkpoint, "what was cosigned", standing.checkpoint, root)
        raise IntegrityFailed(told, hint="somebody wrote a second history: keep both, tell others")


def _known(store: ArchiveStore, path: Path) -> Iterable[NoteSignature]:
    """The witnesses' lines that are here already; a damaged file is replaced."""
    with suppress(NotFound, InvalidData):
        data = files.read_bytes(store.layout.check_inside(path), limit=MAX_NOTE_BYTES)
        checkpoint, note = parse_checkpoint(data)
        return [s for s in note.signatures if is_of_witness(s, checkpoint.origin)]
    return ()
