"""Where an item comes from: its captures, what is known of each by whom, and its seal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.model.records.codec import write_instant
from citekit.pages import wording
from citekit.pages.element import Content, Element, h, joined, link
from citekit.pages.provenance.seal_panel import seal_sections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.model.capture import Capture, Payload, Source
    from citekit.pages.library import Library, Shelf

_FACTS: Final = {
    "observed": "citekit saw this itself",
    "declared": "somebody told citekit so",
}


def provenance_section(library: Library, shelf: Shelf) -> Element:
    """One block for each capture, the newest first; then what is sealed, and how to check it."""
    newest_first = reversed(list(shelf.captures.items()))
    return h(
        "section",
        h("title", "Where it comes from"),
        [_capture(stamp, capture) for stamp, capture in newest_first]
        or h("p", "Nothing was captured: the archive holds the record alone."),
        seal_sections(library, shelf),
        id="provenance",
    )


def _capture(stamp: str, capture: Capture) -> Element:
    rows = [
        [h("dt", name), h("dd", joined(value, " "))]
        for name, value in _facts(capture)
        if any(value)
    ]
    payloads = [_payload_row(role, payload) for role, payload in capture.payloads.items()]
    head = h("tr", *(h("th", name) for name in ("Payload", "Kind", "Size", "SHA-256")))
    return h(
        "div",
        h("dl", rows, class_="ck-facts-list"),
        h("table", head, payloads, class_="ck-payloads") if payloads else None,
        class_="ck-capture no-search",
        id=f"capture-{stamp}",
    )


def _facts(capture: Capture) -> Iterator[tuple[str, list[Content]]]:
    """What is known of a capture, as name and value; empty values are for the caller to drop."""
    instant = capture.captured_at
    when = h("time", wording.show_instant(instant), datetime=write_instant(instant))
    source = capture.source
    yield "Captured", [when]
    yield "Source", [link(source.url, source.url), _fact(source)] if source.url else []
    yield "File", [h("code", source.file)] if source.file else []
    yield "Declared by", [source.declared_by]
    yield "Ended at", [link(capture.final_url, capture.final_url)] if capture.final_url else []
    yield "Answer", [f"HTTP {capture.status}"] if capture.status else []
    yield "Completeness", [_completeness(capture)] if "verdict" in capture.completeness else []
    yield "Server", [h("code", capture.address)] if capture.address else []
    yield "Certificate", [h("code", capture.certificate)] if capture.certificate else []
    yield "Made with", [str(capture.tool)]


def _completeness(capture: Capture) -> str:
    """Why it is not, or may not be, the article."""
    said = capture.completeness
    why = [reason["message"] for reason in said.get("reasons", ())]
    return f"{said['verdict']}: {'; '.join(why)}"


def _fact(source: Source) -> Element:
    return h("span", source.fact, class_=f"ck-fact ck-{source.fact}", title=_FACTS[source.fact])


def _payload_row(role: str, payload: Payload) -> Element:
    digest = payload.digest.removeprefix("sha256:")
    return h(
        "tr",
        h("td", role),
        h("td", payload.media_type),
        h("td", wording.show_bytes(payload.size_bytes)),
        h("td", h("code", digest, class_="ck-digest")),
    )
