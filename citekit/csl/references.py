"""A whole bibliography in an output format: its entries, and all of them as one text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from citekit.csl.output.render import output_format
from citekit.csl.output.spacing import Spacing, label_width
from citekit.csl.output.writer import flatten
from citekit.csl.passes.bibliography import spacing
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from citekit.csl.compiled.program import Program
    from citekit.csl.output.render import Output
    from citekit.csl.output.tree import Node

O = TypeVar("O", bound="Output")  # noqa: E741  # an output


class References(Value):
    """A bibliography in one format.

    ``entries`` are (item id, text) in the order of the style; ``body`` is all of it, in HTML with
    its ``csl-bib-body``; ``spacing`` how the style wants it set.
    """

    entries: tuple[tuple[str, str], ...]
    body: str
    spacing: Spacing

    def __repr__(self) -> str:
        return f"<References: {len(self.entries)} entries>"


def make_references(
    trees: Iterable[tuple[str, Node]], program: Program, outputs: Sequence[O]
) -> dict[O, References]:
    """The entries of these trees in each format, made in one pass."""
    formats = {output: output_format(output) for output in outputs}
    texts: dict[O, list[tuple[str, str]]] = {output: [] for output in outputs}
    asked = spacing(program)
    widest = 0
    for key, tree in trees:
        tokens = flatten(tree, program.locale)
        if asked.second_field_align is not None:
            widest = max(widest, label_width(tokens))
        for output, written in formats.items():
            texts[output].append((key, written.render(tokens)))
    found = spacing(program, widest)
    return {
        output: References(
            entries=tuple(texts[output]),
            body=written.bibliography(texts[output], found),
            spacing=found,
        )
        for output, written in formats.items()
    }
