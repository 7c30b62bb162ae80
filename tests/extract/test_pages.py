"""Invented pages, texts and files with what is right for each, as data in tests/cases/pages.

A case has `page` (in `encoding`, UTF-8 without), `why`, what the caller knows (`name`, `url`,
`media_type`, `given` encoding, `publishers`), and under `[expect]` at least title, authors, date,
site, language, captions, and the first and last words of the text; empty means that nothing may be
found. What citekit gets wrong today is listed in
known_faults.toml, field by field; the run is red if a listed field is right, or another one wrong.
"""

from __future__ import annotations

import tomllib
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from citekit.extract import Extraction, extract, read_publishers
from citekit.extract.shared.names import display_name

CASES = Path(__file__).parents[1] / "cases"
NAMES = sorted(path.stem for path in (CASES / "pages").glob("*.toml"))
ALWAYS = {"title", "authors", "date", "site", "language", "captions", "first", "last"}
COPY = ("archive", "archive_location", "archived-at")
VARIABLES = (
    *COPY,
    "type",
    "section",
    "publisher",
    "publisher-place",
    "ISSN",
    "DOI",
    "volume",
    "issue",
)


def read_toml(path: Path) -> dict[str, Any]:
    """A file of cases."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


KNOWN_FAULTS = read_toml(CASES / "known_faults.toml")["pages"]


def read_case(case: dict[str, Any]) -> Extraction:
    """What is read out of a case, with what its caller knows."""
    return extract(
        case["page"].encode(case.get("encoding", "utf-8")),
        name=case["name"],
        url=case.get("url"),
        media_type=case.get("media_type"),
        encoding=case.get("given"),
        publishers=read_publishers(case.get("publishers", [])),
    )


def found_in(read: Extraction, expect: dict[str, Any]) -> dict[str, Any]:
    """What was found, in the words of a case; of the text only what the case asks for."""
    text = read.text or ""
    authors = read.value("author") or ()
    return {
        "title": read.value("title") or "",
        "authors": [display_name(name) for name in authors],
        "literal": [name["literal"] for name in authors if "literal" in name],
        "date": _date(read.value("issued"), read.value("issued-time")),
        "updated": _date(read.value("updated"), None),
        "site": read.value("container-title") or "",
        "language": read.value("language") or "",
        "captions": [[one.caption, one.credit or ""] for one in read.captions],
        "first": text[: len(expect["first"])],
        "last": text[len(text) - len(expect["last"]) :],
        "absent": [words for words in expect.get("absent", ()) if words not in text],
        "paragraphs": len(read.passages),
        "findings": sorted(finding.code for finding in read.findings),
        "kind": read.kind,
        "media_type": read.media_type,
        "encoding": read.encoding,
        "source_url": read.source_url,
        "captured_at": read.captured_at and read.captured_at.astimezone(UTC).isoformat(),
        "URL": read.value("URL"),
        **{name: read.value(name) for name in VARIABLES},
    }


def _date(issued: dict[str, Any] | None, time: dict[str, Any] | None) -> str:
    """The day, with the time where its offset is known too."""
    if issued is None:
        return ""
    day = "-".join(f"{part:02}" for part in issued["date-parts"][0])
    return f"{day}T{time['time']}{time['zone']}" if time and time["zone"] else day


@pytest.mark.parametrize("name", NAMES)
def test_page(name: str) -> None:
    """Every field is what the case says, but for the faults that are known."""
    case = read_toml(CASES / "pages" / f"{name}.toml")
    expect = {"findings": [], **case["expect"]}

    found = found_in(read_case(case), expect)

    wrong = {key: (found[key], right) for key, right in expect.items() if found[key] != right}
    assert wrong.keys() == KNOWN_FAULTS.get(name, {}).keys(), wrong


@pytest.mark.parametrize("name", NAMES)
def test_case_is_whole(name: str) -> None:
    """A case says why it is there and leaves out no field that every page has."""
    case = read_toml(CASES / "pages" / f"{name}.toml")
    assert case["why"].endswith(".")
    assert case["expect"].keys() >= ALWAYS


def test_known_faults_are_cases() -> None:
    """A fault is told of a case that exists, with its reason."""
    assert KNOWN_FAULTS.keys() <= set(NAMES)
    assert all(reason for fields in KNOWN_FAULTS.values() for reason in fields.values())
