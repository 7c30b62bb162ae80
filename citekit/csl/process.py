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

from typing import TYPE_CHECKING, Any, TypeAlias

from citekit.csl.citation import Citation
from citekit.csl.compiled.program import Program
from citekit.csl.document import Document
from citekit.csl.output.explain import Origin, origins
from citekit.csl.output.render import renderer
from citekit.csl.output.spacing import Spacing
from citekit.csl.output.writer import flatten
from citekit.csl.references import O, make_references
from citekit.csl.style.find import StyleSource, find_style
from citekit.csl.style.ir import Style
from citekit.csl.style.kept import parse_style
from citekit.csl.values.notice import Notice
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from citekit.csl.output.render import Output
    from citekit.csl.output.runs import CiteLink
    from citekit.csl.selection import Keep
    from citekit.csl.values.abbreviations import ShortForms

    Cites: TypeAlias = "Citation | Sequence[Mapping[str, Any]]"

AnyStyle: TypeAlias = "Program | Style | StyleSource | str | bytes"
"""A style by any name it has, its XML, what ``find_style`` gave, parsed, or compiled."""


class Result(Value):
    """Formatted citations and bibliography.

    ``bibliography`` holds (item id, text) in the style's order; ``body`` is all of it as one text,
    in HTML with its ``csl-bib-body``; ``warnings`` say what could not be used and was left out.
    """

    citations: tuple[str, ...]
    bibliography: tuple[tuple[str, str], ...]
    warnings: tuple[Notice, ...]
    spacing: Spacing
    body: str

    def __repr__(self) -> str:
        counts = f"{len(self.citations)} citations, {len(self.bibliography)} entries"
        return f"<Result: {counts}, {len(self.warnings)} warnings>"


def process(
    style: AnyStyle,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Cites] = (),
    *,
    locale: str | None = None,
    output: Output = "text",
    links: bool = True,
    cite_link: CiteLink | None = None,
    uncited: Iterable[str] = (),
    keep: Keep | None = None,
    abbreviations: ShortForms | None = None,
    on_warning: Callable[[Notice], None] | None = None,
) -> Result:
    """Format citations and the bibliography of what they cite (of all items if there are none).

    ``style`` is an id or another name of a style (``"apa"``), its XML, what ``find_style`` gave,
    a parsed style, or what ``compile_style`` made, which has its locale and ``links`` already; a
    style that is found also brings its language and takes items as it asks for them. ``items`` are
    CSL-JSON; a citation is a list of cite items, or a ``Citation`` where notes or modes matter
    (lists count as notes 1, 2 … in note styles). ``output`` is the name of a format, or a format.
    Without ``links`` nothing becomes a link (CSL 1.0.2, Appendix VI). With ``cite_link``, what each
    cite wrote leads to the address that it gives for that cite, such as ``#ref-KEY``. ``uncited``
    are ids of items that are listed as well; of the entries those are given that ``keep`` wants
    (``selection``). ``abbreviations`` are lists of short forms as Zotero has them
    (``values.abbreviations``).
    Raises NotFound for a style nobody knows, InvalidData for a broken one, UsageError for a format
    nobody wrote; what is wrong with an item becomes a warning, of which ``on_warning`` is told.
    """
    results = process_formats(
        style,
        items,
        citations,
        locale=locale,
        outputs=(output,),
        links=links,
        cite_link=cite_link,
        uncited=uncited,
        keep=keep,
        abbreviations=abbreviations,
        on_warning=on_warning,
    )
    return results[output]


def process_formats(
    style: AnyStyle,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Cites] = (),
    *,
    locale: str | None = None,
    outputs: Sequence[O],
    links: bool = True,
    cite_link: CiteLink | None = None,
    uncited: Iterable[str] = (),
    keep: Keep | None = None,
    abbreviations: ShortForms | None = None,
    on_warning: Callable[[Notice], None] | None = None,
) -> dict[O, Result]:
    """The same as ``process``, run once and rendered in several formats."""
    program = compile_style(style, locale, links=links)
    document = Document(program, items, abbreviations=abbreviations, on_warning=on_warning)
    _fill(document, items, citations, uncited)
    made = make_references(document.bibliography(keep, once=True), program, outputs)
    cited = [document.tokens(c.id, link=cite_link) for c in document.citations]
    warnings = tuple(document.warnings)
    return {
        output: Result(
            citations=tuple(map(renderer(output), cited)),
            bibliography=references.entries,
            warnings=warnings,
            spacing=references.spacing,
            body=references.body,
        )
        for output, references in made.items()
    }


def explain(
    style: AnyStyle,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Cites] = (),
    *,
    locale: str | None = None,
    abbreviations: ShortForms | None = None,
) -> list[tuple[str | None, list[Origin]]]:
    """(item id, pieces) of every bibliography entry; for each citation before them (None, pieces).

    The arguments are those of ``process``. Joined, the texts of the pieces are the output as text.
    """
    document = Document(compile_style(style, locale), items, abbreviations=abbreviations)
    _fill(document, items, citations, ())
    where = document.program.locale
    trees = [(None, document.tree(citation.id)) for citation in document.citations]
    return [
        (key, origins(flatten(tree, where, sources=True)))
        for key, tree in [*trees, *document.bibliography()]
    ]


def compile_style(style: AnyStyle, locale: str | None = None, *, links: bool = True) -> Program:
    """The style in a locale, found, parsed and compiled: to be made once and used often.

    It is what ``process`` and ``Document`` take; documents and threads may share it. Raises what
    ``process`` raises for a style; one that is compiled already comes back as it is.
    """
    if isinstance(style, Program):
        return style
    if isinstance(style, str) and "<" not in style:
        style = find_style(style)
    if isinstance(style, StyleSource):
        parsed = parse_style(style.xml, style.path)
        return Program(parsed, locale or style.default_locale, links=links, source=style)
    parsed = style if isinstance(style, Style) else parse_style(style)
    return Program(parsed, locale, links=links)


def _fill(
    document: Document,
    items: Sequence[Mapping[str, Any]],
    citations: Sequence[Cites],
    uncited: Iterable[str],
) -> None:
    """Put the citations into a document, settled; without any, every item is listed."""
    is_note = document.program.style.style_class == "note"
    for number, citation in enumerate(citations, 1):
        document.insert(_citation(citation, number, is_note=is_note))
    for key in uncited if citations else (str(item.get("id", "")) for item in items):
        document.list_item(key)
    document.changes()


def _citation(citation: Cites, number: int, *, is_note: bool) -> Citation:
    if isinstance(citation, Citation):
        return citation
    return Citation(id=str(number), cites=tuple(citation), note=number if is_note else 0)
