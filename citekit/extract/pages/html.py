"""Read a web page: structured data first, then what is visible, and weigh the candidates.

Start here: `read_html` is the list of steps.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from citekit.extract.pages.captions import read_captions
from citekit.extract.pages.declared.articles import Page, read_article
from citekit.extract.pages.declared.meta import canonical_url, read_meta
from citekit.extract.pages.declared.microdata import read_microdata
from citekit.extract.pages.declared.things import read_things
from citekit.extract.pages.headlines import read_headlines
from citekit.extract.pages.main_text import main_text, paragraphs_in
from citekit.extract.pages.tree import parse_html, selector_of
from citekit.extract.pages.visible import read_visible
from citekit.extract.pages.weighing.addresses import address_evidence
from citekit.extract.pages.weighing.authors import weigh_authors
from citekit.extract.pages.weighing.sites import site_names, weigh_sites
from citekit.extract.pages.weighing.titles import weigh_titles
from citekit.extract.shared.dates import date_in_url, find_dates, instant, parse_iso
from citekit.extract.shared.evidence import Caption, Evidence, pair_times
from citekit.extract.shared.language import detect_language
from citekit.extract.shared.publishers import directory
from citekit.findings import unheard
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from citekit.extract.shared.publishers import Publisher

_SINGLEFILE = re.compile(
    r"<!--\s*Page saved with SingleFile\s+url:\s*(?P<url>\S+)\s+"
    r"saved date:\s*+(?P<date>[^\n]{10,120}?)\s*(?:\n|-->)",
)


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
    headlines = read_headlines(root)
    page = Page(url=address, titles=tuple(e.value for e in headlines))
    raw = [
        *read_article(read_things(root), page),
        *read_meta(root),
        *read_article(read_microdata(root), page),
    ]
    language = _declared_language(raw)
    raw += [*headlines, *read_visible(root, language)]
    known = directory(publishers)
    sites = site_names(raw, address, known)

    captions = read_captions(root)
    apart = [e.value for e in raw if e.field == "title"] + [c.caption for c in captions]
    body = main_text(root, url=address, apart=apart)
    text = "\n".join(body)

    evidence = [
        *weigh_titles(raw, sites, address),
        *weigh_authors(raw, sites, language),
        *_dates(raw, root, address),
        *weigh_sites(raw, address, known),
        *_language(raw, text),
        *(e for e in raw if e.field in _AS_THEY_ARE),
        *_caption_evidence(captions),
        *address_evidence(canonical, saved_url),
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


# ------------------------------------------------------------------ dates, language


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
