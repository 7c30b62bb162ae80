"""What git already has of payloads that are to be taken back: told as findings, never undone.

citekit does not rewrite history: whoever shares the repository must agree to that.
"""

from __future__ import annotations

import shlex
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from citekit.app.git import Repository, Traces
from citekit.errors import CitekitError, Place
from citekit.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from citekit.store.reading import ArchiveReader

_MOST_NAMED: Final = 20


class Trail:
    """Where payloads may be in git. Made while their bytes are still here: those are the best clue.

    With ``folder`` the records of an item are looked for as well, whatever stood in them, and
    ``records`` are files that are to go as well. ``problem`` says why the history could not be
    read; it is None also where there is no git.
    """

    def __init__(
        self,
        store: ArchiveReader,
        digests: Collection[str],
        *,
        folder: Path | None = None,
        records: Collection[Path] = (),
    ) -> None:
        self._root = store.root
        self._repository: Repository | None = None
        self._ids: set[str] = set()
        self.problem: CitekitError | None = None
        layout = store.layout
        places = [*records]
        for digest in sorted(digests):
            places += [layout.object_file(digest), layout.restricted_file(digest)]
        try:
            self._repository = Repository.around(store.root)
            if self._repository:
                self._ids = self._repository.ids_of([path for path in places if path.is_file()])
                self._ids |= self._ids_at([*places, *filter(None, [folder])])
        except CitekitError as error:
            self.problem = error

    def _ids_at(self, places: list[Path]) -> set[str]:
        """The ids of bytes that stood at the payloads' paths: here they may be gone already."""
        names = [name for p in places if self._repository and (name := self._repository.name(p))]
        return self._repository.ids_at(names) if self._repository and names else set()

    def follow(self) -> Traces | None:
        """What git holds now; None without a repository, or where it cannot be read."""
        with suppress(CitekitError):
            return self._repository.traces(self._ids) if self._repository else None
        return None

    def findings(self, traces: Traces | None) -> tuple[Finding, ...]:
        """What to tell the user about it."""
        if self.problem:
            return (self._unread(self.problem),)
        if traces is None or not (traces.commits or traces.is_staged or traces.is_loose):
            return ()
        return (self._held(traces),)

    def _held(self, traces: Traces) -> Finding:
        return Finding(
            code="CK-W701",
            severity=Severity.WARNING,
            message=_told(traces),
            place=Place(path=str(traces.repository)),
            rule="Purge: bytes that were committed stay in the history of every clone",
            hint=_hint(traces),
        )

    def _unread(self, error: CitekitError) -> Finding:
        return Finding(
            code="CK-W702",
            severity=Severity.WARNING,
            message=f"whether git still has the bytes is unknown: {error.message}",
            place=Place(path=str(self._root)),
            rule="Purge: bytes that were committed stay in the history of every clone",
            hint=error.hint or "",
        )


def _told(traces: Traces) -> str:
    """One sentence: how many commits, which, and what leads to them."""
    if not traces.commits:
        where = "staged" if traces.is_staged else "an object that no commit names"
        return f"git still has these bytes: {where}"
    count = len(traces.commits)
    named = "; ".join(str(commit) for commit in traces.commits[:_MOST_NAMED])
    more = f"; and {count - _MOST_NAMED} more" if count > _MOST_NAMED else ""
    refs = f" (in {', '.join(traces.refs)})" if traces.refs else " (only reflogs lead to them)"
    word = "1 commit still holds" if count == 1 else f"{count} commits still hold"
    return f"{word} these bytes{refs}: {named}{more}"


def _hint(traces: Traces) -> str:
    if not traces.commits:
        return "git rm --cached them" if traces.is_staged else "git gc --prune=now drops it"
    paths = " ".join(f"--path {shlex.quote(path)}" for path in traces.paths)
    pushed = any(ref.startswith("refs/remotes/") for ref in traces.refs)
    also = "; they were pushed, so tell whoever has a clone" if pushed else ""
    return f"git filter-repo --invert-paths {paths} rewrites the history{also}"
