"""Read meta elements: Highwire, Dublin Core, Open Graph, Parsely and kin.

Which key means what is the table `meta.toml`.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from citekit.extract.pages.declared.microdata import in_item
from citekit.extract.pages.declared.scholarly import doi_in, parties_in, year_in
from citekit.extract.pages.tree import clean
from citekit.extract.shared.dates.machine import parse_iso
from citekit.extract.shared.evidence import Evidence

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST_ELEMENTS = 2_000
_LONGEST = 2_000


def read_meta(root: HtmlElement) -> list[Evidence]:
    """Evidence from meta elements and ``html lang``."""
    found: list[Evidence] = []
    elements = root.xpath("//meta[@content]")[:_MOST_ELEMENTS]
    counted = Counter((element.get("name") or "").strip().casefold() for element in elements)
    for element in elements:
        content = clean(element.get("content")[:_LONGEST])
        for attribute in ("name", "property", "itemprop", "http-equiv"):
            key = (element.get(attribute) or "").strip().casefold()
            for field, confidence in _keys().get(key, ()):
                if attribute == "itemprop" and in_item(element):
                    continue  # read with its item
                found += values(
                    field,
                    content,
                    origin="meta",
                    rule=key,
                    place={"selector": f"meta[{attribute}={key}]"},
                    confidence=confidence,
                    is_repeated=counted[key] > 1,
                )
            if key == "parsely-page":
                found += _parsely(content)
    found += _language(root)
    return found


def values(
    field: str,
    content: str,
    *,
    origin: str,
    rule: str,
    place: dict[str, Any],
    confidence: float,
    is_repeated: bool = False,
) -> list[Evidence]:
    """A field's evidence from a printed value: dates parsed, names left as text for later."""
    common: dict[str, Any] = {
        "origin": origin,
        "rule": rule,
        "place": place,
        "confidence": round(confidence, 2),
    }
    if not content or confidence <= 0:
        return []
    if field in {"issued", "updated"}:
        if year := year_in(content):
            return [Evidence(field=field, value={"date-parts": [[year]]}, **common)]
        date = parse_iso(content)
        if date is None:
            return []
        common["place"] = {**place, **date.doubts}
        time = date.csl_time if field == "issued" else None
        extra = [Evidence(field="issued-time", value=time, **common)] if time else []
        return [Evidence(field=field, value=date.csl, **common), *extra]
    if field in {"author", "editor"}:
        parties = parties_in(rule, content, is_repeated=is_repeated)
        return [Evidence(field=field, value=parties, **common)] if parties else []
    if field == "DOI":
        doi = doi_in(content)
        return [Evidence(field=field, value=doi, **common)] if doi else []
    if field == "language":
        content = content.replace("_", "-").split(",")[0].strip()
    return [Evidence(field=field, value=content, **common)]


def _parsely(content: str) -> list[Evidence]:
    try:
        page = json.loads(content)
    except (ValueError, RecursionError):
        return []
    if not isinstance(page, dict):
        return []
    fields = {
        "title": "title",
        "author": "author",
        "authors": "author",
        "pub_date": "issued",
        "section": "section",
    }
    found: list[Evidence] = []
    for key, field in fields.items():
        value = page.get(key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                found += values(
                    field,
                    clean(one),
                    origin="meta",
                    rule=f"parsely-page.{key}",
                    place={"selector": "meta[name=parsely-page]"},
                    confidence=0.82,
                )
    return found


def _language(root: HtmlElement) -> list[Evidence]:
    html = next(iter(root.xpath("/html")), root)
    tag = (html.get("lang") or html.get("xml:lang") or "").strip().replace("_", "-")
    place = {"selector": "html[lang]"}
    return values(
        "language",
        tag[:20],
        origin="html",
        rule="html-lang",
        place=place,
        confidence=0.8,
    )


@cache
def _keys() -> dict[str, tuple[tuple[str, float], ...]]:
    text = files("citekit.extract.pages.declared").joinpath("meta.toml").read_text(encoding="utf-8")
    table: dict[str, list[tuple[str, float]]] = {}
    for field, keys in tomllib.loads(text).items():
        for key, confidence in keys.items():
            table.setdefault(key.casefold(), []).append((field, confidence))
    return {key: tuple(pairs) for key, pairs in table.items()}
