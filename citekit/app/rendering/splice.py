"""A paper in Markdown with its citations made: they alone are exchanged, all else stays."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol

from citekit.app.rendering.layout import is_title, setting
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from citekit.app.papers.markdown import Cluster, MarkdownPaper
    from citekit.app.rendering.made import MadeCitation, MadePaper
    from citekit.app.rendering.wishes import Wishes
    from citekit.csl.output.tokens import Token

_BLANKS_BEFORE: Final = re.compile(r"[ \t]*(?:\r?\n[ \t]*)?\Z")
_UNSEEN: Final = re.compile(
    r"(?m)^\[\^[^\s\[\]]+\]:.*(?:\n(?:[ \t]+\S.*|[ \t]*$))*|^\[[^\[\]\n]+\]:[ \t]*\S.*$"
)
"""Definitions of notes and links, which make nothing where they stand."""
_FAR: Final = 1_000
_REFS: Final = re.compile(r"\{[^{}]*#refs(?![^\s{}])")


class Look(Protocol):
    """How made citations and entries are written into the paper."""

    def citation(self, tokens: Sequence[Token]) -> str:
        """A citation, in a line."""

    def bibliography(self, made: MadePaper) -> str:
        """All entries, as paragraphs."""


class _Change(Value):
    """A range of the paper that becomes another text."""

    start: int
    end: int
    text: str


class Splice:
    """The changes to one paper, from its beginning to its end."""

    def __init__(self, paper: MarkdownPaper, look: Look, wishes: Wishes) -> None:
        self.paper = paper
        self.look = look
        self.wishes = wishes
        self.newline = "\r\n" if "\r\n" in paper.text else "\n"
        self.notes: list[tuple[str, str]] = []
        labels = (str(number) for number in count(1))
        self.labels = (label for label in labels if label not in paper.note_labels)

    def text(self, clusters: Iterable[tuple[Cluster, MadeCitation]], made: MadePaper) -> str:
        """The paper with its citations, notes and bibliography."""
        placed = sorted(clusters, key=lambda one: one[0].start)
        changes = [self._change(cluster, citation) for cluster, citation in placed]
        below = ""
        if made.entries:
            at, written = self._bibliography(made)
            changes.append(_Change(start=at, end=at, text=written))
            changes.sort(key=lambda change: change.start)
        for label, note in self.notes:
            below += f"{self.newline}[^{label}]: {note}{self.newline}"
        whole = "".join(_exchanged(self.paper.text, changes))
        if below and not whole.endswith(("\n", "\r")):
            below = self.newline + below
        return whole + below

    def _change(self, cluster: Cluster, citation: MadeCitation) -> _Change:
        _, last = cluster.within
        following = self.paper.text[cluster.end : min(last, cluster.end + _FAR)]
        is_last = not following.strip()
        set_ = setting(citation, following, self.wishes, is_last=is_last)
        shown = self.look.citation(set_.tokens)
        if citation.is_note:
            label = next(self.labels)
            self.notes.append((label, shown))
            shown = f"[^{label}]"
        name = self.look.citation(citation.name) if citation.name else ""
        return _Change(
            start=self._start(cluster) if set_.drops_blanks else cluster.start,
            end=cluster.end + set_.taken,
            text=f"{name}{set_.before_mark}{shown}",
        )

    def _start(self, cluster: Cluster) -> int:
        """Where the blanks before a mark begin; at the head of a paragraph they stay."""
        first, _ = cluster.within
        before = self.paper.plain[max(first, cluster.start - _FAR) : cluster.start]
        blanks = _BLANKS_BEFORE.search(before)
        if blanks is None or not before.strip() or re.match(r" {2,}\r?\n", blanks[0]):
            return cluster.start
        return cluster.start - len(blanks[0])

    # ---- the bibliography

    def _bibliography(self, made: MadePaper) -> tuple[int, str]:
        """Where the bibliography goes, and its text there."""
        line = self.newline
        entries = self.look.bibliography(made).replace("\n", line)
        for div in self.paper.divs:
            if _REFS.match(div.attributes):
                return div.inner_end, f"{line}{entries}{line}{line}"
        at = self._below_title()
        if at is not None:
            return at, f"{line}{entries}{line}"
        text = self.paper.text
        title = f"# {self.wishes.title}{line}{line}" if self.wishes.title else ""
        gap = "" if not text else line if text.endswith(("\n", "\r")) else line * 2
        return len(text), f"{gap}{title}{entries}{line}"

    def _below_title(self) -> int | None:
        """The end of the last heading of a bibliography, where nothing stands below it."""
        end = len(self.paper.text)
        for heading in reversed(self.paper.headings):
            if is_title(heading.text, self.wishes.title):
                is_empty = not _UNSEEN.sub("", self.paper.text[heading.end : end]).strip()
                return heading.end if is_empty else None
            end = heading.start
        return None


def _exchanged(text: str, changes: Sequence[_Change]) -> Iterator[str]:
    """The text with its changes; of two that meet, the first counts whole."""
    at = 0
    for change in changes:
        yield text[at : max(at, change.start)]
        yield change.text
        at = max(at, change.end)
    yield text[at:]
