"""The main text of a page, by trafilatura, as body paragraphs.

Trafilatura has the best text of all tools measured. Pages that are too large for it in a bearable
time get its fast mode, and larger ones the plain paragraphs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.tree import text_of
from citekit.extract.shared.noise import classify_noise
from citekit.extract.shared.unit import Unit
from citekit.extract.shared.words import bare
from citekit.findings import unheard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

_FAST_FROM, _PLAIN_FROM = 12_000, 60_000  # elements
_MOST_SPANNED = 1000
_COLUMNS = re.compile("1?[0-9]|20")
_DROPPED = frozenset({"related", "share", "advertisement", "newsletter", "copyright"})


def main_text(root: HtmlElement, *, url: str | None, apart: Iterable[str] = ()) -> list[str]:
    """The body paragraphs in order.

    `apart` are texts that stand elsewhere: headline, captions, byline; lines that repeat them are
    left out.
    """
    elements = sum(1 for _ in zip(root.iter(), range(_PLAIN_FROM + 1), strict=False))
    if elements > _PLAIN_FROM:
        lines = _plain_paragraphs(root)
    else:
        lines = _by_trafilatura(root, url, fast=elements > _FAST_FROM) or _plain_paragraphs(root)
    known = {key for text in apart if (key := bare(text))}
    return [line for line in lines if _is_body(line, known)]


def _bound_tables(root: HtmlElement) -> None:
    """Take from cells the columns that no table has: trafilatura fills rows up, cell for cell."""
    spanned = root.xpath("//*[@colspan]")
    for cell in spanned:
        if len(spanned) > _MOST_SPANNED or not _COLUMNS.fullmatch(cell.get("colspan")):
            del cell.attrib["colspan"]


def _by_trafilatura(root: HtmlElement, url: str | None, *, fast: bool) -> list[str]:
    from trafilatura import extract

    _bound_tables(root)
    try:
        with unheard("trafilatura"):
            text = extract(
                root,
                url=url,
                fast=fast,
                include_comments=False,
                include_tables=True,
                include_formatting=False,
                with_metadata=False,
                deduplicate=False,
            )
    except Exception:  # noqa: BLE001  # whatever a hostile page provokes, there is a plain way
        return []
    return [line.strip() for line in (text or "").split("\n") if line.strip()]


def _plain_paragraphs(root: HtmlElement) -> list[str]:
    scopes = root.xpath("//article") or root.xpath("//main") or [root]
    scope = max(scopes[:50], key=lambda one: len(one.xpath(".//p")))
    texts = (text_of(p, limit=20_000) for p in scope.xpath(".//p")[:5_000])
    return [text for text in texts if len(text) > 40]


def _is_body(line: str, known: set[str]) -> bool:
    if not any(c.isalnum() for c in line) or bare(line) in known:
        return False
    return classify_noise(Unit(text=line), header=False) not in _DROPPED


def paragraphs_in(decoded: str, paragraphs: list[str]) -> list[tuple[str, tuple[int, int] | None]]:
    """Each paragraph with its range in the original, where it stands there in one piece."""
    placed: list[tuple[str, tuple[int, int] | None]] = []
    position = 0
    for paragraph in paragraphs:
        start = decoded.find(paragraph, position)
        if start < 0:
            placed.append((paragraph, None))
        else:
            position = start + len(paragraph)
            placed.append((paragraph, (start, position)))
    return placed
