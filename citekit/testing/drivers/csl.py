"""The CSL driver: one request of a public test suite, answered with HTML.

The request has ``mode``, ``csl``, ``input`` and perhaps ``citation_items`` or ``citations``; the
answer is what a word processor or a reference list would show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.csl.citation import Citation
from citekit.csl.compiled.program import Program
from citekit.csl.document import Document
from citekit.csl.output.render import renderer
from citekit.csl.output.writer import flatten
from citekit.csl.style.parse import parse_style
from citekit.model.value import replace

render = renderer("html")

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.output.tree import Node


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """``{"result": html}`` for a request, ``{"skip": …}`` for a mode nobody defined."""
    mode = request.get("mode")
    if mode not in ("citation", "bibliography"):
        return {"skip": f"mode {mode!r}"}
    program = Program(parse_style(request["csl"]))
    document = Document(program, request["input"] or ())
    if request.get("citations"):
        result = _replayed(document, request["citations"])
    else:
        for item in request["input"] or ():
            document.list_item(str(item.get("id", "")))
        result = _clusters(document, request) if mode == "citation" else ""
    if mode == "bibliography":
        result = _bibliography(document)
    return {"result": result}


def _clusters(document: Document, request: dict[str, Any]) -> str:
    clusters: Sequence[Sequence[dict[str, Any]]] = request.get("citation_items") or [
        [{"id": key} for key in document.order()]
    ]
    return "\n".join(_html(document, document.cite(cites)) for cites in clusters)


def _html(document: Document, tree: Node) -> str:
    return render(flatten(tree, document.program.locale))


def _replayed(document: Document, operations: Sequence[Sequence[Any]]) -> str:
    """Replay the edits; only the state before the last one and the last are ever rendered."""
    known: dict[str, Citation] = {}
    changed: list[str] = []
    for number, (raw, before, after) in enumerate(operations):
        if number == len(operations) - 1:
            document.changes()
        properties = raw.get("properties") or {}
        key = str(raw.get("citationID", f"#{number}"))
        note = properties.get("noteIndex") or 0
        mode = str(properties.get("mode") or "")
        known[key] = Citation(id=key, cites=tuple(raw["citationItems"]), note=note, mode=mode)
        order = [*_around(before, known), known[key], *_around(after, known)]
        document.arrange(order)
        if number == len(operations) - 1:
            changed = document.changes()
    return "\n".join(
        f"{'>>' if c.id in changed else '..'}[{i}] {render(document.tokens(c.id))}"
        for i, c in enumerate(document.citations)
    )


def _around(pairs: Sequence[Sequence[Any]], known: dict[str, Citation]) -> list[Citation]:
    """The citations a word processor lists around the edited one, with their present notes."""
    found = []
    for key, note in pairs:
        if str(key) in known:
            known[str(key)] = replace(known[str(key)], note=int(note or 0))
            found.append(known[str(key)])
    return found


def _bibliography(document: Document) -> str:
    entries = [
        f'  <div class="csl-entry">{_html(document, tree)}</div>'
        for _, tree in document.bibliography()
    ]
    return "\n".join(['<div class="csl-bib-body">', *entries, "</div>"])
