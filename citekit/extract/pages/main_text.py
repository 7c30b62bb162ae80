"""The main text of a page as body paragraphs: trafilatura chooses them, the tree has their words.

Trafilatura has the best text of all tools measured. Pages that are too large for it in a bearable
time get its fast mode, and larger ones the plain paragraphs. Lines above and below the prose that
are byline, date, credit or label are no body: they are evidence.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from citekit.extract.pages.flow import Flow, Found, drop_unseen
from citekit.extract.pages.tree import text_of
from citekit.extract.shared.credits import credit_alone
from citekit.extract.shared.datelines import read_meta_line
from citekit.extract.shared.noise import classify_noise
from citekit.extract.shared.unit import Unit
from citekit.extract.shared.words import bare
from citekit.findings import unheard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from citekit.extract.pages.lean import Lean
    from citekit.extract.shared.dates.context import DateContext

_FAST_FROM, _PLAIN_FROM = 12_000, 60_000  # elements
_MOST_SPANNED = 1000
_COLUMNS = re.compile("1?[0-9]|20")
_DROPPED = frozenset({"related", "share", "advertisement", "newsletter", "copyright"})
_FARTHEST: Final = 1_000_000  # code points between two paragraphs
_LONGEST_LABEL: Final = 200
_FIRST_LINES: Final = 4  # of a page without prose, where a label may stand


def main_text(
    root: HtmlElement,
    *,
    url: str | None,
    context: DateContext,
    apart: Iterable[str] = (),
) -> list[str]:
    """The body paragraphs in order.

    `apart` are texts that stand elsewhere: headline, names, captions; lines that repeat them are
    left out.
    """
    elements = sum(1 for _ in islice(root.iter(), _PLAIN_FROM + 1))
    drop_unseen(root)
    flow = Flow(root)
    if elements > _PLAIN_FROM:
        lines = _plain_paragraphs(root)
    else:
        lines = _by_trafilatura(root, url, fast=elements > _FAST_FROM) or _plain_paragraphs(root)
    found = [flow.find(line) or [Found(text=line, apart=line)] for line in lines]
    known = {key for text in apart if (key := bare(text))}
    body = [one for blocks in found for one in blocks if _is_body(one, known)]
    return [one.text for one in _without_labels(body, context)]


def _without_labels(body: list[Found], context: DateContext) -> Iterator[Found]:
    """The lines without those around the prose that date it, sign it or count its minutes."""
    prose = [i for i, one in enumerate(body) if Unit(text=one.text).is_prose]
    first, last = (prose[0], prose[-1]) if prose else (_FIRST_LINES, len(body))
    for number, one in enumerate(body):
        above, below = number < first, number > last
        if not (above or below) or not _is_label(one, context, above=above):
            yield one


def _is_label(one: Found, context: DateContext, *, above: bool) -> bool:
    """Whether a line says who wrote the text or when; below it, only if a word says so."""
    if len(one.apart) > _LONGEST_LABEL or one.is_row or one.text.startswith("("):
        return False
    unit = Unit(text=one.apart)
    if classify_noise(unit, header=False) == "chrome":
        return True
    meta = read_meta_line(unit, language=context.language, order=context.order)
    if meta is None:
        return False
    signed = meta.byline is not None and meta.byline.rule.startswith("byline")
    said = signed or any(date.label for date in meta.dates) or bool(meta.agos)
    return said or (above and len(meta.dates) <= 1)


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


def _is_body(one: Found, known: set[str]) -> bool:
    if not any(c.isalnum() for c in one.text) or {bare(one.text), bare(one.apart)} & known:
        return False
    if credit_alone(one.text):
        return False
    return classify_noise(Unit(text=one.text), header=False) not in _DROPPED


def paragraphs_in(
    lean: Lean, paragraphs: list[str]
) -> Iterator[tuple[str, tuple[int, int] | None]]:
    """Each paragraph with its range in the original, where it stands there in one piece."""
    position = 0
    for paragraph in paragraphs:
        start = lean.text.find(paragraph, position, position + _FARTHEST)
        if start < 0:
            yield paragraph, None
        else:
            position = start + len(paragraph)
            yield paragraph, (lean.original(start), lean.original(position))
