"""The log that a witness is shown: a folder, read whole and believed in nothing.

Its entries lead to the root of its checkpoint and are replayed; which keys sign after which, they
say as well. What is asked of the memory is then made of it as a request, like one from afar.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.app.sealing.kept_checkpoints import kept_standings
from citekit.app.sealing.plan import replay
from citekit.errors import CitekitError, IntegrityFailed, InvalidData, NotFound, Place
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.note import MAX_NOTE_BYTES
from citekit.integrity.rotation import KeyStep
from citekit.integrity.sign import parse_vkey
from citekit.integrity.witness.fork import fork_told
from citekit.integrity.witness.request import WitnessRequest
from citekit.model.value import Value, replace
from citekit.store import files
from citekit.store.layout import Layout
from citekit.store.log.folder import LogFolder, Standing
from citekit.store.log.log_state import KeyChange
from citekit.store.log.record_kinds import cosigned_size
from citekit.store.log.whole_state import state_faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from citekit.app.witnessing.memory import SeenLog
    from citekit.integrity.checkpoint import Checkpoint
    from citekit.integrity.note import Note


class StateDoesNotFollow(IntegrityFailed):
    """A state leaf says otherwise than the entries before it, or is missing."""


class ShownLog(Value):
    """A log whose entries lead to its checkpoint, and the changes of keys that they say."""

    layout: Layout
    standing: Standing
    changes: tuple[KeyChange, ...]

    @property
    def log(self) -> LogFolder:
        """Its files."""
        return LogFolder(self.layout)

    def request(self, seen: SeenLog | None) -> WitnessRequest:
        """What a witness that saw this last is to be asked.

        Raises IntegrityFailed, naming both, where this log is shorter than that or another one.
        """
        checkpoint, size = self.standing.checkpoint, self.standing.size
        old = seen.size if seen else 0
        if seen and size < old:
            raise IntegrityFailed(
                f"{checkpoint.origin!r} had {old} entries when this witness saw it at "
                f"{seen.seen_at:%Y-%m-%dT%H:%M:%SZ}, and has {size}: it went back",
                hint="ask its owner for the log as it was, and keep what you were shown",
            )
        if seen and (root := self.log.root_at(old)) != seen.root_hash:
            known = replace(checkpoint, size=old, root=seen.root_hash)
            raise IntegrityFailed(
                fork_told(known, "the memory of this witness", checkpoint, root),
                hint="somebody wrote a second history: keep both checkpoints, and tell others",
            )
        hashes = self.log.prove_begins(old, size) if 0 < old < size else ()
        return WitnessRequest(old=old, hashes=hashes, checkpoint=self.standing.data)

    def steps(self) -> Iterator[KeyStep]:
        """The changes of keys, each with every checkpoint that both could have signed."""
        kept = kept_standings(self.layout, self.log, self.standing)
        for change in self.changes:
            with suppress(InvalidData):
                new = parse_vkey(change.vkey)
                for size, standing in kept.items():
                    if size > change.entry and change.replaces:
                        yield KeyStep(
                            new=new,
                            replaces=change.replaces,
                            entry=change.entry,
                            size=size,
                            note=standing.note,
                        )

    def cosigned(self) -> Iterator[tuple[Checkpoint, Note]]:
        """Checkpoints below which witnesses may have signed; nothing of them is judged."""
        yield self.standing.checkpoint, self.standing.note
        folder = self.layout.log / "cosigned"
        for name in files.names(folder):
            if cosigned_size(f"log/cosigned/{name}") is not None:
                with suppress(CitekitError):
                    path = self.layout.check_inside(folder / name)
                    yield parse_checkpoint(files.read_bytes(path, limit=MAX_NOTE_BYTES))


def read_shown(folder: Path) -> ShownLog:
    """Read the log in an archive's folder, or a folder ``log`` by itself, whole.

    Raises NotFound where none is, InvalidData or IntegrityFailed for a log that is damaged, whose
    entries are not those of its checkpoint, or whose states do not follow from them.
    """
    root = folder.parent if folder.name == "log" and (folder / "checkpoint").exists() else folder
    layout = Layout(root=root)
    log = LogFolder(layout)
    standing = log.standing()
    if standing is None:
        hint = "name the folder of an archive that was sealed, or a copy of its folder log/"
        raise NotFound("there is no log", place=Place(path=str(folder)), hint=hint)
    if not standing.size:
        raise InvalidData("the log is empty", place=Place(path=str(layout.checkpoint_file)))
    history = replay(log, standing)
    for fault in state_faults(log.entries(standing.size)):
        raise StateDoesNotFollow(
            f"entry {fault.entry} of the log: {fault.message}",
            hint="whoever signed it did not say what its entries say: keep what you were shown",
        )
    return ShownLog(layout=layout, standing=standing, changes=tuple(history.keys))
