"""What papers cite of an archive: for references of all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.papers.found import CitedKey
from citekit.app.papers.read import read_papers
from citekit.app.syncing.choice import Sources, choose
from citekit.app.syncing.known import ArchiveKeys
from citekit.findings import Finding
from citekit.model.value import Value
from citekit.store.private.left_out import LeftOut

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from citekit.store.reading import ArchiveReader


class CitedByPapers(Value):
    """The ``keys`` of items in the order in which papers cite them, and what else they cite.

    ``mentions`` are all keys as they are written, with their places; ``unknown`` has a finding for
    each that is no item here; ``private`` is how many items are private, and not among the keys.
    """

    keys: tuple[str, ...]
    mentions: tuple[CitedKey, ...] = ()
    unknown: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
    private: int = 0

    @property
    def left_out(self) -> LeftOut:
        """What they cite that is private, for the owner to hear."""
        return LeftOut(items=self.private)


def cited_by(store: ArchiveReader, papers: Sequence[str | Path]) -> CitedByPapers:
    """What papers cite, of the archive: private items are counted alone.

    Raises NotFound for a paper, UsageError for a kind of file that is none, and InvalidData.
    """
    paper = read_papers(papers)
    sources = Sources(archive=ArchiveKeys(store), takes_described=False)
    choice = choose(sources, paper, parents=False, prune=True)
    return CitedByPapers(
        keys=choice.archived,
        mentions=paper.keys,
        unknown=choice.unknown,
        findings=(*paper.findings, *choice.findings),
        private=choice.private,
    )
