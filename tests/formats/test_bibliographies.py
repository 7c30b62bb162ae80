"""Invented bibliographies with the items that are right for each, as data in tests/cases.

A case has `text`, `format` (empty: told from the text), `why`, and under `[expect]` either `items`
(CSL-JSON) and `findings` (``code:line``), or the beginning of the `error` that refuses the whole.
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
    codes = [f"{one.code}:{one.place.line if one.place else 0}" for one in result.findings]
    return {"items": list(result.items), "findings": sorted(codes)}


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """What is right."""
    expect = dict(case["expect"])
    return {**expect, "items": json.loads(expect["items"])} if "items" in expect else expect


@pytest.mark.parametrize("name", NAMES)
def test_bibliography(name: str) -> None:
    """Items and findings are what the case says, but for the faults that are known."""
    case = read_toml(CASES / "bibliographies" / f"{name}.toml")

    found, right = found_in(case), expected(case)

    wrong = {key for key in found.keys() | right.keys() if found.get(key) != right.get(key)}
    assert wrong == KNOWN_FAULTS.get(name, {}).keys(), (found, right)


def test_known_faults_are_cases() -> None:
    """A fault is told of a case that exists, with its reason."""
    assert KNOWN_FAULTS.keys() <= set(NAMES)
    assert all(reason for fields in KNOWN_FAULTS.values() for reason in fields.values())
