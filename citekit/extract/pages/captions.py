"""The captions of a page's pictures, with their credits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.frame import is_outside
from citekit.extract.pages.tree import selector_of, text_of
from citekit.extract.shared.credits import clean_credit, split_caption
from citekit.extract.shared.evidence import Caption

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CREDIT = re.compile(
    r"credit|copyright|source|photographer|byline|author|rights|quelle|fotograf|kilde|attribution|owner|provider",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"caption|bildunterschrift|legend|image-text|bildtext|img-desc|pie-foto",
    re.IGNORECASE,
)
_CAPTIONS = (
    "//figcaption | //*[contains(@class,'caption') and not(ancestor::figcaption)"
    " and not(self::figure) and not(.//figcaption) and not(.//img)]"
)
_MOST = 400


def read_captions(root: HtmlElement) -> list[Caption]:
    """The captions of the pictures in the article, with their credits."""
    found: dict[str, Caption] = {}
    for element in root.xpath(_CAPTIONS)[:_MOST]:
        if is_outside(element) or (
            element.tag != "figcaption" and not _CAPTION.search(element.get("class") or "")
        ):
            continue
        caption = _caption(element)
        if caption and caption.caption and len(caption.caption) <= 1500:
            found.setdefault(caption.caption, caption)
    return list(found.values())


def _caption(element: HtmlElement) -> Caption | None:
    whole = text_of(element, limit=2000)
    place = {"selector": selector_of(element)}
    for part in element.xpath(".//*[@class or @itemprop or @data-testid]"):
        label = " ".join(
            (part.get("class") or "", part.get("itemprop") or "", part.get("data-testid") or ""),
        )
        if not _CREDIT.search(label):
            continue
        credit = text_of(part, limit=200)
        rest = whole.replace(credit, " ", 1) if credit else whole
        rest = " ".join(rest.split()).strip(" |/-–—()[]·•")
        if credit and rest and credit != whole:
            return Caption(
                caption=_unlabelled(rest),
                credit=clean_credit(credit.strip(" ()[]|©")),
                place=place,
            )
    split = split_caption(whole)
    if split:
        return Caption(
            caption=whole[slice(*split.caption)],
            credit=clean_credit(whole[slice(*split.credit)]),
            place=place,
        )
    return Caption(caption=whole, place=place) if len(whole) > 5 else None


def _unlabelled(caption: str) -> str:
    return (
        re.sub(
            r"\s*(?:Photo|Foto|Photograph|Image|Bild|Credit|Copyright|Source|Quelle)\s*:?$",
            "",
            caption,
        ).strip(" |/-–—")
        or caption
    )
