"""References and citations formatted by a CSL style.

Apart from ``cite``, because the style processor costs half of what a short command may take.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.app.citing.result import (
    DATA_FORMATS,
    STYLED_FORMATS,
    Cited,
    Explained,
    Reference,
)
from citekit.app.citing.robust_links import robust_link
from citekit.csl import Abbreviations, Citation, explain, parse_style, process_formats
from citekit.csl.output.render import format_names, output_format, renderer
from citekit.csl.style.find import StyleSource, beside, find_style
from citekit.errors import UsageError
from citekit.model.item import ArchivedCopy
from citekit.model.nearest import did_you_mean
from citekit.model.records.json_text import parse_json
from citekit.model.value import NOTHING, Value, replace
from citekit.store import files

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.csl.process import Result
    from citekit.model.item import Item
    from citekit.store.items import ItemReader

Cite = dict[str, Any]
DEFAULT_STYLE: Final = "apa"
SETTINGS: Final = "archive.toml"
_MOST_BYTES: Final = 20_000_000
"""Of a file of abbreviations; that of Zotero has half a million."""


class StyledCall(Value):
    """How to format: the options of one call; ``copies`` are public ones, by the items' keys."""

    format: str
    locale: str
    in_text: bool
    apart: bool
    explain: bool
    links: bool
    notes: Mapping[str, str | None]
    mode: str
    abbreviations: Abbreviations | None = None
    copies: Mapping[str, ArchivedCopy] = NOTHING


def style_of(store: ItemReader, style: str | None) -> StyleSource:
    """The style that is asked for, else the archive's, else apa; raises NotFound."""
    return find_style(style or style_of_archive(store) or DEFAULT_STYLE)


def style_of_archive(store: ItemReader) -> str | None:
    """The style that ``archive.toml`` names; a file is meant as seen from there."""
    named = store.settings.style
    return beside(named, store.root) if named else None


def check_format(name: str) -> None:
    """Raise UsageError for a format that is neither ours nor was registered."""
    if name not in STYLED_FORMATS and name not in format_names():
        known = (*format_names(), *DATA_FORMATS)
        hint = did_you_mean(name, known) or f"formats: {', '.join(known)}"
        raise UsageError(f"no such format: {name}", hint=hint)


def short_forms(own: Mapping[str, Any], path: Path | None = None) -> Abbreviations | None:
    """The archive's own lists of short forms, and those of a file, which win; None without any.

    Raises NotFound, StorageFailed and InvalidData for the file, InvalidData for the archive's.
    """
    if path is None:
        return Abbreviations(own, SETTINGS) if own else None
    text = files.decode_text(files.read_bytes(path, limit=_MOST_BYTES), path)
    data = parse_json(text, path=str(path))
    return Abbreviations(data, str(path), otherwise=Abbreviations(own, SETTINGS) if own else None)


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
    shown = _with_copies(shown, data, call.copies)
    if call.notes:
        shown = _with_notes(shown, call, [] if call.in_text else [item["id"] for item in data])
        if call.in_text:
            warnings.append("a citation in the text has no place for provenance")
    result = shown[call.format]
    return Cited(
        text=_joined(result, call.format, are_cited=bool(clusters)),
        format=call.format,
        citations=result.citations,
        references=_references(result, shown.get("html")),
        warnings=(*result.warnings, *warnings),
        explained=_explain(source, data, clusters, call) if call.explain else (),
        html=_blocks(shown["html"], are_cited=bool(clusters)) if call.apart else None,
    )


def format_item(
    item: Item,
    *,
    style: str | None,
    locale: str,
    folder: Path | None = None,
    abbreviations: Mapping[str, Any] = NOTHING,
) -> str:
    """The reference of one item as a block of HTML, all that the item says escaped.

    Without a style it is that of ``apa``; a file is meant as seen from ``folder``. Raises NotFound
    for an unknown one.
    """
    source = find_style(beside(style, folder) if style and folder else style or DEFAULT_STYLE)
    call = StyledCall(
        format="html",
        locale=source.default_locale or locale,
        in_text=False,
        apart=True,
        explain=False,
        links=True,
        notes=NOTHING,
        mode="",
        abbreviations=short_forms(abbreviations),
    )
    return format_cites([source.fit(item.csl())], [{"id": item.key}], source, call).html or ""


def _process(
    source: StyleSource, data: list[Mapping[str, Any]], clusters: list[list[Cite]], call: StyledCall
) -> Mapping[str, Result]:
    outputs: dict[str, None] = {call.format: None}
    if call.apart:
        outputs["html"] = None
    return process_formats(
        parse_style(source.xml, source.path),
        data,
        _citations(clusters, source, call),
        locale=call.locale,
        outputs=tuple(outputs),
        links=call.links,
        abbreviations=call.abbreviations,
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
    shown: Mapping[str, Result], call: StyledCall, keys: list[str]
) -> dict[str, Result]:
    """The results with what each reference says of its evidence.

    ``keys`` belong to the citations that stand for a bibliography, where a style has none.
    """

    def noted(key: str, text: str, format_: str) -> str:
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


def _with_copies(
    shown: Mapping[str, Result],
    data: list[Mapping[str, Any]],
    copies: Mapping[str, ArchivedCopy],
) -> Mapping[str, Result]:
    """The results, in HTML with the public copy of what a reference leads to beside the link."""
    if not copies or "html" not in shown:
        return shown
    urls = {item["id"]: item.get("URL", "") for item in data}
    html = shown["html"]
    entries = (
        (key, robust_link(text, urls[key], copies[key]) if key in copies else text)
        for key, text in html.bibliography
    )
    return {**shown, "html": replace(html, bibliography=tuple(entries))}


def _parts(result: Result, *, are_cited: bool) -> list[str]:
    """The citations, or the entries of the bibliography."""
    return list(result.citations) if are_cited else [text for _, text in result.bibliography]


def _blocks(result: Result, *, are_cited: bool) -> str:
    """The citations, each in a block, or the bibliography as other processors of CSL wrap it."""
    parts = _parts(result, are_cited=are_cited)
    if are_cited:
        return "\n".join(f'<div class="csl-entry">{part}</div>' for part in parts)
    return output_format("html").bibliography([("", part) for part in parts], result.spacing)


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
            abbreviations=call.abbreviations,
        )
        if (key is None) == bool(clusters)
    )


def _joined(result: Result, format_: str, *, are_cited: bool) -> str:
    """The citations or entries as one text, as the format separates paragraphs."""
    parts = _parts(result, are_cited=are_cited)
    if format_ not in STYLED_FORMATS:
        return output_format(format_).bibliography([("", part) for part in parts], result.spacing)
    separator = "\n" if format_ in ("text", "html") else "\n\n"
    return separator.join(part.rstrip("\n") for part in parts)


def _append_note(text: str, note: str | None, format_: str) -> str:
    """A formatted reference with the note in brackets behind it."""
    if note is None:
        return text
    added = renderer(format_)([f" [{note}]"])
    block = "</div>"  # of a style with a margin: the note belongs beside it, not below
    if format_ == "html" and text.endswith(block):
        return text.removesuffix(block) + added + block
    return text + added
