"""What a proof proves to one checker: facts, and what nobody can conclude from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from citekit.findings import Finding, FindingClass, Severity
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.state.group_state import GroupState
from citekit.integrity.witness.cosignature import Cosignature
from citekit.model.records.codec import write_instant
from citekit.model.value import Value

NOT_PROVEN = (
    "that the source ever served this: citekit says what it saw or was told, and nobody signs that",
    "what is declared: somebody said so, and the log says when and who",
    "that nothing came later: this is about the log as it was at its checkpoint",
)

NO_LAST_WORD = (
    "that this was the last word on the item: a proof of this format, made before citekit's logs "
    "had states, cannot show that nothing was left out"
)
OLD_CHECKPOINT = (
    "that this was the last word on the item: the checkpoint that you kept is older than the state "
    "that says so, which nobody whom you trust vouches for"
)


class ProvenEntry(Value):
    """One entry of a proof: its number in the log and what it says."""

    index: int
    event: Mapping[str, Any]


class ProvenPurge(Value):
    """A payload that an entry of a proof says was removed for good: what, when, by whom, why."""

    index: int
    role: str
    digest: str
    at: str
    by: str
    reason: str | None = None

    def __str__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return (
            f"payload {self.role} ({self.digest}) was removed for good at {self.at} by {self.by}, "
            f"as entry {self.index} says{why}"
        )

    def to_json(self) -> dict[str, Any]:
        """One of ``purged`` in the document of ``--json``."""
        return {
            "entry": self.index,
            "role": self.role,
            "digest": self.digest,
            "at": self.at,
            "by": self.by,
            "reason": self.reason,
        }


class ProvenTime(Value):
    """An authority's word that something existed by an instant; trusted only if it ``is_trusted``.

    ``names`` are the files (and purges) that it is about; ``is_whole`` where that is all of them.
    ``size`` is how many entries the stamped checkpoint has.
    """

    at: datetime
    authority: str
    size: int
    names: tuple[str, ...]
    is_whole: bool
    is_trusted: bool

    def __str__(self) -> str:
        what = "it" if self.is_whole else ", ".join(self.names)
        return f"{what} existed by {write_instant(self.at)}, says {self.authority}"

    def to_json(self) -> dict[str, Any]:
        """One of ``timestamps`` in the document of ``--json``."""
        return {
            "at": write_instant(self.at),
            "authority": self.authority,
            "size": self.size,
            "about": list(self.names),
            "trusted": self.is_trusted,
        }


class LastWord(Value):
    """All that a log says of an item's folder: ``entry`` is the state leaf's number in it.

    ``shown`` are the names of the files in the proof, ``others`` those that are there as well, and
    ``gone`` those that were removed.
    """

    entry: int
    folder: str
    state: GroupState
    shown: tuple[str, ...]

    @property
    def others(self) -> tuple[str, ...]:
        """Files that the folder has, and the proof does not show."""
        files = self.state.files.items()
        return tuple(n for n, file in sorted(files) if file.digest and n not in self.shown)

    @property
    def gone(self) -> tuple[str, ...]:
        """Files that the folder once had."""
        return tuple(n for n, file in sorted(self.state.files.items()) if file.digest is None)

    def __str__(self) -> str:
        parts = [f"its folder held {', '.join(self.shown)}"]
        if self.others:
            parts.append(f"as well as, not shown here, {', '.join(self.others)}")
        parts.append("and nothing else")
        if self.gone:
            parts.append(f"({', '.join(self.gone)} had been removed)")
        return (
            f"this was the owner's last word on the item at this checkpoint (entry {self.entry}): "
            f"{' '.join(parts)}; it is the owner's signed word, checked by whoever replays or "
            "witnesses the log"
        )

    def to_json(self) -> dict[str, Any]:
        """``last_word`` in the document of ``--json``."""
        return {
            "entry": self.entry,
            "folder": self.folder,
            "access": self.state.access,
            "files": {
                name: {"digest": file.digest, "entry": file.entry}
                for name, file in sorted(self.state.files.items())
            },
            "purged": dict(sorted(self.state.purged.items())),
        }


@dataclass(slots=True, kw_only=True)
class ProofVerdict:
    """What a proof proves, to this checker. ``is_authentic``: by a key or checkpoint they trust.

    ``is_checkpoint_authentic`` where that vouches for the proof's own checkpoint, and so for all
    that the log says there; one that was kept earlier vouches for what the log had by then.
    """

    key: str = ""
    checkpoint: Checkpoint | None = None
    signers: tuple[str, ...] = ()
    is_authentic: bool = False
    is_checkpoint_authentic: bool = False
    last_word: LastWord | None = None
    times: list[ProvenTime] = field(default_factory=list)
    cosignatures: tuple[Cosignature, ...] = ()
    proven: list[str] = field(default_factory=list)
    entries: list[ProvenEntry] = field(default_factory=list)
    purged: list[ProvenPurge] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def existed_by(self) -> list[str]:
        """The instants that trusted authorities vouch for, the earliest first."""
        return sorted(write_instant(time.at) for time in self.times if time.is_trusted)

    @property
    def not_proven(self) -> tuple[str, ...]:
        """What nobody can conclude from this proof."""
        who = () if self.is_authentic else ("who made it: the signer is not authenticated",)
        return (*who, *self._no_last_word, *NOT_PROVEN)

    @property
    def shows_last_word(self) -> bool:
        """Whether the proof shows all that the log says of the item, as far as it shows anything.

        An older checkpoint that somebody kept does not vouch for what was said later.
        """
        is_too_old = self.is_authentic and not self.is_checkpoint_authentic
        return self.last_word is not None and not is_too_old

    @property
    def _no_last_word(self) -> tuple[str, ...]:
        if self.shows_last_word or self.exit_code not in (0, 1):
            return ()
        return (OLD_CHECKPOINT,) if self.last_word else (NO_LAST_WORD,)

    @property
    def exit_code(self) -> int:
        """0 proven · 1 consistent, or cannot tell · 4 no proof file · 6 tampered."""
        wrong = {finding.kind for finding in self.findings if finding.severity is Severity.ERROR}
        if FindingClass.TAMPERED in wrong:
            return 6
        if wrong:
            return 4
        return 0 if self.is_authentic and not self.is_undecided else 1

    @property
    def is_undecided(self) -> bool:
        """Whether a checkpoint was kept that cannot be compared with that of the proof."""
        return any(finding.code == "CK-I638" for finding in self.findings)

    @property
    def summary(self) -> str:
        """One line."""
        unsure = "signer not authenticated"
        if self.is_undecided:
            unsure = "cannot tell whether the log only grew since the checkpoint that you kept"
        return {
            0: "proven",
            1: f"consistent; {unsure}",
            4: "not a proof",
            6: "tampered",
        }[self.exit_code]

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "ok": self.exit_code == 0,
            "verdict": self.summary,
            "key": self.key,
            "origin": self.checkpoint.origin if self.checkpoint else None,
            "size": self.checkpoint.size if self.checkpoint else None,
            "signers": list(self.signers),
            "proven": self.proven if self.exit_code == 0 else [],
            "consistent": self.proven if self.exit_code == 1 else [],
            "not_proven": list(self.not_proven),
            "last_word": self.last_word.to_json()
            if self.last_word and self.shows_last_word
            else None,
            "timestamps": [time.to_json() for time in self.times],
            "witnesses": [
                {"witness": str(c.witness), "at": write_instant(c.at)} for c in self.cosignatures
            ],
            "purged": [purge.to_json() for purge in self.purged],
            "findings": [finding.to_json() for finding in self.findings],
        }
