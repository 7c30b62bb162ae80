"""The date of a page; cases are data in tests/cases/page_dates.toml, put into one invented page."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from citekit.extract import Extraction, extract

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "page_dates.toml").read_text(encoding="utf-8")
)["case"]
TEXT = (
    "The harbour board of Lanternfish voted on Tuesday to keep the wooden crane that has stood at "
    "the east quay for ninety years."
)
PAGE = """<!DOCTYPE html>{saved}
<html lang="{lang}"><head><meta charset="utf-8"><title>The old crane stays</title>{head}</head>
<body><main><article><h1>The old crane stays</h1>{above}<p>{text}</p>
<p>Members said that the crane would be painted and lit before the spring fair, and that school
classes could climb it in summer, when the ferries run again.</p>
<p>A petition with four thousand names had asked the board to save it, and the last of them were
handed over in the rain.</p></article></main>{below}</body></html>"""
SAVED = (
    "<!--\n Page saved with SingleFile \n url: https://quay.example/crane \n saved date: {} \n-->"
)


def read(case: dict[str, Any]) -> Extraction:
    """What is read out of the page of a case."""
    saved = SAVED.format(case["saved"]) if "saved" in case else ""
    parts = {name: case.get(name, "") for name in ("lang", "head", "above", "below")}
    page = PAGE.format(saved=saved, text=case.get("text", TEXT), **parts)
    return extract(page.encode(), media_type="text/html", url=case.get("url"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_date_of_a_page(case: dict[str, Any]) -> None:
    """The day that the page shows is read, and what is uncertain or converted is said."""
    done = read(case)

    issued, time = done.value("issued"), done.value("issued-time")
    day = "-".join(f"{part:02}" for part in issued["date-parts"][0]) if issued else ""
    clock = f"T{time['time']}{time['zone']}" if time and time["zone"] else ""
    said = {one.code for one in done.findings if one.code in {"CK-W112", "CK-I113"}}
    assert (f"{day}{clock}", said) == (case["date"], set(case.get("findings", ())))


def test_a_converted_date_names_its_calendar_in_the_evidence() -> None:
    """Who reads the record sees that the day was counted otherwise on the page."""
    case = next(one for one in CASES if one["lang"] == "fa")

    chosen = next(e for e in read(case).evidence if e.field == "issued" and e.chosen)

    assert chosen.place["calendar"] == "persian"
