"""References: formatted by a CSL style, or as data for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

from citekit.app.annotating.passage_names import known_in, read_name, split_name
from citekit.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citekit.app.verifying.trust_anchors import Outside
    from citekit.csl import Citation
    from citekit.csl.process import Result
    from citekit.csl.styles import StyleSource
    from citekit.model.item import Item
    from citekit.store.archive import ArchiveStore
    from citekit.store.items import ItemReader

Cite = dict[str, Any]
DataFormat = Literal["bibtex", "biblatex", "csl-json", "csl-yaml", "ris"]
StyledFormat = Literal["text", "html", "markdown", "latex", "rtf"]
DATA_FORMATS: Final[tuple[str, ...]] = ("bibtex", "biblatex", "csl-json", "csl-yaml", "ris")
STYLED_FORMATS: Final[tuple[str, ...]] = ("text", "html", "markdown", "latex", "rtf")
DEFAULT_STYLE: Final = "apa"


class Reference(NamedTuple):
    """One entry of a bibliography; ``html`` is None where it was not asked for."""

    key: str
    text: str
    html: str | None = None


class Explained(NamedTuple):
    """The pieces of one entry or citation (``key`` is None), each with where it came from.

    A piece is (text, variable, macro, line of the style); what a piece did not come from is None.
    """

    key: str | None
    pieces: tuple[tuple[str, str | None, str | None, int | None], ...]


class Cited(NamedTuple):
    """References: the ``text`` in the format asked for, and its parts.

    ``citations`` holds the in-text citation where one was asked for. ``references`` are in the
    order of the style; in a data format in the order asked for, and there only when ``apart``.
    """

    text: str
    format: str
    citations: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    warnings: tuple[str, ...] = ()
    explained: tuple[Explained, ...] = ()


class _Call(NamedTuple):
    """How to format: the options of one call."""

    format: StyledFormat
    locale: str
    in_text: bool
    apart: bool
    explain: bool
    links: bool
    notes: Mapping[str, str | None]
    mode: str


def cite(
    store: ItemReader,
    words: Sequence[str],
    *,
    format_: str | None = None,
    style: str | None = None,
    locale: str | None = None,
    in_text: bool = False,
    locator: str | None = None,
    apart: bool = False,
    explain: bool = False,
    outside: Outside | None = None,
    provenance: bool = False,
    links: bool = True,
) -> Cited:
    """References of items, named by keys, passages (``KEY#p3``) or clusters in Pandoc's form.

    In the text, ``@key`` and ``@key [p. 3]`` alone have the author in the sentence, as in Pandoc.
    ``style`` is an id or a file (default: the archive's, else apa), ``locator`` belongs to the last
    item. ``apart`` gives each reference on its own as well, in HTML too; ``explain`` where each
    piece of the output came from. With ``outside`` every item has to verify first, by what the
    verifier brings along; ``provenance`` adds capture time and digest to each reference; without
    ``links`` no identifier and no title becomes one. Raises NotFound for an unknown key or style,
    UsageError for an unknown format, and what ``cite_verified`` raises for an item that does not
    verify.
    """
    chosen = format_ or "text"
    if chosen not in (*DATA_FORMATS, *STYLED_FORMATS):
        formats = ", ".join((*STYLED_FORMATS, *DATA_FORMATS))
        raise UsageError(f"no such format: {chosen}", hint=f"formats: {formats}")
    cites = _located([cite for word in words for cite in _read(store, word.strip())], locator)
    cites = [{**cite, "id": store.resolve(cite["id"])} for cite in cites]
    told = () if outside is None else _verified(store, cites, outside)
    items = list({cite["id"]: store.item(cite["id"]) for cite in cites}.values())
    notes, lacking = _notes(store, items) if provenance else ({}, ())
    if chosen in DATA_FORMATS:
        cited = _as_data(items, cites, chosen, notes, apart=apart)
        return cited._replace(warnings=(*cited.warnings, *lacking, *told))
    source = _style(store, style)
    call = _Call(
        format=cast("StyledFormat", chosen),
        locale=locale or source.default_locale or store.settings.locale,
        in_text=in_text,
        apart=apart,
        explain=explain,
        links=links,
        notes=notes,
        mode=_mode(words) if in_text else "",
    )
    cited = _styled([source.fit(item.csl()) for item in items], cites, source, call)
    return cited._replace(warnings=(*cited.warnings, *lacking, *told))


def _whole(store: ItemReader) -> ArchiveStore:
    """All of the archive: most references need its items alone, and the rest takes time to load."""
    from citekit.store.archive import ArchiveStore

    return store if isinstance(store, ArchiveStore) else ArchiveStore(store.root, store.settings)


def _verified(store: ItemReader, cites: list[Cite], outside: Outside) -> tuple[str, ...]:
    from citekit.app.citing.verified import check_cited

    return check_cited(_whole(store), [cite["id"] for cite in cites], outside)


def _notes(store: ItemReader, items: list[Item]) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """What each reference says of its evidence, and warnings for those that have none."""
    from citekit.app.citing.provenance_note import provenance_note

    whole = _whole(store)
    notes = {item.key: provenance_note(whole, item.key) for item in items}
    lacking = (key for key, note in notes.items() if note is None)
    return notes, tuple(f"{key} has no capture: no provenance to add" for key in lacking)


def _read(store: ItemReader, word: str) -> list[Cite]:
    """The cites that a word names; Pandoc's syntax is loaded only where it is used."""
    is_cluster = "@" in word or word.startswith("[")
    known = known_in(store)
    if not is_cluster or store.has(split_name(word, *known)[0]):
        cite = read_name(word, *known)
        if "locator" in cite:
            _check_paragraph(store, cite["id"], int(cite["locator"]))
        return [cite]
    from citekit.app.citing.citation_syntax import read_cluster

    return read_cluster(word, *known)


def _mode(words: Sequence[str]) -> str:
    """How the citation is made: of Pandoc's ``@key [p. 3]`` alone the author is in the sentence."""
    if len(words) != 1 or "@" not in words[0]:
        return ""
    from citekit.app.citing.citation_syntax import is_narrative

    return "composite" if is_narrative(words[0]) else ""


def _check_paragraph(store: ItemReader, name: str, number: int) -> None:
    """Raise NotFound for a paragraph beyond the last one; without a text any may be named."""
    key = store.resolve(name)
    captures = _whole(store).captures(key).values()
    shapes = [
        payload.map
        for capture in captures
        for payload in capture.payloads.values()
        if payload.map is not None
    ]
    last = max((len(shape.paragraphs) for shape in shapes), default=None)
    if last is not None and not 1 <= number <= last:
        raise NotFound(f"{key} has no paragraph {number}", hint=f"its last one is {key}#p{last}")


def _located(cites: list[Cite], locator: str | None) -> list[Cite]:
    """The cites, the last one with the locator."""
    if locator is None or not cites:
        return cites
    from citekit.app.citing.citation_syntax import read_locator

    return [*cites[:-1], {**cites[-1], **read_locator(locator)}]


def _as_data(
    items: list[Item],
    cites: list[Cite],
    format_: str,
    notes: Mapping[str, str | None],
    *,
    apart: bool,
) -> Cited:
    from citekit.formats import write

    if notes:
        from citekit.app.citing.provenance_note import with_note

        items = [with_note(item, notes[item.key]) for item in items]
    located = [cite["id"] for cite in cites if "locator" in cite]
    warnings = [f"{format_} has no place for a locator: {key}" for key in located]
    references = [Reference(item.key, write([item.data], format_)) for item in items if apart]
    return Cited(
        text=write([item.data for item in items], format_),
        format=format_,
        references=tuple(references),
        warnings=tuple(warnings),
    )


def _style(store: ItemReader, style: str | None) -> StyleSource:
    from citekit.csl.styles import find_style

    return find_style(style or store.settings.style or DEFAULT_STYLE)


def _styled(
    data: list[dict[str, Any]], cites: list[Cite], source: StyleSource, call: _Call
) -> Cited:
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
    parts = result.citations if clusters else [text for _, text in result.bibliography]
    return Cited(
        text=_joined(list(parts), call.format),
        format=call.format,
        citations=result.citations,
        references=_references(result, shown.get("html")),
        warnings=(*result.warnings, *warnings),
        explained=_explain(source, data, clusters, call) if call.explain else (),
    )


def _process(
    source: StyleSource, data: list[dict[str, Any]], clusters: list[list[Cite]], call: _Call
) -> Mapping[StyledFormat, Result]:
    from citekit.csl import process_formats

    outputs: dict[StyledFormat, None] = {call.format: None}
    if call.apart:
        outputs["html"] = None
    return process_formats(
        source.xml,
        data,
        _citations(clusters, source, call),
        locale=call.locale,
        outputs=tuple(outputs),
        links=call.links,
    )


def _citations(
    clusters: list[list[Cite]], source: StyleSource, call: _Call
) -> list[Citation] | list[list[Cite]]:
    """The clusters, with the author in the sentence where that is asked for; a note has none."""
    if not call.mode:
        return clusters
    from citekit.csl import Citation, parse_style

    if parse_style(source.xml).style_class == "note":
        return clusters
    return [Citation(id="1", cites=tuple(cites), mode=call.mode) for cites in clusters]


def _with_notes(
    shown: Mapping[StyledFormat, Result], call: _Call, keys: list[str]
) -> dict[StyledFormat, Result]:
    """The results with what each reference says of its evidence.

    ``keys`` belong to the citations that stand for a bibliography, where a style has none.
    """
    from citekit.app.citing.provenance_note import append_note
    from citekit.model.value import replace

    def noted(key: str, text: str, format_: StyledFormat) -> str:
        return append_note(text, call.notes[key], format_)

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


def _references(shown: Result, html: Result | None) -> tuple[Reference, ...]:
    marked = dict(html.bibliography) if html else {}
    return tuple(Reference(key, text, marked.get(key)) for key, text in shown.bibliography)


def _explain(
    source: StyleSource, data: list[dict[str, Any]], clusters: list[list[Cite]], call: _Call
) -> tuple[Explained, ...]:
    from citekit.csl import explain

    return tuple(
        Explained(key, tuple((o.text, o.variable, o.macro, o.line) for o in origins))
        for key, origins in explain(
            source.xml, data, _citations(clusters, source, call), locale=call.locale
        )
        if (key is None) == bool(clusters)
    )


def _joined(entries: list[str], format_: StyledFormat) -> str:
    """The entries as one text, as the format separates paragraphs."""
    separator = "\n" if format_ in ("text", "html") else "\n\n"
    return separator.join(entry.rstrip("\n") for entry in entries)
