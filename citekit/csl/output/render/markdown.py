"""Markdown (CommonMark): emphasis and strong by marks, the rest as plain text or HTML tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.csl.output.render.base import OutputFormat
from citekit.csl.output.tokens import Close, Open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.csl.output.tokens import Token

_MARKS = {("font-style", "italic"): "*", ("font-weight", "bold"): "**"}
_TAGS = {("vertical-align", "sup"): "sup", ("vertical-align", "sub"): "sub"}
# strings: what other formats do not need is compiled when it is needed, since start-up counts
_ACTIVE = r"([\\`*_\[\]<>&#~|$^{}@])"
_LINE_START = r"(?m)^(\s*)(\d+)([.)])(?=\s|$)|^(\s*)([-+=])(?=\s|$)"


class Markdown(OutputFormat):
    """Markdown; the entries of a bibliography are paragraphs."""

    def escape(self, text: str) -> str:
        """Text in which no character means anything to Markdown."""
        return re.sub(_ACTIVE, r"\\\1", text)

    def render(self, tokens: Iterable[Token]) -> str:
        """Markdown of one cite or entry; what would begin a list there does not."""
        out: list[str] = []
        ends: list[str] = []
        for token in tokens:
            if isinstance(token, str):
                out.append(self.escape(token))
            elif isinstance(token, Open):
                start, end = _mark(token, out)
                out.append(start)
                ends.append(end)
            elif isinstance(token, Close):
                _end(out, ends.pop())
        return re.sub(_LINE_START, _guard, "".join(out)).strip("\n")


def _guard(match: re.Match[str]) -> str:
    if match[2]:
        return f"{match[1]}{match[2]}\\{match[3]}"
    return f"{match[4]}\\{match[5]}"


def _mark(token: Open, out: list[str]) -> tuple[str, str]:
    pair = (token.kind, token.value)
    if pair in _MARKS:
        return _MARKS[pair], _MARKS[pair]
    if pair in _TAGS:
        return f"<{_TAGS[pair]}>", f"</{_TAGS[pair]}>"
    if token.kind == "link":
        if out and out[-1].endswith("!"):  # which would make an image of it
            out[-1] = out[-1][:-1] + "\\!"
        return "[", f"](<{_address(token.value)}>)"
    if token.kind == "display" and token.value in ("block", "indent"):
        return ("\n" if out else ""), "\n"
    if token.kind == "display" and token.value == "left-margin":
        return "", " "
    return "", ""


def _end(out: list[str], end: str) -> None:
    """Close a mark; a closing ``*`` after a space would not close anything."""
    if end.startswith("*") and out:
        text = out[-1]
        bare = text.rstrip(" ")
        out[-1] = bare
        out.append(end + text[len(bare) :])
    else:
        out.append(end)


def _address(url: str) -> str:
    return re.sub(r"[<>\s\\]", lambda m: f"%{ord(m[0]):02X}", url)
