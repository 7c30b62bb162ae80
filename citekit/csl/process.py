"""Start reading here: style, items and citations in, formatted text out.

The recipe, one module per step:

1.  ``xml``, ``parse``            the style's XML → frozen values (``ir``), errors by file, line
2.  ``locale``                    terms and dates of the language, fallbacks merged
3.  ``compile``, ``compile_*``    values → functions, only for what is reached (``program``)
4.  ``entry``, ``persons``, ``dates``   CSL-JSON → texts, names and dates that can be trusted
5.  ``sort``, ``collation``       the order of the bibliography, hence numbers; cites in a citation
6.  ``disambiguate``              cites that look alike are told apart
7.  ``position``                  first, subsequent, ibid
8.  ``cluster``, ``collapse``     the cites of one citation → one ``tree``
9.  ``bibliography``              entries → trees; repeated authors, margins
10. ``punctuation``, ``run``  tree → tokens: affixes and quotes; collisions (``endings``)
11. ``render``                    tokens → text, HTML, Markdown, LaTeX, RTF

``document`` runs steps 5–10 and keeps what did not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.csl.document import Citation, Document
from citekit.csl.output.render import Format, renderer
from citekit.csl.output.writer import flatten
from citekit.csl.passes.bibliography import Spacing, spacing
from citekit.csl.style.ir import Style
from citekit.csl.style.parse import parse_style
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Result(Value):
    """Formatted citations and bibliography.

    ``bibliography`` holds (item id, text) in the style's order; ``warnings`` say what could not be
    used and was left out.
    """

    citations: tuple[str, ...]
    bibliography: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    spacing: Spacing


def process(
    style: Style | str | bytes,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Citation | Sequence[Mapping[str, Any]]] = (),
    *,
    locale: str | None = None,
    output: Format = "text",
    links: bool = True,
) -> Result:
    """Format citations and the bibliography of what they cite (of all items if there are none).

    ``style`` is parsed or XML; ``items`` are CSL-JSON; a citation is a list of cite items, or a
    ``Citation`` where notes or modes matter (lists count as notes 1, 2 … in note styles).
    Without ``links`` nothing becomes a link (CSL 1.0.2, Appendix VI).
    Raises InvalidData for a broken style; what is wrong with an item becomes a warning.
    """
    results = process_formats(
        style, items, citations, locale=locale, outputs=(output,), links=links
    )
    return results[output]


def process_formats(
    style: Style | str | bytes,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Citation | Sequence[Mapping[str, Any]]] = (),
    *,
    locale: str | None = None,
    outputs: Sequence[Format] = ("text",),
    links: bool = True,
) -> dict[Format, Result]:
    """The same as ``process``, run once and rendered in several formats."""
    document = make_document(style, items, citations, locale=locale, links=links)
    where = document.program.locale
    renderers = {output: renderer(output) for output in outputs}
    entries: dict[Format, list[tuple[str, str]]] = {output: [] for output in outputs}
    for key, tree in document.bibliography():
        tokens = flatten(tree, where)
        for output, render in renderers.items():
            entries[output].append((key, render(tokens)))
    return {
        output: Result(
            citations=tuple(render(document.tokens(c.id)) for c in document.citations),
            bibliography=tuple(entries[output]),
            warnings=tuple(document.warnings),
            spacing=spacing(document.program),
        )
        for output, render in renderers.items()
    }


def make_document(
    style: Style | str | bytes,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Citation | Sequence[Mapping[str, Any]]] = (),
    *,
    locale: str | None = None,
    links: bool = True,
) -> Document:
    """A settled document with these citations; without any, every item is listed."""
    parsed = style if isinstance(style, Style) else parse_style(style)
    document = Document(parsed, items, locale=locale, links=links)
    is_note = parsed.style_class == "note"
    for number, citation in enumerate(citations, 1):
        document.insert(_citation(citation, number, is_note=is_note))
    if not citations:
        for item in items:
            document.list_item(str(item.get("id", "")))
    document.changes()
    return document


def _citation(
    citation: Citation | Sequence[Mapping[str, Any]], number: int, *, is_note: bool
) -> Citation:
    if isinstance(citation, Citation):
        return citation
    return Citation(id=str(number), cites=tuple(citation), note=number if is_note else 0)
