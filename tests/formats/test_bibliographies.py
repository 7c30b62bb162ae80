"""Invented bibliographies with the items that are right for each, as data in tests/cases.

A case has `text`, `format` (empty: told from the text), `why`, and under `[expect]` either `items`
(CSL-JSON) and `findings` (``code:line``), `kept` where the case is about fields that are kept as
typed, `attached` where it is about what entries bring along, or the beginning of the `error` that
refuses the whole.
What is read wrongly today is listed in known_faults.toml; the run is red if it comes right.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from citekit import formats
from citekit.errors import InvalidData
from citekit.formats.bibtex.blocks import split_entries
from citekit.formats.one_line import fold
from citekit.model.records.codec import to_json

CASES = Path(__file__).parents[1] / "cases"
NAMES = sorted(path.stem for path in (CASES / "bibliographies").glob("*.toml"))


def read_toml(path: Path) -> dict[str, Any]:
    """A file of cases."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


KNOWN_FAULTS = read_toml(CASES / "known_faults.toml")["bibliographies"]


def found_in(case: dict[str, Any]) -> dict[str, Any]:
    """What reading gives, in the words of a case."""
    try:
        result = formats.read(case["text"], case["format"] or None)
    except InvalidData as error:
        return {"error": error.message[: len(case["expect"].get("error", ""))]}
    codes = [f"{one.code}:{one.place.line or 0}" for one in result.findings if one.place]
    items = [dict(item) for item in result.items]
    kept = {item.get("id", ""): fields for item in items if (fields := take_kept(item))}
    return {
        "items": items,
        "findings": sorted(codes),
        **({"kept": kept} if "kept" in case["expect"] else {}),
        **({"attached": to_json(result.attached)} if "attached" in case["expect"] else {}),
    }


def take_kept(item: dict[str, Any]) -> dict[str, Any]:
    """Take what is kept of its entry out of an item: each field or line, as it was typed."""
    facts = dict(item.pop("custom", {}).get("citekit", {}))
    entry = facts.pop("entry", {})
    if facts:
        item["custom"] = {"citekit": facts}
    fields = {name: field["text"] for name, field in entry.get("fields", {}).items()}
    if entry.get("format") == "hayagriva":
        return {name: part for name, part in entry.items() if name != "format"}
    fields |= dict(entry.get("left", {}))
    return fields or {f"{n} {tag}": text for n, (tag, text) in enumerate(entry.get("lines", []))}


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """What is right."""
    expect = dict(case["expect"])
    return {
        **expect,
        **{k: json.loads(expect[k]) for k in ("items", "kept", "attached") if k in expect},
    }


@pytest.mark.parametrize("name", NAMES)
def test_bibliography(name: str) -> None:
    """Items and findings are what the case says, but for the faults that are known."""
    case = read_toml(CASES / "bibliographies" / f"{name}.toml")

    found, right = found_in(case), expected(case)

    wrong = {key for key in found.keys() | right.keys() if found.get(key) != right.get(key)}
    assert wrong == KNOWN_FAULTS.get(name, {}).keys(), (found, right)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("bib")])
def test_fields_come_back_as_they_were_typed(name: str) -> None:
    """What is read is written back field by field, and reads as the same items."""
    text = read_toml(CASES / "bibliographies" / f"{name}.toml")["text"]
    items = formats.read(text, "biblatex").items

    written = formats.write(items, "biblatex")

    typed = {entry.key: entry.fields for entry in split_entries(text)[0]}
    back = {entry.key: entry.fields for entry in split_entries(written)[0]}
    assert [
        (item["id"], field, value)
        for item in items
        for field, value in typed[item["id"]].items()
        if field not in NOT_WRITTEN and fold(value) != fold(back[item["id"]].get(field, ""))
    ] == REWRITTEN.get(name, [])
    assert formats.read(written, "biblatex").items == items


NOT_WRITTEN = ("xdata", "ids")  # written out, and written anew from the keys that the item has
REWRITTEN = {
    "biblatex-fields": [("e", "title", "Salt &amp; Pepper \\input{secret}")],  # not safe to typeset
}


def test_known_faults_are_cases() -> None:
    """A fault is told of a case that exists, with its reason."""
    assert KNOWN_FAULTS.keys() <= set(NAMES)
    assert all(reason for fields in KNOWN_FAULTS.values() for reason in fields.values())
