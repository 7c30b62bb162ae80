"""Plain text: no fonts, blocks on lines of their own where they would run together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.render.base import OutputFormat
from citekit.csl.output.tokens import Close, Open

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from citekit.csl.output.spacing import Spacing
    from citekit.csl.output.tokens import Token


class Text(OutputFormat):
    """Text without marks; each entry of a bibliography begins a line."""

    def render(self, tokens: Iterable[Token]) -> str:
        """The text alone; a margin column is followed by a space, a block by a new line."""
        out: list[str] = []
        stack: list[str] = []
        for token in tokens:
            if isinstance(token, str):
                out.append(token)
            elif isinstance(token, Open):
                block = token.kind == "display"
                if block and token.value in ("block", "indent") and out:
                    _break(out)
                stack.append(token.value if block else "")
            elif isinstance(token, Close):
                value = stack.pop()
                if value in ("block", "indent"):
                    _break(out)
                elif value == "left-margin" and not (out and out[-1].endswith(" ")):
                    out.append(" ")
        return "".join(out).strip("\n")

    def bibliography(self, entries: Sequence[tuple[str, str]], spacing: Spacing) -> str:
        """The entries, each on a line of its own."""
        del spacing
        return "\n".join(text.rstrip("\n") for _, text in entries)


def _break(out: list[str]) -> None:
    if out and not out[-1].endswith("\n"):
        out.append("\n")
