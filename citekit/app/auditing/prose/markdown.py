"""The prose of Markdown: pandoc's, Quarto's, R Markdown's and MyST's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.auditing.prose.latex import command_cites
from citekit.app.auditing.prose.rst import role_cites
from citekit.app.auditing.prose.text import Cite, Mask, Prose, cites_at
from citekit.app.papers.markdown import read_markdown
from citekit.app.papers.markdown.blocks import read_blocks
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.auditing.prose.text import Range, Spot
    from citekit.app.papers.markdown import MarkdownPaper
    from citekit.app.papers.markdown.blocks import Leaf

_CODE: Final = re.compile(r"(?<![`}])(`+)(?!`).{0,1000}?(?<!`)\1(?!`)", re.DOTALL)
_HIDDEN: Final = re.compile(
    r"<!--.*?-->|!\[[^\[\]]{0,500}\]\([^()]{0,2000}\)|\[\^[^\s\[\]]{1,200}\]", re.DOTALL
)
_DATA_CITE: Final = re.compile(r"<cite\s[^<>]{0,500}>(?:[^<>]{0,500}</cite>)?")
_LINK: Final = re.compile(
    r"\[([^\[\]]{1,2000})\](?:\((?:[^()]|\([^()]*\)){0,2000}\)|\[[^\[\]]{1,200}\]|\{[^{}]{0,500}\})"
)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_ESCAPE: Final = re.compile(r"\\([^\w\s])")
_EMPHASIS: Final = re.compile(r"\*+|(?<![\w])_+(?=\S)|(?<=\S)_+(?![\w])|\^(?=\[)")
_ENTITIES: Final = {"&ldquo;": "“", "&rdquo;": "”", "&lsquo;": "‘", "&rsquo;": "’", "&quot;": '"',
                    "&nbsp;": " ", "&hellip;": "…", "&laquo;": "«", "&raquo;": "»"}  # fmt: skip


def prose_of_markdown(text: str, spots: Sequence[Spot]) -> Prose:
    """The prose of a Markdown text that cites at these spots."""
    paper = read_markdown(text)
    leaves = sorted(read_blocks(text).leaves, key=lambda leaf: leaf.start)
    mask = Mask(paper.plain)
    at = 0
    for leaf in leaves:
        mask.blank(at, max(at, leaf.start))
        at = max(at, leaf.end)
    mask.blank(at, len(text))
    cites = [*_in_clusters(paper), *role_cites(text, spots), *command_cites(text, spots)]
    cites += [c for m in _DATA_CITE.finditer(text) for c in cites_at(spots, m.start(), m.end())]
    wanted = set(spots)
    cites = [cite for cite in cites if (cite.key, cite.at) in wanted]
    for cite in cites:
        mask.drop(cite.start, cite.end)
    _unmark(mask)
    return Prose(
        text=str(mask),
        content=str(mask),
        blocks=tuple((leaf.start, leaf.end) for leaf in leaves),
        displayed=tuple(_displayed(text, leaves)),
        cites=tuple(sorted([*cites, *_from_notes(paper, cites)], key=lambda cite: cite.start)),
    )


def _unmark(mask: Mask) -> None:
    mask.drop_all(_CODE)
    mask.drop_all(_HIDDEN)
    mask.drop_all(_LINK, 1)
    mask.drop_all(_TAG)
    for entity, sign in _ENTITIES.items():
        for match in re.finditer(entity, str(mask)):
            mask.put(match.start(), sign, len(entity))
    mask.drop_all(_ESCAPE, 1)
    mask.drop_all(_EMPHASIS)


def _in_clusters(paper: MarkdownPaper) -> Iterator[Cite]:
    for cluster in paper.clusters:
        for key in cluster.keys:
            yield Cite(
                key=key.key,
                at=key.start + key.suppresses_author,
                start=cluster.start,
                end=cluster.end,
                rest=key.rest,
                is_narrative=cluster.is_narrative and not cluster.note,
            )


def _from_notes(paper: MarkdownPaper, cites: list[Cite]) -> Iterator[Cite]:
    """What a footnote cites is cited where its mark stands."""
    notes = {cluster.start: cluster.note for cluster in paper.clusters}
    for at, label in paper.marks:
        if label.startswith("^"):
            continue  # it stands in the text itself
        for cite in cites:
            if notes.get(cite.start) == label:
                yield replace(cite, start=at, end=at)


def _displayed(text: str, leaves: Sequence[Leaf]) -> Iterator[Range]:
    """The quotes that ``>`` makes; paragraphs of one quote are one."""
    current: Range | None = None
    for leaf in leaves:
        line = text.rfind("\n", 0, leaf.start) + 1
        if ">" not in text[line : leaf.start]:
            continue
        if current and not text[current[1] : leaf.start].strip("> \t\r\n"):
            current = (current[0], leaf.end)
            continue
        if current:
            yield current
        current = (leaf.start, leaf.end)
    if current:
        yield current
