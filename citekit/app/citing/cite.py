"""References: formatted by a CSL style, or as data for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.app.annotating.passage_names import known_in, read_name, split_name
from citekit.app.citing.citation_syntax import is_narrative, read_cluster
from citekit.app.citing.locator_syntax import read_locator
from citekit.app.citing.provenance_note import provenance_note, with_note
from citekit.app.citing.result import DATA_FORMATS, Cited, Reference
from citekit.errors import NotFound
from citekit.formats import write
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from citekit.app.verifying.log_checks.trust_anchors import Outside
    from citekit.model.item import Item
    from citekit.store.items import ItemReader
    from citekit.store.reading import ArchiveReader

Cite = dict[str, Any]


def cite(
    store: ItemReader,
    keys: Sequence[str] = (),
    *,
    everything: bool = False,
    format: str | None = None,  # noqa: A002  # the word users know
    style: str | None = None,
    locale: str | None = None,
    in_text: bool = False,
    locator: str | None = None,
    apart: bool = True,
    explain: bool = False,
    outside: Outside | None = None,
    provenance: bool = False,
    links: bool = True,
    abbreviations: Path | None = None,
) -> Cited:
    """References of items, named by keys, passages (``KEY#p3``) or clusters in Pandoc's form.

    ``everything`` cites all items but private ones, which are cited by name alone.
    In the text, ``@key`` and ``@key [p. 3]`` alone have the author in the sentence, as in Pandoc.
    ``style`` is an id or a file (default: the archive's, else apa), ``format`` one of text, html,
    markdown, latex, rtf, bibtex, biblatex, csl-json, csl-yaml, hayagriva, ris, wikipedia, or of
    your own
    (``citekit.csl.register_format``); ``locator`` belongs to the last item. ``apart`` gives each
    reference on its own as well, in HTML too; ``explain`` where each piece of the output came from.
    With ``outside`` every item has to verify first, by what the verifier brings along;
    ``provenance`` adds capture time and digest to each reference; without ``links`` no identifier
    and no title becomes one. ``abbreviations`` is a file with short forms (JSON, as Zotero has it),
    which win over those of ``archive.toml``. Raises NotFound for an unknown key, style or file,
    UsageError for an unknown format, InvalidData for a file that is no such list, and what
    ``cite_verified`` raises for an item that does not verify.
    """
    chosen = format or "text"
    if chosen not in DATA_FORMATS:
        from citekit.app.citing import styled  # the processor, which data need not

        styled.check_format(chosen)
    if everything:
        store = store.for_others()
        keys = (*keys, *store.keys())
    cites = _located([cite for word in keys for cite in _read(store, word.strip())], locator)
    cites = [{**cite, "id": store.resolve(cite["id"])} for cite in cites]
    told = () if outside is None else _verified(store, cites, outside)
    items = list({cite["id"]: store.item(cite["id"]) for cite in cites}.values())
    notes, lacking = _notes(store, items) if provenance else ({}, ())
    told = (*told, *_withdrawn(items))
    if chosen in DATA_FORMATS:
        cited = _as_data(items, cites, chosen, notes, apart=apart)
        if abbreviations is not None:
            told = (*told, f"{chosen} has each field as it is: nothing is abbreviated")
        return replace(cited, warnings=(*cited.warnings, *lacking, *told))
    source = styled.style_of(store, style)
    call = styled.StyledCall(
        format=chosen,
        locale=locale or source.default_locale or store.settings.locale,
        in_text=in_text,
        apart=apart,
        explain=explain,
        links=links,
        notes=notes,
        mode=_mode(keys) if in_text else "",
        abbreviations=styled.short_forms(store.settings.abbreviations, abbreviations),
        copies={item.key: item.facts.archived[0] for item in items if item.facts.archived},
    )
    cited = styled.format_cites([source.fit(item.csl()) for item in items], cites, source, call)
    return replace(cited, warnings=(*cited.warnings, *lacking, *told))


def _whole(store: ItemReader) -> ArchiveReader:
    """All of the archive: most references need its items alone, and the rest takes time to load."""
    from citekit.store.reading import ArchiveReader

    return (
        store
        if isinstance(store, ArchiveReader)
        else ArchiveReader(store.root, store.settings, sees_private=store.layout.sees_private)
    )


def _verified(store: ItemReader, cites: list[Cite], outside: Outside) -> tuple[str, ...]:
    from citekit.app.citing.verified import check_cited

    return check_cited(_whole(store), [cite["id"] for cite in cites], outside)


def _notes(store: ItemReader, items: list[Item]) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """What each reference says of its evidence, and warnings for those that have none."""
    whole = _whole(store)
    notes = {item.key: provenance_note(whole, item.key) for item in items}
    lacking = (key for key, note in notes.items() if note is None)
    return notes, tuple(f"{key} has no capture: no provenance to add" for key in lacking)


def _withdrawn(items: list[Item]) -> tuple[str, ...]:
    """Warnings for items that are in nothing made for others; asked for by name they are told."""
    gone = (item for item in items if item.facts.withdrawn)
    return tuple(f"{item.key} was withdrawn at {item.facts.withdrawn:%Y-%m-%d}" for item in gone)


def _read(store: ItemReader, word: str) -> list[Cite]:
    """The cites that a word names; Pandoc's syntax is loaded only where it is used."""
    is_cluster = "@" in word or word.startswith("[")
    known = known_in(store)
    if not is_cluster or store.has(split_name(word, *known)[0]):
        cite = read_name(word, *known)
        if "locator" in cite:
            _check_paragraph(store, cite["id"], int(cite["locator"]))
        return [cite]
    return read_cluster(word, *known)


def _mode(words: Sequence[str]) -> str:
    """How the citation is made: of Pandoc's ``@key [p. 3]`` alone the author is in the sentence."""
    if len(words) != 1 or "@" not in words[0]:
        return ""
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
    return [*cites[:-1], {**cites[-1], **read_locator(locator)}]


def _as_data(
    items: list[Item],
    cites: list[Cite],
    format_: str,
    notes: Mapping[str, str | None],
    *,
    apart: bool,
) -> Cited:
    if notes:
        items = [with_note(item, notes[item.key]) for item in items]
    located = [cite["id"] for cite in cites if "locator" in cite]
    warnings = [f"{format_} has no place for a locator: {key}" for key in located]
    references = [
        Reference(key=item.key, text=write([item.data], format_)) for item in items if apart
    ]
    return Cited(
        text=write([item.data for item in items], format_),
        format=format_,
        references=tuple(references),
        warnings=tuple(warnings),
    )
