"""Whether a witness may cosign: what it was asked, against what it saw last (C2SP tlog-witness)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.errors import IntegrityFailed, NotFound, StoreConflict
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.witness.fork import fork_told
from citekit.model.value import replace

if TYPE_CHECKING:
    from citekit.app.witnessing.memory import SeenLog
    from citekit.integrity.rotation import KeyChain
    from citekit.integrity.witness.request import WitnessRequest

_MEMORY = "the memory of this witness"
_FORK = "keep both checkpoints and show them to others: somebody wrote a second history"


def judge(request: WitnessRequest, seen: SeenLog | None, keys: KeyChain) -> Checkpoint:
    """The checkpoint that may be cosigned; ``keys`` are those that are known to sign this log.

    Raises NotFound for a log of which no key is known, IntegrityFailed where none of them has
    signed or the log did not grow from what was seen, StoreConflict where the request begins
    elsewhere than the memory.
    """
    checkpoint, note = parse_checkpoint(request.checkpoint)
    if not keys.keys:
        raise NotFound(
            f"this witness knows no key of {checkpoint.origin!r}",
            hint="--trust with the key of the log, which you have from its owner",
        )
    try:
        keys.signers(note, checkpoint.size)
    except IntegrityFailed as error:
        raise NotSigned(error.message, hint="nobody vouches for this checkpoint") from error
    last = seen.size if seen else 0
    if request.old != last:
        raise Elsewhere(last, request.old)
    if seen and not request.grew_from(seen.root_hash):
        if last == checkpoint.size:
            known = replace(checkpoint, root=seen.root_hash)
            raise Forked(fork_told(known, _MEMORY, checkpoint, checkpoint.root), hint=_FORK)
        raise DidNotGrow(
            f"{checkpoint.origin!r} did not grow from the {last} entries that this witness saw at "
            f"{seen.seen_at:%Y-%m-%dT%H:%M:%SZ} (root {seen.root}) to {checkpoint.size} entries",
            hint="the proof is wrong, or the log was rewritten: ask its owner, and keep the file",
        )
    return checkpoint


class Elsewhere(StoreConflict):
    """A request begins at another size than the last one that was cosigned, which is ``size``."""

    def __init__(self, size: int, asked: int) -> None:
        super().__init__(
            f"this witness saw {size} entries last, and is asked to go on from {asked}",
            hint=f"ask again with a proof from {size} entries",
        )
        self.size = size


class Forked(IntegrityFailed):
    """The witness saw the log with as many entries and another root: there are two logs."""


class NotSigned(IntegrityFailed):
    """No key that is known for the log has signed the checkpoint."""


class DidNotGrow(IntegrityFailed):
    """The log of a checkpoint does not begin with what the witness saw."""
