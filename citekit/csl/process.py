"""Start reading here: style, items and citations in, formatted text out.

The recipe, one room per step:

1.  ``style``     find a style, read its XML into frozen values (``ir``), put its locale together
2.  ``compiled``  those values become functions, only what is reached (``program``)
3.  ``values``    CSL-JSON becomes texts, names and dates that can be trusted (``entry``)
4.  ``passes``    the order of the bibliography, hence numbers (``sort``, ``collation``)
5.                cites that look alike are told apart (``disambiguate``)
6.                first, subsequent, ibid (``position``)
7.                the cites of one citation become one tree (``cite``, ``collapse``, ``cluster``)
8.                the entries become trees; repeated authors, margins (``bibliography``)
9.  ``output``    a ``tree`` becomes tokens: affixes and quotes (``writer``), punctuation that
                  collides (``token_writer``)
10.               tokens become text, HTML, Markdown, LaTeX or RTF (``render``)

``document`` runs steps 4 to 9 and keeps what did not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.csl.compiled.program import Program
from citekit.csl.document import Citation, Document
from citekit.csl.output.explain import Origin, origins
from citekit.csl.output.render import Format, renderer
from citekit.csl.output.writer import flatten
from citekit.csl.passes.bibliography import Spacing, spacing
from citekit.csl.style.find import StyleSource, find_style
from citekit.csl.style.ir import Style
from citekit.csl.style.kept import parse_style
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
    style: Style | StyleSource | str | bytes,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Citation | Sequence[Mapping[str, Any]]] = (),
    *,
    locale: str | None = None,
    output: Format = "text",
    links: bool = True,
) -> Result:
    """Format citations and the bibliography of what they cite (of all items if there are none).

    ``style`` is an id or another name of a style (``"apa"``), its XML, what ``find_style`` gave, or
    a parsed style; a style that is found also brings its language and takes items as it asks for
    them. ``items`` are CSL-JSON; a citation is a list of cite items, or a ``Citation`` where notes
    or modes matter (lists count as notes 1, 2 … in note styles).
    Without ``links`` nothing becomes a link (CSL 1.0.2, Appendix VI).
    Raises NotFound for a style nobody knows and InvalidData for a broken one; what is wrong with an
    item becomes a warning.
    """
    results = process_formats(
        style, items, citations, locale=locale, outputs=(output,), links=links
    )
    return results[output]


def process_formats(
    style: Style | StyleSource | str | bytes,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Citation | Sequence[Mapping[str, Any]]] = (),
    *,
    locale: str | None = None,
    outputs: Sequence[Format] = ("text",),
    links: bool = True,
) -> dict[Format, Result]:
    """The same as ``process``, run once and rendered in several formats."""
    document = _make_document(style, items, citations, locale=locale, links=links)
    program = document.program
    renderers = {output: renderer(output) for output in outputs}
    entries: dict[Format, list[tuple[str, str]]] = {output: [] for output in outputs}
    for key, tree in document.bibliography():
        tokens = flatten(tree, program.locale)
        for output, render in renderers.items():
            entries[output].append((key, render(tokens)))
    return {
        output: Result(
            citations=tuple(render(document.tokens(c.id)) for c in document.citations),
            bibliography=tuple(entries[output]),
            warnings=tuple(document.warnings),
            spacing=spacing(program),
        )
        for output, render in renderers.items()
    }


def explain(
    style: Style | StyleSource | str | bytes,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Citation | Sequence[Mapping[str, Any]]] = (),
    *,
    locale: str | None = None,
) -> list[tuple[str | None, list[Origin]]]:
    """(item id, pieces) of every bibliography entry; for each citation before them (None, pieces).

    The arguments are those of ``process``. Joined, the texts of the pieces are the output as text.
    """
    document = _make_document(style, items, citations, locale=locale)
    where = document.program.locale
    trees = [(None, document.tree(citation.id)) for citation in document.citations]
    return [
        (key, origins(flatten(tree, where, sources=True)))
        for key, tree in [*trees, *document.bibliography()]
    ]


def _make_document(
    style: Style | StyleSource | str | bytes,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Citation | Sequence[Mapping[str, Any]]],
    *,
    locale: str | None,
    links: bool = True,
) -> Document:
    """A settled document with these citations; without any, every item is listed."""
    if isinstance(style, str) and "<" not in style:
        style = find_style(style)
    if isinstance(style, StyleSource):
        items = [style.fit(item) for item in items]
        locale = locale or style.default_locale
        style = parse_style(style.xml, style.path)
    parsed = style if isinstance(style, Style) else parse_style(style)
    document = Document(Program(parsed, locale, links=links), items)
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
