"""Bytes that are no payload of an item, and may still be its article: graded, and kept apart.

*Same text*: what is read out of them is, to the byte, a text that was captured. *Anchors only*: the
text differs, and every quote of the item's annotations stands in it. Either way they become a new
capture that names the old one; the old record goes on saying what was captured.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from citekit.app.intake.payloads import build_payloads
from citekit.app.intake.reread import read_again
from citekit.app.intake.web.observed import observed
from citekit.capture.exchange import Exchange
from citekit.model.capture import Capture, Source
from citekit.model.identifiers import make_stamp
from citekit.model.value import Value, replace
from citekit.store.clock import now as this_second
from citekit.store.writing.event_recorder import this_tool
from citekit.store.writing.writer import PayloadSource

if TYPE_CHECKING:
    from citekit.store.archive import ArchiveStore

Grade = Literal["same bytes", "same text", "anchors only"]


class Candidate(Value):
    """Bytes that may be the article, from a file or from the network; ``place`` is for messages."""

    data: bytes
    place: str
    file: str | None = None
    exchange: Exchange | None = None


class Graded(Value):
    """How alike the bytes are (None: not at all), and the capture that they would become.

    ``told`` is what a refusal adds for people; empty where accepting would not help.
    """

    grade: Grade | None
    capture: Capture
    contents: Mapping[str, PayloadSource]
    told: str = ""


def grade(store: ArchiveStore, key: str, candidate: Candidate) -> Graded:
    """Compare bytes with the item's captures by their text, newest first."""
    captures = list(reversed(store.captures(key).items()))
    last_stamp, last = captures[0]
    extraction = read_again(store, last, candidate.data, encoding=None)
    payloads, contents = build_payloads(candidate.data, extraction)
    made = Capture(
        captured_at=this_second(),
        tool=this_tool(libraries=extraction.libraries),
        payloads=payloads,
        **_seen(candidate, last),
    )
    text = payloads.get("text")
    for stamp, capture in captures if text else ():
        old = capture.payloads.get("text")
        if text and old and old.digest == text.digest:
            return Graded(
                grade="same text", capture=_linked(made, stamp, "same text"), contents=contents
            )
    quotes = _quotes(store, key)
    found = [quote for quote in quotes if _stands_in(quote, extraction.text or "")]
    told = f"; {len(found)} of {len(quotes)} quotes of its annotations stand in it"
    if quotes and len(found) == len(quotes):
        linked = _linked(made, last_stamp, "anchors only", len(found))
        return Graded(grade="anchors only", capture=linked, contents=contents, told=told)
    return Graded(grade=None, capture=made, contents=contents)


def add_graded(store: ArchiveStore, key: str, graded: Graded) -> str:
    """Add the capture to the item; its stamp. A text that was absent is in place with it."""
    with store.writing() as writer:
        taken = frozenset(store.stamps(key))
        stamp = make_stamp(graded.capture.captured_at, taken)
        writer.add_capture(key, stamp, graded.capture, graded.contents)
    return stamp


def _seen(candidate: Candidate, last: Capture) -> dict[str, Any]:
    """What was seen to answer, or a file and the address that the old capture told."""
    if candidate.exchange:
        return observed(candidate.exchange)
    return {"source": Source(fact="declared", file=candidate.file, url=last.source.url)}


def _linked(made: Capture, stamp: str, grade_: Grade, anchors: int | None = None) -> Capture:
    restores: dict[str, Any] = {"capture": stamp, "grade": grade_}
    if anchors is not None:
        restores["quotes"] = anchors
    return replace(made, extra={**made.extra, "restores": restores})


def _quotes(store: ArchiveStore, key: str) -> list[str]:
    """The words of the item's annotations; those that keep offsets alone tell nothing here."""
    passages = (annotation.passage for annotation in store.annotations(key))
    return [passage.exact for passage in passages if passage and passage.exact]


def _stands_in(quote: str, text: str) -> bool:
    words = unicodedata.normalize("NFC", quote).split()
    pattern = r"\s+".join(re.escape(word) for word in words)
    return bool(words) and re.search(pattern, text) is not None
