"""reStructuredText: the roles of sphinxcontrib-bibtex, which are citekit's, in Markdown as well.

Sources: sphinxcontrib-bibtex 2.6, "Roles and directives"; docutils, "reStructuredText Markup
Specification"; MyST, "Roles and directives".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.papers.found import Found, Spots, blanked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.papers.found import Spot

ROLE: Final = re.compile(
    r"(?::(?:foot)?(?:full)?cite(?::[a-z]+)?:|\{(?:foot)?(?:full)?cite(?::[a-z]+)?\})"
    r"`(?P<body>[^`]*+)`"
)
_CITE: Final = re.compile(
    r"(?:\{[^{}]*\})?\s*(?P<key>[^\s,{}`](?:[^,{}`]*[^\s,{}`])?)(?:\{[^{}]*\}|[^,])*+"
)
_LITERAL: Final = re.compile(r"``[^`]*+(?:`[^`]+)*+``")
_CODE: Final = re.compile(
    r"(?P<indent>[ \t]*)(?:\.\. (?:code|code-block|sourcecode|highlight|raw|math|prompt)::.*"
    r"|\.\.(?:[ \t]+(?![\w+.-]+(?::[\w+.-]+)*::|\[|_|\|)\S.*)?|(?!\.\. ).*::)[ \t]*$"
)
_DIRECTIVE: Final = re.compile(r"[ \t]*\.\. (?P<name>include|bibliography):: *(?P<said>.*)")
_ALL: Final = re.compile(r"[ \t]+:all:")


def find_in_rst(text: str) -> Found:
    """What a reStructuredText file cites and reads.

    >>> [m.key for m in find_in_rst("See :cite:p:`quill,lund` and ``:cite:`no```").keys]
    ['quill', 'lund']
    """
    shown = without_code(text)
    files: list[Spot] = []
    bibliographies: list[str] = []
    for at, line in _lines(shown):
        directive = _DIRECTIVE.match(line)
        if directive and directive["name"] == "include":
            files.append((directive["said"].strip(), at + directive.start("said")))
        elif directive:
            bibliographies += directive["said"].split()
    spots = Spots(text)
    return Found(
        keys=spots.keys(keys_in_roles(shown)),
        included=spots.files(spot for spot in files if spot[0]),
        bibliographies=tuple(bibliographies),
        cites_all=bool(bibliographies or "bibliography::" in shown) and _lists_all(shown),
    )


def keys_in_roles(text: str) -> Iterator[Spot]:
    """The keys in roles such as ``:cite:p:`` and MyST's ``{cite:p}``, with their offsets.

    >>> list(keys_in_roles("{cite:t}`{see}quill{p. 3}, lund`"))
    [('quill', 14), ('lund', 27)]
    """
    for role in ROLE.finditer(text):
        for cite in _CITE.finditer(role["body"]):
            yield " ".join(cite["key"].split()), role.start("body") + cite.start("key")


def locator_in_role(text: str, at: int, end: int) -> str:
    """What stands in braces behind a key in a role, as if it stood behind a key of pandoc's.

    >>> locator_in_role("quill{p. 3}, lund", 0, 17)
    ', p. 3'
    """
    braces = re.compile(r"[^,{}`]*\{([^{}]*)\}").match(text, at, end)
    return f", {braces[1]}" if braces else ""


def _lists_all(text: str) -> bool:
    """Whether a ``bibliography`` has the option ``:all:``."""
    is_inside = False
    for _, line in _lines(text):
        directive = _DIRECTIVE.match(line)
        if directive:
            is_inside = directive["name"] == "bibliography"
        elif is_inside and _ALL.match(line):
            return True
        elif line.strip() and not line.startswith((" ", "\t")):
            is_inside = False
    return False


def without_code(text: str) -> str:
    """The text with blanks for literal blocks, comments and literals in a line."""
    out: list[str] = []
    indent: int | None = None
    for _, line in _lines(text):
        depth = len(line) - len(line.lstrip())
        if indent is not None and (not line.strip() or depth > indent):
            out.append(blanked(line))
            continue
        code = _CODE.match(line)
        indent = len(code["indent"]) if code else None
        is_comment = line.lstrip().startswith(".. ") and code is not None and "::" not in line
        out.append(blanked(line) if is_comment else line)
    return _LITERAL.sub(lambda match: blanked(match[0]), "".join(out))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, line
        at += len(line)
