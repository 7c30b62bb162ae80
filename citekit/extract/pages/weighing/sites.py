"""What the site is called, and whether a text is its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.shared.names import without_legal_form
from citekit.extract.shared.publishers import host_of, publisher_evidence
from citekit.extract.shared.words import fold, tokens
from citekit.model.value import replace

TITLE_MARKS = re.compile(r"\s+[|–—·•»«›‹~:-]\s+|\s*[|│]\s*|\s+::\s+")
_ABBREVIATION = re.compile(r"\s+\([A-ZÄÖÜ]{2,8}\)$")
_HOST_END = re.compile(r"(?<=\w)(?:\.[a-z]{2,4}){1,2}$", re.IGNORECASE)
_MOST_WORDS = 6  # of a site's name

# Works that stand for themselves: the site that shows one does not contain it.
WHOLE_WORKS = frozenset({"article", "thesis", "report", "book", "dataset", "legislation"})

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.extract.shared.evidence import Evidence
    from citekit.extract.shared.publishers import Directory, Publisher


def weigh_sites(raw: list[Evidence], url: str | None, known: Directory) -> list[Evidence]:
    """What the site and its publisher are called, by the page and by the table.

    The table's name is that of the publication; where the page declares another of its names, it is
    cited by that one.
    """
    found = [e for e in _names(raw) if not str(e.value).startswith("http")]
    found = _well_written([*found, *_behind_headlines(raw, url)], _labels(url))
    publisher = known.of_url(url)
    named = [e for e in found if e.field == "container-title"]
    if publisher:
        called = _called(named, publisher, known)
        place = {"payload": "url", "value": host_of(url)}
        found += publisher_evidence(called, "url", "domain", place, 0.95)
    for one in named[:3]:
        if other := known.of_name(one.value):
            same = called if publisher and other == publisher else other
            found += publisher_evidence(same, one.origin, one.rule, dict(one.place), 0.6)
    if not named:
        found += [
            replace(e, field="container-title", confidence=0.5)
            for e in found
            if e.field == "publisher" and not _is_of_work(e)
        ][:1]
    return found


def _called(named: list[Evidence], publisher: Publisher, known: Directory) -> Publisher:
    """The publisher under the name that the page declares for it, where that is a part of its own.

    "The Mirror" calls itself so, and not "Daily Mirror".
    """
    whole = set(tokens(publisher.name))
    for one in named:
        words = set(tokens(one.value)) - {"the"}
        is_own = known.of_name(one.value) == publisher and words < whole - {"the"}
        if one.rule == "og:site_name" and is_own and not _is_badly_written(one.value):
            owner = publisher.publisher or publisher.name
            return replace(publisher, name=one.value, publisher=owner)
    return publisher


def _well_written(found: list[Evidence], labels: frozenset[str]) -> list[Evidence]:
    """The names, one that is a host or has no capital as another candidate writes it."""
    tidy = [replace(e, value=_tidy(str(e.value), labels)) for e in found]
    better = {compact(e.value): e.value for e in reversed(tidy) if not _is_badly_written(e.value)}
    return [
        replace(e, value=better.get(compact(_HOST_END.sub("", e.value)), e.value))
        if _is_badly_written(e.value)
        else e
        for e in tidy
    ]


def _is_badly_written(name: str) -> bool:
    return bool(_HOST_END.search(name)) or (name.islower() and " " not in name)


def _tidy(name: str, labels: frozenset[str]) -> str:
    """A name without its abbreviation behind it, and without mottos beside the host's name."""
    name = _ABBREVIATION.sub("", name)
    parts = TITLE_MARKS.split(name)
    return next((part for part in parts if compact(part) in labels), name).strip()


def _behind_headlines(raw: list[Evidence], url: str | None) -> Iterator[Evidence]:
    """The site's name, like the host's, as the ``title`` element has it beside the headline."""
    labels = [label for label in _labels(url) if len(label) > 5]
    for one in raw:
        if one.field != "title" or one.rule != "title-element":
            continue
        for part in (TITLE_MARKS.split(one.value)[:1] + TITLE_MARKS.split(one.value)[-1:])[::-1]:
            is_like = any(label in compact(part) for label in labels)
            if is_like and part != one.value and len(part.split()) <= _MOST_WORDS:
                yield replace(one, field="container-title", value=part.strip(), confidence=0.5)
                return


def _labels(url: str | None) -> frozenset[str]:
    """The labels of an address's host, compact as names are, without the last."""
    return frozenset(compact(label) for label in host_of(url).split(".")[:-1])


def _names(raw: list[Evidence]) -> list[Evidence]:
    """What the page calls its site and publisher; the headline in their place names neither."""
    titles = {compact(e.value) for e in raw if e.field == "title" and len(e.value.split()) > 3}
    return [
        e
        for e in raw
        if e.field in {"container-title", "publisher"} and compact(e.value) not in titles
    ]


def weigh_containers(sites: list[Evidence], kind: str) -> list[Evidence]:
    """The names of the site, doubted where it is not what contains an item of this kind.

    A journal's name wins over that of the site it is on; a thesis or a law is in no container.
    """
    is_within = any(e.field == "container-title" and _is_of_work(e) for e in sites)
    most = 0.1 if kind in WHOLE_WORKS else 0.6 if is_within else 1.0
    return [
        replace(e, confidence=min(e.confidence, most))
        if e.field == "container-title" and not _is_of_work(e)
        else e
        for e in sites
    ]


def _is_of_work(one: Evidence) -> bool:
    return one.rule.startswith(("citation_", "bepress_", "eprints.", "prism.", "isPartOf"))


def is_site(part: str, sites: frozenset[str]) -> bool:
    """Whether a part of a title is the site's name, or most of it."""
    key = compact(part)
    return bool(key) and any(
        key == site
        or (
            len(key) >= 4
            and len(site) >= 4
            and (key in site or site in key)
            and len(part.split()) <= _MOST_WORDS
        )
        for site in sites
    )


def compact(name: str) -> str:
    """A name without case, spaces and signs, as `site_names` has them."""
    return re.sub(r"[\W_]", "", fold(name)).removeprefix("the")


def site_names(raw: list[Evidence], url: str | None, known: Directory) -> frozenset[str]:
    """All names the site has, compact: its own, the table's, and its host's."""
    names = [
        e.value
        for e in _names(raw)
        if e.field == "container-title" or e.origin in {"json-ld", "microdata"}
    ]
    names += [without_legal_form(name) for name in names]
    publisher = known.of_url(url)
    if publisher:
        names += [publisher.name, *publisher.aliases]
    host = host_of(url)
    labels = host.split(".")
    names += [host, *[label for label in labels[:-1] if len(label) > 3]]
    return frozenset(key for name in names if (key := compact(name)))
