"""``set --access private`` of what was not private: what others have had is told, and stays said.

Nothing takes back what the log has sealed, what git has committed, what a site or an export has
shown. From here on the item is left out; the log says of a sealed one that it was removed, not why,
nor that it is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.app.changing.git_traces import Trail
from citekit.app.git import Traces
from citekit.app.sealing.plan import replay, without_what_went
from citekit.findings import Finding
from citekit.model.value import Value
from citekit.store.log.folder import LogFolder
from citekit.store.writing.payload_references import needed_by

if TYPE_CHECKING:
    from citekit.store.archive import ArchiveStore
    from citekit.store.reading import ArchiveReader


class AlreadySaid(Value):
    """What others may have had of an item: entries of the log about it, and what git holds.

    ``findings`` tell it of git.
    """

    key: str
    title: str
    entries: tuple[int, ...]
    traces: Traces | None
    findings: tuple[Finding, ...]

    def told(self) -> str:
        """What to ask before the item is made private."""
        log = f"the log names it in {_count(len(self.entries), 'entry', 'entries')}"
        commits = len(self.traces.commits) if self.traces else 0
        git = f"git has it in {_count(commits, 'commit', 'commits')}"
        told = [text for text, number in ((log, len(self.entries)), (git, commits)) if number]
        said = ", ".join(told) or "neither the log nor git here has it"
        return (
            f"{self.key} ({self.title}): {said}; sites, exports and clones that others have are "
            "not known here. All that stays as it is; make it private from now on?"
        )

    def to_json(self) -> dict[str, Any]:
        """The part of the ``--json`` document about it."""
        return {
            "log_entries": list(self.entries),
            "git": self.traces.to_json() if self.traces else None,
        }


def find_said(store: ArchiveReader, key: str) -> AlreadySaid:
    """What the log and git have of an item; raises NotFound, or as reading the log does."""
    key = store.resolve(key)
    log = LogFolder(store.layout)
    history = replay(log, log.standing())
    known = history.in_group(store.layout.item_name(key))
    entries = {said.entry for said in known.values()}
    entries |= {said.entry for path in known for said in history.past.get(path, ())}
    trail = Trail(store, _shown(store, key), folder=store.layout.item_folder(key))
    traces = trail.follow()
    return AlreadySaid(
        key=key,
        title=store.item(key).title,
        entries=tuple(sorted(entries)),
        traces=traces,
        findings=trail.findings(traces),
    )


def forget_waiting(store: ArchiveStore) -> None:
    """Have no event wait of an item that was never sealed and is removed: the log says nothing."""
    log = LogFolder(store.layout)
    standing = log.standing()
    pending = log.pending()
    waiting = list(log.waiting(standing.size if standing else 0, pending))
    kept = without_what_went(replay(log, standing), waiting)
    if len(kept) < len(waiting):
        log.await_only(kept, size=standing.size if standing else 0)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _shown(store: ArchiveReader, key: str) -> set[str]:
    """The payloads of an item that no public item has."""
    needed = needed_by(store, store.digests(key))
    is_public = store.item(key).facts.access == "public"
    return {digest for digest, owners in needed.items() if is_public or "public" not in owners}
