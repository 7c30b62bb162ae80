"""Driver ``bib``: ``{"format","items"}`` is written, ``{"format","text"}`` is read."""

from __future__ import annotations

from typing import Any

from citekit import formats


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """``{"text"}`` for items, ``{"items","findings"}`` for text."""
    if "items" in request:
        return {"text": formats.write(request["items"], request["format"])}
    result = formats.read(request["text"], request["format"])
    return {
        "items": list(result.items),
        "findings": [finding.to_json() for finding in result.findings],
    }
