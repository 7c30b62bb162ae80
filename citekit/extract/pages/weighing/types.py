"""What type of item a page is, by its data, its address, and the keys that it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.kinds import kind_of_host, kinds_of_steps, told_by
from citekit.extract.shared.evidence import Evidence
from citekit.extract.shared.publishers import host_of
from citekit.extract.shared.words import bare, every, fold
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLACES = {"og-type": "og", "type-words": "words", "generator": "generator"}


def weigh_types(raw: list[Evidence], url: str | None) -> list[Evidence]:
    """The candidates for the type; a web page, where nothing says more."""
    default = Evidence(field="type", value="webpage", origin="html", rule="default", confidence=0.3)
    said = (one for e in raw for one in _said(e))
    own = (e for e in raw if e.field == "type")
    return [*own, *said, *_by_host(url), *_by_steps(url), default]


def _said(one: Evidence) -> Iterator[Evidence]:
    """What the presence of a key tells, and what its words do."""
    if one.origin == "meta" and (told := told_by("key").get(one.rule)):
        yield replace(one, field="type", value=told[0], confidence=told[1])
    if one.field == "section" and bare(one.value) in every("release"):
        yield replace(one, field="genre", value="Press release")
    table = told_by(_PLACES[one.field]) if one.field in _PLACES else {}
    words = fold(str(one.value)[:200]) if table else ""
    for word, (kind, confidence) in table.items():
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", words):
            yield replace(one, field="type", value=kind, confidence=confidence * one.confidence)
            return


def _by_host(url: str | None) -> Iterator[Evidence]:
    if kind := kind_of_host(url):
        said = {
            "type": kind.type,
            "container-title": kind.container,
            "publisher": kind.publisher,
            "genre": kind.genre,
        }
        yield from _told(said, url, "host-table", 0.9)


def _by_steps(url: str | None) -> Iterator[Evidence]:
    for kind in kinds_of_steps(url):
        yield from _told({"type": kind.type, "genre": kind.genre}, url, "path", kind.confidence)


def _told(
    said: Mapping[str, str | None], url: str | None, rule: str, confidence: float
) -> Iterator[Evidence]:
    for field, value in said.items():
        if value:
            yield Evidence(
                field=field,
                value=value,
                origin="url",
                rule=rule,
                place={"payload": "url", "value": host_of(url)},
                confidence=confidence,
            )
