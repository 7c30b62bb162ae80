"""The ``anchor`` driver: where quotes are in a text that has changed since."""

from __future__ import annotations

from typing import Any

from citekit.anchor.anchoring import AnchoredText, Quote


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Each quote's place, or null; ``{"id", "anchors": [{"start", "end", "score", "state"}]}``."""
    text = AnchoredText(request["text"])
    return {"id": request["id"], "anchors": [_found(text, s) for s in request["selectors"]]}


def _found(text: AnchoredText, selector: dict[str, Any]) -> dict[str, Any] | None:
    quote = Quote(
        exact=selector["exact"],
        prefix=selector.get("prefix") or "",
        suffix=selector.get("suffix") or "",
    )
    anchor = text.find(quote)
    if anchor is None:
        return None
    return {
        "start": anchor.start, "end": anchor.end, "score": anchor.score, "state": anchor.state,
    }  # fmt: skip
