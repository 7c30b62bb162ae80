"""Markdown of pandoc, Quarto, R Markdown and MyST: what it cites, in whichever of their ways.

Pandoc's citations are found by ``markdown``; here are the others: roles of MyST, commands of LaTeX,
``<cite data-cite>`` of notebooks, and files that a paper goes on in. Sources: Quarto, "Includes",
"Cross References"; pandoc-crossref; knitr, "Child documents"; MyST, "Include other documents".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.papers.found import CitedKey, Found, Spots, blanked
from citekit.app.papers.latex import cited_by_commands
from citekit.app.papers.markdown import read_markdown
from citekit.app.papers.markdown.blocks import read_blocks
from citekit.app.papers.rst import keys_in_roles
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.papers.found import Spot
    from citekit.app.papers.markdown import MarkdownPaper

_DATA_CITE: Final = re.compile(r"<cite\s[^<>]{0,500}?data-cite=(?:\"([^\"<>]+)\"|'([^'<>]+)')")
_BRACKETS: Final = re.compile(r"\[[^\[\]@]*@[^\[\]]*\]")
_CODE: Final = re.compile(r"(?<![`}])(`+)(?!`).{0,1000}?(?<!`)\1(?!`)", re.DOTALL)
_LITERAL: Final = re.compile(r"(?<![`}])(`{2,})(?!`).{0,1000}?(?<!`)\1(?!`)", re.DOTALL)
_INCLUDED: Final = re.compile(
    r"\{\{<[ \t]*include[ \t]+(?P<quarto>[^\s<>]+)[ \t]*>\}\}"
    r"|^[ \t]*(?:`{3,}|:{3,})[ \t]*\{include\}[ \t]*(?P<myst>[^\s`]+)"
    r"|^[ \t]*```[ \t]*\{r\b[^}\r\n]*\bchild[ \t]*=[ \t]*[\"'](?P<knitr>[^\"'\r\n]+)[\"']",
    re.MULTILINE,
)
_LABEL: Final = re.compile(
    r"(?i:fig|tbl|sec|eq|lst):.*"
    r"|(?:fig|tbl|lst|tip|nte|wrn|imp|cau|thm|lem|cor|prp|cnj|def|exm|exr|sol|rem|alg|eq|sec)-.*"
)


def find_in_markdown(text: str) -> Found:
    """What a Markdown file cites and reads.

    >>> [cited.key for cited in find_in_markdown("As [@quill, p. 3] and `@no` say.").keys]
    ['quill']
    """
    paper = read_markdown(text)
    spots = Spots(text)
    uncited = paper.uncited()
    listed = [(key, _place_of(text, key)) for key in uncited if key != "*"]
    keys = sorted([*_in_clusters(paper), *_in_other_ways(text), *listed], key=lambda spot: spot[1])
    return Found(
        keys=tuple(_may_be_label(cited, paper.labels) for cited in spots.keys(keys)),
        included=spots.files(_included(text)),
        bibliographies=paper.metadata.texts("bibliography"),
        cites_all="*" in uncited,
        findings=paper.metadata.findings,
    )


def keys_in_brackets(text: str) -> Iterator[Spot]:
    """The keys of ``[@key, p. 3; @other]`` in a text that is no Markdown else."""
    for brackets in _BRACKETS.finditer(text):
        for key, at in _in_clusters(read_markdown(brackets[0])):
            yield key, brackets.start() + at


def _in_clusters(paper: MarkdownPaper) -> Iterator[Spot]:
    for cluster in paper.clusters:
        for key in cluster.keys:
            yield key.key, key.start + key.suppresses_author


def _in_other_ways(text: str) -> Iterator[Spot]:
    """The keys in running text that pandoc does not know as citations."""
    running = _running(text)
    yield from keys_in_roles(_LITERAL.sub(lambda match: blanked(match[0]), running))
    shown = _CODE.sub(lambda match: blanked(match[0]), running)
    yield from cited_by_commands(shown)
    for match in _DATA_CITE.finditer(shown):
        yield match[1] or match[2], match.start(match.lastindex or 0)


def _running(text: str) -> str:
    """The text with blanks for what is no running text: blocks of code, metadata."""
    parts, at = [], 0
    for leaf in sorted(read_blocks(text).leaves, key=lambda leaf: leaf.start):
        if leaf.start >= at:
            parts += [blanked(text[at : leaf.start]), text[leaf.start : leaf.end]]
            at = leaf.end
    return "".join([*parts, blanked(text[at:])])


def _included(text: str) -> Iterator[Spot]:
    for match in _INCLUDED.finditer(text):
        kind = match.lastgroup or ""
        yield match[kind], match.start(kind)


def _may_be_label(cited: CitedKey, labels: frozenset[str]) -> CitedKey:
    """The key, marked where a cross-reference would be written so."""
    is_like = cited.key in labels or _LABEL.fullmatch(cited.key)
    return replace(cited, may_be_a_label=True) if is_like else cited


def _place_of(text: str, key: str) -> int:
    """Where a key of ``nocite`` stands, or the word, or the beginning of the paper."""
    start = max(text.find("nocite"), 0)
    places = (text.find(f"@{key}", start), text.find(f"@{{{key}}}", start))
    return min((place for place in places if place >= 0), default=start)
