"""Search the styles that are there, by the words of their ids, titles and fields.

Reading 10,844 heads takes about a second, reading them back from one cached file a twentieth of
it (``tests/bench/csl_speed.py`` measures both). There is a cache for those of the package and one
for the user's own, each with a stamp of the folder; both are plain JSON in the user's cache folder,
and may be deleted at any time.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.csl.style.head import read_head
from citekit.csl.style.installed import short_names, styles_folder
from citekit.csl.style.locale import files_in, updated_of
from citekit.csl.style.own import is_as_new, own_stamp
from citekit.errors import InvalidData
from citekit.model.machine.user_folders import (
    cache_folder,
    own_locales_folder,
    own_styles_folder,
)
from citekit.model.nearest import nearest as nearest_names
from citekit.model.value import Value, replace
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HEAD_BYTES = 8192  # no style that exists has a longer head; a longer one is read whole


class StyleSummary(Value):
    """One style, as ``citekit styles`` lists it.

    ``parent`` is the id of the style that a dependent style stands for, else empty; ``edition`` is
    that of the manual where the title names it; ``short_names`` are those people type. ``url`` is
    the id that the style gives itself, ``updated`` the instant it names; ``is_own`` tells the
    user's styles from those of the package.
    """

    id: str
    title: str
    title_short: str = ""
    citation_format: str = ""
    fields: tuple[str, ...] = ()
    parent: str = ""
    edition: str = ""
    short_names: tuple[str, ...] = ()
    url: str = ""
    updated: str = ""
    is_own: bool = False

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
            "updated": self.updated or None,
            "source": "own" if self.is_own else "package",
        }


def search_styles(query: str = "", *, own: bool = False) -> tuple[StyleSummary, ...]:
    """The styles whose id, title, short names or fields hold every word; best first.

    ``own`` lists only what the user has brought, languages too.
    """
    found = (*own_summaries(), *own_locales()) if own else summaries()
    return search(query, found)


def id_of_title(title: str) -> str | None:
    """The id of the style with this title or short title; independent styles come first."""
    wanted = " ".join(title.casefold().split())
    if not wanted:
        return None
    for style in sorted(summaries(), key=lambda style: bool(style.parent)):
        if wanted in (style.title.casefold(), style.title_short.casefold()):
            return style.id
    return None


def id_of_url(url: str) -> str | None:
    """The id of the style that gives itself this address as its id."""
    return next((style.id for style in summaries() if style.url == url), None)


def nearest(name: str) -> list[str]:
    """The ids that may have been meant: those close in spelling, then those that hold the words."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower())[:100]
    close = nearest_names(slug, [*short_names(), *(style.id for style in summaries())])
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


def summaries() -> tuple[StyleSummary, ...]:
    """Every style that is there with the short names it goes by, by id.

    Read once for each process, and again when the user's own styles change.
    """
    return _summaries(own_stamp(own_styles_folder()))


@lru_cache(maxsize=1)
def _summaries(_stamp: tuple[str, int]) -> tuple[StyleSummary, ...]:
    names: dict[str, tuple[str, ...]] = {}
    for short, style_id in short_names().items():
        names[style_id] = (*names.get(style_id, ()), short)
    found = {style.id: style for style in _packaged()}
    for own in own_summaries():
        other = found.get(own.id)
        if other is None or is_as_new(own.updated, other.updated):
            found[own.id] = own
    return tuple(
        replace(style, short_names=names[style_id]) if style_id in names else style
        for style_id, style in sorted(found.items())
    )


def own_summaries() -> tuple[StyleSummary, ...]:
    """The styles that the user has brought, by id, those too that are older than the package's."""
    folder, changed_ns = own_stamp(own_styles_folder())
    if not changed_ns:
        return ()
    cache_file, stamp = cache_folder() / "styles-own.json", f"{folder} {changed_ns}"
    return read_own_summaries(Path(folder), cache_file, stamp)


def own_locales() -> tuple[StyleSummary, ...]:
    """The languages that the user has brought, as far as they can be listed like styles."""
    return tuple(
        StyleSummary(
            id=path.stem, title=f"the language {tag}", updated=updated_of(path), is_own=True
        )
        for tag, path in sorted(files_in(own_locales_folder()).items())
    )


@cache
def _packaged() -> tuple[StyleSummary, ...]:
    return read_summaries(styles_folder(), cache_folder() / "styles.json")


def read_summaries(folder: Path, cache: Path | None) -> tuple[StyleSummary, ...]:
    """Every style in the folder and in its ``dependent`` folder, by id.

    Files that are no styles are left out. ``cache`` is the file to keep the answer in, None for no
    cache; one that cannot be read or written is as good as none.
    """
    folders = (folder, folder / "dependent")
    stamp = " ".join([__version__, *map(_state, folders)])
    return tuple(map(_summary, _kept_rows(folders, cache, stamp)))


def _state(folder: Path) -> str:
    """What changes with the list of a folder: who installs styles writes it anew."""
    found = folder.stat()
    return f"{found.st_mtime_ns}:{found.st_ino}"


def read_own_summaries(folder: Path, cache: Path, stamp: str) -> tuple[StyleSummary, ...]:
    """Every style in the user's folder; the cache holds as long as it has this stamp."""
    rows = _kept_rows((folder,), cache, stamp)
    return tuple(replace(_summary(row), is_own=True) for row in rows)


def _kept_rows(folders: tuple[Path, ...], cache: Path | None, stamp: str) -> list[list[Any]]:
    """The rows of the cache if it has this stamp, else of the styles in the folders, then kept."""
    rows = _read_cache(cache, stamp) if cache else None
    if rows is None:
        rows = [_row(style_id, path) for style_id, path in _style_files(folders)]
        rows = sorted(row for row in rows if row)
        if cache:
            _write_cache(cache, stamp, rows)
    return rows


def _style_files(folders: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for place in folders:
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
        head.id,
        head.updated,
    ]


def _summary(row: list[Any]) -> StyleSummary:
    style_id, title, title_short, citation_format, fields, parent, edition, url, updated = row
    return StyleSummary(
        id=style_id,
        title=title,
        title_short=title_short,
        citation_format=citation_format,
        fields=tuple(fields),
        parent=parent,
        edition=edition,
        url=url,
        updated=updated,
    )


def _read_cache(cache: Path, stamp: str) -> list[list[Any]] | None:
    try:
        kept = json.loads(cache.read_bytes())
    except (OSError, ValueError):
        return None
    if not (isinstance(kept, dict) and kept.get("stamp") == stamp):
        return None
    rows = kept.get("styles")
    good = isinstance(rows, list) and all(_is_row(row) for row in rows)
    return rows if good else None


def _is_row(row: object) -> bool:
    return (
        isinstance(row, list)
        and [type(value) for value in row] == [str, str, str, str, list, str, str, str, str]
        and all(type(value) is str for value in row[4])
    )


def _write_cache(cache: Path, stamp: str, rows: list[list[Any]]) -> None:
    """Write beside and rename, so that another process never reads half a file."""
    beside = cache.with_name(f"{cache.name}.{os.getpid()}")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        kept = {"stamp": stamp, "styles": rows}
        beside.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        beside.replace(cache)
    except OSError:
        return
