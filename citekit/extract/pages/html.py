"""Read a web page: structured data first, then what is visible, and weigh the candidates.

Start here: `read_html` is the list of steps.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from citekit.extract.pages.captions import read_captions
from citekit.extract.pages.jsonld import read_jsonld
from citekit.extract.pages.main_text import main_text, paragraphs_in
from citekit.extract.pages.meta import canonical_url, read_meta
from citekit.extract.pages.tree import clean, parse_html, selector_of
from citekit.extract.pages.visible import read_visible
from citekit.extract.shared.bylines import read_byline, split_names
from citekit.extract.shared.dates import date_in_url, find_dates, instant, parse_iso
from citekit.extract.shared.evidence import Caption, Evidence, pair_times
from citekit.extract.shared.language import detect_language
from citekit.extract.shared.names import csl_name, is_agency, is_organisation
from citekit.extract.shared.publishers import directory, host_of, publisher_evidence
from citekit.extract.shared.terms import slug_terms, terms
from citekit.extract.shared.words import bare, every, fold
from citekit.findings import unheard
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from citekit.extract.shared.publishers import Directory, Publisher

_SINGLEFILE = re.compile(
    r"<!--\s*Page saved with SingleFile\s+url:\s*(?P<url>\S+)\s+"
    r"saved date:\s*+(?P<date>[^\n]{10,120}?)\s*(?:\n|-->)",
)
_TITLE_MARKS = re.compile(r"\s+[|–—·•»:-]\s+|\s*[|│]\s*|\s+::\s+")


class HtmlReading(Value):
    """What a page gave."""

    evidence: tuple[Evidence, ...]
    captions: tuple[Caption, ...]
    paragraphs: tuple[tuple[str, tuple[int, int] | None], ...]
    source_url: str | None = None
    captured_at: datetime | None = None


def read_html(
    decoded: str,
    *,
    url: str | None = None,
    publishers: Sequence[Publisher] = (),
) -> HtmlReading:
    """Evidence, captions and body paragraphs of a page."""
    saved_url, saved_at = singlefile_header(decoded)
    root = parse_html(decoded)
    if root is None:
        return HtmlReading(evidence=(), captions=(), paragraphs=())
    canonical = canonical_url(root)
    address = url or saved_url or canonical
    raw = [*read_jsonld(root, address), *read_meta(root)]
    language = _declared_language(raw)
    raw += read_visible(root, language)
    known = directory(publishers)
    sites = _site_names(raw, address, known)

    captions = read_captions(root)
    apart = [e.value for e in raw if e.field == "title"] + [c.caption for c in captions]
    body = main_text(root, url=address, apart=apart)
    text = "\n".join(body)

    evidence = [
        *_titles(raw, sites, address),
        *_authors(raw, sites, language),
        *_dates(raw, root, address),
        *_sites(raw, address, known),
        *_language(raw, text),
        *(e for e in raw if e.field in _AS_THEY_ARE),
        *_caption_evidence(captions),
        *_urls(canonical, saved_url),
    ]
    return HtmlReading(
        evidence=tuple(evidence),
        captions=tuple(captions),
        paragraphs=tuple(paragraphs_in(decoded, body)),
        source_url=saved_url or canonical,
        captured_at=saved_at,
    )


_AS_THEY_ARE = frozenset(
    {
        "section",
        "ISSN",
        "DOI",
        "volume",
        "issue",
        "page-first",
        "updated",
        "type",
        "alternate-title",
    },
)


def singlefile_header(decoded: str) -> tuple[str | None, datetime | None]:
    """Address and time that SingleFile wrote into a page it saved."""
    match = _SINGLEFILE.search(decoded[:4000])
    if match is None:
        return None, None
    printed = re.sub(r"\(.*?\)", "", match["date"])
    moved = re.sub(
        r"(?P<wd>\w{3}) (?P<mon>\w{3}) (?P<d>\d\d) (?P<y>\d{4})",
        r"\g<d> \g<mon> \g<y>",
        printed,
    )
    found = next(iter(find_dates(moved)), None)
    return match["url"], instant(found) if found else None


# ------------------------------------------------------------------ titles


def _titles(raw: list[Evidence], sites: frozenset[str], url: str | None) -> list[Evidence]:
    """The visible headline wins where the page's own data speak of the same thing."""
    own = [e for e in raw if e.field == "title" and e.rule not in {"h1", "h2"}]
    declared = [terms(e.value) for e in own if e.confidence >= 0.5]
    slug = slug_terms(url)
    found: list[Evidence] = []
    for one in raw:
        if one.field != "title":
            continue
        value = without_site(clean(one.value), sites)
        if not value or fold(value) in sites:
            continue
        sure = one.confidence
        if one.rule in {"h1", "h2"}:
            mine = terms(value)
            alike = max((_alike(mine, other) for other in declared), default=0.0)
            sure += 0.25 * (alike >= 0.5) - 0.35 * (bool(declared) and alike < 0.2)
            sure += 0.05 * _alike(mine, slug) if slug else 0.0
            sure -= 0.2 if len(value.split()) < 2 and alike < 0.5 else 0.0
        found.append(replace(one, value=value, confidence=round(max(0.05, min(sure, 0.97)), 2)))
    return found


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def without_site(title: str, sites: frozenset[str]) -> str:
    """A title without the site's name before or behind a bar or dash."""
    for _ in range(3):
        marks = list(_TITLE_MARKS.finditer(title))
        if not marks:
            return title
        first, last = marks[0], marks[-1]
        if _is_site(title[last.end() :], sites) and title[: last.start()].strip():
            title = title[: last.start()].strip()
        elif _is_site(title[: first.start()], sites) and title[first.end() :].strip():
            title = title[first.end() :].strip()
        else:
            return title
    return title


