"""Search the styles that are installed, by the words of their ids, titles and fields.

Reading 10,844 heads takes about a second, reading them back from one cached file a twentieth of
it (``tests/bench/csl_speed.py`` measures both); the cache is plain JSON in the user's cache folder,
is named by the version of the package that the styles come in, and may be deleted at any time.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from citekit.csl.style.head import read_head
from citekit.errors import InvalidData
from citekit.model.value import Value

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
            _write_cache(cache, rows)
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
        rows = json.loads(cache.read_bytes())
    except (OSError, ValueError):
        return None
    good = isinstance(rows, list) and rows and all(_is_row(row) for row in rows)
    return rows if good else None


def _is_row(row: object) -> bool:
    return (
        isinstance(row, list)
        and [type(value) for value in row] == [str, str, str, str, list, str, str]
        and all(type(value) is str for value in row[4])
    )


def _write_cache(cache: Path, rows: list[list[Any]]) -> None:
    """Write beside and rename, so that another process never reads half a file."""
    beside = cache.with_name(f"{cache.name}.{os.getpid()}")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        beside.replace(cache)
    except OSError:
        return
