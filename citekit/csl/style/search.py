"""Search the styles that are installed, by the words of their ids, titles and fields.

Reading 10,844 heads takes about a second, reading them back from one cached file a twentieth of
it (``tests/bench/csl_speed.py`` measures both); the cache is plain JSON in the user's cache folder,
is named by the version of the package that the styles come in, and may be deleted at any time.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from citekit.csl.style.head import read_head
from citekit.csl.style.installed import PACKAGE, short_names, styles_folder
from citekit.errors import InvalidData
from citekit.model.nearest import nearest as nearest_names
from citekit.model.records.user_cache import cache_folder, read_own, write_own
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEAD_BYTES = 8192  # no style that exists has a longer head; a longer one is read whole


class StyleSummary(Value):
    """One style, as ``citekit styles`` lists it.

    ``parent`` is the id of the style that a dependent style stands for, else empty; ``edition`` is
    that of the manual where the title names it; ``short_names`` are those people type.
    """

    id: str
    title: str
    title_short: str = ""
    citation_format: str = ""
    fields: tuple[str, ...] = ()
    parent: str = ""
    edition: str = ""
    short_names: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The object that ``styles --json`` prints."""
        return {
            "id": self.id,
            "title": self.title,
            "title-short": self.title_short,
            "citation-format": self.citation_format,
            "fields": list(self.fields),
            "parent": self.parent or None,
            "edition": self.edition or None,
            "short-names": list(self.short_names),
        }


def search_styles(query: str = "") -> tuple[StyleSummary, ...]:
    """The styles whose id, title, short names or fields hold every word; best first."""
    return search(query, _summaries())


def id_of_title(title: str) -> str | None:
    """The id of the style with this title or short title; independent styles come first."""
    wanted = " ".join(title.casefold().split())
    if not wanted:
        return None
    for style in sorted(_summaries(), key=lambda style: bool(style.parent)):
        if wanted in (style.title.casefold(), style.title_short.casefold()):
            return style.id
    return None


def nearest(name: str) -> list[str]:
    """The ids that may have been meant: those close in spelling, then those that hold the words."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower())[:100]
    close = nearest_names(slug, [*short_names(), *(style.id for style in _summaries())])
    return close + [style.id for style in search_styles(name)[:3] if style.id not in close]


def search(query: str, styles: tuple[StyleSummary, ...]) -> tuple[StyleSummary, ...]:
    """The styles that hold every word of the query, best first; all of them for no words.

    Best is: the id or a short name is the query; then a title that begins with it; then independent
    styles before dependent ones; then the shorter title.
    """
    wanted = query.casefold().split()
    found = (style for style in styles if all(word in _words(style) for word in wanted))
    return tuple(sorted(found, key=lambda style: _rank(style, " ".join(wanted))))


def _words(style: StyleSummary) -> str:
    return " ".join(
        (
            style.id,
            style.title,
            style.title_short,
            style.citation_format,
            *style.fields,
            *style.short_names,
        )
    ).casefold()


def _rank(style: StyleSummary, query: str) -> tuple[bool, bool, bool, int, str]:
    return (
        query != style.id and query not in style.short_names,
        not style.title.casefold().startswith(query),
        bool(style.parent),
        len(style.title) if query else 0,
        style.id,
    )


@cache
def _summaries() -> tuple[StyleSummary, ...]:
    """Every installed style with the short names it goes by, read once for each process."""
    names: dict[str, tuple[str, ...]] = {}
    for short, style_id in short_names().items():
        names[style_id] = (*names.get(style_id, ()), short)
    return tuple(
        replace(style, short_names=names[style.id]) if style.id in names else style
        for style in read_summaries(styles_folder(), _cache_file())
    )


def _cache_file() -> Path | None:
    """Where the list of styles is kept: one file for each version of the package."""
    # only a search needs these, which take as long as formatting a reference
    from importlib.metadata import PackageNotFoundError, version

    try:
        return cache_folder() / f"styles-{version(PACKAGE)}.json"
    except PackageNotFoundError:
        return None


def read_summaries(folder: Path, cache: Path | None) -> tuple[StyleSummary, ...]:
    """Every style in the folder and in its ``dependent`` folder, by id.

    Files that are no styles are left out. ``cache`` is the file to keep the answer in, None for no
    cache; one that cannot be read or written is as good as none.
    """
    rows = _read_cache(cache) if cache else None
    if rows is None:
        rows = [_row(style_id, path) for style_id, path in _style_files(folder)]
        rows = sorted(row for row in rows if row)
        if cache:
            write_own(cache, json.dumps(rows, ensure_ascii=False).encode())
    return tuple(_summary(row) for row in rows)


def _style_files(folder: Path) -> Iterator[tuple[str, str]]:
    for place in (folder, folder / "dependent"):
        with os.scandir(place) as entries:
            yield from ((e.name[:-4], e.path) for e in entries if e.name.endswith(".csl"))


def _row(style_id: str, path: str) -> list[Any]:
    """One style as plain data, in the order of the fields of StyleSummary."""
    with open(path, "rb") as file:  # noqa: PTH123  # a tenth of the time of 10,844 Path objects
        start = file.read(_HEAD_BYTES)
        xml = start if b"</info>" in start else start + file.read()
    try:
        head = read_head(xml, path)
    except InvalidData:
        return []
    parent = (head.parent or "").rpartition("/")[2]
    return [
        style_id,
        head.title,
        head.title_short,
        head.citation_format,
        list(head.fields),
        parent,
        head.edition,
    ]


def _summary(row: list[Any]) -> StyleSummary:
    style_id, title, title_short, citation_format, fields, parent, edition = row
    return StyleSummary(
        id=style_id,
        title=title,
        title_short=title_short,
        citation_format=citation_format,
        fields=tuple(fields),
        parent=parent,
        edition=edition,
    )


def _read_cache(cache: Path) -> list[list[Any]] | None:
    try:
        rows = json.loads(read_own(cache) or b"")
    except ValueError:
        return None
    good = isinstance(rows, list) and rows and all(_is_row(row) for row in rows)
    return rows if good else None


def _is_row(row: object) -> bool:
    return (
        isinstance(row, list)
        and [type(value) for value in row] == [str, str, str, str, list, str, str]
        and all(type(value) is str for value in row[4])
    )