def _is_site(part: str, sites: frozenset[str]) -> bool:
    key = _compact(part)
    return bool(key) and any(
        key == site
        or (
            len(key) >= 4
            and len(site) >= 4
            and (key in site or site in key)
            and len(part.split()) <= 6
        )
        for site in sites
    )


def _compact(name: str) -> str:
    return re.sub(r"[\W_]", "", fold(name)).removeprefix("the")


def _site_names(raw: list[Evidence], url: str | None, known: Directory) -> frozenset[str]:
    """All names the site has, compact: its own, the table's, and its host's."""
    names = [
        e.value
        for e in raw
        if e.field == "container-title" or (e.field == "publisher" and e.origin == "json-ld")
    ]
    publisher = known.of_url(url)
    if publisher:
        names += [publisher.name, *publisher.aliases]
    host = host_of(url)
    labels = host.split(".")
    names += [host, *[label for label in labels[:-1] if len(label) > 3]]
    return frozenset(key for name in names if (key := _compact(name)))


# ------------------------------------------------------------------ authors


def _authors(raw: list[Evidence], sites: frozenset[str], language: str | None) -> list[Evidence]:
    grouped: dict[tuple[str, str], list[Evidence]] = {}
    for one in raw:
        if one.field == "author":
            grouped.setdefault((one.origin, one.rule), []).append(one)
    found: list[Evidence] = []
    for group in grouped.values():
        names = _clean_names([pair for e in group for pair in e.value], sites, language)
        if names:
            first = group[0]
            found.append(replace(first, value=[csl_name(name) for name in names]))
    return found or _corporate_authors(grouped, language)


def _corporate_authors(
    grouped: dict[tuple[str, str], list[Evidence]],
    language: str | None,
) -> list[Evidence]:
    """Where a page's data name only an organisation as author, it is a corporate author.

    Styles print such a name; that it is literal and of little confidence tells that no person is
    named.
    """
    for (origin, _), group in grouped.items():
        if origin != "json-ld":
            continue
        texts = [clean(text) for one in group for text, _ in one.value]
        names = [name for text in texts for name in split_names(text, language=language) or (text,)]
        literal = [
            {"literal": name}
            for name in dict.fromkeys(names)
            if 1 < len(name) <= 60 and bare(name) not in every("nobody") and "http" not in name
        ]
        if literal:
            return [replace(group[0], value=literal, confidence=0.4)]
    return []


def _clean_names(
    pairs: list[tuple[str, str]],
    sites: frozenset[str],
    language: str | None,
) -> list[str]:
    names: list[str] = []
    for raw, kind in pairs:
        text = clean(raw)
        if not text or len(text) > 300 or "http" in text or "@" in text:
            continue
        byline = read_byline(text, language=language)
        split = byline.names if byline else split_names(text, language=language)
        short = (text,) if len(text.split()) <= 5 else ()
        names += [name for name in split or short if _is_author(name, kind, sites)]
    return list({fold(name): name for name in reversed(names)}.values())[::-1]


def _is_author(name: str, kind: str, sites: frozenset[str]) -> bool:
    person = kind == "person" and len(name.split()) >= 2 and not is_organisation(name)
    if bare(name) in every("nobody") or is_agency(name) or (_is_site(name, sites) and not person):
        return False
    if re.search(r"[:()\[\]{}<>]|^[a-z0-9]+(?:[-_][a-z0-9]+)+$", name):
        return False
    return not (kind == "organization" and is_organisation(name))


