"""References: formatted by a CSL style, or as data for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

from citekit.app.keys import read_name
from citekit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.process import Result
    from citekit.csl.styles import StyleSource
    from citekit.model.item import Item
    from citekit.store.archive import ArchiveStore

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


class Cited(NamedTuple):
    """References: the ``text`` in the format asked for, and its parts.

    ``citations`` holds the in-text citation where one was asked for. ``references`` are in the
    order of the style; in a data format in the order asked for.
    """

    text: str
    format: str
    citations: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    warnings: tuple[str, ...] = ()


def cite(
    store: ArchiveStore,
    words: Sequence[str],
    *,
    format_: str | None = None,
    style: str | None = None,
    locale: str | None = None,
    in_text: bool = False,
    locator: str | None = None,
    with_html: bool = False,
) -> Cited:
    """References of items, named by keys, passages (``KEY#p3``) or clusters in Pandoc's form.

    ``style`` is an id or a file (default: the archive's, else apa), ``locator`` belongs to the last
    item. ``with_html`` gives each reference in HTML as well. Raises NotFound for an unknown key or
    style, UsageError for an unknown format.
    """
    chosen = format_ or "text"
    if chosen not in (*DATA_FORMATS, *STYLED_FORMATS):
        formats = ", ".join((*STYLED_FORMATS, *DATA_FORMATS))
        raise UsageError(f"no such format: {chosen}", hint=f"formats: {formats}")
    cites = _located([cite for word in words for cite in _read(word.strip())], locator)
    cites = [{**cite, "id": store.resolve(cite["id"])} for cite in cites]
    items = {cite["id"]: store.item(cite["id"]) for cite in cites}
    if chosen in DATA_FORMATS:
        return _as_data(list(items.values()), cites, chosen)
    source = _style(store, style)
    return _styled(
        list(items.values()),
        cites,
        source,
        format_=cast("StyledFormat", chosen),
        locale=locale or source.default_locale or store.settings.locale,
        in_text=in_text,
        with_html=with_html,
    )


def _read(word: str) -> list[Cite]:
    """The cites that a word names; Pandoc's syntax is loaded only where it is used."""
    if "@" not in word and not word.startswith("["):
        return [read_name(word)]
    from citekit.app.cluster import read_cluster

    return read_cluster(word)


def _located(cites: list[Cite], locator: str | None) -> list[Cite]:
    """The cites, the last one with the locator."""
    if locator is None or not cites:
        return cites
    from citekit.app.cluster import read_locator

    return [*cites[:-1], {**cites[-1], **read_locator(locator)}]


def _as_data(items: Sequence[Item], cites: Sequence[Cite], format_: str) -> Cited:
    from citekit.formats import write

    located = [cite["id"] for cite in cites if "locator" in cite]
    warnings = [f"{format_} has no place for a locator: {key}" for key in located]
    return Cited(
        text=write([item.data for item in items], format_),
        format=format_,
        references=tuple(
            Reference(key=item.key, text=write([item.data], format_)) for item in items
        ),
        warnings=tuple(warnings),
    )


def _style(store: ArchiveStore, style: str | None) -> StyleSource:
    from citekit.csl.styles import find_style

    return find_style(style or store.settings.style or DEFAULT_STYLE)


def _styled(
    items: Sequence[Item],
    cites: Sequence[Cite],
    source: StyleSource,
    *,
    format_: StyledFormat,
    locale: str,
    in_text: bool,
    with_html: bool,
) -> Cited:
    data = [item.csl() for item in items]
    shown = _process(source, data, cites if in_text else None, format_, locale)
    warnings = list(shown.warnings)
    if in_text:
        return Cited(
            text=shown.citations[0],
            format=format_,
            citations=shown.citations,
            references=_references(shown, None),
            warnings=tuple(warnings),
        )
    if not shown.bibliography:
        return _notes(source, data, format_, locale)
    if any("locator" in cite for cite in cites):
        warnings.append("a bibliography has no place for a locator: use --in-text")
    html = _process(source, data, None, "html", locale) if with_html else None
    return Cited(
        text=_joined([text for _, text in shown.bibliography], format_),
        format=format_,
        references=_references(shown, html),
        warnings=tuple(warnings),
    )


def _notes(
    source: StyleSource, data: Sequence[dict[str, Any]], format_: StyledFormat, locale: str
) -> Cited:
    """Full citations, for a style that has no bibliography."""
    from citekit.csl import process

    clusters = [[{"id": item["id"]}] for item in data]
    shown = process(source.xml, data, clusters, locale=locale, output=format_)
    return Cited(
        text=_joined(list(shown.citations), format_),
        format=format_,
        references=tuple(
            Reference(key=item["id"], text=text)
            for item, text in zip(data, shown.citations, strict=True)
        ),
        warnings=(*shown.warnings, f"{source.id} has no bibliography: these are its citations"),
    )


def _process(
    source: StyleSource,
    data: Sequence[dict[str, Any]],
    cites: Sequence[Cite] | None,
    format_: StyledFormat,
    locale: str,
) -> Result:
    from citekit.csl import process

    clusters = [] if cites is None else [list(cites)]
    return process(source.xml, data, clusters, locale=locale, output=format_)


def _references(shown: Result, html: Result | None) -> tuple[Reference, ...]:
    marked = dict(html.bibliography) if html else {}
    return tuple(
        Reference(key=key, text=text, html=marked.get(key)) for key, text in shown.bibliography
    )


def _joined(entries: list[str], format_: StyledFormat) -> str:
    """The entries as one text, as the format separates paragraphs."""
    separator = "\n" if format_ in ("text", "html") else "\n\n"
    return separator.join(entry.rstrip("\n") for entry in entries)
