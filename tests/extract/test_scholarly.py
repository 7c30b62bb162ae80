"""Pages of journals, repositories and preprint servers: names, kind, container, numbers."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from citekit.extract import extract

TEXT = Path(__file__).parents[1].joinpath("cases", "scholarly.toml").read_text(encoding="utf-8")
CASES: dict[str, dict[str, Any]] = tomllib.loads(TEXT)
PAGE = """<!DOCTYPE html>
<html lang="{lang}"><head><title>Wooden cranes of small harbours</title>
{head}</head><body><main>{body}
<p>The cranes of small harbours were built of oak and pine,
and few of them have outlived the ships that they unloaded.</p>
<p>We measured nine of them on five coasts, and compare what they carried
with what their builders had promised.</p>
</main></body></html>"""


@pytest.mark.parametrize("name", CASES)
def test_scholarly_page(name: str) -> None:
    """Every field that the case names is what it says; authors exactly, part by part."""
    case = CASES[name]
    body = case.get("body", "<h1>Wooden cranes of small harbours</h1>")
    page = PAGE.format(lang=case.get("lang", "en"), head=case["head"], body=body)

    read = extract(page.encode(), name="page.html", url=case.get("url"))

    issued = (read.value("issued") or {"date-parts": [[]]})["date-parts"][0]
    date = "-".join(f"{part:02}" for part in issued)
    named = {"authors": "author", "container": "container-title"}
    found = {
        field: date if field == "date" else read.value(named.get(field, field)) or ""
        for field in case["expect"]
    }
    assert found == case["expect"]
