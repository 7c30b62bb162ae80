"""What an output format is: the base of those that come with citekit, and of your own.

A format says what a text becomes and how a mark starts and ends; the walk over the tokens, and
what is in them, is not its business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.tokens import Close, Open

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from citekit.csl.output.spacing import Spacing
    from citekit.csl.output.tokens import Token


class OutputFormat:
    """How cites and entries are written; by itself it writes text without any marks.

    Override ``escape`` and ``marks``, and ``bibliography`` where entries are not paragraphs with a
    blank line between them. One object serves every document and thread: keep no state in it.
    """

    def escape(self, text: str) -> str:
        """The text, with whatever the format would read as its own made harmless."""
        return text

    def marks(self, kind: str, value: str, *, follows: bool) -> tuple[str, str]:
        """What stands before and after a piece that has this mark; nothing where there is none.

        ``kind`` is an attribute of CSL 1.0.2 with its ``value``: ``font-style`` (italic, oblique,
        normal), ``font-variant`` (small-caps, normal), ``font-weight`` (bold, light, normal),
        ``text-decoration`` (underline, none), ``vertical-align`` (sup, sub, baseline), ``display``
        (block, left-margin, right-inline, indent); or ``link``, with the address. Others may come.
        ``follows`` tells whether anything of the entry stands before.
        """
        del kind, value, follows
        return "", ""

    def render(self, tokens: Iterable[Token]) -> str:
        """One cite or entry."""
        out: list[str] = []
        ends: list[str] = []
        for token in tokens:
            if isinstance(token, str):
                out.append(self.escape(token))
            elif isinstance(token, Open):
                start, end = self.marks(token.kind, token.value, follows=bool(out))
                out.append(start)
                ends.append(end)
            elif isinstance(token, Close):
                out.append(ends.pop())
        return "".join(out)

    def bibliography(self, entries: Sequence[tuple[str, str]], spacing: Spacing) -> str:
        """All of a bibliography: (item id, entry) as ``render`` wrote them, in order."""
        del spacing
        return "\n\n".join(text.rstrip("\n") for _, text in entries)
