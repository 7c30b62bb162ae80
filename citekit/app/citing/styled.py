"""References and citations formatted by a CSL style.

Apart from ``cite``, because the style processor costs half of what a short command may take.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.app.citing.result import Cited, Explained, Reference, StyledFormat
from citekit.csl import Citation, explain, parse_style, process_formats
from citekit.csl.output.render import output_format, renderer
from citekit.csl.style.find import StyleSource, find_style
from citekit.model.value import NOTHING, Value, replace

if TYPE_CHECKING:
    from citekit.csl.process import Result
    from citekit.model.item import Item
    from citekit.store.items import ItemReader

Cite = dict[str, Any]
DEFAULT_STYLE: Final = "apa"


class StyledCall(Value):
    """How to format: the options of one call."""

    format: StyledFormat
    locale: str
    in_text: bool
    apart: bool
    explain: bool
    links: bool
    notes: Mapping[str, str | None]
    mode: str


def style_of(store: ItemReader, style: str | None) -> StyleSource:
    """The style that is asked for, else the archive's, else apa; raises NotFound."""
    return find_style(style or store.settings.style or DEFAULT_STYLE)


def format_cites(
    data: list[Mapping[str, Any]], cites: list[Cite], source: StyleSource, call: StyledCall
) -> Cited:
    """The references, or the citation, of items by a style."""
    clusters = [cites] if call.in_text else []
    shown = _process(source, data, clusters, call)
    warnings: list[str] = []
    if not call.in_text and not shown[call.format].bibliography:
        warnings.append(f"{source.id} has no bibliography: these are its citations")
        clusters = [[{"id": item["id"]}] for item in data]
        shown = _process(source, data, clusters, call)
    elif not call.in_text and any("locator" in cite for cite in cites):
        warnings.append("a bibliography has no place for a locator: use --in-text")
    if call.notes:
        shown = _with_notes(shown, call, [] if call.in_text else [item["id"] for item in data])
        if call.in_text:
            warnings.append("a citation in the text has no place for provenance")
    result = shown[call.format]
    return Cited(
        text=_joined(_parts(result, are_cited=bool(clusters)), call.format),
        format=call.format,
        citations=result.citations,
        references=_references(result, shown.get("html")),
        warnings=(*result.warnings, *warnings),
        explained=_explain(source, data, clusters, call) if call.explain else (),
        html=_blocks(shown["html"], are_cited=bool(clusters)) if call.apart else None,
    )


def format_item(item: Item, *, style: str | None, locale: str) -> str:
    """The reference of one item as a block of HTML, all that the item says escaped.

    Without a style it is that of ``apa``. Raises NotFound for an unknown one.
    """
    source = find_style(style or DEFAULT_STYLE)
    call = StyledCall(
        format="html",
        locale=source.default_locale or locale,
        in_text=False,
        apart=True,
        explain=False,
        links=True,
        notes=NOTHING,
        mode="",
    )
    return format_cites([source.fit(item.csl())], [{"id": item.key}], source, call).html or ""


def _process(
    source: StyleSource, data: list[Mapping[str, Any]], clusters: list[list[Cite]], call: StyledCall
) -> Mapping[StyledFormat, Result]:
    outputs: dict[StyledFormat, None] = {call.format: None}
    if call.apart:
        outputs["html"] = None
    return process_formats(
        parse_style(source.xml, source.path),
        data,
        _citations(clusters, source, call),
        locale=call.locale,
        outputs=tuple(outputs),
        links=call.links,
    )


def _citations(
    clusters: list[list[Cite]], source: StyleSource, call: StyledCall
) -> list[Citation] | list[list[Cite]]:
    """The clusters, with the author in the sentence where that is asked for; a note has none."""
    if not call.mode:
        return clusters
    if parse_style(source.xml, source.path).style_class == "note":
        return clusters
    return [Citation(id="1", cites=tuple(cites), mode=call.mode) for cites in clusters]


def _with_notes(
    shown: Mapping[StyledFormat, Result], call: StyledCall, keys: list[str]
) -> dict[StyledFormat, Result]:
    """The results with what each reference says of its evidence.

    ``keys`` belong to the citations that stand for a bibliography, where a style has none.
    """

    def noted(key: str, text: str, format_: StyledFormat) -> str:
        return _append_note(text, call.notes[key], format_)

    return {
        format_: replace(
            result,
            bibliography=tuple(
                (key, noted(key, text, format_)) for key, text in result.bibliography
            ),
            citations=tuple(
                noted(key, text, format_) for key, text in zip(keys, result.citations, strict=False)
            )
            or result.citations,
        )
        for format_, result in shown.items()
    }


def _parts(result: Result, *, are_cited: bool) -> list[str]:
    """The citations, or the entries of the bibliography."""
    return list(result.citations) if are_cited else [text for _, text in result.bibliography]


def _blocks(result: Result, *, are_cited: bool) -> str:
    """The citations, or the bibliography, in HTML, as other processors of CSL wrap it."""
    parts = [("", part) for part in _parts(result, are_cited=are_cited)]
    return output_format("html").bibliography(parts, result.spacing)


def _references(shown: Result, html: Result | None) -> tuple[Reference, ...]:
    marked = dict(html.bibliography) if html else {}
    return tuple(
        Reference(key=key, text=text, html=marked.get(key)) for key, text in shown.bibliography
    )


def _explain(
    source: StyleSource, data: list[Mapping[str, Any]], clusters: list[list[Cite]], call: StyledCall
) -> tuple[Explained, ...]:
    return tuple(
        Explained(key=key, pieces=tuple((o.text, o.variable, o.macro, o.line) for o in origins))
        for key, origins in explain(
            parse_style(source.xml, source.path),
            data,
            _citations(clusters, source, call),
            locale=call.locale,
        )
        if (key is None) == bool(clusters)
    )


def _joined(entries: list[str], format_: StyledFormat) -> str:
    """The entries as one text, as the format separates paragraphs."""
    separator = "\n" if format_ in ("text", "html") else "\n\n"
    return separator.join(entry.rstrip("\n") for entry in entries)


def _append_note(text: str, note: str | None, format_: StyledFormat) -> str:
    """A formatted reference with the note in brackets behind it."""
    if note is None:
        return text
    added = renderer(format_)([f" [{note}]"])
    block = "</div>"  # of a style with a margin: the note belongs beside it, not below
    if format_ == "html" and text.endswith(block):
        return text.removesuffix(block) + added + block
    return text + added