# ------------------------------------------------------------------ dates, sites, language


def _dates(raw: list[Evidence], root: HtmlElement, url: str | None) -> list[Evidence]:
    found = [e for e in raw if e.field in {"issued", "issued-time"}]
    if url and (in_url := date_in_url(url)):
        found.append(
            Evidence(
                field="issued",
                value=in_url.csl,
                origin="url",
                rule="date-in-address",
                place={"start": in_url.start, "end": in_url.end},
                confidence=0.7,
            ),
        )
    if not any(e.field == "issued" and e.confidence >= 0.4 for e in found):
        found += _searched_date(root, url)
    return pair_times(found)


def _searched_date(root: HtmlElement, url: str | None) -> list[Evidence]:
    """The last resort: a date that htmldate finds somewhere in the page.

    Its extensive search is off: it compiles the patterns of 200 languages, which takes up to a
    minute on the first page.
    """
    from htmldate import find_date

    try:
        with unheard("htmldate"):
            day = find_date(root, original_date=True, extensive_search=False, url=url)
    except Exception:  # noqa: BLE001  # whatever a hostile page provokes in it, there is no date
        day = None
    date = parse_iso(day) if day else None
    if date is None:
        return _first_printed(root)
    return [
        Evidence(
            field="issued", value=date.csl, origin="visible", rule="htmldate", confidence=0.45
        ),
    ]


def _first_printed(root: HtmlElement) -> list[Evidence]:
    """The first full date in a short piece of the page's text: little, but better than nothing."""
    pieces = root.xpath("//body//text()[not(parent::script or parent::style)]")
    for piece in pieces[:5_000]:
        text = piece.strip()
        if 6 <= len(text) <= 120 and (found := find_dates(text)):
            place = {"selector": selector_of(piece.getparent())}
            return [
                Evidence(
                    field="issued",
                    value=found[0].csl,
                    origin="visible",
                    rule="first-printed-date",
                    place=place,
                    confidence=0.3,
                )
            ]
    return []


def _sites(raw: list[Evidence], url: str | None, known: Directory) -> list[Evidence]:
    found = [
        e
        for e in raw
        if e.field in {"container-title", "publisher"} and not str(e.value).startswith("http")
    ]
    if publisher := known.of_url(url):
        found += publisher_evidence(
            publisher,
            "url",
            "domain",
            {"payload": "url", "value": host_of(url)},
            0.95,
        )
    named = [e for e in found if e.field == "container-title"]
    for one in named[:3]:
        if publisher := known.of_name(one.value):
            found += publisher_evidence(publisher, one.origin, one.rule, dict(one.place), 0.6)
    if not named:
        found += [
            replace(e, field="container-title", confidence=0.5)
            for e in found
            if e.field == "publisher"
        ][:1]
    found.append(
        Evidence(field="type", value="webpage", origin="html", rule="default", confidence=0.3),
    )
    return found


def _declared_language(raw: list[Evidence]) -> str | None:
    tags = [e for e in raw if e.field == "language"]
    best = max(tags, key=lambda e: e.confidence, default=None)
    return best.value[:2].casefold() if best else None


def _language(raw: list[Evidence], text: str) -> list[Evidence]:
    found = [e for e in raw if e.field == "language"]
    if guess := detect_language(text):
        found.append(
            Evidence(
                field="language",
                value=guess.language,
                origin="text",
                rule="frequent-words",
                confidence=round(0.95 * guess.confidence, 2),
            ),
        )
    return found


def _caption_evidence(captions: list[Caption]) -> list[Evidence]:
    found: list[Evidence] = []
    for one in captions:
        place = dict(one.place)
        found.append(
            Evidence(
                field="caption",
                value=one.caption,
                origin="visible",
                rule="figure",
                place=place,
                confidence=0.85,
            ),
        )
        if one.credit:
            found.append(
                Evidence(
                    field="credit",
                    value=one.credit,
                    origin="visible",
                    rule="figure",
                    place=place,
                    confidence=0.8,
                ),
            )
    return found


def _urls(canonical: str | None, saved: str | None) -> list[Evidence]:
    found: list[Evidence] = []
    if canonical:
        found.append(
            Evidence(
                field="URL",
                value=canonical,
                origin="html",
                rule="canonical",
                place={"selector": "link[rel=canonical]"},
                confidence=0.85,
            ),
        )
    if saved:
        found.append(
            Evidence(
                field="URL",
                value=saved,
                origin="singlefile",
                rule="saved-page-comment",
                place={"payload": "original", "line": 1},
                confidence=0.8,
            ),
        )
    return found
