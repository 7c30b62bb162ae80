"""A paper in Markdown: its citations in order, with their exact places."""

from __future__ import annotations

import re
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from citekit.app.citing.citation_syntax import KEY
from citekit.app.papers.markdown.blocks import Blocks, Div, Heading, read_blocks
from citekit.app.papers.markdown.inlines import InlineReader
from citekit.app.papers.markdown.metadata import Metadata, read_metadata
from citekit.formats.bibtex.checking.spans import Lines
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.papers.markdown.inlines import Found, Key

_LABEL: Final = re.compile(r"\{[^{}\n]*?#([^\s{}#]+)[^{}\n]*\}|(?m:^#\|[ \t]*label:[ \t]*(\S+))")


class KeyInText(Value):
    """A key that a paper cites, and what is written around it there.

    ``start`` and ``end`` are those of ``@key`` with the ``-`` before it, in code points; ``prefix``
    and ``rest`` are Markdown, each blank a space.
    """

    key: str
    start: int
    end: int
    suppresses_author: bool = False
    prefix: str = ""
    rest: str = ""


class Cluster(Value):
    """One citation: a range of the paper, its brackets included, and the keys in it.

    ``is_narrative`` says that the author is in the sentence; ``note`` is the label of the footnote
    that it stands in, ``^`` and an offset for a footnote in the text, else empty. ``within`` is the
    range of the paragraph, heading, cell or note around it.
    """

    start: int
    end: int
    keys: tuple[KeyInText, ...]
    is_narrative: bool = False
    note: str = ""
    within: tuple[int, int] = (0, 0)


class MarkdownPaper(Value):
    """What is to know of a paper to make its citations.

    ``clusters`` are in the order of the text. ``marks`` are (offset, label) of the marks of
    footnotes, and of footnotes in the text. ``labels`` are the identifiers that the paper gives to
    figures, tables, sections …, which cross-references name with an ``@`` as well; ``note_labels``
    those of its footnotes. ``plain`` has blanks for the marks of quotes and lists in ``text``.
    """

    text: str
    plain: str
    metadata: Metadata
    clusters: tuple[Cluster, ...] = ()
    marks: tuple[tuple[int, str], ...] = ()
    headings: tuple[Heading, ...] = ()
    divs: tuple[Div, ...] = ()
    labels: frozenset[str] = frozenset()
    note_labels: frozenset[str] = frozenset()

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset."""
        return self._lines.place(offset)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    def uncited(self) -> tuple[str, ...]:
        """The keys of ``nocite``; ``*`` stands for all."""
        return tuple(key for text in self.metadata.texts("nocite") for key in _keys_of_nocite(text))

    def in_reading_order(self) -> Iterator[tuple[Cluster, int]]:
        """The clusters, each with the number of notes up to it, its own included.

        A footnote is read where its mark first stands, so its clusters come there; those of one
        that nothing leads to are left out.
        """
        by_note: dict[str, list[Cluster]] = {}
        for cluster in self.clusters:
            by_note.setdefault(cluster.note, []).append(cluster)
        places: list[tuple[int, Cluster | str]] = list(self.marks)
        places += [(cluster.start, cluster) for cluster in by_note.pop("", ())]
        number = 0
        for _, found in sorted(places, key=itemgetter(0)):
            if isinstance(found, Cluster):
                yield found, number
                continue
            number += 1
            yield from ((inner, number) for inner in by_note.pop(found, ()))


def metadata_of(blocks: Blocks, text: str) -> Metadata:
    """What the metadata of a text say, whose blocks are known."""
    return read_metadata((text[start:end], line) for start, end, line in blocks.metadata)


def read_markdown(text: str) -> MarkdownPaper:
    """The citations of a paper, and what else it says of them; any text is read."""
    blocks = read_blocks(text)
    reader = InlineReader(blocks)
    for leaf in blocks.leaves:
        reader.read(leaf)
    inner = [(start, f"^{start}") for start, _ in reader.inner_notes]
    clusters = sorted((_cluster(found, blocks.text) for found in reader.found), key=_start)
    return MarkdownPaper(
        text=text,
        plain=blocks.text,
        metadata=metadata_of(blocks, text),
        clusters=tuple(clusters),
        marks=tuple(sorted([*reader.references, *inner])),
        headings=blocks.headings,
        divs=blocks.divs,
        labels=frozenset(label[1] or label[2] for label in _LABEL.finditer(text)),
        note_labels=blocks.notes,
    )


def _keys_of_nocite(text: str) -> list[str]:
    found = [match["braced"] or match["plain"] for match in re.finditer(KEY, text)]
    return [*found, *(["*"] if "@*" in text else [])]


def _start(cluster: Cluster) -> int:
    return cluster.start


def _cluster(found: Found, text: str) -> Cluster:
    keys = [_key(start, end, key, text) for start, end, key in found.cites]
    if found.place:
        place = " ".join(text[slice(*found.place)].split())
        keys[0] = replace(keys[0], rest=f", {place}" if place else "")
    first = found.cites[0]
    stands_free = first[0] == found.start and not first[2].minus
    return Cluster(
        start=found.start,
        end=found.end,
        keys=tuple(keys),
        is_narrative=stands_free and len(keys) == 1,
        note=found.note,
        within=found.within,
    )


def _key(start: int, end: int, key: Key, text: str) -> KeyInText:
    rest = text[key.end : end].rstrip()
    space = " " if rest[:1].isspace() else ""
    return KeyInText(
        key=key.name,
        start=key.start,
        end=key.end,
        suppresses_author=key.minus,
        prefix=" ".join(text[start : key.start].split()),
        rest=space + " ".join(rest.split()),
    )
