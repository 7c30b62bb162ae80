"""Read a web page: structured data first, then what is visible, and weigh the candidates.

Start here: `read_html` is the list of steps.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from citekit.extract.completeness.judging import Shown, judge
from citekit.extract.pages.captions import read_captions
from citekit.extract.pages.declared.articles import Page, read_article
from citekit.extract.pages.declared.meta import read_meta
from citekit.extract.pages.declared.microdata import read_microdata
from citekit.extract.pages.declared.things import read_things
from citekit.extract.pages.frame import is_frame, is_outside, mark_main
from citekit.extract.pages.headlines import read_headlines
from citekit.extract.pages.lean import Lean
from citekit.extract.pages.main_text import main_text, paragraphs_in
from citekit.extract.pages.places import Place, find_place
from citekit.extract.pages.tree import parse_lean, short_texts, text_of
from citekit.extract.pages.visible import read_visible
from citekit.extract.pages.weighing.authors import weigh_authors
from citekit.extract.pages.weighing.dates import weigh_dates
from citekit.extract.pages.weighing.details import weigh_details
from citekit.extract.pages.weighing.posts import (
    WORDS_OF_POST,
    is_untitled_post,
    read_post,
    without_names,
)
from citekit.extract.pages.weighing.sites import site_names, weigh_containers, weigh_sites
from citekit.extract.pages.weighing.titles import weigh_titles
from citekit.extract.pages.weighing.types import weigh_types
from citekit.extract.shared.completeness import Completeness
from citekit.extract.shared.dates.context import DateContext
from citekit.extract.shared.dates.order import day_order
from citekit.extract.shared.dates.printed import find_dates
from citekit.extract.shared.evidence import Caption, Evidence, choose
from citekit.extract.shared.language import detect_language
from citekit.extract.shared.names import display_name
from citekit.extract.shared.publishers import directory
from citekit.findings import Finding, Severity
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    completeness: Completeness = Completeness()
    findings: tuple[Finding, ...] = ()
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
    lean = Lean(decoded)
    root = parse_lean(lean)
    if root is None:
        return HtmlReading(evidence=(), captions=(), paragraphs=())
    mark_main(root)
    place = find_place(root, decoded, given=url, saved=saved_url)
    address = place.address
    headlines = read_headlines(root)
    raw = _declared(root, Page(url=address, titles=tuple(e.value for e in headlines)), place)
    language = _declared_language(raw)
    order = day_order(_language_tags(raw), address, short_texts(root))
    context = DateContext(language=language, order=order, saved_at=saved_at)
    raw += [*headlines, *read_visible(root, context)]
    if is_untitled_post(address):
        raw = [*without_names(raw), *read_post(raw)]
    known = directory(publishers)
    sites = site_names(raw, address, known)

    kinds = weigh_types(raw, address)
    names = [*weigh_sites(raw, address, known), *kinds]
    kind = _chosen_type(names)
    names = weigh_containers(names, kind)

    captions = read_captions(root)
    authors = weigh_authors(raw, sites, language, is_post=kind == "post")
    apart = [*_elsewhere(raw, authors), *(c.caption for c in captions)]
    body = main_text(root, url=address, context=context, apart=apart)
    text = "\n".join(body)

    evidence = [
        *weigh_titles(raw, sites, address, short_texts(root)),
        *authors,
        *weigh_dates(raw, root, body, address, context),
        *names,
        *_language(raw, text),
        *weigh_details(raw, language),
        *_caption_evidence(captions),
        *place.evidence,
    ]
    return HtmlReading(
        evidence=tuple(evidence),
        captions=tuple(captions),
        paragraphs=tuple(paragraphs_in(lean, body)),
        completeness=judge(shown(root, lean, body, evidence)),
        findings=tuple(_left_out(lean)),
        source_url=saved_url or place.own,
        captured_at=saved_at,
    )


def shown(
    root: HtmlElement, lean: Lean, body: Sequence[str], evidence: Sequence[Evidence]
) -> Shown:
    """What a page shows, to tell whether that is its article."""
    headings = [one for one in root.xpath("//title|//h1|//h2") if not is_outside(one)]
    titles = [text_of(one, limit=300) for one in headings[:_HEADINGS]]
    body_element = root.find("body")
    seen_in = root if body_element is None else body_element
    text = text_of(seen_in, limit=_SHOWN, without=is_frame)
    return Shown(
        headings=tuple(titles),
        text=text,
        boxes=text_of(seen_in, limit=_SHOWN) if len(text) < _LITTLE else "",
        body=tuple(body),
        markup=lean.text[:_MARKUP],
        is_declared=any(e.field == "issued" and e.origin in _DECLARING for e in evidence),
        is_paid=_NOT_FREE.search(lean.text) is not None,
    )


_HEADINGS, _SHOWN, _MARKUP, _LITTLE = 4, 12_000, 200_000, 1_500
_DECLARING = frozenset({"json-ld", "meta", "microdata"})
_NOT_FREE = re.compile(  # schema.org/isAccessibleForFree, in data and in attributes
    r"isAccessibleForFree[\"']?\s{0,3}(?::|content=)\s{0,3}[\"']?(?:https?://schema.org/)?false",
    re.IGNORECASE,
)
_ELSEWHERE = frozenset({"title", "section", "container-title"})  # what repeats them is no body


def _elsewhere(raw: list[Evidence], authors: list[Evidence]) -> list[str]:
    """What has a field of its own; the words of a post are its title and its text."""
    said = [e.value for e in raw if e.field in _ELSEWHERE and e.rule != WORDS_OF_POST]
    return said + [display_name(name) for e in authors for name in e.value]


def _declared(root: HtmlElement, page: Page, place: Place) -> list[Evidence]:
    """What the page's data say; in a copy, not what the archive says of itself."""
    found = [
        *read_article(read_things(root), page),
        *read_meta(root),
        *read_article(read_microdata(root), page),
    ]
    return [one for one in found if not place.is_of_archive(one)]


def _chosen_type(candidates: list[Evidence]) -> str:
    types = choose(e for e in candidates if e.field == "type")
    return next((str(e.value) for e in types if e.chosen), "webpage")


def _left_out(lean: Lean) -> Iterator[Finding]:
    """A warning where a page is larger than what is read of it, pictures and programs aside."""
    if lean.left_out:
        yield Finding(
            code="CK-W114",
            severity=Severity.WARNING,
            rule="page-cut",
            message=f"the last {lean.left_out:,} characters of the page were not read",
            hint="the original is kept whole; the text may lack its end",
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
    return match["url"], found.instant if found else None


def _language_tags(raw: list[Evidence]) -> list[str]:
    """The languages that the page declares, surest first."""
    tags = [e for e in raw if e.field == "language"]
    return [e.value for e in sorted(tags, key=lambda e: -e.confidence)]


def _declared_language(raw: list[Evidence]) -> str | None:
    return next((tag[:2].casefold() for tag in _language_tags(raw)), None)


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
