"""The citation templates in the text of a page, found in linear time.

The nesting of what is in them is a parser's business (``shown.py``). That takes quadratic time and
more where something is opened and never closed, so each template is cut out here first: closed, of
a bounded size, and without the signs that begin tables, lists and strange tags.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.formats.one_line import fold
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(r"\{\{|\}\}|<!--|<nowiki>|<pre>", re.IGNORECASE)
_ENDS: Final = {"<!--": "-->", "<nowiki>": "</nowiki>", "<pre>": "</pre>"}
_CITES: Final = re.compile(
    r"\{\{\s{0,20}(cite[ _][a-z _]{1,30}|citation)\s{0,20}(?=\||\}\}|<!--)", re.IGNORECASE
)
_STRANGE: Final = re.compile(
    r"<(?!!--|/?(?:nowiki|i|b|em|strong|sup|sub|small|big|span|br|ref)(?:\s[^<>]{0,200})?/?>)"
    r"|\{\||\{(?=\{\{)|~~~|__",
    re.IGNORECASE,
)
MOST_SIGNS: Final = 20_000
"""Of one template: a long quotation has two thousand."""
_MOST: Final = {"|": 300, "{{": 60, "[": 120, "<": 120, "://": 60, "''": 200}
"""So many of a sign may stand in one template."""


class Template(Value):
    """A citation template in a page: its name in lower case, its text on one line, its line there.

    ``wrong`` says why it is not to be read; empty where it is.
    """

    name: str
    text: str
    line: int
    wrong: str = ""


def find_templates(page: str) -> Iterator[Template]:
    """The citation templates of a page that stand in no other one, in order."""
    line, at = 1, 0
    for start, end in sorted(_extents(page)):
        line, at = line + page.count("\n", at, start), start
        match = _CITES.match(page, start)
        name = re.sub(r"[\s_]+", " ", match[1]).strip().casefold() if match else ""
        text = page[start:end] if end else ""
        wrong = _what_is_wrong(text) if end else "it is never closed"
        yield Template(name=name, text="" if wrong else _tame(text), line=line, wrong=wrong)


def _extents(page: str) -> Iterator[tuple[int, int]]:
    """Where citation templates begin and end; the end of one that is never closed is 0."""
    opened: list[int] = []
    closed: list[tuple[int, int]] = []
    at, gone = 0, set()
    while token := _TOKEN.search(page, at):
        sign, at = token[0].casefold(), token.end()
        if sign == "{{":
            opened.append(token.start())
        elif sign == "}}" and opened:
            start = opened.pop()
            if _CITES.match(page, start):
                while closed and closed[-1][0] > start:
                    closed.pop()  # it stands in this one
                closed.append((start, at))
        elif sign in _ENDS and sign not in gone:
            end = page.find(_ENDS[sign], at)
            gone |= {sign} if end < 0 else set()  # there is none further on either
            at = at if end < 0 else end + len(_ENDS[sign])
    yield from closed
    yield from ((start, 0) for start in opened if _CITES.match(page, start))


def _what_is_wrong(text: str) -> str:
    """Why a template is not read; empty for nothing."""
    if len(text) > MOST_SIGNS:
        return f"it has more than {MOST_SIGNS:,} signs"
    return next(
        (f"it has {sign} too often" for sign, n in _MOST.items() if text.count(sign) > n), ""
    )


def _tame(text: str) -> str:
    """The template on one line, so that nothing begins a list; strange signs as text."""
    return _STRANGE.sub(lambda found: "".join(f"&#{ord(sign)};" for sign in found[0]), fold(text))
