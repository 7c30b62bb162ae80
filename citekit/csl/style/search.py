"""Search the styles that are installed, by the words of their ids, titles and fields.

Reading 10,844 heads takes about a second, a search of the list that is kept of them a hundredth of
it (``tests/bench/csl_speed.py`` measures both): it looks at lines, and reads those that may match.
The list is in the user's cache folder, and may be deleted at any time.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from citekit.csl.style.head import read_head
from citekit.csl.style.installed import short_names, styles_folder
from citekit.errors import InvalidData
from citekit.model.nearest import nearest as nearest_names
from citekit.model.records.user_cache import cache_folder, keep, read_kept
from citekit.model.value import NOTHING, Value
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
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
    """The styles whose id, title, short names or fields hold every word; best first.

    Best is: the id or a short name is the query; then a title that begins with it; then independent
    styles before dependent ones; then the shorter title. All of them for no words.
    """
    wanted = query.casefold().split()
    found = [style for style in _installed().holding(wanted) if _holds(style, wanted)]
    return tuple(sorted(found, key=lambda style: _rank(style, " ".join(wanted))))


def id_of_title(title: str) -> str | None:
    """The id of the style with this title or short title; independent styles come first."""
    wanted = " ".join(title.casefold().split())
    if not wanted:
        return None
    found = _installed().holding(wanted.split())
    for style in sorted(found, key=lambda style: bool(style.parent)):
        if wanted in (style.title.casefold(), style.title_short.casefold()):
            return style.id
    return None


def nearest(name: str) -> list[str]:
    """The ids that may have been meant: those close in spelling, then those that hold the words."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower())[:100]
    ids = (style.id for style in _installed().holding(()))
    close = nearest_names(slug, [*short_names(), *ids])
    return close + [style.id for style in search_styles(name)[:3] if style.id not in close]


def _holds(style: StyleSummary, wanted: list[str]) -> bool:
    words = _words(style)
    return all(word in words for word in wanted)


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
def _installed() -> StyleList:
    """Every installed style, listed once for each process."""
    return StyleList(styles_folder(), cache_folder() / "styles.txt", short_names())


class StyleList:
    """The styles in a folder and in its ``dependent`` folder, by id; files that are none left out.

    ``kept`` is the file in which the list is kept, None for none; ``short`` gives the id of each
    short name.
    """

    def __init__(self, folder: Path, kept: Path | None, short: Mapping[str, str] = NOTHING) -> None:
        self._names: dict[str, tuple[str, ...]] = {}
        for name, style_id in short.items():
            self._names[style_id] = (*self._names.get(style_id, ()), name)
        made_of = f"{__version__} {_state(folder)} {_state(folder / 'dependent')}"
        self._lines = [] if kept is None else read_kept(kept, made_of)
        if not self._lines:
            rows = sorted(
                row for style_id, path in _style_files(folder) if (row := _row(style_id, path))
            )
            self._lines = [json.dumps(row, ensure_ascii=False) for row in rows]
            if kept is not None:
                keep(kept, made_of, self._lines)

    def holding(self, words: Sequence[str]) -> Iterator[StyleSummary]:
        """The styles whose lines hold all these words in lower case, and maybe some more."""
        told = [word for word in words if '"' not in word and "\\" not in word]
        for line in self._lines:
            said = line.casefold()
            if all(word in said for word in told) or self._is_called(line):
                yield self._summary(json.loads(line))

    def _is_called(self, line: str) -> bool:
        """Whether it is one of the few styles with short names, which no line holds."""
        return line[2 : line.index('"', 2)] in self._names

    def _summary(self, row: list[Any]) -> StyleSummary:
        style_id, title, title_short, citation_format, fields, parent, edition = row
        return StyleSummary(
            id=style_id,
            title=title,
            title_short=title_short,
            citation_format=citation_format,
            fields=tuple(fields),
            parent=parent,
            edition=edition,
            short_names=self._names.get(style_id, ()),
        )


def _state(folder: Path) -> str:
    """What changes with the list of a folder: an installation writes it anew."""
    with suppress(OSError):
        found = folder.stat()
        return f"{found.st_mtime_ns}:{found.st_ino}"
    return "-"


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
