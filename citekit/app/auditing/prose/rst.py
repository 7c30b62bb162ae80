"""The prose of reStructuredText."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.auditing.prose.text import Cite, Mask, Prose, paragraphs, within
from citekit.app.papers.rst import ROLE, locator_in_role, without_code
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.auditing.prose.text import Range, Spot

_NOTE: Final = re.compile(r"^\.\.[ \t]+\[(#?[\w*.-]*)\][ \t]+.*(?:\n[ \t]+\S.*)*", re.MULTILINE)
_MARK: Final = re.compile(r"\[(#?[\w*.-]*)\]_(?!\w)")
_DIRECTIVE: Final = re.compile(r"^[ \t]*\.\.[ \t]+(?P<name>[\w:+.-]+)::.*$", re.MULTILINE)
_QUOTING: Final = re.compile(r"epigraph|pull-quote|highlights")
_OPTION: Final = re.compile(r"^[ \t]+:[\w-]+:(?:[ \t].*)?$", re.MULTILINE)
_LITERAL: Final = re.compile(r"``.*?``", re.DOTALL)
_LINK: Final = re.compile(r"`([^`<>]*?)(?:\s*<[^<>`]*>)?`_{1,2}")
_OTHER_ROLE: Final = re.compile(r":[\w:.+-]+:`([^`<>]*)[^`]*`")
_MARKS: Final = re.compile(r"\*+|(?<!\\)`|\\(?=\S)|\|(?=\S)|(?<=\S)\|")
_LIST: Final = re.compile(r"\s*(?:[-*+•]|\(?(?:\d+|#|[a-zA-Z])[.)])\s")


def prose_of_rst(text: str, spots: Sequence[Spot]) -> Prose:
    """The prose of a text that cites at these spots."""
    shown = without_code(text)
    cites = list(role_cites(shown, spots))
    mask = Mask(shown)
    for cite in cites:
        mask.drop(cite.start, cite.end)
    notes = {note[1]: note.span() for note in _NOTE.finditer(shown)}
    cites += [
        replace(cite, start=mark.start(), end=mark.start(), is_narrative=False)
        for mark in _MARK.finditer(shown)
        for cite in cites
        if mark[1] in notes and notes[mark[1]][0] <= cite.at < notes[mark[1]][1]
    ]
    displayed = tuple(_displayed(shown))
    for match in (*_DIRECTIVE.finditer(shown), *_OPTION.finditer(shown)):
        mask.blank(*match.span())
    mask.drop_all(_MARK)
    mask.drop_all(_LITERAL)
    mask.drop_all(_LINK, 1)
    mask.drop_all(_OTHER_ROLE, 1)
    mask.drop_all(_MARKS)
    done = str(mask)
    return Prose(
        text=done,
        content=done,
        blocks=tuple(paragraphs(done)),
        displayed=displayed,
        cites=tuple(sorted(cites, key=lambda cite: cite.start)),
    )


def role_cites(text: str, spots: Sequence[Spot]) -> Iterator[Cite]:
    """What roles cite, with what stands in braces behind each key."""
    for role in ROLE.finditer(text):
        name = text[role.start() : role.start("body")]
        for key, at in within(spots, *role.span("body")):
            yield Cite(
                key=key,
                at=at,
                start=role.start(),
                end=role.end(),
                rest=locator_in_role(text, at, role.end("body")),
                is_narrative=re.search(r"cite:(?:[a-z]*t|author)\b", name) is not None,
            )


def _displayed(text: str) -> Iterator[Range]:
    """Paragraphs that are indented below one that is not, and is no list or directive."""
    before, depth = "", 0
    current: Range | None = None
    for start, end in paragraphs(text):
        line = text[text.rfind("\n", 0, start) + 1 : end]
        own = len(line) - len(line.lstrip())
        begins = text[start:end].lstrip()
        directive = _DIRECTIVE.match(begins)
        if directive and _QUOTING.fullmatch(directive["name"]) and own == 0:
            body = begins[directive.end() :].strip()
            if body:
                yield end - len(body), end
            before, depth = "", 0
            continue
        is_quote = own > depth and not _LIST.match(before) and not before.startswith("..")
        if is_quote and current:
            current = (current[0], end)
        elif is_quote:
            current = (start, end)
        else:
            if current:
                yield current
            current, before, depth = None, line, own
    if current:
        yield current
