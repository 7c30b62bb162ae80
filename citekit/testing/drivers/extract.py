"""The ``extract`` driver: a page or a text dump in, its fields, text and evidence out.

Request and answer are those of docs/reference/drivers.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.extract import extract
from citekit.extract.shared.names import display_name

if TYPE_CHECKING:
    from citekit.extract import Extraction


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The fields of one page (``html_path``) or text dump (``text_path``)."""
    html, text = request.get("html_path"), request.get("text_path")
    data = Path(str(html or text)).read_bytes()
    media_type = "text/html" if html else "text/plain"
    read = extract(data, media_type=media_type, url=request.get("url"))
    return {
        "title": read.value("title"),
        "authors": [display_name(name) for name in read.value("author") or ()],
        "date": _date(read),
        "site": read.value("container-title"),
        "language": _language(read),
        "text": read.text,
        "captions": [{"caption": c.caption, "credit": c.credit} for c in read.captions],
        "evidence": _evidence(read),
    }


def _date(read: Extraction) -> str | None:
    """The date as ISO 8601: a day, or an instant where time and zone are known."""
    issued = read.value("issued")
    if not issued:
        return None
    parts = issued["date-parts"][0]
    day = "-".join(f"{part:0{4 if i == 0 else 2}}" for i, part in enumerate(parts))
    time = read.value("issued-time")
    if time and time["zone"] and len(parts) == 3:
        return f"{day}T{time['time']}{time['zone']}"
    return day


def _language(read: Extraction) -> str | None:
    """The language with its macrolanguage for Bokmål and Nynorsk, as the suites have it."""
    tag = read.value("language")
    primary = str(tag or "").partition("-")[0].casefold()
    return "no" if primary in {"nb", "nn"} else tag


def _evidence(read: Extraction) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in read.evidence:
        shape = one.to_json()
        found.setdefault(shape.pop("field"), []).append(shape)
    return found
