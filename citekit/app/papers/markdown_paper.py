"""Markdown of pandoc, Quarto, R Markdown and MyST: what it cites, in whichever of their ways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.app.papers.found import Found, Spots, blanked
from citekit.app.papers.latex import cited_by_commands
from citekit.app.papers.rst import keys_in_roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.papers.found import Spot

_KEY = re.compile(
    r"(?<![\w\\])@(?:\{(?P<braced>[^{}]+)\}|(?P<plain>[^\W_](?:[\w:.#$%&+?<>~/-]*\w)?))"
)
_DATA_CITE = re.compile(r"<cite\s[^<>]*data-cite=[\"']([^\"'<>]+)[\"']")
_BRACKETS = re.compile(r"\[[^\[\]]*@[^\[\]]*\]")
_CODE = re.compile(r"^(?:```|~~~).*?(?:^(?:```|~~~)|\Z)|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def find_in_markdown(text: str) -> Found:
    """What a Markdown file cites."""
    shown = _CODE.sub(lambda match: blanked(match[0]), text)
    keys = [*_keys(shown), *keys_in_roles(text), *cited_by_commands(shown)]
    keys += [(match[1], match.start(1)) for match in _DATA_CITE.finditer(shown)]
    return Found(keys=Spots(text).keys(sorted(keys, key=lambda spot: spot[1])))


def keys_in_brackets(text: str) -> Iterator[Spot]:
    """The keys of ``[@key, p. 3; @other]`` in a text that is no Markdown else."""
    for brackets in _BRACKETS.finditer(text):
        for key, at in _keys(brackets[0]):
            yield key, brackets.start() + at


def _keys(text: str) -> Iterator[Spot]:
    for match in _KEY.finditer(text):
        yield match["braced"] or match["plain"], match.start()
