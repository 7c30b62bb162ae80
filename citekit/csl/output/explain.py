"""Where each piece of the output came from: variable, macro and line of the style."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.tokens import Open, Source
from citekit.csl.style.ir import PLAIN, Look
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.csl.output.tokens import Token


class Origin(Value):
    """A piece of text and the element that wrote it; ``line`` is 0 where no element did."""

    text: str
    variable: str | None
    macro: str | None
    line: int


def origins(tokens: Iterable[Token]) -> list[Origin]:
    """The texts of some tokens with their sources; neighbours from one source are joined."""
    out: list[tuple[list[str], Look]] = []
    stack: list[Look] = [PLAIN]
    for token in tokens:
        if isinstance(token, str):
            if out and out[-1][1] is stack[-1]:
                out[-1][0].append(token)
            else:
                out.append(([token], stack[-1]))
        elif isinstance(token, Open):
            source = token.look if isinstance(token, Source) and token.look.line else stack[-1]
            stack.append(source)
        else:
            stack.pop()
    return [
        Origin(text="".join(texts), variable=look.variable, macro=look.macro, line=look.line)
        for texts, look in out
    ]
