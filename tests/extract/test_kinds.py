"""Posts, videos, encyclopedias, laws, blogs, forums: their type and what goes with it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from citekit.extract import extract
from citekit.extract.shared.names import display_name

TEXT = Path(__file__).parents[1].joinpath("cases", "kinds.toml").read_text(encoding="utf-8")
CASES: dict[str, dict[str, Any]] = tomllib.loads(TEXT)
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">{head}</head><body><main>{body}</main></body></html>"""


@pytest.mark.parametrize("name", CASES)
def test_kind_of_page(name: str) -> None:
    """Every field that the case names is what it says."""
    case = CASES[name]
    page = PAGE.format(head=case["head"], body=case["body"])

    read = extract(page.encode(), name="page.html", url=case["url"])

    found = {
        "type": read.value("type"),
        "title": read.value("title"),
        "container": read.value("container-title"),
        "genre": read.value("genre"),
        "authors": [display_name(one) for one in read.value("author") or []],
    }
    assert {key: found[key] for key in case["expect"]} == case["expect"]
