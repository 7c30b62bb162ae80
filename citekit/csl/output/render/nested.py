"""The walk that formats with nested marks share: HTML, LaTeX and RTF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.tokens import Close, Open

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from citekit.csl.output.tokens import Token


def nest(
    tokens: Iterable[Token],
    escape: Callable[[str], str],
    marks: Callable[[Open, bool], tuple[str, str]],
) -> str:
    """Escaped texts between their marks.

    ``marks`` gives the start and the end for what is opened; it is told whether anything has been
    written before.
    """
    out: list[str] = []
    ends: list[str] = []
    for token in tokens:
        if isinstance(token, str):
            out.append(escape(token))
        elif isinstance(token, Open):
            start, end = marks(token, bool(out))
            out.append(start)
            ends.append(end)
        elif isinstance(token, Close):
            out.append(ends.pop())
    return "".join(out)
