"""``recover``: what a stop has cut, and what only a person can decide.

A change that was stopped is completed when it was committed, and else undone: every writer does
that first (``store.writing.recovery``), and this one says so.

Of two events that wait and give one immutable path two digests, neither is believed. Whoever keeps
one has the lines of the other dropped from ``log/pending.jsonl``, in one step. What is sealed is
never decided here: it stands.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from citekit.app.sealing.plan import read_waiting, take_waiting
from citekit.app.sealing.waiting import Conflict
from citekit.errors import IntegrityFailed, InvalidData, NotFound, Place, StoreConflict
from citekit.integrity.merkle import leaf_hash
from citekit.model.value import Value
from citekit.store.log.folder import LogFolder
from citekit.store.log.log_state import said_by
from citekit.store.staging import unfinished
from citekit.store.writing.recovery import Mended

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from citekit.app.sealing.plan import Plan
    from citekit.store.archive import ArchiveStore


_FEWEST_DIGITS: Final = 8


class Recovered(Value):
    """What was decided: the digest kept of each path, and how many events were dropped for it.

    ``mended`` are changes that had been stopped, ``unmended`` the folders below ``.citekit/tmp`` of
    those that could not be mended, ``conflicts`` those that are left.
    """

    kept: dict[str, str]
    dropped: int
    conflicts: tuple[Conflict, ...] = ()
    mended: tuple[Mended, ...] = ()
    unmended: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "mended": [{"action": m.action, "subject": m.subject} for m in self.mended],
            "unmended": list(self.unmended),
            "kept": dict(self.kept),
            "dropped": self.dropped,
            "conflicts": [{"path": c.path, "digests": list(c.digests)} for c in self.conflicts],
        }


def recover(
    store: ArchiveStore, *, keep: Sequence[str] = (), drop: Sequence[str] = ()
) -> Recovered:
    """Mend what was stopped; keep these digests (or ``PATH=DIGEST``) where waiting events conflict.

    ``drop`` names events that wait and are not this computer's own, by the path that they are about
    or the beginning of their leaf hash as ``verify`` tells it: their lines go.

    Raises NotFound for a digest or event that is not there, StoreConflict for a digest that would
    decide nothing, IntegrityFailed or InvalidData for a damaged log.
    """
    with store.writing() as writer:
        log = LogFolder(store.layout)
        standing = log.standing()
        size = standing.size if standing else 0
        history, waiting = read_waiting(store, log, standing, noted=store.noted)
        plan = take_waiting(history, waiting)
        kept = dict(_decide(store, plan, choice) for choice in keep)
        disowned = {entry for name in drop for entry in _named(waiting.others, name)}
        left = [e for e in log.waiting(size) if e not in disowned and not _loses(e, kept)]
        dropped = len(log.waiting(size)) - len(left)
        if dropped:
            log.await_only(left, size=size)
        history, waiting = read_waiting(store, log, standing, noted=store.noted)
        conflicts = tuple(take_waiting(history, waiting).conflicts)
        stuck = [s.folder for s in unfinished(store.layout) if s.journal.names_something]
    return Recovered(
        kept=kept,
        dropped=dropped,
        conflicts=conflicts,
        mended=writer.mended,
        unmended=tuple(map(str, stuck)),
    )


def _decide(store: ArchiveStore, plan: Plan, choice: str) -> tuple[str, str]:
    """The path and the digest that somebody has chosen."""
    path, _, digest = choice.rpartition("=")
    for found in plan.contradictions:
        if digest in (found.digest, found.stands.digest) and path in ("", found.path):
            raise IntegrityFailed(
                f"{found.path} is sealed: {found.stands.digest} stands, and nothing else can",
                place=Place(path=str(store.layout.pending_file)),
                hint="bring the file back from a copy, if it is another",
            )
    among = [c for c in plan.conflicts if digest in c.digests and path in ("", c.path)]
    if not among:
        raise NotFound(
            f"no events that wait are in conflict about {choice}",
            hint="citekit verify names the conflicts, with their digests",
        )
    if len(among) > 1:
        paths = ", ".join(conflict.path for conflict in among)
        raise StoreConflict(
            f"several paths have this digest: {paths}", hint=f"--keep {among[0].path}={digest}"
        )
    return among[0].path, digest


def _named(others: Iterable[bytes], name: str) -> list[bytes]:
    found = [e for e in others if _is_named(e, name)]
    if not found:
        raise NotFound(
            f"no event of others waits that is about {name!r}",
            hint="citekit verify names them; what this computer has noted itself is not dropped",
        )
    return found


def _is_named(entry: bytes, name: str) -> bool:
    if len(name) >= _FEWEST_DIGITS and leaf_hash(entry).hex().startswith(name.lower()):
        return True
    with suppress(InvalidData):
        return said_by(entry).subject == name
    return False


def _loses(entry: bytes, kept: dict[str, str]) -> bool:
    with suppress(InvalidData):
        said = said_by(entry)
        return said.subject in kept and said.digest not in (None, kept[said.subject])
    return False
